#pragma once
// Light that does not move, kept in the vertices: how open each is to the sky, and which lights
// reach it. Deterministic. Vertices are where shadows live: tessellate a floor to about 0.15 m
// where shadows should be seen.

#include "renderer/scene/scene.hpp"

#include <span>

namespace haven::scene {

struct OcclusionSettings {
    float reach_m = 1.2F;    ///< what is further away does not darken
    std::uint32_t rays = 24; ///< a vertex
    float floor = 0.15F;     ///< never darker than this
};

/// Multiplies each opaque vertex's occlusion by the share of its hemisphere that is free within
/// reach_m. 30 000 vertices take under 300 ms on two cores.
void bake_ambient_occlusion(SceneMesh& mesh, const OcclusionSettings& settings = {});

/// Sets light_visibility: the share of each light's disc a vertex sees (rays to points on
/// source_radius_m). Translucent triangles cast no shadow, and neither do emissive ones (a lamp's
/// shade does not hide its lamp).
void bake_light_visibility(SceneMesh& mesh, std::span<const Light> lights,
                           std::uint32_t rays_per_light = 8);

} // namespace haven::scene
