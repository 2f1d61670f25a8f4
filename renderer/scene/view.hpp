#pragma once

#include <glm/gtc/quaternion.hpp>
#include <glm/mat4x4.hpp>
#include <glm/vec3.hpp>

namespace haven::scene {

/// Half angles from the axis, radians, as OpenXR gives them: left and down are negative.
struct Fov {
    float left_rad = -0.785398F;
    float right_rad = 0.785398F;
    float up_rad = 0.785398F;
    float down_rad = -0.785398F;
};

struct EyeView {
    glm::vec3 position_m{0.0F, 1.6F, 0.0F};
    glm::quat orientation{1.0F, 0.0F, 0.0F, 0.0F}; ///< world from eye
    Fov fov;
};

inline constexpr float near_default_m = 0.05F;

/// The one place where Vulkan's flip and reversed Z live: x right, y down, depth 1 at near_m
/// falling to 0 at infinity.
[[nodiscard]] glm::mat4 clip_from_eye(const Fov& fov, float near_m = near_default_m);
[[nodiscard]] glm::mat4 eye_from_world(const EyeView& view);
[[nodiscard]] glm::mat4 clip_from_world(const EyeView& view, float near_m = near_default_m);

} // namespace haven::scene
