#include "net/api/time.hpp"

#include "net/api/records.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <string_view>

namespace haven::api {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr TimeUs begin_of_time_us = -62'135'596'800 * us_per_second; // 0001-01-01
constexpr TimeUs end_of_time_us = 253'402'300'800 * us_per_second;   // 10000-01-01

/// Eats a text from its front; once something did not fit, nothing fits any more.
class Eater {
  public:
    explicit Eater(std::string_view text) : rest_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value = value * 10 + digit();
        }
        return value;
    }
    int digit() {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
            fits_ = false;
            return 0;
        }
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }
    bool maybe(char c) {
        const bool there = rest_.starts_with(c);
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }
    void one_of(char a, char b) { fits_ = (maybe(a) || maybe(b)) && fits_; }
    [[nodiscard]] bool at_digit() const {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    void demand(bool holds) { fits_ = fits_ && holds; }
    [[nodiscard]] bool fitted() const { return fits_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool fits_ = true;
};

int eat_fraction_us(Eater& text) {
    constexpr int digits_kept = 6;
    int value = text.digit();
    for (int count = 1; count < digits_kept; ++count) {
        value = value * 10 + (text.at_digit() ? text.digit() : 0);
    }
    while (text.at_digit()) {
        (void)text.digit();
    }
    return value;
}

std::chrono::minutes eat_offset(Eater& text) {
    if (text.maybe('Z') || text.maybe('z')) {
        return std::chrono::minutes(0);
    }
    const bool west = text.maybe('-');
    text.demand(west || text.maybe('+'));
    const int hours = text.digits(2);
    text.one_of(':', ':');
    const int minutes = text.digits(2);
    text.demand(hours < 24 && minutes < 60);
    const std::chrono::minutes offset(hours * 60 + minutes);
    return west ? -offset : offset;
}

} // namespace

std::string format_time_us(TimeUs time_us) {
    time_us = std::clamp(time_us, begin_of_time_us, end_of_time_us - 1);
    const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(time_us)};
    return std::format("{:%FT%T}Z", time);
}

std::optional<TimeUs> parse_time_us(std::string_view text) {
    Eater eater(text);
    const int year = eater.digits(4);
    eater.one_of('-', '-');
    const int month = eater.digits(2);
    eater.one_of('-', '-');
    const int day = eater.digits(2);
    eater.one_of('T', 't');
    const int hour = eater.digits(2);
    eater.one_of(':', ':');
    const int minute = eater.digits(2);
    eater.one_of(':', ':');
    const int second = eater.digits(2);
    const int fraction_us = eater.maybe('.') ? eat_fraction_us(eater) : 0;
    const std::chrono::minutes offset = eat_offset(eater);
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    eater.demand(date.ok() && hour < 24 && minute < 60 && second <= 60);
    if (!eater.fitted()) {
        return std::nullopt;
    }
    const auto time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                      std::chrono::minutes(minute) - offset;
    const auto minutes_of_day = (time - std::chrono::floor<std::chrono::days>(time)).count();
    if (second == 60 && minutes_of_day != 23 * 60 + 59) {
        return std::nullopt; // leap seconds are added at midnight UTC alone
    }
    const TimeUs time_us = std::chrono::microseconds(time.time_since_epoch()).count() +
                           second * us_per_second + fraction_us;
    if (time_us < begin_of_time_us || time_us >= end_of_time_us) {
        return std::nullopt;
    }
    return time_us;
}

TimeUs now_us() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

} // namespace haven::api
