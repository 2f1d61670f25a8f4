#pragma once

#include <cstdint>

/// The units of the ink document (FORMAT-ink.md).
namespace haven::ink {

inline constexpr std::int64_t ns_per_ms = 1'000'000;
inline constexpr double position_steps_per_m = 10'000.0;
inline constexpr double width_steps_per_m = 1'000'000.0;
inline constexpr std::int64_t pressure_steps = 255;
inline constexpr std::int64_t colour_steps = 1'000;

} // namespace haven::ink
