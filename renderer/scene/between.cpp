#include "renderer/scene/between.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace haven::scene {

SceneVertex between(std::span<const SceneVertex> corners, std::span<const float> weights) {
    assert(!corners.empty() && corners.size() == weights.size());
    SurfacePoint point = unpack(corners[0]);
    const glm::vec3 first_normal = point.normal;
    point.position_m = point.normal = point.tint = glm::vec3(0.0F);
    point.pattern_m = glm::vec2(0.0F);
    point.motion = point.occlusion = 0.0F;
    std::array<float, light_count_max> visibility{};
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const SurfacePoint corner = unpack(corners[i]);
        const float weight = weights[i];
        point.position_m += corner.position_m * weight;
        point.normal += corner.normal * weight;
        point.tint += corner.tint * weight;
        point.pattern_m += corner.pattern_m * weight;
        point.motion += corner.motion * weight;
        point.occlusion += corner.occlusion * weight;
        for (std::size_t light = 0; light < visibility.size(); ++light) {
            visibility.at(light) +=
                static_cast<float>((corners[i].light_visibility >> (4 * light)) & 15U) * weight;
        }
    }
    const float length = glm::length(point.normal);
    point.normal = length > 1e-4F ? point.normal / length : first_normal;
    SceneVertex vertex = pack(point);
    vertex.light_visibility = 0;
    for (std::size_t light = 0; light < visibility.size(); ++light) {
        vertex.light_visibility |= static_cast<std::uint32_t>(std::lround(visibility.at(light)))
                                   << (4 * light);
    }
    return vertex;
}

} // namespace haven::scene
