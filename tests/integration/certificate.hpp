#pragma once

#include <filesystem>

namespace haven::test {

/// A certificate of 127.0.0.1 that vouches for itself, and its key, as PEM files.
void write_certificate(const std::filesystem::path& certificate_file,
                       const std::filesystem::path& key_file);

} // namespace haven::test
