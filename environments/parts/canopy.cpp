// Leaves overhead, and the light that comes between them.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/leafage.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Canopy {
    glm::vec2 height_m{5.0F, 9.0F};
    float reach_m = 16.0F;
    int clumps = 60;
    int cards = 7;
    float card_m = 1.6F;
    glm::vec3 tint{0.1F};
    glm::vec3 young_tint{0.2F};
    float glow = 0.02F;
    float breaks = 0.8F; ///< of the sunlight, into spots
    float spot_m = 0.6F;
};

void build_canopy(const Canopy& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    constexpr int together = 5; // clumps on a bough, with sky between one bough and the next
    const float golden = pi * (3.0F - std::sqrt(5.0F));
    glm::vec3 bough_m{0.0F};
    glm::vec3 tint{0.0F};
    for (int i = 0; i < made.clumps; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(made.clumps);
        if (i % together == 0) {
            const float r = made.reach_m * std::pow(share, 0.6F) + dice.around(0.0F, 1.0F);
            const int bough = i / together;
            const float turn = golden * static_cast<float>(bough) + dice.around(0.0F, 0.3F);
            const float low = glm::mix(1.0F, 0.55F, share); // it comes down toward the rim
            bough_m = {std::sin(turn) * r, dice.between(made.height_m.x, made.height_m.y) * low,
                       std::cos(turn) * r};
            tint = glm::mix(made.tint, made.young_tint, std::pow(dice.unit(), 1.5F));
        }
        const float spread_m = 1.1F * made.card_m;
        const float size = dice.between(0.7F, 1.2F);
        add_clump(place,
                  {.centre_m = bough_m + glm::vec3(dice.around(0.0F, spread_m),
                                                   dice.around(0.0F, 0.35F * spread_m),
                                                   dice.around(0.0F, spread_m)),
                   .radii_m = glm::vec3(1.15F, 0.62F, 1.15F) * (made.card_m * size),
                   .cards = made.cards,
                   .card_m = made.card_m * size,
                   .tint = tint * dice.between(0.85F, 1.15F),
                   .glow = made.glow,
                   .sway_m = 0.05F,
                   .level = glm::mix(0.45F, 0.1F, share), // seen from below, then from the side
                   .open_low = 0.45F,
                   .depth = 0.65F},
                  dice);
    }
    for (scene::Light& light : site.scene.lights) {
        if (light.kind == scene::LightKind::sun) {
            light.leaves = made.breaks;
            light.leaf_spot_m = made.spot_m;
        }
    }
}

struct Branch {
    float length_m = 2.0F;
    int sprays = 7;
    float card_m = 0.6F;
    glm::vec3 bark_tint{0.05F};
    glm::vec3 leaf_tint{0.1F};
    float glow = 0.02F;
};

/// A bough that hangs into the picture: along +X, drooping, leaves at its sides.
void build_branch(const Branch& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    std::array<TubePoint, 7> path{};
    for (std::size_t i = 0; i < path.size(); ++i) {
        const float t = static_cast<float>(i) / 6.0F;
        path.at(i) = {
            .centre_m = {made.length_m * t, made.length_m * (0.10F * t - 0.34F * t * t),
                         0.12F * made.length_m * noise({t * 2.0F, 1.0F, 0.0F}, site.seed)},
            .radius_m = made.length_m * 0.014F * (1.08F - t)};
    }
    add_tube(place, path, {.sides = 6, .capped = false},
             {.pattern = scene::Pattern::bark, .tint = made.bark_tint, .roughness = 0.9F});
    for (int i = 0; i < made.sprays; ++i) {
        const float t =
            0.22F + 0.78F * (static_cast<float>(i) + dice.unit()) / static_cast<float>(made.sprays);
        const auto at = static_cast<std::size_t>(std::lround(t * 6.0F));
        const float side = i % 2 == 0 ? 1.0F : -1.0F;
        add_clump(place,
                  {.centre_m = path.at(std::min<std::size_t>(at, 6)).centre_m +
                               glm::vec3(0.0F, -0.04F, side * 0.22F * made.card_m),
                   .radii_m = {0.5F * made.card_m, 0.16F * made.card_m, 0.5F * made.card_m},
                   .cards = 4,
                   .card_m = made.card_m,
                   .tint = made.leaf_tint * dice.between(0.8F, 1.25F),
                   .glow = made.glow,
                   .sway_m = 0.02F + 0.03F * t,
                   .level = 0.5F,
                   .open_low = 0.85F},
                  dice);
    }
}

struct Shafts {
    glm::vec2 size_m{8.0F, 8.0F};
    int count = 7;
    glm::vec2 width_m{0.35F, 1.1F};
    float length_m = 11.0F;
    glm::vec3 colour{1.0F, 0.9F, 0.6F};
    float brightness = 0.1F;
};

/// Shafts of sunlight: each a card along the light, turned toward where the person's head is.
void build_shafts(const Shafts& made, Site& site) {
    const glm::vec3 head_m{0.0F, 1.5F, 0.0F};
    const glm::vec3 to_sun = glm::normalize(site.scene.sky.to_sun);
    Dice dice(site.seed);
    for (int i = 0; i < made.count; ++i) {
        const float share = (static_cast<float>(i) + dice.unit()) / static_cast<float>(made.count);
        const glm::vec3 foot_m =
            site.placement.point({made.size_m.x * (share - 0.5F), dice.around(0.0F, 0.3F),
                                  made.size_m.y * (dice.unit() - 0.5F)});
        const glm::vec3 middle_m = foot_m + to_sun * (made.length_m * 0.42F);
        const glm::vec3 side = glm::normalize(glm::cross(to_sun, head_m - middle_m));
        const float half_m = 0.5F * dice.between(made.width_m.x, made.width_m.y);
        const float phase = dice.between(0.1F, 1.0F);
        std::array<std::uint32_t, 4> corners{};
        for (std::size_t k = 0; k < 4; ++k) {
            const float u = k == 1 || k == 2 ? 1.0F : 0.0F;
            const float v = k >= 2 ? 1.0F : 0.0F;
            corners.at(k) = site.scene.mesh.add(
                {.position_m = middle_m + side * ((2.0F * u - 1.0F) * half_m) +
                               to_sun * ((v - 0.5F) * made.length_m),
                 .normal = glm::normalize(glm::cross(side, to_sun)),
                 .tint = made.colour,
                 .pattern = scene::Pattern::glow,
                 .pattern_m = {u, v},
                 .emission = made.brightness * dice.between(0.6F, 1.2F) * site.daylight,
                 .motion = phase});
        }
        site.scene.mesh.quad(corners[0], corners[1], corners[2], corners[3]);
    }
}

} // namespace

PartBuilder read_canopy(ObjectReader& reader) {
    Canopy made;
    made.height_m = reader.vec2("height_m", {2.0F, 40.0F}, glm::vec2(5.0F, 9.0F));
    made.reach_m = reader.number("reach_m", {2.0F, 60.0F}, 16.0F);
    made.clumps = reader.count("clumps", 0, 400, 60);
    made.cards = reader.count("cards", 1, 60, 7);
    made.card_m = reader.number("card_m", {0.2F, 8.0F}, 1.6F);
    made.tint = reader.colour("tint");
    made.young_tint = reader.colour("young_tint");
    made.glow = reader.number("glow", {0.0F, 1.0F}, 0.02F);
    made.breaks = reader.number("breaks", {0.0F, 1.0F}, 0.8F);
    made.spot_m = reader.number("spot_m", {0.1F, 5.0F}, 0.6F);
    return [made](Site& site) { build_canopy(made, site); };
}

PartBuilder read_branch(ObjectReader& reader) {
    Branch made;
    made.length_m = reader.number("length_m", {0.3F, 8.0F}, 2.0F);
    made.sprays = reader.count("sprays", 1, 40, 7);
    made.card_m = reader.number("card_m", {0.1F, 3.0F}, 0.6F);
    made.bark_tint = reader.colour("bark_tint");
    made.leaf_tint = reader.colour("leaf_tint");
    made.glow = reader.number("glow", {0.0F, 1.0F}, 0.02F);
    return [made](Site& site) { build_branch(made, site); };
}

PartBuilder read_light_shafts(ObjectReader& reader) {
    Shafts made;
    made.size_m = reader.vec2("size_m", {0.5F, 60.0F}, glm::vec2(8.0F));
    made.count = reader.count("count", 1, 40, 7);
    made.width_m = reader.vec2("width_m", {0.05F, 6.0F}, glm::vec2(0.35F, 1.1F));
    made.length_m = reader.number("length_m", {1.0F, 40.0F}, 11.0F);
    made.colour = reader.colour("colour");
    made.brightness = reader.number("brightness", {0.0F, 8.0F}, 0.1F);
    return [made](Site& site) { build_shafts(made, site); };
}

} // namespace haven::environments
