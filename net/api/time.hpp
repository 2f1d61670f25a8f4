#pragma once

#include "net/api/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace haven::api {

/// "2026-11-22T16:06:32.000000Z": always UTC, always six digits. Years 0001 to 9999; beyond them
/// the nearest.
[[nodiscard]] std::string format_time_us(TimeUs time_us);

/// RFC 3339: T and Z in either case, any offset; any number of digits of a second is read and cut
/// to microseconds; a leap second is the second after it. Nothing for anything else, or where UTC
/// is not within the years 0001 to 9999. What is kept of a time is for who keeps it to say.
[[nodiscard]] std::optional<TimeUs> parse_time_us(std::string_view text);

/// The wall clock.
[[nodiscard]] TimeUs now_us();

} // namespace haven::api
