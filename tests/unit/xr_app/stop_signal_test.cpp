#include "xr_app/stop_signal.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace haven {
namespace {

/// Three are heard, and another ends the process.
void send_four(int first, int last) {
    count_stop_signals();
    for (int heard = 1; heard <= 3; ++heard) {
        std::raise(first);
        if (stop_signals() != heard) {
            std::_Exit(1);
        }
    }
    std::raise(last);
    std::_Exit(2);
}

TEST(StopSignalDeathTest, TheFourthEndsTheProcessThatDoesNotListen) {
    EXPECT_EXIT(send_four(SIGINT, SIGINT), testing::KilledBySignal(SIGINT), "");
    EXPECT_EXIT(send_four(SIGTERM, SIGTERM), testing::KilledBySignal(SIGTERM), "");
    EXPECT_EXIT(send_four(SIGINT, SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

} // namespace
} // namespace haven
