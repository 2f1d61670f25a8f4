#include "ui/panel_placement.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace haven::ui {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// 50 pictures a second.
class Placement : public ::testing::Test {
  protected:
    Placement() : tokens(Look::load(HAVEN_SOURCE_DIR "/assets").value()) {}

    static Pose head(float yaw_deg, float pitch_deg = 0.0F, glm::vec3 at_m = {0.2F, 1.6F, 0.3F}) {
        return {.position_m = at_m,
                .orientation =
                    turned_by(glm::radians(yaw_deg)) *
                    glm::angleAxis(glm::radians(pitch_deg), glm::vec3(1.0F, 0.0F, 0.0F))};
    }
    /// So long with this head; what hangs in the room never moves while it is seen.
    PanelPlacement::Place rest(const Pose& with, double seconds, bool wanted = true) {
        for (int i = 0; i < static_cast<int>(std::lround(seconds * 50.0)); ++i) {
            clock_s += 0.02;
            const auto next = hanging.update(wanted, with, clock_s);
            if (shown.opacity > 0.0F && next.opacity > 0.0F) {
                EXPECT_EQ(next.space_from_panel, shown.space_from_panel) << "it slides";
            }
            EXPECT_LE(std::abs(next.opacity - shown.opacity), 0.02F / tokens.fade_s + 1e-4F)
                << "it jumps";
            was_gone = was_gone || next.opacity == 0.0F;
            shown = next;
        }
        return shown;
    }
    /// Degrees from where the head's stance looks, to the left, and metres.
    static float aside_deg(const PanelPlacement::Place& place, const Pose& from) {
        const glm::vec3 way = place.space_from_panel.position_m - from.position_m;
        const float yaw = std::atan2(-way.x, -way.z) - level_yaw_rad(from.orientation);
        return glm::degrees(std::remainder(yaw, 6.2831853F));
    }
    static float away_m(const PanelPlacement::Place& place, const Pose& from) {
        return glm::distance(place.space_from_panel.position_m, from.position_m);
    }

    Look tokens;
    PanelPlacement hanging{tokens.panel, tokens.fade_s};
    PanelPlacement::Place shown;
    double clock_s = 50.0;
    bool was_gone = false;
};

TEST_F(Placement, HangsBeforeThePersonALittleBelowTheEyesAndFacesThem) {
    for (const float yaw_deg : {0.0F, 140.0F, -95.0F}) {
        for (const float pitch_deg : {0.0F, -60.0F, 50.0F}) {
            SCOPED_TRACE(yaw_deg);
            const Pose eyes = head(yaw_deg, pitch_deg);
            rest(eyes, 0.5, false);
            const auto place = rest(eyes, 1.0);
            EXPECT_EQ(place.opacity, 1.0F);
            EXPECT_NEAR(away_m(place, eyes), 1.3F, 1e-3F);
            EXPECT_NEAR(aside_deg(place, eyes), 0.0F, 0.1F);
            const float below_m = eyes.position_m.y - place.space_from_panel.position_m.y;
            EXPECT_NEAR(glm::degrees(std::asin(below_m / 1.3F)), 8.0F, 0.1F);
            const glm::vec3 faces =
                place.space_from_panel.orientation * glm::vec3(0.0F, 0.0F, 1.0F);
            const glm::vec3 toward =
                glm::normalize(eyes.position_m - place.space_from_panel.position_m);
            EXPECT_GT(glm::dot(faces, toward), 0.9999F);
            const glm::vec3 right =
                place.space_from_panel.orientation * glm::vec3(1.0F, 0.0F, 0.0F);
            EXPECT_NEAR(right.y, 0.0F, 1e-5F) << "no roll";
        }
    }
}

TEST_F(Placement, AHeadThatLooksAroundMovesNothing) {
    const auto first = rest(head(0.0F), 1.0);
    for (const float yaw_deg : {20.0F, -28.0F, 60.0F, 0.0F, -70.0F, 10.0F}) {
        const auto place =
            rest(head(yaw_deg, 0.5F * yaw_deg), yaw_deg * yaw_deg > 900.0F ? 0.6 : 3.0);
        EXPECT_EQ(place.space_from_panel, first.space_from_panel);
        EXPECT_EQ(place.opacity, 1.0F);
    }
}

TEST_F(Placement, ComesWithABodyThatTurnedAndNeverSlides) {
    rest(head(0.0F), 1.0);
    was_gone = false;
    const auto place = rest(head(50.0F), 2.0);
    EXPECT_TRUE(was_gone);
    EXPECT_EQ(place.opacity, 1.0F);
    EXPECT_NEAR(aside_deg(place, head(50.0F)), 0.0F, 0.1F);
}

TEST_F(Placement, WaitsForABodyThatIsStillTurning) {
    const auto first = rest(head(0.0F), 1.0);
    for (int i = 1; i <= 150; ++i) { // 60 degrees a second, all the way around
        rest(head(1.2F * static_cast<float>(i)), 0.02);
    }
    EXPECT_EQ(shown.space_from_panel, first.space_from_panel);
    rest(head(180.0F), 2.0);
    EXPECT_NEAR(aside_deg(shown, head(180.0F)), 0.0F, 0.1F);
}

TEST_F(Placement, RestsWithinThirtyDegreesAndFromTwelveToFifteenTenthsOfAMetre) {
    rest(head(0.0F), 1.0);
    for (float yaw_deg = -170.0F; yaw_deg < 170.0F; yaw_deg += 17.0F) {
        for (const float step_m : {-0.6F, -0.15F, 0.1F, 0.4F}) {
            const Pose eyes = head(yaw_deg, 0.0F, {step_m, 1.6F, 0.5F * step_m});
            const auto place = rest(eyes, 3.0);
            EXPECT_LE(std::abs(aside_deg(place, eyes)), 30.1F);
            EXPECT_GE(away_m(place, eyes), 1.18F);
            EXPECT_LE(away_m(place, eyes), 1.52F);
        }
    }
}

TEST_F(Placement, ComesDownWithSomebodyWhoSitsDown) {
    rest(head(0.0F), 1.0);
    const Pose seated = head(0.0F, 0.0F, {0.2F, 1.15F, 0.3F});
    const auto place = rest(seated, 2.0);
    EXPECT_NEAR(seated.position_m.y - place.space_from_panel.position_m.y, 0.181F, 0.01F);
}

TEST_F(Placement, FadesAwayAndComesBackBeforeThePerson) {
    const auto first = rest(head(0.0F), 1.0);
    const auto gone = rest(head(20.0F), 0.5, false);
    EXPECT_EQ(gone.opacity, 0.0F);
    const auto back = rest(head(20.0F), 0.5);
    EXPECT_NE(back.space_from_panel, first.space_from_panel);
    EXPECT_NEAR(aside_deg(back, head(20.0F)), 0.0F, 0.1F);
}

TEST_F(Placement, ComesAnewWhenThePersonChoseANewForward) {
    rest(head(0.0F), 1.0);
    hanging.place_anew();
    const auto place = rest(head(25.0F), 1.0);
    EXPECT_NEAR(aside_deg(place, head(25.0F)), 0.0F, 0.1F);
}

TEST_F(Placement, NonsenseMovesNothing) {
    const auto first = rest(head(0.0F), 1.0);
    Pose none = head(0.0F);
    none.position_m.x = nan;
    EXPECT_EQ(rest(none, 3.0).space_from_panel, first.space_from_panel);
    none = head(90.0F);
    none.orientation = glm::quat(0.0F, 0.0F, 0.0F, 0.0F);
    EXPECT_EQ(rest(none, 3.0).space_from_panel, first.space_from_panel);
    for (const double time_s : {clock_s, clock_s - 1e6, clock_s + 1e9,
                                std::numeric_limits<double>::quiet_NaN(), clock_s}) {
        const auto place = hanging.update(true, head(90.0F), time_s);
        EXPECT_EQ(place.space_from_panel, first.space_from_panel);
        EXPECT_EQ(place.opacity, 1.0F);
    }
    PanelPlacement before_any_head{tokens.panel, tokens.fade_s};
    EXPECT_EQ(before_any_head.update(true, none, 1.0).opacity, 0.0F);
}

} // namespace
} // namespace haven::ui
