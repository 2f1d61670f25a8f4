#pragma once

#include "bilateral/pose.hpp"

namespace haven {

/// The yaw of somebody whose head is turned so, about +Y from -Z: where the level part of the
/// head's right axis says that ahead is. Looking down or up and leaning do not change it. For a
/// head that lies on its side, whose right axis stands upright, its forward says it.
[[nodiscard]] float level_yaw_rad(const glm::quat& orientation);

/// A turn about +Y.
[[nodiscard]] glm::quat turned_by(float yaw_rad);

/// Where somebody stands: on the floor below their head, turned as it is, without its tilt.
[[nodiscard]] Pose stance_of(const Pose& space_from_head);

/// b_from_a.
[[nodiscard]] Pose inverse(const Pose& a_from_b);

} // namespace haven
