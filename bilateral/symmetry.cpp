#include "bilateral/symmetry.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cmath>

namespace haven {

namespace {

/// What one hand draws appears that far to the other's side.
constexpr float parallel_offset_m = 0.4F;

bool all_finite(const glm::vec3& v) {
    return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

glm::vec3 finite_or_zero(const glm::vec3& v) {
    return all_finite(v) ? v : glm::vec3{0.0F};
}

} // namespace

Symmetry symmetry_for(SymmetryMode mode, const Pose& space_from_head) {
    const float yaw_rad = level_yaw_rad(space_from_head.orientation);
    const glm::vec3 right{std::cos(yaw_rad), 0.0F, -std::sin(yaw_rad)};
    Symmetry symmetry;
    symmetry.mode = mode;
    symmetry.plane_point_m = space_from_head.position_m;
    symmetry.plane_normal = right;
    symmetry.parallel_offset_m = parallel_offset_m * right;
    return made_valid(symmetry);
}

Symmetry made_valid(const Symmetry& symmetry) {
    Symmetry valid = symmetry;
    if (valid.mode > SymmetryMode::parallel) {
        valid.mode = SymmetryMode::free;
    }
    valid.plane_point_m = finite_or_zero(valid.plane_point_m);
    valid.parallel_offset_m = finite_or_zero(valid.parallel_offset_m);
    const float squares = glm::dot(valid.plane_normal, valid.plane_normal);
    if (!(squares > 1e-12F && squares < 1e12F)) {
        valid.plane_normal = {1.0F, 0.0F, 0.0F};
    } else if (std::abs(squares - 1.0F) > 1e-6F) {
        // Only when it is off: dividing a unit vector again could change its last bit, and valid
        // values stay as they are.
        valid.plane_normal /= std::sqrt(squares);
    }
    return valid;
}

} // namespace haven
