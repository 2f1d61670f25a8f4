#include "xr_app/stop_signal.hpp"

#include <atomic>
#include <csignal>
#include <signal.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <csignal>

namespace haven {

namespace {

std::atomic<int> signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

/// So many ask to end; whoever sends one more means it, whatever a runtime hangs in.
constexpr int heard_max = 3;

void count(int /*signal*/) {
    if (signals.fetch_add(1) + 1 >= heard_max) {
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
    }
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
