#include "bilateral/level.hpp"

#include "bilateral/pose.hpp"

#include <cmath>

namespace haven {

namespace {

/// The right axis of a head on its side says less than its forward: within 18 degrees of upright.
constexpr float level_part_min = 0.3F;

} // namespace

float level_yaw_rad(const glm::quat& orientation) {
    const glm::vec3 right = orientation * glm::vec3(1.0F, 0.0F, 0.0F);
    if (std::hypot(right.x, right.z) >= level_part_min) {
        return std::atan2(-right.z, right.x);
    }
    const glm::vec3 forward = orientation * glm::vec3(0.0F, 0.0F, -1.0F);
    if (std::hypot(forward.x, forward.z) >= level_part_min) {
        return std::atan2(-forward.x, -forward.z);
    }
    return 0.0F; // not a turn: no unit quaternion has both upright
}

glm::quat turned_by(float yaw_rad) {
    return glm::angleAxis(yaw_rad, glm::vec3(0.0F, 1.0F, 0.0F));
}

Pose stance_of(const Pose& space_from_head) {
    return {.position_m = {space_from_head.position_m.x, 0.0F, space_from_head.position_m.z},
            .orientation = turned_by(level_yaw_rad(space_from_head.orientation))};
}

Pose inverse(const Pose& a_from_b) {
    const glm::quat turned = glm::conjugate(a_from_b.orientation);
    return {.position_m = turned * -a_from_b.position_m, .orientation = turned};
}

} // namespace haven
