#pragma once

#include "renderer/scene/scene.hpp"

#include <span>

namespace haven::scene {

/// Where there are more than two points and spots of light, the renderer lets them fall on corners
/// of triangles: lighting.glsl's many_near.
[[nodiscard]] bool falls_on_corners(std::span<const Light> lights);

/// Divides triangles along which such light is far from even, until all between their corners
/// follows from them. An edge is divided by where it lies alone, so that neighbours stay joined.
/// Foliage keeps its cards, and what is translucent its order.
void refine_for_light(SceneMesh& mesh, std::span<const Light> lights);

} // namespace haven::scene
