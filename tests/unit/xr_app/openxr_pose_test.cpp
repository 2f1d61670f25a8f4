// What a runtime calls valid and is not: no number, or no turn.
#include "xr_app/headset/openxr_pose.hpp"

#include "bilateral/pose.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <limits>

namespace haven {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

TEST(OpenxrPose, ATurnIsOfUnitLengthFromHereOn) {
    const auto turn = usable(XrQuaternionf{0.0F, 0.66F, 0.0F, 0.66F});
    ASSERT_TRUE(turn.has_value());
    EXPECT_NEAR(glm::length(*turn), 1.0F, 1e-6F);
    EXPECT_NEAR(turn->y, turn->w, 1e-6F);
}

TEST(OpenxrPose, WhatIsNoTurnIsNone) {
    for (const XrQuaternionf& said :
         {XrQuaternionf{}, XrQuaternionf{nan, 0.0F, 0.0F, 1.0F},
          XrQuaternionf{0.0F, 0.0F, 0.0F, 1e-40F}, XrQuaternionf{0.0F, 0.0F, 0.0F, 2.0F},
          XrQuaternionf{0.0F, infinite, 0.0F, 1.0F}}) {
        EXPECT_FALSE(usable(said).has_value());
    }
}

TEST(OpenxrPose, WhatIsNoPlaceIsNone) {
    EXPECT_FALSE(usable(XrVector3f{0.0F, nan, 0.0F}).has_value());
    EXPECT_FALSE(usable(XrVector3f{-infinite, 0.0F, 0.0F}).has_value());
    EXPECT_EQ(usable(XrVector3f{1.0F, -2.0F, 3.0F}), glm::vec3(1.0F, -2.0F, 3.0F));
    EXPECT_TRUE(usable(XrVector3f{0.0F, 1e-40F, 0.0F}).has_value()) << "small is a place";
}

TEST(OpenxrPose, APoseNeedsBoth) {
    XrPosef said = identity_pose;
    EXPECT_EQ(usable(said), Pose{});
    said.position.z = nan;
    EXPECT_FALSE(usable(said).has_value());
    said = identity_pose;
    said.orientation.w = nan;
    EXPECT_FALSE(usable(said).has_value());
}

TEST(OpenxrPose, AMirroredFieldOfViewIsDrawnAsItWouldBeWithout) {
    const auto plain = usable(XrFovf{-0.9F, 0.7F, 0.6F, -0.8F});
    const auto mirrored = usable(XrFovf{0.7F, -0.9F, -0.8F, 0.6F});
    ASSERT_TRUE(plain && mirrored);
    for (const XrFovf& fov : {*plain, *mirrored}) {
        EXPECT_EQ(fov.angleLeft, -0.9F);
        EXPECT_EQ(fov.angleRight, 0.7F);
        EXPECT_EQ(fov.angleUp, 0.6F);
        EXPECT_EQ(fov.angleDown, -0.8F);
    }
}

TEST(OpenxrPose, WhatIsNoFieldOfViewIsNone) {
    for (const XrFovf& said :
         {XrFovf{}, XrFovf{-0.9F, -0.9F, 0.6F, -0.8F}, XrFovf{-0.9F, 0.7F, 0.6F, 0.6F},
          XrFovf{nan, 0.7F, 0.6F, -0.8F}, XrFovf{-0.9F, 0.7F, 0.6F, nan},
          XrFovf{-0.9F, infinite, 0.6F, -0.8F}, XrFovf{-0.9F, 0.7F, 0.6F, -1.6F},
          XrFovf{-3.0F, 3.0F, 0.6F, -0.8F}}) {
        EXPECT_FALSE(usable(said).has_value());
    }
}

} // namespace
} // namespace haven
