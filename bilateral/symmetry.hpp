#pragma once

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

/// The vertical plane through a point that separates left from right for somebody who looks along
/// `forward`. Its normal is horizontal and points to their right. A forward without a horizontal
/// part counts as -Z.
[[nodiscard]] Symmetry mirror_about(const glm::vec3& point_m, const glm::vec3& forward);

/// As given, but with a normal of unit length; a normal of no or no finite length becomes +X, other
/// values that are not finite 0.
[[nodiscard]] Symmetry made_valid(const Symmetry& symmetry);

} // namespace haven
