#pragma once

#include <cstdint>

namespace haven {

/// Nanoseconds since this machine was started, its sleep included: the clock of everything that is
/// recorded. It never jumps, whoever sets the date.
[[nodiscard]] std::int64_t host_now_ns();

/// How much farther that clock is than CLOCK_MONOTONIC: the time this machine slept.
[[nodiscard]] std::int64_t slept_ns();

/// The date, in microseconds since 1970, at a moment of the host's clock, as the date stands now.
[[nodiscard]] std::int64_t unix_us_at(std::int64_t host_ns);

} // namespace haven
