#include "tests/golden/flash_meter.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

/// Three seconds at 60 frames a second of one cell.
FlashReport watch(const std::function<glm::vec3(double)>& colour) {
    FlashMeter meter(1);
    for (int i = 0; i < 180; ++i) {
        const double time_s = i / 60.0;
        const std::array cells{colour(time_s)};
        meter.add(time_s, cells);
    }
    return meter.report();
}

bool lit(double time_s, double per_second) {
    return std::fmod(time_s * per_second, 1.0) < 0.5;
}

TEST(FlashMeter, AStillPictureHasNoFlash) {
    const auto report = watch([](double) { return glm::vec3(0.3F); });
    EXPECT_EQ(report.flashes, 0);
    EXPECT_EQ(report.red_flashes, 0);
    EXPECT_NEAR(report.swing(), 0.0, 1e-6);
}

TEST(FlashMeter, SeesALampThatFlashesFiveTimesASecond) {
    const auto report = watch([](double t) { return glm::vec3(lit(t, 5.0) ? 0.5F : 0.1F); });
    EXPECT_EQ(report.flashes, 5);
    EXPECT_GT(report.flashes, 3) << "not allowed";
}

TEST(FlashMeter, AllowsThreeFlashesASecond) {
    EXPECT_EQ(watch([](double t) { return glm::vec3(lit(t, 3.0) ? 0.5F : 0.1F); }).flashes, 3);
}

TEST(FlashMeter, ChangesUnderATenthAreNone) {
    const auto report = watch([](double t) { return glm::vec3(lit(t, 10.0) ? 0.39F : 0.3F); });
    EXPECT_EQ(report.flashes, 0);
    EXPECT_NEAR(report.swing(), 0.3, 1e-3);
}

TEST(FlashMeter, ASlowWaveThatAddsUpIsSeen) { // no step between two frames is a tenth
    const auto wave = [](double t) {
        return glm::vec3(
            static_cast<float>(0.4 + 0.2 * std::sin(2.0 * std::numbers::pi * 4.0 * t)));
    };
    EXPECT_EQ(watch(wave).flashes, 4);
}

TEST(FlashMeter, AFadeAwayAndBackIsOneFlash) {
    const auto report = watch([](double t) {
        return glm::vec3(static_cast<float>(0.5 * std::abs(std::cos(std::numbers::pi * t / 3.0))));
    });
    EXPECT_LE(report.flashes, 1);
}

TEST(FlashMeter, BetweenBrightAndBrighterIsNone) { // the darker state is not under 0.80
    EXPECT_EQ(watch([](double t) { return glm::vec3(lit(t, 6.0) ? 0.95F : 0.82F); }).flashes, 0);
    EXPECT_EQ(watch([](double t) { return glm::vec3(lit(t, 6.0) ? 0.95F : 0.75F); }).flashes, 6);
}

TEST(FlashMeter, SaturatedRedCountsThoughItIsDim) {
    const auto report =
        watch([](double t) { return lit(t, 5.0) ? glm::vec3(0.12F, 0, 0) : glm::vec3(0.0F); });
    EXPECT_EQ(report.flashes, 0) << "as luminance it is a fortieth";
    EXPECT_EQ(report.red_flashes, 5);
    EXPECT_EQ(watch([](double t) {
                  return lit(t, 5.0) ? glm::vec3(0.12F, 0.07F, 0.02F) : glm::vec3(0.0F);
              }).red_flashes,
              0)
        << "firelight is no saturated red";
}

TEST(FlashMeter, EachCellIsJudgedByItself) { // in sum they would cancel out
    FlashMeter meter(2);
    for (int i = 0; i < 60; ++i) {
        const bool on = lit(i / 60.0, 5.0);
        const std::array cells{glm::vec3(on ? 0.5F : 0.1F), glm::vec3(on ? 0.1F : 0.5F)};
        meter.add(i / 60.0, cells);
    }
    EXPECT_GE(meter.report().flashes, 4);
    EXPECT_NEAR(meter.report().swing(), 0.0, 1e-6);
}

TEST(FlashMeter, CellsAreMeansOfLight) {
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < 4; ++i) { // two by two: three black, one white
        const auto byte = static_cast<std::uint8_t>(i == 3 ? 255 : 0);
        rgba.insert(rgba.end(), {byte, byte, byte, 255});
    }
    const auto cells = cells_of(rgba, 2, 2, 2);
    ASSERT_EQ(cells.size(), 1U);
    EXPECT_NEAR(cells[0].g, 0.25F, 1e-6F);
}

} // namespace
} // namespace haven::testing
