#include "renderer/scene/view.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

glm::vec3 ndc(const glm::mat4& clip, glm::vec3 point) {
    const glm::vec4 p = clip * glm::vec4(point, 1.0F);
    return glm::vec3(p) / p.w;
}

constexpr Fov lopsided{.left_rad = -0.9F, .right_rad = 0.7F, .up_rad = 0.6F, .down_rad = -0.8F};

TEST(View, EdgesOfAnAsymmetricFovFallOnTheEdgesOfThePicture) {
    const glm::mat4 clip = clip_from_eye(lopsided);
    const float d = 3.0F;
    EXPECT_NEAR(ndc(clip, {d * std::tan(-0.9F), 0, -d}).x, -1.0F, 1e-5F);
    EXPECT_NEAR(ndc(clip, {d * std::tan(0.7F), 0, -d}).x, 1.0F, 1e-5F);
    EXPECT_NEAR(ndc(clip, {0, d * std::tan(0.6F), -d}).y, -1.0F, 1e-5F);
    EXPECT_NEAR(ndc(clip, {0, d * std::tan(-0.8F), -d}).y, 1.0F, 1e-5F);
}

TEST(View, DepthIsOneAtTheNearPlaneAndFallsTowardZeroFarAway) {
    const glm::mat4 clip = clip_from_eye({}, 0.1F);
    EXPECT_NEAR(ndc(clip, {0, 0, -0.1F}).z, 1.0F, 1e-6F);
    EXPECT_GT(ndc(clip, {0, 0, -1.0F}).z, ndc(clip, {0, 0, -2.0F}).z);
    EXPECT_GT(ndc(clip, {0, 0, -5000.0F}).z, 0.0F);
    EXPECT_LT(ndc(clip, {0, 0, -5000.0F}).z, 1e-4F);
}

TEST(View, AHeadTurnedLeftSeesWhatWasOnTheLeft) {
    const EyeView view{.position_m = {1, 2, 3},
                       .orientation = glm::angleAxis(glm::radians(90.0F), glm::vec3(0, 1, 0))};
    const glm::vec4 seen = eye_from_world(view) * glm::vec4(-4, 2, 3, 1);
    EXPECT_NEAR(seen.x, 0.0F, 1e-5F);
    EXPECT_NEAR(seen.y, 0.0F, 1e-5F);
    EXPECT_NEAR(seen.z, -5.0F, 1e-5F);
}

TEST(View, ClipFromWorldIsProjectionAfterView) {
    const EyeView view{.position_m = {0.3F, 1.5F, -0.2F}, .fov = lopsided};
    const glm::vec3 point{0.1F, 1.0F, -2.0F};
    const glm::vec3 whole = ndc(clip_from_world(view), point);
    const glm::vec3 parts = ndc(clip_from_eye(lopsided), point - view.position_m);
    EXPECT_NEAR(whole.x, parts.x, 1e-5F);
    EXPECT_NEAR(whole.y, parts.y, 1e-5F);
    EXPECT_NEAR(whole.z, parts.z, 1e-5F);
}

} // namespace
} // namespace haven::scene
