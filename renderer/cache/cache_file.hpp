#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

/// Files of what can be made again. Each begins with a header of 24 bytes: a magic of eight
/// characters, the size and the checksum of the data; what does not match is as good as not there.
namespace haven::cache_file {

inline constexpr std::size_t header_bytes = 24;

/// FNV-1a, 64 bits; goes on from `hash`.
[[nodiscard]] std::uint64_t fnv1a(std::span<const std::byte> bytes,
                                  std::uint64_t hash = 0xcbf29ce484222325ULL);

/// Of this build of the program: with another, what it makes may be another thing.
[[nodiscard]] std::uint64_t program_hash();

[[nodiscard]] std::vector<std::byte> wrap(std::string_view magic, std::span<const std::byte> data);
/// The data of a whole file; empty when it is another kind or damaged.
[[nodiscard]] std::span<const std::byte> unwrap(std::string_view magic,
                                                std::span<const std::byte> file);

/// The whole file; empty when it cannot be read or holds more than 256 MiB.
[[nodiscard]] std::vector<std::byte> read(const std::filesystem::path& file);
/// Makes the folder, writes beside the file, then renames: a reader sees the old one or the new
/// one. False, and the old file stays, when it cannot be written: a cache is never worth an error.
bool replace(const std::filesystem::path& file, std::span<const std::byte> bytes);

} // namespace haven::cache_file
