#include "xr_app/host_clock.hpp"

#include "net/api/time.hpp"

#include <cstdint>
#include <ctime>

// The only file that knows which clocks the operating system has.
namespace haven {

namespace {

std::int64_t read_ns(clockid_t clock) {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * ns_per_s + time.tv_nsec;
}

} // namespace

std::int64_t host_now_ns() {
    return read_ns(CLOCK_BOOTTIME);
}

std::int64_t slept_ns() {
    return read_ns(CLOCK_BOOTTIME) - read_ns(CLOCK_MONOTONIC);
}

std::int64_t unix_us_at(std::int64_t host_ns) {
    return api::now_us() - (host_now_ns() - host_ns) / 1000;
}

} // namespace haven
