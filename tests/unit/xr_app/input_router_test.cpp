// Whose a press is: what moves the person stops with it, and only a new one draws.
#include "xr_app/input_router.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "environments/camera/camera.hpp"
#include "tests/unit/xr_app/panel_fixture.hpp"
#include "tests/unit/xr_app/session_fixture.hpp"
#include "ui/panel.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/options.hpp"
#include "xr_app/session_state.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace haven {
namespace {

using test::ScriptedHeadset;

class InputRouters : public ::testing::Test {
  protected:
    explicit InputRouters(Options options = {}) : house(std::move(options)) {}

    /// A frame in which the left hand moves on, and presses or not.
    void frame(bool pressed, double time_s) {
        time_ns_ += 5'000'000;
        x_m_ += 0.01F;
        HandSample sample{.time_ns = time_ns_,
                          .hand = Hand::left,
                          .tracked = true,
                          .drawing = pressed,
                          .pressure = pressed ? 1.0F : 0.0F};
        sample.tracking_from_tip.position_m = {x_m_, 1.2F, -0.4F};
        HeadsetFrame frame{.display_time_ns = time_ns_, .samples = std::span(&sample, 1)};
        frame.shown[0] = {
            .tracked = true, .drawing = pressed, .tracking_from_tip = sample.tracking_from_tip};
        if (pressed) {
            frame.pressed_since_ns = time_ns_ - 1'000'000;
        }
        router.take(frame, time_s);
    }
    [[nodiscard]] bool draws() const { return house.session->drawing.drawing(Hand::left); }

    test::SessionHouse house;
    ScriptedHeadset headset;
    InputRouter router{headset, *house.session, nullptr};

  private:
    std::int64_t time_ns_ = 1'000'000'000;
    float x_m_ = 0.0F;
};

TEST_F(InputRouters, APressIsInk) {
    frame(false, 0.0);
    EXPECT_EQ(house.session->director.state().phase, SessionState::Phase::drawing);
    frame(true, 0.1);
    frame(true, 0.2);
    EXPECT_TRUE(draws());
    EXPECT_TRUE(router.hands()[0].drawing);
    frame(false, 0.3);
    frame(false, 0.4);
    EXPECT_FALSE(draws());
    EXPECT_EQ(headset.ticks.size(), 2U) << "felt at both ends of the stroke";
    EXPECT_TRUE(house.session->performance.first_stroke_at);
    EXPECT_FALSE(house.session->performance.tour_stop_ns);
}

TEST_F(InputRouters, HandsThatAreTakenAwayDrawNoMore) {
    frame(true, 0.0);
    frame(true, 0.1);
    ASSERT_TRUE(draws());
    router.take(HeadsetNews{.phase = SessionPhase::visible, .pause_input = true}, 0.1);
    EXPECT_FALSE(draws());
    EXPECT_FALSE(router.hands()[0].tracked);
}

TEST_F(InputRouters, AButtonTakesBackWhatItsHandDrew) {
    frame(false, 0.0);
    frame(true, 0.1);
    frame(false, 0.2);
    const DrawingSession& drawing = house.session->drawing;
    ASSERT_EQ(drawing.stroke_count(Hand::left), 1U);
    const std::size_t felt = headset.ticks.size();
    router.take(HeadsetNews{.phase = SessionPhase::focused, .undo_wished = Hands::right}, 0.3);
    EXPECT_EQ(drawing.stroke_count(Hand::left), 1U) << "the other hand drew it";
    EXPECT_EQ(headset.ticks.size(), felt) << "nothing changed, nothing is felt";
    router.take(HeadsetNews{.phase = SessionPhase::focused, .undo_wished = Hands::left}, 0.3);
    EXPECT_EQ(drawing.stroke_count(Hand::left), 0U);
    EXPECT_EQ(headset.ticks.size(), felt + 1);
}

TEST_F(InputRouters, TheMenuButtonEndsTheSession) {
    router.take(HeadsetNews{.phase = SessionPhase::focused, .finish_wished = true}, 0.1);
    EXPECT_EQ(house.session->director.state().phase, SessionState::Phase::ended);
}

class InputRoutersOfALedPerson : public InputRouters {
  protected:
    InputRoutersOfALedPerson() : InputRouters({.guide = GuideChoice::short_one}) {
        guide.tick(true, host_now_ns());
    }
    bool choose(const char* id) { return guide.choose({.id = id, .number = {}}, host_now_ns()); }

    Guide& guide = *house.session->guide;
};

TEST_F(InputRoutersOfALedPerson, OnlyAPressInAPhaseWithInkDraws) {
    frame(true, 0.0);
    ASSERT_TRUE(choose("drawing_only"));
    frame(true, 0.1);
    EXPECT_FALSE(house.session->drawing.begun());
    ASSERT_TRUE(choose("skip"));
    frame(true, 0.2);
    EXPECT_TRUE(house.session->drawing.begun());
    EXPECT_FALSE(draws()) << "it was pressed before";
    frame(false, 0.3);
    frame(true, 0.4);
    EXPECT_TRUE(draws());
    ASSERT_TRUE(choose("safe_place"));
    frame(true, 0.5);
    EXPECT_FALSE(draws());
    EXPECT_FALSE(router.hands()[0].drawing);
    ASSERT_TRUE(choose("go_on"));
    frame(true, 0.6);
    EXPECT_FALSE(draws());
    frame(false, 0.7);
    frame(true, 0.8);
    EXPECT_TRUE(draws());
}

TEST_F(InputRoutersOfALedPerson, TheMenuButtonLeadsToTheEndOfAnOpenExercise) {
    ASSERT_TRUE(choose("drawing_only"));
    const HeadsetNews held{.phase = SessionPhase::focused, .finish_wished = true};
    router.take(held, 0.1);
    EXPECT_EQ(guide.panel()->name, "closing");
    EXPECT_NE(house.session->director.state().phase, SessionState::Phase::ended);
}

/// Before the menu, which was opened by its button.
class InputRoutersAtAPanel : public InputRouters {
  protected:
    InputRoutersAtAPanel() {
        house.session->panels.wait_until_read();
        next(false);
        router.take(HeadsetNews{.phase = SessionPhase::focused, .menu_wished = Hand::left}, time_s);
        for (int i = 0; i < 40; ++i) {
            next(false);
        }
        reader.aim(Hand::right, undo);
        next(false);
    }
    void next(bool pressed) {
        time_s += 0.02;
        HandSample sample{.time_ns = static_cast<std::int64_t>(1e9 * time_s),
                          .hand = Hand::right,
                          .tracked = true,
                          .drawing = pressed,
                          .pressure = pressed ? 1.0F : 0.0F};
        sample.tracking_from_tip = reader.frame.shown[1].tracking_from_tip;
        sample.tracking_from_tip.position_m.y += 0.01F * static_cast<float>(time_s);
        reader.frame.samples = std::span(&sample, 1);
        reader.frame.shown[1].drawing = pressed;
        router.take(reader.frame, time_s);
        house.session->panels.note_seen(house.session->panels.shown().has_value());
    }
    [[nodiscard]] bool draws() const { return house.session->drawing.drawing(Hand::right); }
    [[nodiscard]] std::size_t strokes() const {
        return house.session->drawing.stroke_count(Hand::right);
    }

    static constexpr ui::Target undo = test::round_target(4);
    test::Reader reader{house.session->panels};
    double time_s = 1.0;
};

TEST_F(InputRoutersAtAPanel, NoInkBeginsOnIt) {
    const std::size_t felt = headset.ticks.size();
    next(true);
    EXPECT_FALSE(draws());
    EXPECT_FALSE(router.hands()[1].drawing);
    reader.aim_away(Hand::right);
    next(true);
    EXPECT_FALSE(draws()) << "until it is let go";
    EXPECT_FALSE(router.hands()[1].drawing);
    next(false);
    EXPECT_EQ(strokes(), 0U);
    EXPECT_EQ(headset.ticks.size(), felt) << "it was let go elsewhere";
    next(true);
    next(true);
    EXPECT_TRUE(draws()) << "a new press beside it draws";
    EXPECT_TRUE(router.hands()[1].drawing);
}

TEST_F(InputRoutersAtAPanel, AStrokeGoesOnThroughIt) {
    reader.aim_away(Hand::right);
    next(false);
    next(true);
    next(true);
    ASSERT_TRUE(draws());
    reader.aim(Hand::right, undo);
    for (int i = 0; i < 5; ++i) {
        next(true);
        EXPECT_TRUE(draws());
        EXPECT_TRUE(router.hands()[1].drawing);
    }
    next(false);
    next(false);
    EXPECT_EQ(strokes(), 1U) << "and nothing was chosen";
    next(true);
    next(false);
    EXPECT_EQ(strokes(), 0U) << "now it is: undo";
    EXPECT_TRUE(house.session->menu.open());
}

TEST_F(InputRoutersAtAPanel, FinishAsksOnceMore) {
    reader.aim(Hand::right, test::round_target(7));
    next(false);
    next(true);
    next(false);
    EXPECT_EQ(house.session->director.state().phase, SessionState::Phase::drawing);
    for (int i = 0; i < 40; ++i) {
        next(false);
    }
    reader.aim(Hand::right, test::choice_target(0));
    next(false);
    next(true);
    EXPECT_EQ(house.session->director.state().phase, SessionState::Phase::drawing);
    next(false);
    EXPECT_EQ(house.session->director.state().phase, SessionState::Phase::ended);
    EXPECT_FALSE(house.session->panel_wish());
}

TEST_F(InputRoutersAtAPanel, ItsButtonClosesIt) {
    router.take(HeadsetNews{.phase = SessionPhase::focused, .menu_wished = Hand::right}, time_s);
    for (int i = 0; i < 40; ++i) {
        next(false);
    }
    EXPECT_FALSE(house.session->panels.shown());
    next(true);
    next(true);
    EXPECT_TRUE(draws());
}

class InputRoutersOnTour : public InputRouters {
  protected:
    InputRoutersOnTour()
        : InputRouters({.environment_id = "forest_stream",
                        .cinematic = environments::CameraMotion::viewpoints}) {}
};

TEST_F(InputRoutersOnTour, ThePressThatStopsTheTourDrawsNothingUntilItIsLetGo) {
    static_cast<void>(house.session->surroundings.at(0.0)); // the first picture
    frame(false, 0.5);
    ASSERT_FALSE(house.session->surroundings.at_rest(0.5));
    frame(true, 1.0);
    EXPECT_EQ(house.session->performance.tour_stop_ns, std::optional<std::int64_t>(1'000'000));
    double time_s = 1.0;
    while (!house.session->surroundings.at_rest(time_s) && time_s < 60.0) {
        time_s += 0.1;
        frame(true, time_s);
        EXPECT_FALSE(draws());
    }
    ASSERT_TRUE(house.session->surroundings.at_rest(time_s));
    frame(true, time_s + 0.1);
    EXPECT_FALSE(draws()) << "it is still the press that stopped the tour";
    EXPECT_FALSE(router.hands()[0].drawing);
    frame(false, time_s + 0.2);
    frame(true, time_s + 0.3);
    frame(true, time_s + 0.4);
    EXPECT_TRUE(draws()) << "a new press draws";
}

} // namespace
} // namespace haven
