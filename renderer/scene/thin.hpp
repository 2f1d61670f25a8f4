#pragma once

#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <cstdint>

namespace haven::scene {

/// What may change when triangles are left out.
struct Thinning {
    glm::vec3 from_m{0.0F, 1.4F, 0.0F}; ///< where the person's head is, about
    float error_rad = 0.0035F;          ///< how far a surface may move, seen from there
    float patch_rad = 0.2F;             ///< how large a patch may show a wrong shade or pattern
    float shade_error = 0.08F;          ///< how wrong that shade may be, 0..1 as the eye sees it
    float pattern_error = 3.0F;         ///< how far a pattern may slide, times the surface's error
};

/// Leaves out triangles of a mesh of the scene (its own or a copy) that neither outlines nor the
/// light on the corners would miss. Corners keep
/// their place and their baked light, only the index list grows shorter, and translucent patterns
/// stay whole. For renderers that pay for each triangle; 80 000 take about 0.2 s.
void thin_out(SceneMesh& mesh, const Scene& scene, const Thinning& thinning);

/// Two that are equal are thinned alike: a hash of all that thin_out looks at.
[[nodiscard]] std::uint64_t thinning_hash(const Scene& scene, const Thinning& thinning);

/// About a pixel and a half of error at 512 rows over a right angle; less than one at 240.
[[nodiscard]] Thinning thinning_for(std::uint32_t eye_height_px);

} // namespace haven::scene
