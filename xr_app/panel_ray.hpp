#pragma once

#include "renderer/passes/picture.hpp"

#include <glm/vec3.hpp>

#include <cstddef>
#include <span>

namespace haven {

/// Of one ray, with the dot where it ends.
inline constexpr std::size_t ray_markers_max = 23;

/// How somebody points at a panel: small dots from the hand on, and a larger one there. Without
/// `ray` that one alone. Into `to`; how many they are.
std::size_t place_ray(std::span<renderer::Marker, ray_markers_max> to, const glm::vec3& from_m,
                      const glm::vec3& at_m, const glm::vec3& colour_linear, bool ray);

} // namespace haven
