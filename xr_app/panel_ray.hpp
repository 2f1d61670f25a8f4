#pragma once

#include "renderer/passes/picture.hpp"

#include <glm/vec3.hpp>

#include <cstddef>
#include <span>

namespace haven {

/// Of one ray, with the dot where it ends.
inline constexpr std::size_t ray_markers_max = 23;

/// How somebody points at a panel.
struct PanelRay {
    glm::vec3 from_m{0.0F};
    glm::vec3 at_m{0.0F};
    glm::vec3 colour_linear{1.0F};
    float away_m = 1.0F;  ///< the panel, from the eyes
    bool visible = false; ///< a gaze's is not
};
/// Small dots from the hand on, and a larger one where it points; of what is not visible that one
/// alone. Into `to`; how many they are.
std::size_t place_ray(std::span<renderer::Marker, ray_markers_max> to, const PanelRay& ray);

} // namespace haven
