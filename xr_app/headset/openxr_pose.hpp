#pragma once

#include "bilateral/pose.hpp"

#include <openxr/openxr.h>

namespace haven {

inline constexpr XrPosef identity_pose{.orientation = {0.0F, 0.0F, 0.0F, 1.0F},
                                       .position = {0.0F, 0.0F, 0.0F}};

[[nodiscard]] inline Pose pose_of(const XrPosef& pose) {
    return {.position_m = {pose.position.x, pose.position.y, pose.position.z},
            .orientation = glm::quat(pose.orientation.w, pose.orientation.x, pose.orientation.y,
                                     pose.orientation.z)};
}

[[nodiscard]] inline XrPosef xr_pose_of(const Pose& pose) {
    return {.orientation = {pose.orientation.x, pose.orientation.y, pose.orientation.z,
                            pose.orientation.w},
            .position = {pose.position_m.x, pose.position_m.y, pose.position_m.z}};
}

} // namespace haven
