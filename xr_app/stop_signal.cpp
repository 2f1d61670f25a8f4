#include "xr_app/stop_signal.hpp"

#include <atomic>
#include <csignal>

namespace haven {

namespace {

std::atomic<int> signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

void count(int /*signal*/) {
    signals += 1;
}

} // namespace

void count_stop_signals() {
    struct sigaction action{};
    action.sa_handler = count;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

int stop_signals() {
    return signals;
}

void listen_no_more_to_stop_signals() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

} // namespace haven
