#include "environments/parts/blades.hpp"

#include "environments/parts/noise.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

void add_blade(const Sculptor& place, const Blades& blades, Dice& dice) {
    const float turn = dice.unit() * 2.0F * std::numbers::pi_v<float>;
    const float away_m = blades.spread_m * std::sqrt(dice.unit());
    const glm::vec3 out =
        glm::normalize(glm::vec3(std::sin(turn), 0.0F, std::cos(turn)) + blades.lean);
    const glm::vec3 foot_m{std::sin(turn) * away_m, -0.03F, std::cos(turn) * away_m};
    const float tall_m = blades.height_m * dice.between(0.5F, 1.0F);
    const float hang = blades.bend * dice.between(0.4F, 1.1F);
    const float half_m = 0.5F * blades.width_m * dice.between(0.7F, 1.2F);
    const float facing = dice.unit() * 2.0F * std::numbers::pi_v<float>;
    const glm::vec3 side{std::sin(facing), 0.0F, std::cos(facing)};
    // A blade is round enough to be lit from above whatever side it shows.
    const glm::vec3 normal = glm::normalize(glm::cross(side, glm::vec3(0, 1, 0)) * 0.5F +
                                            glm::vec3(0.0F, 0.8F, 0.0F) + out * 0.4F);
    const float hue = dice.between(0.8F, 1.15F);
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    for (int i = 0; i <= blades.segments; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(blades.segments);
        const glm::vec3 middle_m =
            foot_m + glm::vec3(0.0F, tall_m * (share - 0.45F * hang * share * share), 0.0F) +
            out * (tall_m * 0.75F * hang * share * share);
        const auto corner = [&](float way) {
            const float width_m = half_m * (1.0F - share) + 0.0006F;
            return place.mesh.add(
                {.position_m = place.placement.point(middle_m + side * (way * width_m)),
                 .normal = place.placement.direction(normal),
                 .tint = glm::mix(blades.foot_tint, blades.tint, std::sqrt(share)) * hue,
                 .pattern = scene::Pattern::foliage,
                 .pattern_m = {share, way},
                 .roughness = 0.9F,
                 .motion = blades.sway_m * share * share});
        };
        const std::uint32_t new_left = corner(-1.0F);
        const std::uint32_t new_right = corner(1.0F);
        if (i > 0) {
            place.mesh.quad(left, right, new_right, new_left);
        }
        left = new_left;
        right = new_right;
    }
}

} // namespace

void add_blades(const Sculptor& place, const Blades& blades, Dice& dice) {
    for (int i = 0; i < blades.count; ++i) {
        add_blade(place, blades, dice);
    }
}

} // namespace haven::environments
