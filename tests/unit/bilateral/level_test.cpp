// Where somebody looks, whatever their head does besides.

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace haven {
namespace {

constexpr float degree = std::numbers::pi_v<float> / 180.0F;
constexpr glm::vec3 right{1.0F, 0.0F, 0.0F};
constexpr glm::vec3 back{0.0F, 0.0F, 1.0F};

/// A person who looks along a yaw, leans to a side, and looks up or down: in that order, each about
/// their own axis.
glm::quat head_of(float yaw, float lean, float pitch) {
    return turned_by(yaw * degree) * glm::angleAxis(lean * degree, back) *
           glm::angleAxis(pitch * degree, right);
}

float apart_deg(float a_rad, float b_deg) {
    return std::abs(std::remainder(a_rad / degree - b_deg, 360.0F));
}

TEST(LevelYaw, IsTheYawWhereverSomebodyLooksAndHoweverTheyLean) {
    for (int yaw = -180; yaw < 180; yaw += 15) {
        for (const int pitch : {-89, -60, -20, 0, 35, 80}) {
            for (const int lean : {-40, -15, 0, 30}) {
                const auto level = static_cast<float>(yaw);
                EXPECT_LT(apart_deg(level_yaw_rad(head_of(level, static_cast<float>(lean),
                                                          static_cast<float>(pitch))),
                                    level),
                          0.1F)
                    << yaw << " " << lean << " " << pitch;
            }
        }
    }
}

TEST(LevelYaw, OfAHeadThatLiesOnItsSideIsWhereItLooks) {
    EXPECT_LT(apart_deg(level_yaw_rad(head_of(70.0F, 90.0F, 0.0F)), 70.0F), 0.1F);
    EXPECT_LT(apart_deg(level_yaw_rad(head_of(70.0F, -85.0F, 0.0F)), 70.0F), 0.1F);
}

TEST(Stance, IsOnTheFloorBelowTheHeadAndLevel) {
    const Pose stance = stance_of(
        {.position_m = {1.4F, 1.7F, -0.3F}, .orientation = head_of(150.0F, 20.0F, -50.0F)});
    EXPECT_EQ(stance.position_m, glm::vec3(1.4F, 0.0F, -0.3F));
    const glm::vec3 up = stance.orientation * glm::vec3(0.0F, 1.0F, 0.0F);
    EXPECT_NEAR(up.y, 1.0F, 1e-6F);
    EXPECT_LT(apart_deg(level_yaw_rad(stance.orientation), 150.0F), 0.1F);
}

TEST(Inverse, TimesAPoseIsNothing) {
    const Pose pose{.position_m = {1.0F, 2.0F, -3.0F},
                    .orientation = head_of(33.0F, 12.0F, -40.0F)};
    const Pose none = inverse(pose) * pose;
    EXPECT_NEAR(glm::length(none.position_m), 0.0F, 1e-6F);
    EXPECT_NEAR(std::abs(none.orientation.w), 1.0F, 1e-6F);
}

} // namespace
} // namespace haven
