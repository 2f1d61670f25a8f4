#include "xr_app/host_clock.hpp"

#include "net/api/time.hpp"

#include <cstdint>
#include <limits>
#include <time.h> // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX

// The only file that knows which clocks the operating system has.
namespace haven {

namespace {

std::int64_t read_ns(clockid_t clock) {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * ns_per_s + time.tv_nsec;
}

/// How far one clock is ahead of another. Who is interrupted between the two reads them again.
template <typename Clock, typename Other>
std::int64_t ahead_ns(Clock clock, Other other) {
    constexpr std::int64_t near_enough_ns = 2'000;
    constexpr int tries_max = 8;
    std::int64_t took_ns = std::numeric_limits<std::int64_t>::max();
    std::int64_t ahead = 0;
    for (int i = 0; i < tries_max && took_ns > near_enough_ns; ++i) {
        const std::int64_t before = clock();
        const std::int64_t there = other();
        const std::int64_t took = clock() - before;
        if (took < took_ns) {
            took_ns = took;
            ahead = there - (before + took / 2);
        }
    }
    return ahead;
}

} // namespace

std::int64_t host_now_ns() {
    return read_ns(CLOCK_BOOTTIME);
}

std::int64_t slept_ns() {
    return ahead_ns([] { return read_ns(CLOCK_MONOTONIC); },
                    [] { return read_ns(CLOCK_BOOTTIME); });
}

std::int64_t unix_us_at(std::int64_t host_ns) {
    return (host_ns + ahead_ns(host_now_ns, [] { return api::now_us() * 1000; })) / 1000;
}

} // namespace haven
