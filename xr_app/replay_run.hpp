#pragma once

#include "xr_app/client_error.hpp"
#include "xr_app/options.hpp"

#include <array>
#include <expected>
#include <filesystem>
#include <string>

namespace haven {

/// The ink documents of a recorded trace's two hands, made by the drawing session and recorder that
/// a headset would use.
[[nodiscard]] std::expected<std::array<std::string, 2>, ClientError>
replay_ink(const std::filesystem::path& trace_file);

/// `haven-xr --replay`: prints the two documents, or writes left.json and right.json.
[[nodiscard]] std::expected<void, ClientError> run_replay(const Options& options);

} // namespace haven
