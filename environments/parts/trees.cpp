// Trees: one by itself with its whole crown, or many trunks that a wood is made of.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/leafage.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>
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

struct Tree {
    float height_m = 9.0F;
    float trunk_m = 0.28F;         ///< radius at the height of a chest
    float lean = 0.04F;            ///< metres to the side for each metre up
    glm::vec2 crown_m{7.0F, 6.0F}; ///< width, height; no width, no crown
    int boughs = 11;
    int cards = 13; ///< a bough
    float card_m = 1.1F;
    glm::vec3 bark_tint{0.05F};
    glm::vec3 leaf_tint{0.05F};
    float glow = 0.0F;
    float sway_m = 0.05F;
};

struct Trunk {
    float height_m;
    float radius_m;
    glm::vec2 lean;
    int sides = 9;
    int rings = 9;
    float flare = 0.75F; ///< how much wider at the ground
    float top = 0.2F;    ///< radius at the top over that below
};

glm::vec3 trunk_centre(const Trunk& trunk, float share, std::uint32_t seed) {
    const float y = trunk.height_m * share;
    const glm::vec3 wave{noise({share * 2.6F, 0.3F, 0.7F}, seed), 0.0F,
                         noise({share * 2.6F, 5.3F, 0.7F}, seed ^ 9U)};
    return glm::vec3(trunk.lean.x * y, y, trunk.lean.y * y) +
           wave * (0.035F * trunk.height_m * share);
}

void add_trunk(const Sculptor& place, const Trunk& trunk, glm::vec3 tint) {
    std::vector<TubePoint> path;
    path.push_back(
        {.centre_m = {0.0F, -0.35F, 0.0F}, .radius_m = trunk.radius_m * (1.3F + trunk.flare)});
    for (int i = 0; i < trunk.rings; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(trunk.rings - 1);
        const float y = share * share * (0.4F + 0.6F * share); // rings lie close at the foot
        const float wide = glm::mix(1.0F, trunk.top, std::pow(y, 0.8F)) +
                           trunk.flare * std::exp(-y * trunk.height_m / 0.35F);
        path.push_back(
            {.centre_m = trunk_centre(trunk, y, place.seed), .radius_m = trunk.radius_m * wide});
    }
    add_tube(
        place, path,
        {.sides = trunk.sides,
         .uneven = {.depth_m = trunk.radius_m * 0.30F, .size_m = trunk.radius_m * 1.6F},
         .capped = false},
        {.pattern = scene::Pattern::bark, .tint = tint, .roughness = 0.92F, .unevenness = 0.2F});
}

/// What spreads from the foot of an old trunk over the land and into it.
void add_roots(const Sculptor& place, const Trunk& trunk, const LandHeight& land, glm::vec3 tint,
               Dice& dice) {
    constexpr int roots = 6;
    const float foot_m = place.placement.position_m.y;
    for (int i = 0; i < roots; ++i) {
        const float turn = 2.0F * pi * (static_cast<float>(i) + dice.unit() * 0.7F) / roots;
        const float bend = dice.around(0.0F, 0.5F);
        const float long_m = trunk.radius_m * dice.between(3.0F, 5.2F);
        const float thick_m = trunk.radius_m * dice.between(0.20F, 0.34F);
        std::array<TubePoint, 6> path{};
        for (std::size_t k = 0; k < path.size(); ++k) {
            const float t = static_cast<float>(k) / 5.0F;
            const float out_m = glm::mix(trunk.radius_m * 0.8F, long_m, t);
            const float heading = turn + bend * t * t;
            const glm::vec3 at_m{std::sin(heading) * out_m, 0.0F, std::cos(heading) * out_m};
            const glm::vec3 there = place.placement.point(at_m);
            const float over_m = thick_m * (1.6F * (1.0F - t) * (1.0F - t) - 0.75F * t);
            path.at(k) = {.centre_m = {at_m.x, land.at(there.x, there.z) - foot_m + over_m, at_m.z},
                          .radius_m = thick_m * (1.0F - 0.6F * t)};
        }
        add_tube(place, path, {.sides = 7, .capped = false},
                 {.pattern = scene::Pattern::bark, .tint = tint, .roughness = 0.92F});
    }
}

void add_limb(const Sculptor& place, glm::vec3 from_m, glm::vec3 to_m, float radius_m,
              glm::vec3 tint, Dice& dice) {
    const glm::vec3 span = to_m - from_m;
    const float length_m = glm::length(span);
    const glm::vec3 sag{dice.around(0.0F, 0.10F), dice.between(-0.02F, 0.14F),
                        dice.around(0.0F, 0.10F)};
    std::array<TubePoint, 5> path{};
    for (std::size_t i = 0; i < path.size(); ++i) {
        const float t = static_cast<float>(i) / 4.0F;
        path.at(i) = {.centre_m = from_m + span * t + sag * (length_m * 4.0F * t * (1.0F - t)),
                      .radius_m = radius_m * (1.0F - 0.78F * t)};
    }
    add_tube(place, path, {.sides = 6, .capped = false},
             {.pattern = scene::Pattern::bark, .tint = tint, .roughness = 0.92F});
}

void build_tree(const Tree& made, Site& site) {
    Sculptor place = site.sculptor();
    Dice dice(site.seed);
    place.seed = dice.bits();
    const LandHeight land(site.scene.mesh);
    place.placement.position_m.y +=
        land.at(place.placement.position_m.x, place.placement.position_m.z);
    const float turn = dice.between(0.0F, 2.0F * pi);
    const bool crowned = made.crown_m.x > 0.0F;
    const Trunk trunk{.height_m = made.height_m * (crowned ? 0.86F : 1.0F),
                      .radius_m = made.trunk_m,
                      .lean = glm::vec2(std::sin(turn), std::cos(turn)) * made.lean,
                      .sides = 12,
                      .rings = 12,
                      .top = crowned ? 0.14F : 0.45F};
    add_trunk(place, trunk, made.bark_tint);
    if (!crowned) {
        add_roots(place, trunk, land, made.bark_tint, dice);
        return;
    }
    const float low_m = made.height_m - made.crown_m.y;
    const float golden = pi * (3.0F - std::sqrt(5.0F));
    for (int i = 0; i < made.boughs; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(made.boughs);
        const float heading = golden * static_cast<float>(i) + dice.around(0.0F, 0.5F);
        // Widest somewhat below the middle, round above.
        const float wide =
            std::sqrt(std::max(1.0F - std::pow(2.0F * share - 0.75F, 2.0F) * 0.62F, 0.05F));
        const float out_m = 0.5F * made.crown_m.x * wide * dice.between(0.48F, 0.78F);
        const glm::vec3 middle =
            trunk_centre(trunk, std::min(0.35F + 0.65F * share, 1.0F), place.seed);
        const glm::vec3 bough_m{middle.x + std::sin(heading) * out_m,
                                low_m + made.crown_m.y * (0.12F + 0.80F * share) +
                                    dice.around(0.0F, 0.25F),
                                middle.z + std::cos(heading) * out_m};
        const glm::vec3 from_m = trunk_centre(
            trunk, std::clamp((bough_m.y - 0.42F * out_m) / trunk.height_m, 0.3F, 0.98F),
            place.seed);
        add_limb(place, from_m, bough_m, made.trunk_m * glm::mix(0.42F, 0.16F, share),
                 made.bark_tint, dice);
        const float size_m = made.crown_m.x * dice.between(0.16F, 0.23F);
        add_clump(place,
                  {.centre_m = bough_m,
                   .radii_m = {size_m, size_m * 0.66F, size_m},
                   .cards = made.cards,
                   .card_m = made.card_m,
                   .tint = made.leaf_tint * dice.between(0.85F, 1.15F),
                   .glow = made.glow,
                   .sway_m = made.sway_m,
                   .level = 0.25F,
                   .depth = 0.7F},
                  dice);
    }
}

struct Woods {
    int count = 60;
    glm::vec2 near_far_m{5.0F, 40.0F};
    glm::vec2 trunk_m{0.12F, 0.34F};
    glm::vec2 height_m{9.0F, 15.0F};
    float clear_yaw_rad = 0.0F; ///< an opening in the wood: its middle
    float clear_half_rad = 0.3F;
    float clear_m = 12.0F; ///< no trunk nearer there
    glm::vec3 bark_tint{0.06F};
    glm::vec3 leaf_tint{0.08F};
    int boughs = 2; ///< low ones, a tree
    float glow = 0.0F;
};

struct Standing {
    glm::vec2 at_m;
    float room_m;
};

bool crowds(const std::vector<Standing>& trees, glm::vec2 at_m, float room_m) {
    return std::ranges::any_of(trees, [&](const Standing& one) {
        return glm::distance(one.at_m, at_m) < std::max(one.room_m, room_m);
    });
}

void build_woods(const Woods& made, Site& site) {
    const Sculptor place = site.sculptor();
    const LandHeight land(site.scene.mesh);
    const Taken water(site.scene.mesh, scene::Pattern::water);
    Dice dice(site.seed);
    std::vector<Standing> trees;
    for (int tries = 0; tries < made.count * 12 && static_cast<int>(trees.size()) < made.count;
         ++tries) {
        const float heading = dice.between(-pi, pi);
        const float r = glm::mix(made.near_far_m.x, made.near_far_m.y, std::sqrt(dice.unit()));
        const float away = std::abs(std::remainder(heading - made.clear_yaw_rad, 2.0F * pi));
        const glm::vec2 at_m{-std::sin(heading) * r, -std::cos(heading) * r};
        const glm::vec3 foot_m = place.placement.point({at_m.x, 0.0F, at_m.y});
        if ((away < made.clear_half_rad && r < made.clear_m) ||
            water.near(foot_m.x, foot_m.z, 1.0F) || crowds(trees, at_m, 1.5F + 0.04F * r)) {
            continue;
        }
        trees.push_back({.at_m = at_m, .room_m = 1.5F});
        Sculptor one = place.at({at_m.x, 0.0F, at_m.y}, turn_about_y(dice.between(0.0F, 6.0F)));
        one.placement.position_m.y = land.at(foot_m.x, foot_m.z);
        one.seed = dice.bits();
        const float far = glm::smoothstep(10.0F, 30.0F, r);
        const Trunk trunk{.height_m = dice.between(made.height_m.x, made.height_m.y),
                          .radius_m = dice.between(made.trunk_m.x, made.trunk_m.y) *
                                      dice.between(0.7F, 1.0F),
                          .lean = {dice.around(0.0F, 0.06F), dice.around(0.0F, 0.06F)},
                          .sides = far > 0.5F ? 6 : 10,
                          .rings = far > 0.5F ? 5 : 9,
                          .flare = dice.between(0.4F, 0.9F),
                          .top = 0.45F};
        add_trunk(one, trunk, made.bark_tint * dice.between(0.75F, 1.2F));
        for (int bough = 0; bough < made.boughs; ++bough) {
            const float y = trunk.height_m * dice.between(0.28F, 0.62F);
            const float turn = dice.between(0.0F, 2.0F * pi);
            const float out_m = dice.between(0.9F, 2.3F);
            const glm::vec3 from_m = trunk_centre(trunk, y / trunk.height_m, one.seed);
            const glm::vec3 to_m =
                from_m + glm::vec3(std::sin(turn) * out_m, 0.3F * out_m, std::cos(turn) * out_m);
            add_limb(one, from_m, to_m, trunk.radius_m * 0.22F, made.bark_tint, dice);
            add_clump(one,
                      {.centre_m = to_m,
                       .radii_m = {1.25F, 0.65F, 1.25F},
                       .cards = far > 0.5F ? 4 : 9,
                       .card_m = far > 0.5F ? 1.7F : 1.1F,
                       .tint = made.leaf_tint * dice.between(0.8F, 1.25F),
                       .glow = made.glow,
                       .sway_m = 0.03F,
                       .level = 0.1F,
                       .open_low = 0.55F,
                       .depth = 0.6F},
                      dice);
        }
        // Its own crown closes over it.
        add_clump(one,
                  {.centre_m = trunk_centre(trunk, 0.97F, one.seed),
                   .radii_m = {2.1F, 1.3F, 2.1F},
                   .cards = far > 0.5F ? 5 : 10,
                   .card_m = 2.3F,
                   .tint = made.leaf_tint * dice.between(0.8F, 1.2F),
                   .glow = made.glow,
                   .sway_m = 0.03F,
                   .level = 0.1F,
                   .open_low = 0.55F,
                   .depth = 0.6F},
                  dice);
    }
}

} // namespace

PartBuilder read_tree(ObjectReader& reader) {
    Tree made;
    made.height_m = reader.number("height_m", {1.0F, 40.0F}, 9.0F);
    made.trunk_m = reader.number("trunk_m", {0.03F, 2.0F}, 0.28F);
    made.lean = reader.number("lean", {0.0F, 0.6F}, 0.04F);
    made.crown_m = reader.vec2("crown_m", {0.0F, 30.0F}, glm::vec2(7.0F, 6.0F));
    made.boughs = reader.count("boughs", 0, 60, 11);
    made.cards = reader.count("cards", 1, 60, 13);
    made.card_m = reader.number("card_m", {0.2F, 6.0F}, 1.1F);
    made.bark_tint = reader.colour("bark_tint");
    made.leaf_tint = reader.colour("leaf_tint");
    made.glow = reader.number("glow", {0.0F, 1.0F}, 0.0F);
    made.sway_m = reader.number("sway_m", {0.0F, 0.3F}, 0.05F);
    return [made](Site& site) { build_tree(made, site); };
}

PartBuilder read_woods(ObjectReader& reader) {
    Woods made;
    made.count = reader.count("count", 1, 200, 60);
    made.near_far_m = reader.vec2("near_far_m", {1.5F, 60.0F}, glm::vec2(5.0F, 40.0F));
    made.trunk_m = reader.vec2("trunk_m", {0.03F, 2.0F}, glm::vec2(0.12F, 0.34F));
    made.height_m = reader.vec2("height_m", {2.0F, 40.0F}, glm::vec2(9.0F, 15.0F));
    made.clear_yaw_rad = glm::radians(reader.number("clear_yaw_deg", {-180.0F, 180.0F}, 0.0F));
    made.clear_half_rad = glm::radians(reader.number("clear_half_deg", {0.0F, 180.0F}, 17.0F));
    made.clear_m = reader.number("clear_m", {0.0F, 60.0F}, 12.0F);
    made.bark_tint = reader.colour("bark_tint");
    made.leaf_tint = reader.colour("leaf_tint");
    made.boughs = reader.count("boughs", 0, 8, 2);
    made.glow = reader.number("glow", {0.0F, 1.0F}, 0.0F);
    return [made](Site& site) { build_woods(made, site); };
}

} // namespace haven::environments
