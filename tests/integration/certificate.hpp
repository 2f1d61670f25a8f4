#pragma once

#include "server/config.hpp"

#include <filesystem>

namespace haven::test {

/// A certificate of 127.0.0.1 and mail.localhost that vouches for itself, and its key, as PEM
/// files.
void write_certificate(const std::filesystem::path& certificate_file,
                       const std::filesystem::path& key_file);

/// The same in `folder`, for a server of that configuration to show.
void give_certificate(ServerConfig& config, const std::filesystem::path& folder);

} // namespace haven::test
