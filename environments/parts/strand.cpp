// What lies on a beach and what closes it: driftwood, a towel, pebbles, a headland in the haze.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/field.hpp"
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
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Driftwood {
    float length_m = 1.9F;
    float radius_m = 0.17F;
    glm::vec3 tint{0.4F};
    glm::vec3 sand_tint{0.5F};
};

void build_driftwood(const Driftwood& wood, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const Material bleached{
        .pattern = scene::Pattern::logs, .tint = wood.tint, .roughness = 0.85F, .unevenness = 0.2F};
    std::vector<TubePoint> trunk;
    constexpr int points = 14;
    for (int i = 0; i <= points; ++i) {
        const float share = static_cast<float>(i) / points;
        const float x = (share - 0.5F) * wood.length_m;
        const float radius_m = wood.radius_m * (1.08F - 0.42F * share) *
                               (1.0F + 0.1F * noise({share * 6.0F, 0.0F, 0.0F}, site.seed)) *
                               (i == 0 || i == points ? 0.72F : 1.0F);
        trunk.push_back({.centre_m = {x, radius_m * 0.78F + 0.03F * std::sin(share * 4.0F),
                                      0.12F * std::sin(share * 3.3F + 0.4F)},
                         .radius_m = radius_m});
    }
    add_tube(place, trunk, {.sides = 18, .uneven = {.depth_m = 0.018F, .size_m = 0.16F}}, bleached);
    // Two stubs of branches and a root that the sea has rounded.
    const std::array<glm::vec3, 3> ways{glm::vec3(0.5F, 0.55F, 0.5F), glm::vec3(0.6F, 0.3F, -0.6F),
                                        glm::vec3(-0.55F, 0.35F, 0.6F)};
    const std::array<float, 3> along{0.72F, 0.52F, 0.04F};
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const TubePoint& from =
            trunk.at(static_cast<std::size_t>(along.at(i) * static_cast<float>(points)));
        const float long_m = dice.between(0.12F, 0.3F);
        const glm::vec3 way = glm::normalize(ways.at(i));
        const float thick_m = from.radius_m * dice.between(0.36F, 0.5F);
        const std::array<TubePoint, 4> stub{
            TubePoint{from.centre_m, thick_m * 1.3F},
            TubePoint{from.centre_m + way * (from.radius_m * 1.1F), thick_m},
            TubePoint{from.centre_m + way * (from.radius_m + long_m * 0.6F) +
                          glm::vec3(0.03F, 0.04F, 0.0F),
                      thick_m * 0.75F},
            TubePoint{from.centre_m + way * (from.radius_m + long_m) +
                          glm::vec3(0.09F, 0.05F, 0.0F),
                      thick_m * 0.55F}};
        add_tube(place, stub, {.sides = 10, .uneven = {.depth_m = 0.006F, .size_m = 0.06F}},
                 bleached);
    }
    // Sand the wind has laid against it.
    add_field(
        place, {.across = 22, .along = 8},
        [&](float u, float v) {
            const float x = (u - 0.5F) * wood.length_m * 1.25F;
            const float z = (v - 0.35F) * 0.95F;
            const float hump = std::exp(-z * z * 9.0F) * std::sin(pi * u);
            return glm::vec3(
                x, -0.05F + 0.1F * hump * (1.0F + 0.4F * noise({x * 3.0F, 0.0F, z}, site.seed)), z);
        },
        [&](scene::SurfacePoint& corner, float, float) {
            corner.tint = wood.sand_tint;
            corner.pattern = scene::Pattern::sand;
            corner.pattern_m = {corner.position_m.x, corner.position_m.z};
            corner.roughness = 0.92F;
        });
}

struct Towel {
    glm::vec2 size_m{0.52F, 0.36F};
    glm::vec3 tint{0.6F};
};

void build_towel(const Towel& towel, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    float top_m = 0.0F;
    constexpr int folds = 4;
    for (int i = 0; i < folds; ++i) {
        const float thick_m = dice.between(0.022F, 0.03F);
        const float smaller = 1.0F - 0.025F * static_cast<float>(i);
        Sculptor fold =
            place.at({dice.around(0.0F, 0.006F), top_m + thick_m * 0.5F, dice.around(0.0F, 0.008F)},
                     turn_about_y(dice.around(0.0F, 0.035F)));
        fold.seed = 7U; // the stripes run on from fold to fold
        add_box(fold,
                {.size_m = {towel.size_m.x * smaller, thick_m, towel.size_m.y * smaller},
                 .bevel_m = thick_m * 0.5F,
                 .bulge_m = 0.004F,
                 .edge_m_max = 0.06F,
                 .uneven = {.depth_m = 0.006F, .size_m = 0.11F}},
                {.pattern = scene::Pattern::fabric, .tint = towel.tint, .roughness = 0.95F});
        top_m += thick_m * 0.93F;
    }
}

struct Pebbles {
    int count = 40;
    float radius_m = 1.12F;
    float size_m = 0.05F;
    std::vector<glm::vec3> tints{glm::vec3(0.4F)};
};

/// A ring that somebody has laid, with gaps: it says where there is room.
void build_pebbles(const Pebbles& pebbles, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    for (int i = 0; i < pebbles.count; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(pebbles.count);
        if (dice.unit() < 0.1F) {
            continue;
        }
        const float turn = 2.0F * pi * share + dice.around(0.0F, 0.03F);
        const float away_m = pebbles.radius_m + dice.around(0.0F, 0.03F);
        const float long_m = pebbles.size_m * dice.between(0.6F, 1.3F);
        const float high_m = std::min(long_m * dice.between(0.35F, 0.6F), 0.04F);
        Sculptor pebble =
            place.at({std::sin(turn) * away_m, 0.3F * high_m, std::cos(turn) * away_m},
                     turn_about_y(dice.unit() * pi) * turn_about_x(dice.around(0.0F, 0.15F)));
        pebble.seed = dice.bits();
        const glm::vec3 tint =
            pebbles.tints.at(dice.bits() % pebbles.tints.size()) * dice.between(0.85F, 1.12F);
        const float thin = dice.between(0.6F, 0.85F);
        add_grid(pebble, {.across = 9, .along = 5, .closed_across = true},
                 {.pattern = scene::Pattern::plain, .tint = tint, .roughness = 0.5F},
                 [&](float u, float v) {
                     const float around = 2.0F * pi * u;
                     const float up = pi * (v - 0.5F);
                     const glm::vec3 ball{std::cos(up) * std::sin(around), std::sin(up),
                                          std::cos(up) * std::cos(around)};
                     const float lump = 1.0F + 0.14F * noise(ball * 1.3F, pebble.seed);
                     return GridPoint{.position_m = ball * lump * 0.5F *
                                                    glm::vec3(long_m, high_m, long_m * thin),
                                      .pattern_m = {u, v}};
                 });
    }
}

struct Headland {
    float bearing_deg = -30.0F;
    float distance_m = 600.0F;
    float length_m = 500.0F;
    float height_m = 45.0F;
    float sea_m = -0.42F;
    glm::vec3 tint{0.1F};
    glm::vec3 rock_tint{0.2F};
};

/// A long back that falls to the sea at its right end, with a rock or two before it.
void build_headland(const Headland& land, Site& site) {
    const float turn = glm::radians(-land.bearing_deg);
    const glm::vec3 middle_m = glm::vec3(std::sin(-turn), 0.0F, -std::cos(turn)) * land.distance_m;
    const Sculptor place = site.sculptor().at(middle_m, turn_about_y(turn));
    add_field(
        place, {.across = 96, .along = 9, .facing = {0.0F, 0.4F, 1.0F}},
        [&](float u, float v) {
            const float x = (u - 0.5F) * land.length_m;
            const float tail = 1.0F - glm::smoothstep(0.55F, 0.97F, u);
            const float rise = glm::smoothstep(0.0F, 0.22F, u) * 0.35F + 0.65F;
            const float back =
                tail * rise *
                (0.78F + 0.22F * noise_two_scales({u * 5.0F, 1.0F, 0.0F}, site.seed) +
                 0.05F * noise({u * 42.0F, 2.0F, 0.0F}, site.seed));
            const float stack = 0.16F * std::exp(-std::pow((u - 0.965F) * 70.0F, 2.0F)) +
                                0.08F * std::exp(-std::pow((u - 0.985F) * 110.0F, 2.0F));
            const float gully = 0.1F * noise({u * 30.0F, v * 3.0F, 4.0F}, site.seed);
            const float high = std::max(back, stack) * land.height_m * std::pow(v, 0.7F + gully);
            return glm::vec3(x, land.sea_m - 0.3F + high,
                             (0.5F - v) * land.height_m * (1.2F + 3.0F * gully));
        },
        [&](scene::SurfacePoint& corner, float u, float v) {
            const float cliff =
                (1.0F - glm::smoothstep(0.2F, 0.5F, corner.normal.y)) * (1.0F - 0.6F * v);
            const float patch = noise({u * 18.0F, v * 4.0F, 8.0F}, site.seed);
            corner.tint =
                glm::mix(land.tint, land.rock_tint, glm::clamp(cliff + 0.2F * patch, 0.0F, 1.0F));
            corner.pattern = scene::Pattern::plain;
            corner.pattern_m = {u, v};
            corner.roughness = 1.0F;
        });
}

} // namespace

PartBuilder read_driftwood(ObjectReader& reader) {
    Driftwood wood;
    wood.length_m = reader.number("length_m", {0.4F, 6.0F}, 1.9F);
    wood.radius_m = reader.number("radius_m", {0.03F, 0.5F}, 0.17F);
    wood.tint = reader.colour("tint");
    wood.sand_tint = reader.colour("sand_tint");
    return [wood](Site& site) { build_driftwood(wood, site); };
}

PartBuilder read_towel(ObjectReader& reader) {
    Towel towel;
    towel.size_m = reader.vec2("size_m", {0.1F, 2.0F}, glm::vec2(0.52F, 0.36F));
    towel.tint = reader.colour("tint");
    return [towel](Site& site) { build_towel(towel, site); };
}

PartBuilder read_pebbles(ObjectReader& reader) {
    Pebbles pebbles;
    pebbles.count = reader.count("count", 1, 200, 40);
    pebbles.radius_m = reader.number("radius_m", {0.3F, 10.0F}, 1.12F);
    pebbles.size_m = reader.number("size_m", {0.01F, 0.12F}, 0.05F);
    pebbles.tints = reader.colours("tints", 8);
    return [pebbles](Site& site) { build_pebbles(pebbles, site); };
}

PartBuilder read_headland(ObjectReader& reader) {
    Headland land;
    land.bearing_deg = reader.number("bearing_deg", {-180.0F, 180.0F});
    land.distance_m = reader.number("distance_m", {60.0F, 4000.0F});
    land.length_m = reader.number("length_m", {20.0F, 4000.0F});
    land.height_m = reader.number("height_m", {2.0F, 400.0F});
    land.sea_m = reader.number("sea_m", {-3.0F, 1.0F}, -0.42F);
    land.tint = reader.colour("tint");
    land.rock_tint = reader.colour("rock_tint");
    return [land](Site& site) { build_headland(land, site); };
}

} // namespace haven::environments
