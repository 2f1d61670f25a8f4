#include "xr_app/picture_clock.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace haven {
namespace {

constexpr std::int64_t period_ns = 11'111'111;
constexpr double period_s = 1e-9 * static_cast<double>(period_ns);
constexpr std::int64_t boot_ns = 86'400'000'000'000; // the headset has been on for a day

TEST(PictureClock, GoesAsEvenlyAsTheDisplayHoweverUnevenlyFramesAreMade) {
    PictureClock clock;
    double last_s = clock.at(boot_ns, 3.0);
    EXPECT_EQ(last_s, 3.0);
    for (int frame = 1; frame < 200; ++frame) {
        const double late_s = frame % 3 == 0 ? 0.02 : frame % 7 == 0 ? -0.015 : 0.0;
        const double now_s = clock.at(boot_ns + frame * period_ns, 3.0 + frame * period_s + late_s);
        EXPECT_NEAR(now_s - last_s, period_s, 1e-6) << frame;
        last_s = now_s;
    }
}

TEST(PictureClock, ADisplayTimeThatJumpsOrAnotherHeadsetsGoesOnFromOurOwnClock) {
    PictureClock clock;
    EXPECT_EQ(clock.at(boot_ns, 3.0), 3.0);
    EXPECT_NEAR(clock.at(boot_ns + 3'600'000'000'000, 3.1), 3.1, 1e-6) << "an hour ahead";
    EXPECT_NEAR(clock.at(0, 3.2), 3.2, 1e-6) << "zero";
    EXPECT_NEAR(clock.at(-4'000'000'000, 3.3), 3.3, 1e-6) << "negative";
    EXPECT_NEAR(clock.at(-4'000'000'000 + period_ns, 3.4), 3.3 + period_s, 1e-6);
}

TEST(PictureClock, WhatIsPredictedHoursAheadDoesNotHoldThePictureForHours) {
    constexpr std::int64_t hours_ns = 7'200'000'000'000;
    PictureClock clock;
    const auto shown_s = [&](std::int64_t display_ns, std::int64_t prediction_ns, double now_s) {
        return clock.at(display_ns, now_s + display_lead_s(prediction_ns, period_ns));
    };
    EXPECT_NEAR(shown_s(boot_ns, 3 * period_ns, 3.0), 3.0 + 3 * period_s, 1e-6);
    EXPECT_NEAR(shown_s(boot_ns + hours_ns, hours_ns, 3.1), 3.1, 0.1);
    EXPECT_NEAR(shown_s(boot_ns + 200'000'000, 3 * period_ns, 3.2), 3.2, 0.1);
    EXPECT_NEAR(shown_s(boot_ns - hours_ns, -hours_ns, 3.3), 3.3, 0.1);
    EXPECT_NEAR(shown_s(boot_ns + 400'000'000, 3 * period_ns, 3.4), 3.4, 0.1);
}

TEST(DisplayLead, IsWhatTheRuntimeSaysWhereThatCanBeTrue) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    EXPECT_NEAR(display_lead_s(3 * period_ns, period_ns), 3 * period_s, 1e-9);
    EXPECT_NEAR(display_lead_s(std::nullopt, period_ns), period_s, 1e-9);
    for (const std::int64_t nonsense : {most, least, std::int64_t{-1}, 2 * boot_ns}) {
        EXPECT_NEAR(display_lead_s(nonsense, period_ns), period_s, 1e-9) << nonsense;
        EXPECT_EQ(display_lead_s(nonsense, nonsense), 0.0) << nonsense;
    }
}

TEST(PictureClock, NeverGoesBack) {
    PictureClock clock;
    EXPECT_EQ(clock.at(boot_ns, 3.0), 3.0);
    EXPECT_EQ(clock.at(boot_ns - period_ns, 3.0), 3.0);
    EXPECT_EQ(clock.at(boot_ns + 10 * period_ns, 2.0), 3.0) << "our own clock was behind";
}

} // namespace
} // namespace haven
