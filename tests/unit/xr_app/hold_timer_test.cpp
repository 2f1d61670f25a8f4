#include "xr_app/input/hold_timer.hpp"

#include <gtest/gtest.h>

namespace haven {
namespace {

TEST(HoldTimer, FiresOnceForAHoldThatLasts) {
    HoldTimer timer;
    EXPECT_FALSE(timer.update(true, 0));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns / 2));
    EXPECT_FLOAT_EQ(timer.share(), 0.5F);
    EXPECT_TRUE(timer.update(true, HoldTimer::hold_ns));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns * 2));
}

TEST(HoldTimer, WhatIsSoonLetGoIsATapUnlessItWasNeverSeenUp) {
    HoldTimer timer;
    timer.update(true, 1);
    timer.update(false, 2);
    EXPECT_FALSE(timer.tapped()) << "it was held before";
    timer.update(true, 3);
    EXPECT_FALSE(timer.tapped());
    timer.update(false, HoldTimer::hold_ns);
    EXPECT_TRUE(timer.tapped());
    timer.update(false, HoldTimer::hold_ns + 1);
    EXPECT_FALSE(timer.tapped()) << "once";
    timer.update(true, HoldTimer::hold_ns + 2);
    timer.update(true, HoldTimer::hold_ns * 2 + 2);
    timer.update(false, HoldTimer::hold_ns * 2 + 3);
    EXPECT_FALSE(timer.tapped()) << "it was held";
}

TEST(HoldTimer, LettingGoStartsAnew) {
    HoldTimer timer;
    EXPECT_FALSE(timer.update(true, 0));
    EXPECT_FALSE(timer.update(false, HoldTimer::hold_ns - 1));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns));
    EXPECT_FLOAT_EQ(timer.share(), 0.0F);
    EXPECT_TRUE(timer.update(true, HoldTimer::hold_ns * 2));
}

} // namespace
} // namespace haven
