#include "ui/panel_hit.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <random>

namespace haven::ui {
namespace {

constexpr PanelShape flat{.width_m = 0.48F, .height_m = 0.32F, .distance_m = 0.5F};
constexpr PanelShape bent{.width_m = 0.9F, .height_m = 0.6F, .distance_m = 1.3F, .radius_m = 1.3F};
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

Pose somewhere() {
    return {.position_m = {0.4F, 1.3F, -2.0F},
            .orientation = turned_by(0.7F) * glm::angleAxis(-0.15F, glm::vec3(1.0F, 0.0F, 0.0F))};
}

TEST(PanelHit, ARayMeetsThePointItWasAimedAt) {
    std::mt19937 chance(3); // the same on every machine
    std::uniform_real_distribution<float> share(0.0F, 1.0F);
    for (const PanelShape& shape : {flat, bent}) {
        for (int i = 0; i < 500; ++i) {
            const glm::vec2 aimed(share(chance) * shape.width_m, share(chance) * shape.height_m);
            const glm::vec3 eye_of_panel(share(chance) - 0.5F, share(chance) - 0.5F,
                                         0.2F + 0.8F * share(chance));
            const Pose pose = somewhere();
            const glm::vec3 eye = pose.position_m + pose.orientation * eye_of_panel;
            const glm::vec3 way = point_on(shape, pose, aimed) - eye;
            const auto met = where_met(shape, pose, {.origin_m = eye, .direction = 3.0F * way});
            ASSERT_TRUE(met);
            EXPECT_LT(glm::distance(*met, aimed), 1e-4F);
            EXPECT_FALSE(where_met(shape, pose, {.origin_m = eye, .direction = -way}));
        }
    }
}

TEST(PanelHit, NothingIsMetFromBehindBesideOrByWhatIsNoRay) {
    const Pose pose;
    for (const PanelShape& shape : {flat, bent}) {
        const auto from = [&](glm::vec3 origin, glm::vec3 direction) {
            return where_met(shape, pose, {.origin_m = origin, .direction = direction}).has_value();
        };
        EXPECT_TRUE(from({0.0F, 0.0F, 0.5F}, {0.0F, 0.0F, -1.0F}));
        EXPECT_FALSE(from({0.0F, 0.0F, -0.5F}, {0.0F, 0.0F, 1.0F})) << "from behind";
        EXPECT_FALSE(from({0.0F, 0.0F, -0.5F}, {0.0F, 0.0F, -1.0F}));
        EXPECT_FALSE(from({0.0F, 0.5F, 0.5F}, {0.0F, 0.0F, -1.0F})) << "above";
        EXPECT_FALSE(from({0.6F, 0.0F, 0.5F}, {0.0F, 0.0F, -1.0F})) << "beside";
        EXPECT_FALSE(from({0.0F, 0.0F, 0.5F}, {0.0F, 0.0F, 0.0F})) << "no direction";
        EXPECT_FALSE(from({0.0F, 0.0F, 0.5F}, {0.0F, 1.0F, 0.0F})) << "along it";
        EXPECT_FALSE(from({nan, 0.0F, 0.5F}, {0.0F, 0.0F, -1.0F}));
        EXPECT_FALSE(from({0.0F, 0.0F, 0.5F}, {0.0F, nan, -1.0F}));
        EXPECT_FALSE(from({0.0F, 0.0F, INFINITY}, {0.0F, 0.0F, -1.0F}));
    }
}

TEST(PanelHit, AFingertipTouchesWhereItGoesThrough) {
    const Pose pose;
    for (const PanelShape& shape : {flat, bent}) {
        const auto touched = [&](glm::vec3 before, glm::vec3 now) {
            return where_touched(shape, pose, before, now);
        };
        const auto at = touched({0.0F, 0.1F, 0.03F}, {0.0F, 0.1F, -0.01F});
        ASSERT_TRUE(at);
        EXPECT_NEAR(at->x, 0.5F * shape.width_m, 1e-4F);
        EXPECT_NEAR(at->y, 0.5F * shape.height_m - 0.1F, 1e-4F);
        EXPECT_FALSE(touched({0.0F, 0.0F, -0.01F}, {0.0F, 0.0F, 0.03F})) << "on its way out";
        EXPECT_FALSE(touched({0.0F, 0.0F, -0.01F}, {0.0F, 0.0F, -0.03F})) << "inside";
        EXPECT_FALSE(touched({0.0F, 0.0F, 0.05F}, {0.0F, 0.0F, 0.01F})) << "not there yet";
        EXPECT_FALSE(touched({0.0F, 0.5F, 0.03F}, {0.0F, 0.5F, -0.01F})) << "above it";
        EXPECT_FALSE(touched({0.0F, 0.0F, 0.6F}, {0.0F, 0.0F, -0.1F})) << "a jump";
        EXPECT_FALSE(touched({nan, 0.0F, 0.03F}, {0.0F, 0.0F, -0.01F}));
    }
}

TEST(PanelHit, InkIsKeptOffAPanel) {
    const Pose pose = somewhere();
    for (const PanelShape& shape : {flat, bent}) {
        const glm::vec3 on = point_on(shape, pose, {0.1F, 0.1F});
        const glm::vec3 out = pose.orientation * glm::vec3(0.0F, 0.0F, 1.0F);
        EXPECT_TRUE(is_over(shape, pose, on + 0.03F * out, 0.05F));
        EXPECT_TRUE(is_over(shape, pose, on - 0.03F * out, 0.05F));
        EXPECT_FALSE(is_over(shape, pose, on + 0.08F * out, 0.05F));
        EXPECT_FALSE(is_over(shape, pose, point_on(shape, pose, {-0.05F, 0.1F}), 0.05F));
        EXPECT_FALSE(is_over(shape, pose, glm::vec3(nan), 0.05F));
    }
}

TEST(PanelHit, RoundTargetsAreCircles) {
    PanelLayout layout{.shape = flat};
    layout.targets = {{.target = {.kind = Target::Kind::back},
                       .box = {.left_m = 0.0F, .top_m = 0.0F, .width_m = 0.1F, .height_m = 0.1F},
                       .round = true},
                      {.target = {.kind = Target::Kind::choice, .index = 1},
                       .box = {.left_m = 0.2F, .top_m = 0.0F, .width_m = 0.2F, .height_m = 0.1F}}};
    EXPECT_EQ(target_at(layout, {0.05F, 0.05F}), (Target{.kind = Target::Kind::back}));
    EXPECT_FALSE(target_at(layout, {0.01F, 0.01F})) << "the corner of its square";
    EXPECT_EQ(target_at(layout, {0.21F, 0.01F}),
              (Target{.kind = Target::Kind::choice, .index = 1}));
    EXPECT_FALSE(target_at(layout, {0.15F, 0.05F}));
    EXPECT_FALSE(target_at(layout, {nan, 0.05F}));
}

class DwellTest : public ::testing::Test {
  protected:
    /// Looks there for so long, 50 pictures a second; whether something was chosen.
    int chosen(std::optional<Target> at, double seconds) {
        int count = 0;
        for (int i = 0; i < static_cast<int>(std::lround(seconds * 50.0)); ++i) {
            clock_s += 0.02;
            const Dwell::Step step = rests.look(at, clock_s);
            EXPECT_GE(step.progress, 0.0F);
            EXPECT_LE(step.progress, 1.0F);
            progress = step.progress;
            count += step.chosen ? 1 : 0;
            if (step.chosen) {
                EXPECT_EQ(step.chosen, at);
            }
        }
        return count;
    }
    Dwell rests{1.5F};
    double clock_s = 100.0;
    float progress = 0.0F;
    static constexpr Target one{.kind = Target::Kind::choice, .index = 0};
    static constexpr Target other{.kind = Target::Kind::choice, .index = 1};
};

TEST_F(DwellTest, AGazeThatRestsChoosesOnce) {
    EXPECT_EQ(chosen(one, 1.4), 0);
    EXPECT_NEAR(progress, 1.4F / 1.5F, 0.03F);
    EXPECT_EQ(chosen(one, 0.2), 1);
    EXPECT_EQ(chosen(one, 10.0), 0) << "again, without having looked away";
    EXPECT_EQ(chosen(std::nullopt, 0.1), 0);
    EXPECT_EQ(chosen(one, 1.6), 1);
}

TEST_F(DwellTest, AGazeThatWandersChoosesNothing) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(chosen(i % 2 == 0 ? one : other, 1.0), 0);
    }
    EXPECT_EQ(chosen(std::nullopt, 5.0), 0);
}

TEST_F(DwellTest, TimeThatJumpsStandsOrIsNoneChoosesNothing) {
    EXPECT_EQ(chosen(one, 0.1), 0);
    EXPECT_FALSE(rests.look(one, clock_s + 3600.0).chosen) << "an hour, in one frame";
    EXPECT_FALSE(rests.look(one, clock_s - 3600.0).chosen);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(rests.look(one, clock_s - 3600.0).chosen);
        EXPECT_FALSE(rests.look(one, std::numeric_limits<double>::quiet_NaN()).chosen);
    }
    clock_s = 200.0;
    EXPECT_EQ(chosen(one, 1.6), 1) << "it goes on after it";
}

TEST(Dwell, TakesFromOneToTwoSeconds) {
    for (const float asked : {0.0F, 1.0F, nan}) {
        Dwell dwell(asked);
        const Target at{};
        int frames = 0;
        for (double time_s = 0.0; frames < 200 && !dwell.look(at, time_s).chosen; time_s += 0.02) {
            ++frames;
        }
        EXPECT_GE(frames, 49);
        EXPECT_LE(frames, 101);
    }
}

} // namespace
} // namespace haven::ui
