#include "server/http/thread_priority.hpp"

#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace haven::http {

void take_niceness(Niceness niceness) {
    static thread_local Niceness taken = Niceness::none;
    if (niceness == taken) {
        return;
    }
    taken = niceness;
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), std::to_underlying(niceness));
}

} // namespace haven::http
