#include "xr_app/panel_ray.hpp"

#include "renderer/passes/picture.hpp"

#include <glm/common.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <span>

namespace haven {

std::size_t place_ray(std::span<renderer::Marker, ray_markers_max> to, const PanelRay& ray) {
    constexpr float near_m = 0.0015F; // at the hand
    constexpr float far_m = 0.0027F;  // a metre away
    constexpr float end_m = 0.0085F;
    std::size_t count = 0;
    const auto add = [&](float share, float radius_m, float opacity) {
        to[count++] = {.kind = renderer::MarkerKind::dot,
                       .position_m = glm::mix(ray.from_m, ray.at_m, share),
                       .radius_m = radius_m,
                       .colour = ray.colour_linear,
                       .opacity = opacity};
    };
    for (std::size_t i = 1; ray.visible && i < ray_markers_max; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(ray_markers_max);
        add(share, glm::mix(near_m, far_m * ray.away_m, share), 0.8F);
    }
    add(1.0F, end_m * ray.away_m, 0.9F);
    return count;
}

} // namespace haven
