// What stands and lies under trees: ferns, shrubs, mossy stones, a trunk that fell long ago.

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
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

/// Some of a kind around a spot, on dry land, out of each other's way.
struct Patch {
    int count = 5;
    float spread_m = 1.0F;
};

template <typename Plant>
void plant(const Patch& patch, float room_m, Site& site, Dice& dice, const Plant& add) {
    const Sculptor place = site.sculptor();
    const LandHeight land(site.scene.mesh);
    const Taken water(site.scene.mesh, scene::Pattern::water);
    std::vector<glm::vec2> standing;
    for (int tries = 0; tries < patch.count * 8; ++tries) {
        if (static_cast<int>(standing.size()) == patch.count) {
            return;
        }
        const float turn = dice.between(0.0F, 2.0F * pi);
        const float r = patch.spread_m * std::sqrt(dice.unit()) * (patch.count > 1 ? 1.0F : 0.0F);
        const glm::vec2 at_m{std::sin(turn) * r, std::cos(turn) * r};
        const bool crowded = std::ranges::any_of(
            standing, [&](glm::vec2 other) { return glm::distance(other, at_m) < room_m; });
        const glm::vec3 foot_m = place.placement.point({at_m.x, 0.0F, at_m.y});
        if (crowded || water.near(foot_m.x, foot_m.z, 0.2F)) {
            continue;
        }
        standing.push_back(at_m);
        Sculptor one = place.at({at_m.x, 0.0F, at_m.y}, turn_about_y(dice.between(0.0F, 6.0F)));
        one.placement.position_m.y += land.at(foot_m.x, foot_m.z);
        one.seed = dice.bits();
        add(one);
    }
}

struct Ferns {
    Patch patch;
    float length_m = 0.55F;
    glm::vec3 tint{0.1F};
};

void build_ferns(const Ferns& made, Site& site) {
    Dice dice(site.seed);
    plant(made.patch, made.length_m * 0.7F, site, dice, [&](const Sculptor& one) {
        const int fronds = 9 + static_cast<int>(dice.bits() % 4U);
        const float length_m = made.length_m * dice.between(0.75F, 1.15F);
        const glm::vec3 tint = made.tint * dice.between(0.85F, 1.15F);
        for (int i = 0; i < fronds; ++i) {
            const float inner = i % 3 == 0 ? 1.0F : 0.0F; // younger ones stand in the middle
            add_frond(
                one,
                {.foot_m = {0.0F, 0.0F, 0.0F},
                 .heading_rad = 2.0F * pi * static_cast<float>(i) / static_cast<float>(fronds) +
                                dice.around(0.0F, 0.25F),
                 .length_m = length_m * dice.between(0.8F, 1.1F) * (1.0F - 0.18F * inner),
                 .width_m = length_m * 0.30F,
                 .rise = 0.85F + 0.42F * inner + dice.around(0.0F, 0.12F),
                 .droop = 1.35F + dice.around(0.0F, 0.25F) - 0.3F * inner,
                 .tint = tint * glm::mix(glm::vec3(1.0F), glm::vec3(1.25F, 1.15F, 0.8F), inner),
                 .sway_m = 0.016F + 0.01F * length_m},
                dice);
        }
    });
}

struct Shrubs {
    Patch patch;
    float height_m = 1.2F;
    int cards = 16;
    float card_m = 0.7F;
    glm::vec3 tint{0.1F};
    glm::vec3 bark_tint{0.05F};
    float glow = 0.0F;
};

void build_shrubs(const Shrubs& made, Site& site) {
    Dice dice(site.seed);
    plant(made.patch, made.height_m * 0.5F, site, dice, [&](const Sculptor& one) {
        const float tall_m = made.height_m * dice.between(0.7F, 1.15F);
        for (int stem = 0; stem < 4; ++stem) {
            const float turn = dice.between(0.0F, 2.0F * pi);
            const float out_m = tall_m * dice.between(0.15F, 0.42F);
            const glm::vec3 top_m{std::sin(turn) * out_m, tall_m * dice.between(0.6F, 0.9F),
                                  std::cos(turn) * out_m};
            const std::array<TubePoint, 3> path{TubePoint{{0.0F, -0.1F, 0.0F}, 0.012F * tall_m},
                                                TubePoint{top_m * 0.5F, 0.009F * tall_m},
                                                TubePoint{top_m, 0.004F * tall_m}};
            add_tube(one, path, {.sides = 4, .capped = false},
                     {.pattern = scene::Pattern::bark, .tint = made.bark_tint, .roughness = 0.9F});
            add_clump(one,
                      {.centre_m = top_m * glm::vec3(1.0F, 0.88F, 1.0F),
                       .radii_m = glm::vec3(0.36F, 0.28F, 0.36F) * tall_m,
                       .cards = std::max(made.cards / 4, 1),
                       .card_m = made.card_m,
                       .tint = made.tint * dice.between(0.85F, 1.2F),
                       .glow = made.glow,
                       .sway_m = 0.02F,
                       .level = 0.45F,
                       .open_low = 0.6F},
                      dice);
        }
    });
}

struct MossyStones {
    Patch patch;
    glm::vec2 size_m{0.15F, 0.5F};
    glm::vec3 tint{0.2F};
};

void build_mossy_stones(const MossyStones& made, Site& site) {
    Dice dice(site.seed);
    plant(made.patch, made.size_m.x * 1.6F, site, dice, [&](const Sculptor& one) {
        const float size_m = glm::mix(made.size_m.x, made.size_m.y, std::pow(dice.unit(), 1.6F));
        add_boulder(one,
                    {.centre_m = {0.0F, 0.22F * size_m, 0.0F},
                     .radii_m = {size_m, size_m * dice.between(0.55F, 0.8F),
                                 size_m * dice.between(0.65F, 0.95F)},
                     .rough = 0.34F,
                     .across = 18,
                     .tint = made.tint * dice.between(0.8F, 1.2F)},
                    dice.bits());
    });
}

struct FallenTrunk {
    float length_m = 4.0F;
    float radius_m = 0.24F;
    float rise_m = 0.0F; ///< how much higher its far end lies
    glm::vec3 bark_tint{0.08F};
    glm::vec3 wood_tint{0.3F};
};

void build_fallen_trunk(const FallenTrunk& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    constexpr std::size_t rings = 15;
    std::array<TubePoint, rings> path{};
    for (std::size_t i = 0; i < rings; ++i) {
        const float share = static_cast<float>(i) / (rings - 1);
        const float x = (share - 0.5F) * made.length_m;
        path.at(i) = {.centre_m = {x,
                                   made.radius_m * 0.86F + made.rise_m * share * share +
                                       0.03F * noise({share * 3.0F, 1.0F, 0.0F}, site.seed),
                                   0.09F * noise({share * 2.2F, 4.0F, 0.0F}, site.seed)},
                      .radius_m = made.radius_m * glm::mix(1.08F, 0.78F, share)};
    }
    add_tube(place, path,
             {.sides = 20,
              .uneven = {.depth_m = made.radius_m * 0.15F, .size_m = made.radius_m * 0.8F},
              .capped = false},
             {.pattern = scene::Pattern::bark,
              .tint = made.bark_tint,
              .roughness = 0.92F,
              .unevenness = 0.25F});
    for (const std::size_t end : {std::size_t{0}, rings - 1}) { // broken across, weathered
        const float out = end == 0 ? -1.0F : 1.0F;
        const TubePoint& ring = path.at(end);
        add_grid(place.at(ring.centre_m),
                 {.across = 20, .along = 4, .closed_across = true, .facing = {out, 0.0F, 0.0F}},
                 {.pattern = scene::Pattern::bark, .tint = made.wood_tint, .roughness = 0.95F},
                 [&](float u, float v) {
                     const float turn = 2.0F * pi * (u >= 1.0F ? 0.0F : u);
                     const glm::vec2 way{std::cos(turn), std::sin(turn)};
                     const float torn = 0.10F * noise({way.x * 2.3F, way.y * 2.3F, v * 3.0F},
                                                      site.seed + static_cast<std::uint32_t>(end));
                     return GridPoint{.position_m = {out * (0.02F + torn * (1.0F - 0.4F * v)) *
                                                         (1.0F - glm::smoothstep(0.8F, 1.0F, v)),
                                                     way.x * ring.radius_m * v * 1.02F,
                                                     way.y * ring.radius_m * v * 1.02F},
                                      .pattern_m = {v * 0.3F, u * 2.0F},
                                      .shade = 0.5F + 0.5F * v};
                 });
    }
    for (int stub = 0; stub < 3; ++stub) {
        const TubePoint& at = path.at(3 + static_cast<std::size_t>(stub) * 4);
        const float turn = dice.around(stub == 1 ? 2.2F : -0.6F, 0.4F);
        const glm::vec3 way{dice.around(0.15F, 0.3F), std::cos(turn), std::sin(turn)};
        const float length_m = dice.between(0.12F, 0.3F);
        const std::array<TubePoint, 3> path_out{
            TubePoint{at.centre_m + way * (made.radius_m * 0.7F), made.radius_m * 0.28F},
            TubePoint{at.centre_m + way * (made.radius_m + length_m * 0.5F), made.radius_m * 0.2F},
            TubePoint{at.centre_m + way * (made.radius_m + length_m), made.radius_m * 0.13F}};
        add_tube(place, path_out, {.sides = 7},
                 {.pattern = scene::Pattern::bark, .tint = made.bark_tint, .roughness = 0.92F});
    }
}

struct GroundLeaves {
    glm::vec2 near_far_m{0.0F, 8.0F};
    int count = 300;
    float card_m = 0.5F;
    float lift_m = 0.012F; ///< over the land: fallen leaves lie, clover stands
    std::vector<glm::vec3> tints;
};

/// Leaves that lie on the land, or low plants that cover it: cards that follow its slope.
void build_ground_leaves(const GroundLeaves& made, Site& site) {
    const LandHeight land(site.scene.mesh);
    const Taken water(site.scene.mesh, scene::Pattern::water);
    const Sculptor room{.mesh = site.scene.mesh, .placement = {}, .seed = site.seed};
    Dice dice(site.seed);
    for (int i = 0; i < made.count; ++i) {
        const float turn = dice.between(0.0F, 2.0F * pi);
        const float r = glm::mix(made.near_far_m.x, made.near_far_m.y, std::sqrt(dice.unit()));
        const glm::vec3 at_m = site.placement.point({std::sin(turn) * r, 0.0F, std::cos(turn) * r});
        const float half_m = 0.5F * made.card_m * dice.between(0.6F, 1.3F);
        const float wet_m = made.lift_m > 0.03F ? 0.35F : 0.1F;
        const float crowd = noise({at_m.x * 0.8F, 2.0F, at_m.z * 0.8F}, site.seed);
        if (water.near(at_m.x, at_m.z, wet_m) || crowd < dice.around(-0.1F, 0.35F)) {
            continue; // they gather in drifts
        }
        const float spin = dice.between(0.0F, 2.0F * pi);
        const auto lying = [&](float angle) { // from the middle toward there, along the land
            const glm::vec3 flat{std::sin(angle) * half_m, 0.0F, std::cos(angle) * half_m};
            const float rise = land.at(at_m.x + flat.x, at_m.z + flat.z) -
                               land.at(at_m.x - flat.x, at_m.z - flat.z);
            return flat + glm::vec3(0.0F, 0.5F * std::clamp(rise, -half_m, half_m), 0.0F);
        };
        const glm::vec3 right = lying(spin);
        const glm::vec3 up = lying(spin + 0.5F * pi);
        const float over_m = made.lift_m * dice.between(0.6F, 1.4F);
        add_leaf_card(
            room,
            {.centre_m = {at_m.x, land.at(at_m.x, at_m.z) + over_m, at_m.z},
             .right_m = right,
             .up_m = up,
             .normal = glm::normalize(glm::cross(right, up)),
             .cut = Cut::fallen_leaves,
             .tint = made.tints.at(dice.bits() % made.tints.size()) * dice.between(0.75F, 1.2F),
             .glow = 0.005F, // no shadow of its own card
             .sway_high_m = 0.0F},
            dice);
    }
}

Patch read_patch(ObjectReader& reader, int count) {
    Patch patch;
    patch.count = reader.count("count", 1, 200, count);
    patch.spread_m = reader.number("spread_m", {0.0F, 40.0F}, 1.0F);
    return patch;
}

} // namespace

PartBuilder read_ferns(ObjectReader& reader) {
    Ferns made;
    made.patch = read_patch(reader, 5);
    made.length_m = reader.number("length_m", {0.1F, 2.0F}, 0.55F);
    made.tint = reader.colour("tint");
    return [made](Site& site) { build_ferns(made, site); };
}

PartBuilder read_shrubs(ObjectReader& reader) {
    Shrubs made;
    made.patch = read_patch(reader, 3);
    made.height_m = reader.number("height_m", {0.2F, 6.0F}, 1.2F);
    made.cards = reader.count("cards", 4, 120, 16);
    made.card_m = reader.number("card_m", {0.1F, 4.0F}, 0.7F);
    made.tint = reader.colour("tint");
    made.bark_tint = reader.colour("bark_tint");
    made.glow = reader.number("glow", {0.0F, 1.0F}, 0.0F);
    return [made](Site& site) { build_shrubs(made, site); };
}

PartBuilder read_mossy_stones(ObjectReader& reader) {
    MossyStones made;
    made.patch = read_patch(reader, 4);
    made.size_m = reader.vec2("size_m", {0.03F, 4.0F}, glm::vec2(0.15F, 0.5F));
    made.tint = reader.colour("tint");
    return [made](Site& site) { build_mossy_stones(made, site); };
}

PartBuilder read_fallen_trunk(ObjectReader& reader) {
    FallenTrunk made;
    made.length_m = reader.number("length_m", {0.5F, 20.0F}, 4.0F);
    made.radius_m = reader.number("radius_m", {0.05F, 1.0F}, 0.24F);
    made.rise_m = reader.number("rise_m", {0.0F, 3.0F}, 0.0F);
    made.bark_tint = reader.colour("bark_tint");
    made.wood_tint = reader.colour("wood_tint");
    return [made](Site& site) { build_fallen_trunk(made, site); };
}

PartBuilder read_ground_leaves(ObjectReader& reader) {
    GroundLeaves made;
    made.near_far_m = reader.vec2("near_far_m", {0.0F, 40.0F}, glm::vec2(0.0F, 8.0F));
    made.count = reader.count("count", 1, 2000, 300);
    made.card_m = reader.number("card_m", {0.05F, 2.0F}, 0.5F);
    made.lift_m = reader.number("lift_m", {0.002F, 0.3F}, 0.012F);
    made.tints = reader.colours("tints", 8);
    return [made](Site& site) { build_ground_leaves(made, site); };
}

} // namespace haven::environments
