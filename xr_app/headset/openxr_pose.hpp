#pragma once

#include "bilateral/pose.hpp"

#include <openxr/openxr.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace haven {

inline constexpr XrPosef identity_pose{.orientation = {0.0F, 0.0F, 0.0F, 1.0F},
                                       .position = {0.0F, 0.0F, 0.0F}};

[[nodiscard]] inline Pose pose_of(const XrPosef& pose) {
    return {.position_m = {pose.position.x, pose.position.y, pose.position.z},
            .orientation = glm::quat(pose.orientation.w, pose.orientation.x, pose.orientation.y,
                                     pose.orientation.z)};
}

/// What a runtime calls a valid orientation, if it is one: of unit length from here on.
[[nodiscard]] inline std::optional<glm::quat> usable(const XrQuaternionf& said) {
    const glm::quat read(said.w, said.x, said.y, said.z);
    const float length = glm::length(read);
    return length > 0.9F && length < 1.1F ? std::optional(read / length) : std::nullopt;
}

/// Likewise a position: of numbers.
[[nodiscard]] inline std::optional<glm::vec3> usable(const XrVector3f& said) {
    return std::isfinite(said.x) && std::isfinite(said.y) && std::isfinite(said.z)
               ? std::optional(glm::vec3(said.x, said.y, said.z))
               : std::nullopt;
}

[[nodiscard]] inline std::optional<Pose> usable(const XrPosef& said) {
    const auto position_m = usable(said.position);
    const auto orientation = usable(said.orientation);
    return position_m && orientation
               ? std::optional(Pose{.position_m = *position_m, .orientation = *orientation})
               : std::nullopt;
}

/// Likewise a field of view: of numbers, not nothing wide or high, and before the eye. One that is
/// mirrored, which a runtime may ask for, comes as it would be without: a picture says which it
/// has.
[[nodiscard]] inline std::optional<XrFovf> usable(const XrFovf& said) {
    const auto [left, right] = std::minmax({said.angleLeft, said.angleRight});
    const auto [down, up] = std::minmax({said.angleDown, said.angleUp});
    const bool finite = std::isfinite(said.angleLeft) && std::isfinite(said.angleRight) &&
                        std::isfinite(said.angleUp) && std::isfinite(said.angleDown);
    constexpr float ahead_rad = 1.56F; // less than a right angle on each side
    const bool ahead =
        left > -ahead_rad && right < ahead_rad && down > -ahead_rad && up < ahead_rad;
    return finite && ahead && left < right && down < up
               ? std::optional(XrFovf{left, right, up, down})
               : std::nullopt;
}

[[nodiscard]] inline XrPosef xr_pose_of(const Pose& pose) {
    return {.orientation = {pose.orientation.x, pose.orientation.y, pose.orientation.z,
                            pose.orientation.w},
            .position = {pose.position_m.x, pose.position_m.y, pose.position_m.z}};
}

} // namespace haven
