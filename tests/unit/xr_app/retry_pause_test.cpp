#include "xr_app/retry_pause.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace haven {
namespace {

using std::chrono_literals::operator""s;

TEST(RetryPause, EachIsTwiceAsLongAsTheOneBeforeUpToABound) {
    RetryPause pause;
    for (const auto expected : {1s, 2s, 4s, 8s, 15s, 15s}) {
        EXPECT_EQ(pause.next(), expected);
    }
}

TEST(RetryPause, AHeadsetThatWorkedIsTriedSoonAgain) {
    RetryPause pause;
    EXPECT_EQ(pause.next(), 1s);
    EXPECT_EQ(pause.next(), 2s);
    pause.lost(true);
    EXPECT_EQ(pause.next(), 1s);
    pause.lost(false);
    EXPECT_EQ(pause.next(), 2s) << "it was there, and showed nothing";
}

TEST(RetryPause, OneThatNeverWorksIsGivenUpButNotOneThatIsAwayForLong) {
    RetryPause pause;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_GT(pause.next(), 0s);
    }
    EXPECT_FALSE(pause.hopeless()) << "away for hours";
    for (int i = 0; i < RetryPause::failures_max; ++i) {
        EXPECT_FALSE(pause.hopeless());
        pause.lost(false);
    }
    EXPECT_TRUE(pause.hopeless());
    pause.lost(true);
    EXPECT_FALSE(pause.hopeless());
}

} // namespace
} // namespace haven
