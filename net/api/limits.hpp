#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// What a body may hold. Lengths are characters (code points), as PostgreSQL counts a VARCHAR.
namespace haven::api {

inline constexpr std::size_t json_depth_max = 64;

inline constexpr std::size_t email_length_max = 255;
inline constexpr std::size_t full_name_length_max = 255;
inline constexpr std::size_t preferred_language_length_max = 10;
inline constexpr std::size_t password_length_min = 8;
inline constexpr std::size_t password_length_max = 128;
inline constexpr std::size_t environment_id_length_max = 50;
inline constexpr std::size_t technique_length_max = 50;
inline constexpr std::size_t prompt_length_max = 4000; ///< a prompt, a guidepost, a closing
inline constexpr std::size_t guideposts_max = 50;
inline constexpr std::size_t sha256_length = 64;

inline constexpr std::int32_t duration_seconds_max = 7 * 24 * 60 * 60;
inline constexpr std::int64_t trace_chunk_bytes_max = std::int64_t{1} << 20U;
inline constexpr std::int64_t trace_bytes_max = std::int64_t{256} << 20U;
/// What every server takes, however it is set: a headset records no longer trace.
inline constexpr std::int64_t trace_bytes_recorded_max = std::int64_t{16} << 20U;

/// Whole bodies, in bytes: what a server reads before it answers 413.
inline constexpr std::size_t small_body_bytes_max = std::size_t{64} << 10U;
inline constexpr std::size_t metrics_body_bytes_max = std::size_t{256} << 10U;
inline constexpr std::size_t artifact_body_bytes_max = std::size_t{1} << 20U;
/// Of a drawing: also the largest body that a server takes where it is not set, and what a headset
/// ends a drawing before.
inline constexpr std::size_t drawing_body_bytes_max = std::size_t{16} << 20U;
/// Both hands' strokes, as they are written: the rest of the body is well within what is left.
inline constexpr std::int64_t ink_bytes_max =
    static_cast<std::int64_t>(drawing_body_bytes_max) - (std::int64_t{64} << 10U);
/// A server's room for bodies where it is not set, and the least it can be set to: it keeps a
/// fourth of it for one trace.
inline constexpr std::uint64_t body_memory_bytes_default =
    std::uint64_t{4} * static_cast<std::uint64_t>(trace_bytes_recorded_max);

/// A body comes at this rate on average, or a server ends the request.
inline constexpr std::int64_t body_rate_min_bytes_per_s = std::int64_t{16} << 10U;
/// How long a server lets a request wait for room, without reading on: at most twice in one, for
/// its body and for what it is about.
inline constexpr std::chrono::seconds admission_wait_max{30};

} // namespace haven::api
