#pragma once

#include <glm/vec3.hpp>

#include <array>
#include <cstdint>

namespace haven::scene {

/// One ring of a tube of ink, as the GPU reads it; ring i is joined to ring i + 1 unless it is the
/// stroke's last or hidden. The same 32 bytes as bilateral's TubeRing but for the flags: xr_app
/// copies one to the other.
struct InkRing {
    static constexpr std::uint32_t last_of_stroke = 1U;
    static constexpr std::uint32_t hidden = 2U; ///< its stroke was taken back

    glm::vec3 centre_m{0.0F};
    float radius_m = 0.0F;
    std::array<std::int16_t, 4> frame{
        0, 0, 0, 32767};                ///< quaternion x y z w, snorm16; z runs along the tube
    std::uint32_t colour = 0xFFFFFFFFU; ///< r g b a from the low byte up; sRGB
    std::uint32_t flags = 0;
};
static_assert(sizeof(InkRing) == 32);

} // namespace haven::scene
