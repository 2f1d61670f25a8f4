// A panel before somebody: what they choose on it, and what they do not.
#include "xr_app/panel_host.hpp"

#include "bilateral/hand_sample.hpp"
#include "tests/unit/xr_app/panel_fixture.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"
#include "xr_app/panel_wish.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven {
namespace {

using test::choice_target;
using test::round_target;

constexpr ui::Target back{.kind = ui::Target::Kind::back};

class PanelHosts : public ::testing::Test {
  protected:
    explicit PanelHosts(std::string language = "en")
        : host({.assets = HAVEN_SOURCE_DIR "/assets",
                .language = std::move(language),
                .offers = [](std::string_view /*panel*/, std::string_view id) {
                    return id != "sound" && id != "brushes";
                }}) {
        host.wait_until_read();
    }
    void next(bool seen = true) {
        time_s += 0.02;
        host.update(wish, Hand::left, reader.frame, time_s);
        host.note_seen(seen && host.shown());
    }
    void show(std::string name) {
        wish = PanelWish{.name = std::move(name), .arguments = {{.name = "place", .value = "Sea"}}};
        for (int i = 0; i < 40; ++i) {
            next();
        }
        ASSERT_TRUE(host.shown());
        ASSERT_EQ(host.shown()->opacity, 1.0F);
    }
    /// Whether it was the panel's.
    bool press(bool down, Hand hand = Hand::right, bool tracked = true, bool taken = false) {
        HandSample sample{.hand = hand, .tracked = tracked, .drawing = down};
        sample.tracking_from_tip = reader.frame.shown.at(test::Reader::at(hand)).tracking_from_tip;
        return host.takes(sample, taken);
    }
    [[nodiscard]] std::string chosen() {
        const auto choice = host.take_choice();
        return choice ? choice->id : "";
    }
    [[nodiscard]] std::string title() const {
        std::string all;
        for (const auto& line : host.painter()->layout().lines) {
            all += line.style == ui::TextStyle::title ? line.text : "";
        }
        return all;
    }

    PanelHost host;
    test::Reader reader{host};
    std::optional<PanelWish> wish;
    double time_s = 10.0;
};

TEST_F(PanelHosts, WhatIsPressedAndLetGoOnOneTargetIsChosenOnce) {
    show("symmetry");
    reader.aim(Hand::right, choice_target(1));
    next();
    EXPECT_EQ(host.pointing().size(), 1U);
    EXPECT_TRUE(press(true));
    EXPECT_EQ(chosen(), "") << "it may still be let go elsewhere";
    next();
    EXPECT_FALSE(press(false));
    EXPECT_EQ(chosen(), "mirror");
    press(false);
    next();
    EXPECT_EQ(chosen(), "");
}

TEST_F(PanelHosts, APressThatEndsOnAnotherTargetOrBeganElsewhereChoosesNothing) {
    show("symmetry");
    reader.aim(Hand::right, choice_target(1));
    next();
    EXPECT_TRUE(press(true));
    reader.aim(Hand::right, choice_target(2));
    next();
    press(false);
    EXPECT_EQ(chosen(), "");

    reader.aim_away(Hand::right);
    next();
    EXPECT_FALSE(press(true));
    reader.aim(Hand::right, choice_target(2));
    next();
    EXPECT_FALSE(press(true)) << "it is still ink";
    EXPECT_TRUE(host.pointing().empty()) << "what draws points at nothing";
    press(false);
    EXPECT_EQ(chosen(), "");
}

TEST_F(PanelHosts, WhatSomebodyElseHasOfAPressOrWhatIsLostChoosesNothing) {
    show("symmetry");
    reader.aim(Hand::right, choice_target(1));
    next();
    EXPECT_FALSE(press(true, Hand::right, true, true));
    press(false);
    EXPECT_EQ(chosen(), "");
    press(true);
    press(false, Hand::right, false);
    EXPECT_EQ(chosen(), "") << "it was lost while it was held";
    press(true);
    host.let_go();
    press(false);
    EXPECT_EQ(chosen(), "") << "the hands were taken away";
    press(true);
    show("finish");
    reader.aim(Hand::right, choice_target(0));
    next();
    EXPECT_TRUE(press(true)) << "still the press of the panel before";
    press(false);
    EXPECT_EQ(chosen(), "");
}

TEST_F(PanelHosts, APressWhoseTipIsOverThePanelIsThePanels) {
    show("symmetry");
    reader.frame.shown[1].tracking_from_tip.position_m =
        host.shown()->tracking_from_panel.position_m + glm::vec3(0.0F, 0.0F, 0.03F);
    reader.aim_away(Hand::right);
    next();
    EXPECT_TRUE(press(true));
    press(false);
    EXPECT_EQ(chosen(), "") << "a tip chooses by going through";
}

TEST_F(PanelHosts, AFingertipChoosesWhatItGoesThrough) {
    show("symmetry");
    const glm::vec3 at_m = reader.middle_of(choice_target(2));
    const glm::vec3 toward = glm::normalize(at_m - reader.frame.tracking_from_head.position_m);
    reader.aim_away(Hand::right);
    std::string all;
    for (const float before_m : {0.06F, 0.03F, 0.01F, -0.01F, -0.03F, -0.01F, 0.02F}) {
        reader.frame.shown[1].tracking_from_tip.position_m = at_m - before_m * toward;
        next();
        all += chosen();
    }
    EXPECT_EQ(all, "parallel") << "once, from before";
}

TEST_F(PanelHosts, WithoutHandsAGazeThatRestsChooses) {
    reader.no_hands();
    show("symmetry");
    reader.look_at(reader.middle_of(choice_target(0)));
    std::string all;
    float progress_s = 0.0F;
    for (int i = 0; i < 100 && all.empty(); ++i, progress_s += 0.02F) {
        next();
        all += chosen();
    }
    EXPECT_EQ(all, "free");
    EXPECT_NEAR(progress_s, 1.4F, 0.1F);
    for (int i = 0; i < 100; ++i) {
        next();
    }
    EXPECT_EQ(chosen(), "") << "once";
    show("light"); // another panel under the same gaze
    for (int i = 0; i < 100; ++i) {
        next();
    }
    EXPECT_EQ(chosen(), "") << "it has to be somewhere else before";
    reader.look_at({0.0F, 3.0F, -1.0F});
    next();
    reader.look_at(reader.middle_of(choice_target(0)));
    for (int i = 0; i < 100; ++i) {
        next();
    }
    EXPECT_EQ(chosen(), "brighter");
}

TEST_F(PanelHosts, WhatNobodySeesIsNotChosenAndTakesNoPress) {
    show("symmetry");
    reader.aim(Hand::right, choice_target(1));
    next();
    next(false);
    next(false);
    EXPECT_FALSE(press(true));
    press(false);
    EXPECT_EQ(chosen(), "");
    next();
    next();
    EXPECT_TRUE(press(true));
    wish.reset();
    next();
    press(false);
    EXPECT_EQ(chosen(), "") << "it goes";
    EXPECT_TRUE(press(true)) << "but while it is seen, no ink begins on it";
    press(false);
    for (int i = 0; i < 40; ++i) {
        next();
    }
    EXPECT_FALSE(host.shown());
    EXPECT_FALSE(press(true));
}

TEST_F(PanelHosts, ANumberAndTheWayBackAreChosenToo) {
    show("rating_before");
    reader.aim(Hand::left, {.kind = ui::Target::Kind::number, .index = 7});
    next();
    press(true, Hand::left);
    press(false, Hand::left);
    const auto rated = host.take_choice();
    ASSERT_TRUE(rated);
    EXPECT_EQ(rated->id, "number");
    EXPECT_EQ(rated->number, std::optional<std::uint8_t>(7));
    reader.aim(Hand::left, back);
    next();
    press(true, Hand::left);
    press(false, Hand::left);
    EXPECT_EQ(chosen(), "back");
}

TEST_F(PanelHosts, TheMenuOfAHandHangsTowardItAndLeavesOutWhatIsNotOffered) {
    show("wrist");
    const auto shown = host.shown();
    EXPECT_NEAR(glm::distance(shown->tracking_from_panel.position_m,
                              reader.frame.tracking_from_head.position_m),
                0.5F, 1e-3F);
    EXPECT_LT(shown->tracking_from_panel.position_m.x, -0.1F) << "the left hand's";
    const auto& targets = host.painter()->layout().targets;
    EXPECT_EQ(targets.size(), 7U);
    EXPECT_EQ(std::ranges::find(targets, round_target(1), &ui::TargetBox::target), targets.end());
    const glm::vec3 undo_m = reader.middle_of(round_target(4));
    reader.frame.shown[0].tracking_from_tip.position_m += glm::vec3(0.1F, 0.1F, 0.0F);
    next();
    EXPECT_EQ(reader.middle_of(round_target(4)), undo_m) << "it rests in the room";
    reader.aim(Hand::right, undo_m);
    next();
    press(true);
    press(false);
    EXPECT_EQ(chosen(), "undo");
}

TEST_F(PanelHosts, AnotherShapeComesWhenTheOneBeforeHasGone) {
    show("wrist");
    const auto shape = host.shown()->shape;
    wish = PanelWish{.name = "finish", .arguments = {}};
    next();
    EXPECT_EQ(host.shown()->shape, shape);
    reader.aim(Hand::right, reader.middle_of(round_target(4)));
    next();
    press(true);
    press(false);
    EXPECT_EQ(chosen(), "") << "what goes is not chosen from";
    show("finish");
    EXPECT_NE(host.shown()->shape, shape);
    EXPECT_EQ(title(), "Finish?");
    const auto painting = host.painting();
    next();
    EXPECT_EQ(host.painting(), painting) << "nothing is otherwise, nothing is painted";
}

class GermanPanelHosts : public PanelHosts {
  protected:
    GermanPanelHosts() : PanelHosts("de_AT.UTF-8") {}
};

TEST_F(GermanPanelHosts, SpeakTheLanguageThatIsWished) {
    show("symmetry");
    EXPECT_EQ(title(), "Spiegel");
}

} // namespace
} // namespace haven
