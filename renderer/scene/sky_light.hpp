#pragma once
// The light of a place's sky: what one sees in each direction, and what arrives from everywhere.
// Worked out once for a scene, read by fog, water, wet sand and the sky itself, so that nothing
// shows a seam at the horizon.

#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>

namespace haven::scene {

inline constexpr std::size_t sky_row_count = 24;
inline constexpr float air_forward = 0.8F; ///< how far haze throws light on (Henyey-Greenstein's g)

/// Rows by elevation: row i is at sin(elevation) = (i / 23)^2, so that they lie close at the
/// horizon. A direction shows even + toward * cos(azimuth to the sun) + halo * (1 + g^2 - 2 g
/// cos(angle to the sun))^-1.5.
struct SkyLight {
    std::array<glm::vec3, sky_row_count> even{};
    std::array<glm::vec3, sky_row_count> toward{};
    std::array<glm::vec3, sky_row_count> halo{};
    /// Spherical harmonics of second order of the light that arrives on a normal n, to be added up
    /// with 1, x, y, z, xy, yz, zx, 3yy - 1, xx - zz. Times a tint it is what a surface sends back.
    std::array<glm::vec3, 9> ambient{};
};

/// Of a painted sky, of the air's own scattering (Sky::air_share), or of both. Some milliseconds.
[[nodiscard]] SkyLight sky_light(const Sky& sky, const Ambient& ambient);

/// What the sky shows in a unit direction, without sun and clouds, as the shaders see it.
[[nodiscard]] glm::vec3 sky_in(const SkyLight& light, const Sky& sky, glm::vec3 direction);

/// What arrives on a surface that faces along a unit normal.
[[nodiscard]] glm::vec3 ambient_on(const SkyLight& light, glm::vec3 normal);

} // namespace haven::scene
