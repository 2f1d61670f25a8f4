#include "xr_app/retry_pause.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace haven {
namespace {

using std::chrono_literals::operator""s;

TEST(RetryPause, EachIsTwiceAsLongAsTheOneBeforeUpToABound) {
    RetryPause pause;
    for (const auto expected : {1s, 2s, 4s, 8s, 15s, 15s}) {
        EXPECT_EQ(pause.next(false), expected);
    }
}

TEST(RetryPause, OneThatIsAwayIsLookedForOftenEnoughToDrawWithinFiveSecondsOfItsReturn) {
    RetryPause pause;
    for (const auto expected : {1s, 2s, 4s, 4s, 4s}) {
        EXPECT_EQ(pause.next(true), expected);
    }
    for (const auto expected : {4s, 8s, 15s}) {
        EXPECT_EQ(pause.next(false), expected) << "it is there, and fails";
    }
    EXPECT_EQ(pause.next(true), 4s) << "away again";
}

TEST(RetryPause, AHeadsetThatWorkedIsTriedSoonAgain) {
    RetryPause pause;
    EXPECT_EQ(pause.next(false), 1s);
    EXPECT_EQ(pause.next(false), 2s);
    pause.lost(true);
    EXPECT_EQ(pause.next(false), 1s);
    pause.lost(false);
    EXPECT_EQ(pause.next(false), 2s) << "it was there, and showed nothing";
}

TEST(RetryPause, OneThatNeverWorksIsGivenUpButNotOneThatIsAwayForLong) {
    RetryPause pause;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_GT(pause.next(true), 0s);
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
