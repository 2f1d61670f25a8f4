#pragma once

#include "bilateral/pose.hpp"

#include <glm/vec3.hpp>

#include <cstdint>

namespace haven {

enum class SymmetryMode : std::uint8_t {
    free = 0,        ///< no copies
    mirror_copy = 1, ///< each stroke also appears reflected in the body's midline
    parallel = 2,    ///< each stroke also appears shifted, so one hand draws what two in step would
};

/// How copies of strokes are made. Both hands' strokes are copied; copies are marked derived.
struct Symmetry {
    SymmetryMode mode = SymmetryMode::free;
    glm::vec3 plane_point_m{0.0F};            ///< a point of the midline's plane
    glm::vec3 plane_normal{1.0F, 0.0F, 0.0F}; ///< n of M = I - 2 n n^T; unit length
    glm::vec3 parallel_offset_m{0.4F, 0.0F,
                                0.0F}; ///< added to the left hand's strokes, taken from the right's

    friend bool operator==(const Symmetry&, const Symmetry&) = default;

    [[nodiscard]] bool copies() const { return mode != SymmetryMode::free; }
};

/// How copies are made for somebody whose head is there: about the vertical plane through it that
/// separates their left from their right (its normal is level and points to their right), or
/// shifted along their right. Neither looking down nor leaning turns it (level_yaw_rad).
[[nodiscard]] Symmetry symmetry_for(SymmetryMode mode, const Pose& space_from_head);

/// As given, but with a normal of unit length; a normal of no or no finite length becomes +X, other
/// values that are not finite 0.
[[nodiscard]] Symmetry made_valid(const Symmetry& symmetry);

} // namespace haven
