#pragma once

#include "net/api/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace haven::api {

/// "2026-11-22T16:06:32.000000Z": always UTC, always six digits. Years 1970 to 9999.
[[nodiscard]] std::string format_time_us(TimeUs time_us);

/// RFC 3339 with any offset; 1 to 9 digits of a second are read and cut to microseconds; a leap
/// second is the second after it. Nothing for anything else, or a year outside 1970 to 9999.
[[nodiscard]] std::optional<TimeUs> parse_time_us(std::string_view text);

/// The wall clock.
[[nodiscard]] TimeUs now_us();

} // namespace haven::api
