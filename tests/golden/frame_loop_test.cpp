// A headset whose calls fail, and everything else as it is.
#include "xr_app/frame_loop.hpp"

#include "bilateral/hand_sample.hpp"
#include "tests/unit/xr_app/session_fixture.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/presenter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <vector>

namespace haven {
namespace {

using test::ScriptedHeadset;
using Waited = ScriptedHeadset::Waited;

HeadsetFrame good(int number) {
    return {.display_time_ns = number * std::int64_t{11'000'000}, .display_period_ns = 11'000'000};
}

Waited failure(HeadsetError::Kind kind) {
    return std::unexpected(HeadsetError{.kind = kind, .message = "as the test wishes"});
}

class FrameLoops : public ::testing::Test {
  protected:
    FrameLoop::End run(ScriptedHeadset& headset) {
        auto graphics = Graphics::create({}).value();
        EXPECT_TRUE(graphics->build({.eye_height_px = 64}));
        FrameLoop::End end{};
        {
            Presenter presenter(*graphics, *house.session,
                                {.environments = house.options.assets / "environments"});
            end = FrameLoop(headset, *house.session, presenter, nullptr).run();
            EXPECT_TRUE(graphics->device->wait_idle());
        }
        EXPECT_EQ(graphics->device->validation().count(), 0U);
        return end;
    }
    test::SessionHouse house;
};

TEST_F(FrameLoops, ACallThatFailsOnceSkipsItsFrameAndNothingElse) {
    ScriptedHeadset* self = nullptr;
    ScriptedHeadset headset([&](int number) -> Waited {
        if (number == 10) {
            self->phase = SessionPhase::over;
        }
        return number == 4 ? failure(HeadsetError::Kind::failed) : good(number);
    });
    self = &headset;
    EXPECT_EQ(run(headset), FrameLoop::End::over);
    EXPECT_EQ(headset.waits, 10);
    EXPECT_EQ(house.session->performance.stats.frames(), 9U);
    EXPECT_EQ(headset.ends, 10) << "a frame that was begun is ended";
}

TEST_F(FrameLoops, FramesThatNobodySeesComeAsSeldomAsTheRuntimeLikes) {
    ScriptedHeadset* self = nullptr;
    ScriptedHeadset headset([&](int number) -> Waited {
        if (number == 5) {
            self->phase = SessionPhase::over;
        }
        return good(number * 10); // nine displays without a frame before each
    });
    self = &headset;
    EXPECT_EQ(run(headset), FrameLoop::End::over);
    EXPECT_EQ(house.session->performance.stats.frames(), 5U);
    EXPECT_EQ(house.session->performance.stats.dropped().total(), 0U);
}

TEST_F(FrameLoops, AHeadsetWhoseCallsGoOnFailingIsBuiltAnew) {
    ScriptedHeadset headset(
        [](int number) { return number < 5 ? good(number) : failure(HeadsetError::Kind::failed); });
    EXPECT_EQ(run(headset), FrameLoop::End::lost);
    EXPECT_EQ(house.session->performance.stats.frames(), 4U);
    EXPECT_GT(headset.waits, 20) << "it was given chances";
    EXPECT_LT(headset.waits, 200) << "but not for ever";
}

TEST_F(FrameLoops, WhatWasSampledBeforeARecenterBelongsToTheStrokeThatItEnds) {
    std::vector<HandSample> moved;
    for (int i = 1; i <= 3; ++i) {
        HandSample sample{.time_ns = i * std::int64_t{5'000'000},
                          .tracked = true,
                          .drawing = true,
                          .pressure = 1.0F};
        sample.tracking_from_tip.position_m = {0.01F * static_cast<float>(i), 1.2F, -0.4F};
        moved.push_back(sample);
    }
    const std::span<const HandSample> all = moved;
    std::vector<bool> draws; // once the frame before was done
    ScriptedHeadset* self = nullptr;
    ScriptedHeadset headset([&](int number) -> Waited {
        draws.push_back(house.session->drawing.drawing(Hand::left));
        HeadsetFrame frame = good(number);
        frame.head_valid = true;
        if (number == 2) {
            frame.samples = all.first(2);
        } else if (number == 3) {
            frame.recentered = true;
            frame.samples_before = all.last(1);
        } else if (number == 4) {
            self->phase = SessionPhase::over;
        }
        return frame;
    });
    self = &headset;
    EXPECT_EQ(run(headset), FrameLoop::End::over);
    EXPECT_EQ(draws, (std::vector{false, false, true, false}));
}

TEST_F(FrameLoops, AnotherSpaceAndAnotherRateAreRecordedFromTheirFrameOn) {
    ScriptedHeadset* self = nullptr;
    ScriptedHeadset headset([&](int number) -> Waited {
        if (number == 3) {
            self->described.space = "stage";
        } else if (number == 5) {
            self->described.refresh_rate_hz = 72.0F;
        } else if (number == 7) {
            self->phase = SessionPhase::over;
        }
        return good(number);
    });
    self = &headset;
    headset.described = {.space = "local_floor", .refresh_rate_hz = 90.0F};
    EXPECT_EQ(run(headset), FrameLoop::End::over);
    const auto& states = house.session->performance.system.headset_states;
    ASSERT_EQ(states.size(), 3U);
    EXPECT_EQ(states[0].space, "local_floor");
    EXPECT_EQ(states[1].space, "stage");
    EXPECT_EQ(states[1].refresh_rate_hz, 90.0F);
    EXPECT_EQ(states[2].refresh_rate_hz, 72.0F);
}

TEST_F(FrameLoops, ALostHeadsetIsLostAtOnce) {
    ScriptedHeadset headset([](int /*number*/) { return failure(HeadsetError::Kind::lost); });
    EXPECT_EQ(run(headset), FrameLoop::End::lost);
    EXPECT_EQ(headset.waits, 1);
}

TEST_F(FrameLoops, ASessionThatHasEndedAsksTheHeadsetToLeave) {
    ScriptedHeadset headset([](int number) { return Waited(good(number)); });
    house.session->director.finish({.why = "the test ends it"}, std::chrono::steady_clock::now());
    EXPECT_EQ(run(headset), FrameLoop::End::over);
    EXPECT_LE(headset.waits, 1);
}

} // namespace
} // namespace haven
