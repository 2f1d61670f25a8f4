#include "tests/support/await.hpp"

#include <chrono>
#include <functional>
#include <thread>

namespace haven::test {

bool await(Milliseconds deadline, const std::function<bool()>& condition, Milliseconds every) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + slowness * deadline;
    while (Clock::now() < end) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(every);
    }
    return condition();
}

} // namespace haven::test
