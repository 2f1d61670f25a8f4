#pragma once

#include "server/seal/secret.hpp"

#include <expected>
#include <filesystem>
#include <string>

namespace haven::seal {

/// The master key from its file; where there is none, a new one is written there: mode 0600, whole
/// or not at all, durable before it is used, never over an existing file. Refused: a file others
/// may read, one that is no file, one of another size than 32 bytes.
[[nodiscard]] std::expected<Secret, std::string>
read_or_make_master_key(const std::filesystem::path& file);

/// The same of a file that must exist.
[[nodiscard]] std::expected<Secret, std::string> read_master_key(const std::filesystem::path& file);

} // namespace haven::seal
