#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Which files an artifact may have. What a file is, its own first bytes say. Pure.
namespace haven::artifacts {

inline constexpr std::string_view trace_mime = "application/vnd.haven.pose-trace";

/// audio/ogg, audio/mpeg, audio/wav, audio/webm, image/png, image/jpeg, image/webp or `trace_mime`;
/// empty: none of them.
[[nodiscard]] std::string_view mime_of(std::span<const std::byte> file);

/// How large the file of this type of artifact may be; 0: it has none.
[[nodiscard]] std::int64_t file_bytes_max(std::string_view artifact_type);

/// The largest of all.
inline constexpr std::int64_t any_file_bytes_max = std::int64_t{32} << 20U;

} // namespace haven::artifacts
