#include "bilateral/symmetry.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cmath>

namespace haven {

namespace {

bool all_finite(const glm::vec3& v) {
    return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

glm::vec3 finite_or_zero(const glm::vec3& v) {
    return all_finite(v) ? v : glm::vec3{0.0F};
}

} // namespace

Symmetry mirror_about(const glm::vec3& point_m, const glm::vec3& forward) {
    glm::vec3 level{forward.x, 0.0F, forward.z};
    if (!all_finite(level) || glm::dot(level, level) < 1e-8F) {
        level = {0.0F, 0.0F, -1.0F};
    }
    Symmetry symmetry;
    symmetry.mode = SymmetryMode::mirror_copy;
    symmetry.plane_point_m = point_m;
    symmetry.plane_normal = {-level.z, 0.0F, level.x}; // forward x up
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
