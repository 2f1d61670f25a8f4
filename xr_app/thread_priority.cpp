#include "xr_app/thread_priority.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <tuple>

// The only file that knows how the operating system orders its threads.
namespace haven {

void run_before_others() {
    const sched_param lowest_of_real_time{.sched_priority = sched_get_priority_min(SCHED_RR)};
    if (pthread_setschedparam(pthread_self(), SCHED_RR, &lowest_of_real_time) == 0) {
        return;
    }
    constexpr int nice = -10;
    std::ignore = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
}

} // namespace haven
