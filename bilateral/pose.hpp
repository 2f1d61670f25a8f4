#pragma once

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

namespace haven {

/// A rigid transform in OpenXR's space: right-handed, +Y up, -Z forward, metres. Named so that
/// products cancel: world_from_grip * grip_from_tip.
struct Pose {
    glm::vec3 position_m{0.0F};
    glm::quat orientation{1.0F, 0.0F, 0.0F, 0.0F}; ///< w, x, y, z; unit length

    friend Pose operator*(const Pose& a_from_b, const Pose& b_from_c) {
        return {.position_m = a_from_b.position_m + a_from_b.orientation * b_from_c.position_m,
                .orientation = a_from_b.orientation * b_from_c.orientation};
    }
    friend bool operator==(const Pose&, const Pose&) = default;
};

} // namespace haven
