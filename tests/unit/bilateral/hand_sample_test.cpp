#include "bilateral/grid_sample.hpp"
#include "bilateral/hand_sample.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>

namespace haven {
namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

class RandomSamples {
  public:
    HandSample next() {
        HandSample s;
        s.time_ns = std::uniform_int_distribution<std::int64_t>{0, 3'600'000'000'000}(engine_);
        s.hand = coin() ? Hand::left : Hand::right;
        s.source = static_cast<InteractionMode>(engine_() % 3);
        s.tracked = coin();
        s.drawing = coin();
        s.pressure = std::uniform_real_distribution<float>{-0.1F, 1.1F}(engine_);
        std::uniform_real_distribution<float> metres{-99.0F, 99.0F};
        s.tracking_from_tip.position_m = {metres(engine_), metres(engine_), metres(engine_)};
        std::normal_distribution<float> normal;
        glm::quat q{normal(engine_), normal(engine_), normal(engine_), normal(engine_)};
        if (engine_() % 4 == 0) { // two components nearly equal: where the largest is in doubt
            q.x = q.w + normal(engine_) * 1e-5F;
        }
        if (engine_() % 8 == 0) {
            q.y = -q.w + normal(engine_) * 1e-5F;
        }
        s.tracking_from_tip.orientation = glm::normalize(q);
        return s;
    }

  private:
    bool coin() { return engine_() % 2 == 0; }
    std::mt19937 engine_{20261122};
};

TEST(SnapToGrid, IsIdempotentForAHundredThousandRandomPoses) {
    RandomSamples random;
    for (int i = 0; i < 100'000; ++i) {
        const HandSample once = snap_to_grid(random.next());
        ASSERT_EQ(snap_to_grid(once), once) << i;
        const GridSample grid = to_grid(once);
        ASSERT_EQ(to_grid(from_grid(grid)), grid) << i;
        ASSERT_TRUE(is_on_grid(grid)) << i;
    }
}

TEST(SnapToGrid, IsIdempotentWhereSeveralComponentsShareTheLargestSize) {
    const float half = 0.5F;
    const float root = std::numbers::sqrt2_v<float> / 2.0F;
    const float third = std::numbers::inv_sqrt3_v<float>;
    for (const auto& q :
         {std::array{half, half, half, half}, std::array{root, root, 0.0F, 0.0F},
          std::array{0.0F, root, 0.0F, -root}, std::array{third, -third, third, 0.0F}}) {
        for (int ulp = -300; ulp <= 300; ++ulp) {
            HandSample s;
            s.tracked = true;
            s.tracking_from_tip.orientation =
                glm::quat{q[0] + static_cast<float>(ulp) * 1e-6F, q[1], q[2], q[3]};
            const HandSample once = snap_to_grid(s);
            ASSERT_EQ(snap_to_grid(once), once) << ulp;
        }
    }
}

TEST(SnapToGrid, MovesNothingByMoreThanHalfAStep) {
    RandomSamples random;
    for (int i = 0; i < 10'000; ++i) {
        const HandSample raw = random.next();
        const HandSample snapped = snap_to_grid(raw);
        ASSERT_LE(std::abs(raw.time_ns - snapped.time_ns), 500);
        const auto step =
            glm::abs(raw.tracking_from_tip.position_m - snapped.tracking_from_tip.position_m);
        // Half of 10 um, and the float's own rounding at 99 m.
        ASSERT_LE(std::max({step.x, step.y, step.z}), 5e-6F + 8e-6F);
        const float dot =
            glm::dot(raw.tracking_from_tip.orientation, snapped.tracking_from_tip.orientation);
        ASSERT_GT(std::abs(dot), 1.0F - 1e-6F);
        ASSERT_LE(std::abs(std::clamp(raw.pressure, 0.0F, 1.0F) - snapped.pressure),
                  0.5F / 1023.0F + 1e-6F);
        ASSERT_EQ(raw.tracked, snapped.tracked);
        ASSERT_EQ(raw.drawing, snapped.drawing);
        ASSERT_EQ(raw.source, snapped.source);
    }
}

TEST(SnapToGrid, GivesOneAnswerForBothSignsOfAQuaternion) {
    RandomSamples random;
    for (int i = 0; i < 1'000; ++i) {
        HandSample s = random.next();
        const HandSample one = snap_to_grid(s);
        s.tracking_from_tip.orientation = -s.tracking_from_tip.orientation;
        ASSERT_EQ(snap_to_grid(s), one);
    }
}

TEST(SnapToGrid, MakesWhatIsNotFiniteAnUntrackedSampleAtTheOrigin) {
    RandomSamples random;
    for (const float bad : {not_a_number, infinity, -infinity}) {
        for (int field = 0; field < 8; ++field) {
            HandSample s = random.next();
            s.tracked = true;
            const std::array fields{
                &s.tracking_from_tip.position_m.x,  &s.tracking_from_tip.position_m.y,
                &s.tracking_from_tip.position_m.z,  &s.tracking_from_tip.orientation.x,
                &s.tracking_from_tip.orientation.y, &s.tracking_from_tip.orientation.z,
                &s.tracking_from_tip.orientation.w, &s.pressure};
            *fields.at(static_cast<std::size_t>(field)) = bad;
            const HandSample snapped = snap_to_grid(s);
            EXPECT_FALSE(snapped.tracked);
            EXPECT_EQ(snapped.tracking_from_tip, Pose{});
            EXPECT_EQ(snapped.pressure, 0.0F);
            EXPECT_EQ(snap_to_grid(snapped), snapped);
        }
    }
}

TEST(SnapToGrid, TakesWhatIsFartherThanAHundredMetresOrHasNoRotationForUntracked) {
    HandSample s;
    s.tracked = true;
    s.tracking_from_tip.position_m = {0.0F, 100.1F, 0.0F};
    EXPECT_FALSE(snap_to_grid(s).tracked);
    s.tracking_from_tip.position_m = {0.0F, 3.0e38F, 0.0F};
    EXPECT_FALSE(snap_to_grid(s).tracked);
    s.tracking_from_tip.position_m = {0.0F, 99.9F, 0.0F};
    EXPECT_TRUE(snap_to_grid(s).tracked);
    s.tracking_from_tip.orientation = glm::quat{0.0F, 0.0F, 0.0F, 0.0F};
    EXPECT_FALSE(snap_to_grid(s).tracked);
}

TEST(SnapToGrid, ClampsTimeAndPressure) {
    HandSample s;
    s.time_ns = -5;
    s.pressure = 7.0F;
    EXPECT_EQ(snap_to_grid(s).time_ns, 0);
    EXPECT_EQ(snap_to_grid(s).pressure, 1.0F);
    s.time_ns = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(snap_to_grid(s).time_ns, GridSample::time_us_max * 1000);
    s.time_ns = 1'499;
    EXPECT_EQ(snap_to_grid(s).time_ns, 1'000);
    s.time_ns = 1'500;
    EXPECT_EQ(snap_to_grid(s).time_ns, 2'000);
}

TEST(GridSample, WhatSnappingCannotGiveIsNotOnTheGrid) {
    const GridSample good = to_grid(HandSample{});
    EXPECT_TRUE(is_on_grid(good));
    GridSample bad = good;
    bad.orientation = {16'383, 16'383, 16'383}; // longer than a unit quaternion
    EXPECT_FALSE(is_on_grid(bad));
    bad = good;
    bad.orientation[0] = 16'384;
    EXPECT_FALSE(is_on_grid(bad));
    bad = good;
    bad.pressure = 1'024;
    EXPECT_FALSE(is_on_grid(bad));
    bad = good;
    bad.time_us = -1;
    EXPECT_FALSE(is_on_grid(bad));
    bad = good;
    bad.position_10um[2] = std::numeric_limits<std::int32_t>::min();
    EXPECT_FALSE(is_on_grid(bad));
}

} // namespace
} // namespace haven
