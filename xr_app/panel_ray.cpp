#include "xr_app/panel_ray.hpp"

#include "renderer/passes/picture.hpp"

#include <glm/common.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <span>

namespace haven {

std::size_t place_ray(std::span<renderer::Marker, ray_markers_max> to, const glm::vec3& from_m,
                      const glm::vec3& at_m, const glm::vec3& colour_linear, bool ray) {
    constexpr float dot_m = 0.0015F;
    constexpr float end_m = 0.006F;
    std::size_t count = 0;
    const auto add = [&](float share, float radius_m, float opacity) {
        to[count++] = {.kind = renderer::MarkerKind::dot,
                       .position_m = glm::mix(from_m, at_m, share),
                       .radius_m = radius_m,
                       .colour = colour_linear,
                       .opacity = opacity};
    };
    for (std::size_t i = 1; ray && i < ray_markers_max; ++i) {
        add(static_cast<float>(i) / static_cast<float>(ray_markers_max), dot_m, 0.7F);
    }
    add(1.0F, end_m, 0.9F);
    return count;
}

} // namespace haven
