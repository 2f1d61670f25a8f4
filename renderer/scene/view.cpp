#include "renderer/scene/view.hpp"

#include <glm/gtc/matrix_transform.hpp>

#include <cassert>
#include <cmath>

namespace haven::scene {

glm::mat4 clip_from_eye(const Fov& fov, float near_m) {
    assert(near_m > 0.0F && fov.left_rad < fov.right_rad && fov.down_rad < fov.up_rad);
    const float left = std::tan(fov.left_rad);
    const float right = std::tan(fov.right_rad);
    const float up = std::tan(fov.up_rad);
    const float down = std::tan(fov.down_rad);
    glm::mat4 m(0.0F);
    m[0][0] = 2.0F / (right - left);
    m[2][0] = (right + left) / (right - left);
    m[1][1] = 2.0F / (down - up); // negative: y points down
    m[2][1] = (up + down) / (down - up);
    m[2][3] = -1.0F;
    m[3][2] = near_m; // depth = near / distance
    return m;
}

glm::mat4 eye_from_world(const EyeView& view) {
    const glm::mat4 rotation = glm::mat4_cast(glm::conjugate(view.orientation));
    return glm::translate(rotation, -view.position_m);
}

glm::mat4 clip_from_world(const EyeView& view, float near_m) {
    return clip_from_eye(view.fov, near_m) * eye_from_world(view);
}

} // namespace haven::scene
