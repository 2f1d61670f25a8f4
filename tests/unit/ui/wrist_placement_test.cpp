#include "ui/wrist_placement.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"
#include "ui/panel_placement.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

namespace haven::ui {
namespace {

class Wrist : public ::testing::Test {
  protected:
    PanelPlacement::Place rest(const Pose& head, std::optional<glm::vec3> hand_m,
                               bool wanted = true) {
        PanelPlacement::Place shown;
        for (int i = 0; i < 50; ++i) {
            clock_s += 0.02;
            shown = hanging.update(wanted, head, hand_m, clock_s);
        }
        return shown;
    }
    static Pose head(float yaw_deg, glm::vec3 at_m = {0.2F, 1.6F, 0.3F}) {
        return {.position_m = at_m, .orientation = turned_by(glm::radians(yaw_deg))};
    }
    WristPlacement hanging{Look::load(HAVEN_SOURCE_DIR "/assets").value()};
    double clock_s = 5.0;
};

TEST_F(Wrist, HangsTowardTheHandAtItsDistanceAndFacesTheEyes) {
    for (const float yaw_deg : {0.0F, 90.0F, 200.0F}) {
        const Pose eyes = head(yaw_deg);
        const glm::vec3 hand_m =
            eyes.position_m + eyes.orientation * glm::vec3(-0.15F, -0.2F, -0.4F);
        rest(eyes, {}, false);
        const auto place = rest(eyes, hand_m);
        EXPECT_EQ(place.opacity, 1.0F);
        const glm::vec3 way = place.space_from_panel.position_m - eyes.position_m;
        EXPECT_NEAR(glm::length(way), 0.5F, 1e-4F);
        EXPECT_GT(glm::dot(glm::normalize(way), glm::normalize(hand_m - eyes.position_m)), 0.999F);
        const glm::vec3 toward = place.space_from_panel.orientation * glm::vec3(0.0F, 0.0F, 1.0F);
        EXPECT_LT(glm::dot(glm::normalize(way), toward), -0.999F);
    }
}

TEST_F(Wrist, NeverHangsFartherAsideOrLowerThanIsComfortable) {
    const Pose eyes = head(0.0F);
    for (const glm::vec3 way_m : {glm::vec3(-0.6F, -0.1F, 0.1F), glm::vec3(0.3F, -0.9F, -0.05F)}) {
        rest(eyes, {}, false);
        const auto place = rest(eyes, eyes.position_m + way_m);
        const glm::vec3 way = place.space_from_panel.position_m - eyes.position_m;
        EXPECT_LE(std::abs(std::atan2(way.x, -way.z)), glm::radians(30.1F));
        EXPECT_LE(std::asin(-way.y / glm::length(way)), glm::radians(40.1F));
    }
    rest(eyes, {}, false);
    EXPECT_EQ(rest(eyes, {}).opacity, 1.0F) << "without a hand, straight ahead";
}

TEST_F(Wrist, RestsInTheRoomAndComesAnewToWhoeverWentAway) {
    const Pose eyes = head(0.0F);
    const auto first = rest(eyes, glm::vec3(0.1F, 1.4F, -0.1F));
    const auto moved = rest(head(60.0F, {0.25F, 1.55F, 0.3F}), glm::vec3(0.5F, 1.0F, 0.0F));
    EXPECT_EQ(moved.space_from_panel, first.space_from_panel);
    const Pose far = head(0.0F, {2.0F, 1.6F, 0.3F});
    const auto anew = rest(far, {});
    EXPECT_NEAR(glm::distance(anew.space_from_panel.position_m, far.position_m), 0.5F, 1e-4F);
    EXPECT_EQ(anew.opacity, 1.0F);
}

TEST_F(Wrist, AHeadThatIsNotKnownMovesNothing) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(rest(head(0.0F, {nan, 1.6F, 0.0F}), {}).opacity, 0.0F);
    const auto first = rest(head(0.0F), {});
    EXPECT_EQ(rest(head(0.0F, {nan, 1.6F, 0.0F}), {}).space_from_panel, first.space_from_panel);
    rest(head(0.0F), {}, false);
    EXPECT_EQ(rest(head(0.0F), glm::vec3(nan, 0.0F, 0.0F)).opacity, 1.0F);
}

} // namespace
} // namespace haven::ui
