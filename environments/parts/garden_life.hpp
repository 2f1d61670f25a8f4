#pragma once
// What moves in a garden in the rain: drops from an edge, a bamboo spout that fills and tips. Pure
// functions of time.

#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <cstdint>

namespace haven::environments {

/// Drops that gather along an edge, each at a place and pace of its own, and fall.
struct Drips {
    glm::vec3 from_m{0.0F};
    glm::vec3 to_m{1.0F, 0.0F, 0.0F};
    float fall_m = 2.5F;
    int count = 24;
    glm::vec3 colour{0.3F};
};

/// A bamboo spout on the scene's hinge: it fills, its mouth sinks, it tips and pours, and comes
/// back with a knock.
struct Spout {
    std::uint32_t seed = 1;
    glm::vec3 pivot_m{0.0F};
    glm::vec3 toward_mouth{1.0F, 0.0F, 0.0F}; ///< level, unit length
    float mouth_m = 0.4F;                     ///< from the pivot
    float fall_m = 0.4F;                      ///< from there to what it pours onto
    glm::vec3 colour{0.3F};
};
/// How far its mouth is raised over level. When it tips: soundscape/spout_moments.hpp.
[[nodiscard]] float spout_angle_rad(std::uint32_t seed, double time_s);

void add_drips(const Drips& drips, std::uint32_t seed, double time_s, scene::SceneFrame& frame);
void add_spout(const Spout& spout, double time_s, scene::SceneFrame& frame);

} // namespace haven::environments
