#include "xr_app/thread_priority.hpp"

#include <sched.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

// The only file that knows how the operating system orders its threads.
namespace haven {

namespace {

// Less is sooner, from -20 to 19.
constexpr int sooner = -10;
constexpr int later = 5;

/// Beside the threads of this process, whatever it was started with.
bool change_nice(ThreadNumber thread, int by) {
    const int own = getpriority(PRIO_PROCESS, static_cast<id_t>(getpid()));
    return setpriority(PRIO_PROCESS, static_cast<id_t>(thread), own + by) == 0;
}

Precedence raise_this_thread(Urgency urgency) {
    const int more = static_cast<int>(urgency);
    const sched_param param{.sched_priority = sched_get_priority_min(SCHED_RR) + more};
    if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param) == 0) {
        return Precedence::real_time;
    }
    return change_nice(gettid(), sooner - more) ? Precedence::raised : Precedence::none;
}

void say_once(Urgency urgency, Precedence precedence) {
    static std::atomic<bool> told = false;
    if (told.exchange(true)) {
        return;
    }
    spdlog::debug("{} at {} priority",
                  urgency == Urgency::hands ? "the hands are sampled" : "frames are drawn",
                  to_string(precedence));
    if (precedence == Precedence::none) {
        spdlog::info("The system gives the sampling of the hands no priority, so a busy machine "
                     "may leave gaps in it. To allow it: a line \"@GROUP - rtprio 2\" in "
                     "/etc/security/limits.conf.");
    }
}

} // namespace

std::string_view to_string(Precedence precedence) {
    switch (precedence) {
    case Precedence::real_time:
        return "real-time";
    case Precedence::raised:
        return "raised";
    case Precedence::none:
        return "ordinary";
    }
    std::unreachable();
}

BeforeOthers::BeforeOthers(Urgency urgency)
    : policy_before_(sched_getscheduler(0)),
      nice_before_(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()))),
      precedence_(raise_this_thread(urgency)) {
    say_once(urgency, precedence_);
}

BeforeOthers::~BeforeOthers() {
    if (precedence_ == Precedence::real_time) {
        // To be rid of the flag again would take a privilege; beside it nothing is inherited.
        const sched_param none{};
        std::ignore = sched_setscheduler(0, policy_before_ | SCHED_RESET_ON_FORK, &none);
    } else if (precedence_ == Precedence::raised) {
        std::ignore = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice_before_);
    }
}

void run_after_others() {
    std::ignore = change_nice(gettid(), later);
}

std::vector<ThreadNumber> threads_of_process() {
    std::vector<ThreadNumber> threads;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry("/proc/self/task", failed), end;
         !failed && entry != end; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        ThreadNumber number = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc{}) {
            threads.push_back(number);
        }
    }
    return threads;
}

std::size_t let_others_run_before_new_threads(const std::vector<ThreadNumber>& before) {
    std::size_t count = 0;
    for (const ThreadNumber thread : threads_of_process()) {
        if (!std::ranges::contains(before, thread) && change_nice(thread, later)) {
            count += 1;
        }
    }
    return count;
}

} // namespace haven
