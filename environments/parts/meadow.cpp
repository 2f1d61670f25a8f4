// Open land: rolling ground to the far hills, the grass that grows on it, the lights of a village
// beyond.

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
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Hills {
    float reach_m = 150.0F;
    float height_m = 14.0F; ///< of the farthest ridge
    float hollow_m = 2.5F;  ///< how far the meadow falls away before the first
    glm::vec3 grass_tint{0.05F};
    glm::vec3 far_tint{0.04F};
};

/// Three ridges one behind the other, none level, the meadow falling gently toward the first.
float hill_m(const Hills& made, glm::vec2 at_m, std::uint32_t seed) {
    const float r = glm::length(at_m);
    const glm::vec2 way = at_m / std::max(r, 0.01F);
    const auto along = [&](float many, float salt) {
        return noise({way.x * many + salt, way.y * many, salt * 0.37F}, seed);
    };
    const auto ridge = [&](float share, float high, float wide, float many, float salt) {
        const float middle = made.reach_m * (share + 0.06F * along(1.6F, salt + 3.0F));
        const float away = (r - middle) / (made.reach_m * wide);
        const float crest =
            0.62F + 0.30F * along(many, salt) + 0.10F * along(many * 3.3F, salt + 7.0F);
        return made.height_m * high * crest * std::exp(-away * away);
    };
    const float hollow = -made.hollow_m * glm::smoothstep(4.0F, made.reach_m * 0.22F, r) *
                         (1.0F - 0.6F * glm::smoothstep(0.3F * made.reach_m, made.reach_m, r));
    const float swells = 0.5F * noise({at_m.x * 0.09F, 0.0F, at_m.y * 0.09F}, seed ^ 3U) *
                             glm::smoothstep(3.0F, 14.0F, r) +
                         0.05F * noise({at_m.x * 0.7F, 1.0F, at_m.y * 0.7F}, seed ^ 5U) *
                             glm::smoothstep(1.2F, 4.0F, r);
    const float ridges = ridge(0.30F, 0.24F, 0.10F, 1.1F, 1.0F) +
                         ridge(0.56F, 0.52F, 0.14F, 1.3F, 11.0F) +
                         ridge(0.95F, 1.0F, 0.18F, 1.7F, 23.0F);
    return hollow + swells + ridges * glm::smoothstep(made.reach_m * 0.08F, made.reach_m * 0.3F, r);
}

void build_hills(const Hills& made, Site& site) {
    constexpr float nearest_m = 0.35F;
    add_grid(site.sculptor(),
             {.across = 112, .along = 54, .closed_across = true, .facing = {0.0F, 1.0F, 0.0F}},
             {.pattern = scene::Pattern::ground,
              .tint = glm::vec3(1.0F),
              .roughness = 1.0F,
              .unevenness = 0.22F},
             [&](float u, float v) {
                 const float turn = 2.0F * pi * (u >= 1.0F ? 0.0F : u);
                 // Rings grow with distance, from the middle of the place outward.
                 const float r = v <= 0.0F ? 0.0F
                                           : nearest_m * std::pow(made.reach_m * 1.08F / nearest_m,
                                                                  (v * 54.0F - 1.0F) / 53.0F);
                 const glm::vec2 at_m{r * std::sin(turn), r * std::cos(turn)};
                 const float far = glm::smoothstep(12.0F, made.reach_m * 0.6F, r);
                 return GridPoint{.position_m = {at_m.x, hill_m(made, at_m, site.seed), at_m.y},
                                  .pattern_m = at_m,
                                  .hue = glm::mix(made.grass_tint, made.far_tint, far)};
             });
}

struct Grass {
    glm::vec2 near_far_m{1.3F, 18.0F};
    int tufts = 260;
    int cards = 700;
    float height_m = 0.3F;
    float sway_m = 0.05F;
    std::array<glm::vec3, 2> tints{glm::vec3(0.06F), glm::vec3(0.08F)};
    float short_ahead = 0.5F; ///< how much lower it stays straight ahead
};

void build_grass(const Grass& made, Site& site) {
    const Sculptor place = site.sculptor();
    const LandHeight land(site.scene.mesh);
    const Taken cloth(site.scene.mesh, scene::Pattern::fabric);
    const Taken water(site.scene.mesh, scene::Pattern::water);
    Dice dice(site.seed);
    const float tufts_end_m = std::min(made.near_far_m.x + 5.5F, made.near_far_m.y);
    const auto spot = [&](glm::vec2 near_far_m, float crowd) {
        const float turn = dice.between(-pi, pi);
        const float share = std::pow(dice.unit(), crowd);
        const float r = glm::mix(near_far_m.x, near_far_m.y, share);
        return glm::vec3(std::sin(turn) * r, r, -std::cos(turn) * r); // y: how far away
    };
    const auto grown_m = [&](glm::vec3 at) { // lower where the drawing will be seen
        const float ahead = glm::smoothstep(0.75F, 0.97F, -at.z / std::max(at.y, 0.1F)) *
                            (1.0F - glm::smoothstep(5.0F, 9.0F, at.y));
        const float lush = 0.8F + 0.45F * noise({at.x * 0.5F, 3.0F, at.z * 0.5F}, site.seed);
        return made.height_m * lush * (1.0F - made.short_ahead * ahead);
    };
    const auto tint = [&](glm::vec3 at) {
        const float dry = 0.5F + 0.5F * noise({at.x * 0.33F, 9.0F, at.z * 0.33F}, site.seed);
        return glm::mix(made.tints[0], made.tints[1], dry) * dice.between(0.85F, 1.15F);
    };
    for (int i = 0; i < made.tufts; ++i) {
        const glm::vec3 at = spot({made.near_far_m.x, tufts_end_m}, 0.85F);
        const glm::vec3 foot_m = place.placement.point({at.x, 0.0F, at.z});
        if (cloth.near(foot_m.x, foot_m.z, 0.16F) || water.near(foot_m.x, foot_m.z, 0.25F)) {
            continue;
        }
        add_tuft(
            place,
            {.foot_m = {at.x, land.at(foot_m.x, foot_m.z) - 0.01F - place.placement.position_m.y,
                        at.z},
             .blades = 8 + static_cast<int>(dice.bits() % 6U),
             .height_m = grown_m(at),
             .spread_m = 0.11F,
             .tint = tint(at),
             .sway_m = made.sway_m},
            dice);
    }
    // Behind the tufts; where there are none, turf from the beginning.
    const float cards_from_m =
        made.tufts > 0 ? glm::mix(made.near_far_m.x, tufts_end_m, 0.3F) : made.near_far_m.x;
    const float room_m = 0.25F + 0.6F * made.height_m;
    for (int i = 0; i < made.cards; ++i) {
        const glm::vec3 at = spot({cards_from_m, made.near_far_m.y}, 0.72F);
        const glm::vec3 foot_m = place.placement.point({at.x, 0.0F, at.z});
        if (cloth.near(foot_m.x, foot_m.z, room_m) || water.near(foot_m.x, foot_m.z, room_m)) {
            continue;
        }
        const float tall_m = grown_m(at) * dice.between(0.8F, 1.5F);
        const float turn = dice.between(0.0F, pi);
        const glm::vec3 right{std::cos(turn), 0.0F, std::sin(turn)};
        const float lean = dice.around(0.0F, 0.2F);
        const glm::vec3 up{-right.z * lean, 1.0F, right.x * lean};
        add_leaf_card(place,
                      {.centre_m = {at.x,
                                    land.at(foot_m.x, foot_m.z) - place.placement.position_m.y +
                                        0.42F * tall_m,
                                    at.z},
                       .right_m = right * (0.3F + 0.5F * tall_m),
                       .up_m = up * (0.5F * tall_m),
                       .normal = {0.0F, 1.0F, 0.15F},
                       .cut = Cut::blades,
                       .tint = tint(at),
                       .sway_low_m = 0.0F,
                       .sway_high_m = made.sway_m},
                      dice);
    }
}

struct FarLights {
    int count = 5;
    float spread_m = 14.0F;
    float size_m = 1.6F;
    glm::vec3 colour{1.0F, 0.7F, 0.4F};
    float brightness = 0.4F;
};

void build_far_lights(const FarLights& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    for (int i = 0; i < made.count; ++i) {
        const float share = (static_cast<float>(i) + dice.unit()) / static_cast<float>(made.count);
        const float size_m = made.size_m * dice.between(0.6F, 1.15F);
        add_card(place.at({made.spread_m * (share - 0.5F), dice.between(0.0F, 1.4F),
                           dice.around(0.0F, 2.0F)}),
                 {size_m, size_m},
                 {.pattern = scene::Pattern::glow,
                  .tint = made.colour,
                  .emission = made.brightness * dice.between(0.5F, 1.0F) * site.sources,
                  .unevenness = 0.0F});
    }
}

} // namespace

PartBuilder read_hills(ObjectReader& reader) {
    Hills made;
    made.reach_m = reader.number("reach_m", {40.0F, 400.0F}, 150.0F);
    made.height_m = reader.number("height_m", {0.0F, 80.0F}, 14.0F);
    made.hollow_m = reader.number("hollow_m", {0.0F, 10.0F}, 2.5F);
    made.grass_tint = reader.colour("grass_tint");
    made.far_tint = reader.colour("far_tint");
    return [made](Site& site) { build_hills(made, site); };
}

PartBuilder read_grass(ObjectReader& reader) {
    Grass made;
    made.near_far_m = reader.vec2("near_far_m", {0.3F, 60.0F}, glm::vec2(1.3F, 18.0F));
    made.tufts = reader.count("tufts", 0, 600, 260);
    made.cards = reader.count("cards", 0, 3000, 700);
    made.height_m = reader.number("height_m", {0.05F, 1.2F}, 0.3F);
    made.sway_m = reader.number("sway_m", {0.0F, 0.3F}, 0.05F);
    made.tints = {reader.colour("tint"), reader.colour("dry_tint")};
    made.short_ahead = reader.number("short_ahead", {0.0F, 1.0F}, 0.5F);
    return [made](Site& site) { build_grass(made, site); };
}

PartBuilder read_far_lights(ObjectReader& reader) {
    FarLights made;
    made.count = reader.count("count", 1, 24, 5);
    made.spread_m = reader.number("spread_m", {0.0F, 80.0F}, 14.0F);
    made.size_m = reader.number("size_m", {0.1F, 8.0F}, 1.6F);
    made.colour = reader.colour("colour");
    made.brightness = reader.number("brightness", {0.0F, 8.0F}, 0.4F);
    return [made](Site& site) { build_far_lights(made, site); };
}

} // namespace haven::environments
