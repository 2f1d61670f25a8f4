#include "renderer/quality_ladder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace haven::renderer {
namespace {

constexpr float budget_ms = 11.1F;

/// A GPU whose time depends on the rung, at 90 frames a second.
class GpuRun {
  public:
    template <typename Cost>
    void go(double seconds, Cost cost) {
        for (int i = 0; i < static_cast<int>(seconds * 90.0); ++i) {
            time_s += 1.0 / 90.0;
            if (const auto step = ladder.add(time_s, cost(ladder.rung(), frame++), budget_ms)) {
                steps.push_back(*step);
                times_s.push_back(time_s);
            }
        }
    }
    QualityLadder ladder;
    std::vector<QualityStep> steps;
    std::vector<double> times_s;
    double time_s = 100.0;
    int frame = 0;
};

/// How many kinds of things a rung has given up, in the order in which they go.
std::size_t given_up(const Quality& rung) {
    const std::array gone{
        rung.ink_tolerance_px > Quality{}.ink_tolerance_px && rung.sprite_share < 1.0F,
        rung.plain_light, !rung.multisampled, rung.render_scale < 1.0F, rung.lean};
    const auto kept = std::ranges::find(gone, false);
    EXPECT_TRUE(std::ranges::none_of(kept, gone.end(), std::identity{})) << "out of order";
    return static_cast<std::size_t>(kept - gone.begin());
}

TEST(QualityLadder, InkAndSpritesGoFirstThenLightSamplesResolutionAndTheLeanPlaceLast) {
    EXPECT_EQ(quality_rungs().front(), Quality{});
    std::size_t before = 0;
    for (const Quality& rung : quality_rungs()) {
        const std::size_t now = given_up(rung);
        EXPECT_GE(now, before) << "nothing comes back on the way down";
        EXPECT_LE(now, before + 1) << "one kind of thing a rung";
        before = now;
    }
    EXPECT_EQ(before, 5U) << "all of them are given up in the end";
}

TEST(QualityLadder, ResolutionIsNeverUnder85Percent) {
    float before = 1.0F;
    for (const Quality& rung : quality_rungs()) {
        EXPECT_GE(rung.render_scale, 0.85F);
        EXPECT_LE(rung.render_scale, before);
        before = rung.render_scale;
    }
    EXPECT_EQ(before, 0.85F);
}

TEST(QualityLadder, TheCompositorHasTwoMillisecondsOfEachPeriod) {
    EXPECT_FLOAT_EQ(gpu_budget_ms(11.1F), 9.1F);
    EXPECT_FLOAT_EQ(gpu_budget_ms(8.3F), 6.3F);
    EXPECT_FLOAT_EQ(gpu_budget_ms(1.0F), 0.5F) << "never nothing";
}

TEST(QualityLadder, FramesThatMissTheirDisplayCountBesideTheGpusTime) {
    QualityLadder ladder;
    std::optional<QualityStep> step;
    for (int i = 0; !step && i < 1000; ++i) { // a quick GPU, and one frame in ten comes too late
        step = ladder.add(i / 90.0, 3.0F, budget_ms, i % 10 == 0);
    }
    ASSERT_TRUE(step.has_value());
    EXPECT_EQ(step->to, 1U);
    EXPECT_GT(step->missed, 0U);
    EXPECT_TRUE(to_string(*step).ends_with("frames late")) << to_string(*step);
}

TEST(QualityLadder, OneMissedDisplayInFortyIsNoReasonToGoDownAndOneToStay) {
    QualityLadder ladder;
    double time_s = 0.0;
    const auto go = [&](double seconds, float gpu_ms, int missed_every) {
        std::size_t steps = 0;
        for (int i = 0; i < static_cast<int>(seconds * 90.0); ++i) {
            time_s += 1.0 / 90.0;
            steps += ladder.add(time_s, gpu_ms, budget_ms, i % missed_every == 1) ? 1 : 0;
        }
        return steps;
    };
    EXPECT_EQ(go(60.0, 7.0F, 40), 0U);
    EXPECT_EQ(go(0.5, 20.0F, 40), 1U);
    EXPECT_EQ(go(200.0, 3.0F, 40), 0U) << "a finer picture would not come in time either";
    EXPECT_EQ(ladder.rung(), 1U);
    EXPECT_EQ(go(200.0, 3.0F, 1'000'000), 1U);
}

TEST(QualityLadder, StaysAtTheTopWhileTheGpuKeepsUp) {
    GpuRun run;
    run.go(60.0, [](std::size_t, int) { return 7.0F; });
    EXPECT_TRUE(run.steps.empty());
}

TEST(QualityLadder, GoesDownOneRungAtATimeAndReportsWhy) {
    GpuRun run;
    run.go(30.0, [](std::size_t rung, int) { return rung == 0 ? 12.0F : 8.0F; });
    ASSERT_EQ(run.steps.size(), 1U);
    EXPECT_EQ(run.steps[0].from, 0U);
    EXPECT_EQ(run.steps[0].to, 1U);
    EXPECT_FLOAT_EQ(run.steps[0].gpu_p95_ms, 12.0F);
    EXPECT_EQ(to_string(run.steps[0]), "quality 0 -> 1: GPU p95 12.0 ms of 11.1 ms");
}

TEST(QualityLadder, OneFrameInFortyTooLateIsNoReason) {
    GpuRun run;
    run.go(30.0, [](std::size_t, int frame) { return frame % 40 == 0 ? 40.0F : 7.0F; });
    EXPECT_TRUE(run.steps.empty());
}

TEST(QualityLadder, OneFrameInTenTooLateIsOne) {
    GpuRun run;
    run.go(5.0, [](std::size_t, int frame) { return frame % 10 == 0 ? 40.0F : 7.0F; });
    EXPECT_FALSE(run.steps.empty());
}

TEST(QualityLadder, ARungIsJudgedFromWhenItsSceneIsShown) {
    GpuRun run;
    const auto too_slow = [](std::size_t, int) { return 20.0F; };
    while (run.steps.empty()) {
        run.go(0.1, too_slow);
    }
    for (int i = 0; i < 900; ++i) { // ten seconds that still show the scene of before
        run.time_s += 1.0 / 90.0;
        run.ladder.hold(run.time_s);
    }
    const double shown_s = run.time_s;
    EXPECT_FALSE(run.ladder.gpu_p95_ms().has_value());
    run.go(QualityLadder::down_dwell_s - 0.1, too_slow);
    EXPECT_EQ(run.steps.size(), 1U);
    run.go(1.0, too_slow);
    ASSERT_EQ(run.steps.size(), 2U);
    EXPECT_GE(run.times_s.back() - shown_s, QualityLadder::down_dwell_s);
}

TEST(QualityLadder, RestsOnEachRungBeforeTheNextDown) {
    GpuRun run;
    run.go(60.0, [](std::size_t, int) { return 20.0F; });
    ASSERT_EQ(run.steps.size(), quality_rungs().size() - 1);
    for (std::size_t i = 1; i < run.times_s.size(); ++i) {
        EXPECT_GE(run.times_s[i] - run.times_s[i - 1], QualityLadder::down_dwell_s);
    }
}

TEST(QualityLadder, FourPicturesASecondNeedNotFillTheWindow) {
    QualityLadder ladder;
    std::vector<double> times_s;
    for (int i = 0; i < 200; ++i) {
        if (ladder.add(0.25 * i, 200.0F, budget_ms)) {
            times_s.push_back(0.25 * i);
        }
    }
    ASSERT_EQ(times_s.size(), quality_rungs().size() - 1);
    EXPECT_LE(times_s.back(), 30.0);
}

TEST(QualityLadder, ComesBackWhenThereIsRoomAgain) {
    GpuRun run;
    run.go(3.0, [](std::size_t, int) { return 20.0F; });
    EXPECT_GT(run.ladder.rung(), 0U);
    run.go(120.0, [](std::size_t, int) { return 4.0F; });
    EXPECT_EQ(run.ladder.rung(), 0U);
}

TEST(QualityLadder, SettlesWhereAFinerRungIsTooMuch) {
    GpuRun run; // the top looks affordable from below and is not
    run.go(1200.0, [](std::size_t rung, int) { return rung == 0 ? 12.0F : 5.0F; });
    EXPECT_LE(run.steps.size(), 16U) << "not a swing every fifteen seconds for twenty minutes";
    ASSERT_GE(run.times_s.size(), 4U);
    const std::size_t last = run.times_s.size() - 1;
    EXPECT_GT(run.times_s[last] - run.times_s[last - 1] + run.times_s[last - 1] -
                  run.times_s[last - 2],
              100.0);
}

TEST(QualityLadder, BetweenTheThresholdsItRests) {
    GpuRun run;
    run.go(2.2, [](std::size_t, int) { return 20.0F; });
    const auto steps = run.steps.size();
    run.go(60.0, [](std::size_t, int) { return 8.0F; }); // 72 % of the budget
    EXPECT_EQ(run.steps.size(), steps);
}

TEST(QualityLadder, TimesThatAreNoneAreLeftOut) {
    QualityLadder ladder;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(ladder.add(i * 0.1, 0.0F, budget_ms));
        EXPECT_FALSE(ladder.add(i * 0.1, std::numeric_limits<float>::quiet_NaN(), budget_ms));
        EXPECT_FALSE(ladder.add(i * 0.1, 20.0F, 0.0F));
    }
    EXPECT_EQ(ladder.gpu_p95_ms(), std::nullopt);
}

TEST(QualityLadder, AnotherRefreshRateIsMeasuredAnew) {
    QualityLadder ladder;
    for (int i = 0; i < 200; ++i) {
        EXPECT_FALSE(ladder.add(i / 90.0, 9.0F, 11.1F));
    }
    EXPECT_FALSE(ladder.add(10.0, 9.0F, 8.3F));
    EXPECT_EQ(ladder.gpu_p95_ms(), std::nullopt);
}

} // namespace
} // namespace haven::renderer
