#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace haven {

/// The access token that stands in a file alone, or what is wrong with it; the token is in no
/// message.
[[nodiscard]] std::expected<std::string, std::string> read_token(const std::filesystem::path& file);

} // namespace haven
