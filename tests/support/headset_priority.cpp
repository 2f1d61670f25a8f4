#include "tests/support/headset_priority.hpp"

#include <sched.h>
#include <sys/types.h>

#include <charconv>
#include <filesystem>
#include <format>
#include <string>
#include <system_error>
#include <tuple>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

/// Of real time, above every thread of the client's.
bool raise(pid_t thread, int policy) {
    const sched_param param{.sched_priority = sched_get_priority_min(SCHED_RR) + 2};
    return sched_setscheduler(thread, policy, &param) == 0;
}

} // namespace

void run_as_headset(pid_t process) {
    std::error_code gone;
    for (fs::directory_iterator entry(std::format("/proc/{}/task", process), gone), end;
         !gone && entry != end; entry.increment(gone)) {
        const std::string name = entry->path().filename().string();
        pid_t thread = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc{}) {
            std::ignore = raise(thread, SCHED_RR);
        }
    }
}

RunsAsHeadset::RunsAsHeadset() : policy_before_(sched_getscheduler(0)) {
    std::ignore = raise(0, SCHED_RR | SCHED_RESET_ON_FORK);
}

RunsAsHeadset::~RunsAsHeadset() {
    const sched_param none{};
    std::ignore = sched_setscheduler(0, policy_before_ | SCHED_RESET_ON_FORK, &none);
}

} // namespace haven::test
