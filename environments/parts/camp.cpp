// What one takes along to lie under the sky: a blanket on the grass, a lantern turned low. And the
// small lights that come by themselves.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/life.hpp"
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

struct Blanket {
    glm::vec2 size_m{2.0F, 1.7F};
    glm::vec3 tint{0.2F};
    glm::vec3 check_tint{0.2F};
    glm::vec3 fringe_tint{0.3F};
};

/// A band and a thin line beside it, woven both ways: 0..1.
float check(float along_m) {
    const float at = along_m - 0.52F * std::floor(along_m / 0.52F);
    const auto band = [&](float middle_m, float half_m) {
        return 1.0F - glm::smoothstep(half_m, half_m + 0.03F, std::abs(at - middle_m));
    };
    return std::max(band(0.14F, 0.085F), 0.6F * band(0.36F, 0.012F));
}

/// Wool lies on grass in low swells, and its edges sink into it.
glm::vec3 on_blanket(const Blanket& made, glm::vec2 share, std::uint32_t seed) {
    const glm::vec2 flat = (share - 0.5F) * made.size_m;
    const glm::vec2 edge = glm::min(share, 1.0F - share) * made.size_m;
    const float rim = glm::smoothstep(0.0F, 0.10F, std::min(edge.x, edge.y));
    const float swell = 0.5F + 0.5F * noise({flat.x * 1.7F, 0.0F, flat.y * 1.7F}, seed);
    const float crease = noise({flat.x * 1.1F + flat.y * 2.4F, 4.0F, flat.y - flat.x * 0.5F}, seed);
    const float wave = std::exp(-crease * crease * 40.0F);
    const glm::vec2 drawn{0.05F * noise({share.y * 2.6F, 1.0F, 2.0F}, seed),
                          0.05F * noise({share.x * 2.6F, 5.0F, 2.0F}, seed)};
    return {flat.x + drawn.x, 0.012F + (0.018F * swell + 0.016F * wave) * rim, flat.y + drawn.y};
}

void build_blanket(const Blanket& made, Site& site) {
    const Sculptor place = site.sculptor();
    const auto cells = [](float metres) {
        return std::clamp(static_cast<int>(metres / 0.04F), 4, 96);
    };
    const Material wool{.pattern = scene::Pattern::fabric, .tint = made.tint, .roughness = 0.95F};
    add_grid(place,
             {.across = cells(made.size_m.x),
              .along = cells(made.size_m.y),
              .facing = {0.0F, 1.0F, 0.0F}},
             wool, [&](float u, float v) {
                 const glm::vec2 flat = glm::vec2(u, v) * made.size_m;
                 return GridPoint{.position_m = on_blanket(made, {u, v}, site.seed),
                                  .pattern_m = flat,
                                  .hue = glm::mix(glm::vec3(1.0F),
                                                  made.check_tint / glm::max(made.tint, 0.01F),
                                                  0.5F * (check(flat.x) + check(flat.y)))};
             });
    // Tassels along both short sides.
    Dice dice(site.seed);
    const int tassels = static_cast<int>(made.size_m.y / 0.075F);
    for (const float side : {0.0F, 1.0F}) {
        for (int i = 0; i < tassels; ++i) {
            const float v = (static_cast<float>(i) + 0.5F) / static_cast<float>(tassels);
            const glm::vec3 knot_m = on_blanket(made, {side, v}, site.seed);
            const float out = side * 2.0F - 1.0F;
            const glm::vec3 tip_m = knot_m + glm::vec3(out * dice.between(0.06F, 0.09F), -0.006F,
                                                       dice.around(0, 0.03F));
            const std::array<TubePoint, 3> thread{TubePoint{knot_m, 0.006F},
                                                  TubePoint{glm::mix(knot_m, tip_m, 0.5F), 0.0085F},
                                                  TubePoint{tip_m, 0.006F}};
            add_tube(place, thread, {.sides = 4, .capped = false},
                     {.tint = made.fringe_tint, .roughness = 1.0F});
        }
    }
}

struct Lantern {
    glm::vec3 metal_tint{0.1F};
    glm::vec3 light_colour{1.0F, 0.7F, 0.35F};
    float light_brightness = 0.6F;
    float halo = 0.2F;
};

void add_lantern_cage(const Sculptor& place, const Material& metal) {
    for (int i = 0; i < 4; ++i) {
        const float turn = pi * (0.25F + 0.5F * static_cast<float>(i));
        const glm::vec3 out{std::sin(turn), 0.0F, std::cos(turn)};
        const std::array<TubePoint, 4> bar{
            TubePoint{out * 0.062F + glm::vec3(0.0F, 0.055F, 0.0F), 0.0032F},
            TubePoint{out * 0.072F + glm::vec3(0.0F, 0.11F, 0.0F), 0.0032F},
            TubePoint{out * 0.070F + glm::vec3(0.0F, 0.17F, 0.0F), 0.0032F},
            TubePoint{out * 0.046F + glm::vec3(0.0F, 0.215F, 0.0F), 0.0032F}};
        add_tube(place, bar, {.sides = 5, .capped = false}, metal);
    }
    std::array<TubePoint, 13> handle{};
    for (std::size_t i = 0; i < handle.size(); ++i) {
        const float turn = pi * static_cast<float>(i) / 12.0F;
        handle.at(i) = {.centre_m = {0.085F * std::cos(turn), 0.20F + 0.115F * std::sin(turn),
                                     0.012F * std::sin(turn)},
                        .radius_m = 0.003F};
    }
    add_tube(place, handle, {.sides = 5}, metal);
}

void build_lantern(const Lantern& made, Site& site) {
    const Sculptor place = site.sculptor();
    const Material metal{.tint = made.metal_tint, .roughness = 0.42F, .unevenness = 0.25F};
    const std::array<glm::vec2, 8> foot{glm::vec2{0.0F, 0.0F},     glm::vec2{0.072F, 0.0F},
                                        glm::vec2{0.078F, 0.006F}, glm::vec2{0.076F, 0.036F},
                                        glm::vec2{0.062F, 0.047F}, glm::vec2{0.058F, 0.056F},
                                        glm::vec2{0.03F, 0.06F},   glm::vec2{0.0F, 0.062F}};
    add_lathe(place, foot, 20, metal);
    const std::array<glm::vec2, 8> cap{glm::vec2{0.0F, 0.205F},   glm::vec2{0.05F, 0.206F},
                                       glm::vec2{0.058F, 0.212F}, glm::vec2{0.05F, 0.226F},
                                       glm::vec2{0.03F, 0.244F},  glm::vec2{0.028F, 0.262F},
                                       glm::vec2{0.034F, 0.266F}, glm::vec2{0.0F, 0.275F}};
    add_lathe(place, cap, 20, metal);
    add_lantern_cage(place, metal);
    const glm::vec3 warm = made.light_colour;
    // The glass, misted by its own warmth: it glows a little all over.
    const std::array<glm::vec2, 6> globe{glm::vec2{0.036F, 0.060F}, glm::vec2{0.054F, 0.085F},
                                         glm::vec2{0.060F, 0.125F}, glm::vec2{0.055F, 0.165F},
                                         glm::vec2{0.042F, 0.195F}, glm::vec2{0.036F, 0.206F}};
    add_lathe(place, globe, 18,
              {.tint = warm * glm::vec3(0.72F, 0.66F, 0.6F),
               .roughness = 0.2F,
               .emission = 0.55F * site.sources,
               .unevenness = 0.0F});
    const glm::vec3 flame_m{0.0F, 0.115F, 0.0F};
    add_card(place.at(flame_m + glm::vec3(0.0F, 0.012F, 0.066F)), {0.10F, 0.15F},
             {.pattern = scene::Pattern::glow,
              .tint = glm::mix(warm, glm::vec3(1.0F, 0.9F, 0.7F), 0.5F),
              .emission = 1.7F * site.sources,
              .unevenness = 0.0F});
    add_card(place.at(flame_m + glm::vec3(0.0F, 0.0F, 0.09F)), {1.5F, 1.5F},
             {.pattern = scene::Pattern::glow,
              .tint = warm,
              .emission = made.halo * site.sources,
              .unevenness = 0.0F});
    // Above its own cap, or the baked shadow of the foot would lie a metre wide.
    site.scene.lights.push_back({.kind = scene::LightKind::point,
                                 .position_m = place.placement.point({0.0F, 0.34F, 0.02F}),
                                 .colour = warm * (made.light_brightness * site.sources),
                                 .source_radius_m = 0.09F,
                                 .reach_m = 7.0F,
                                 .flicker_depth = 0.015F,
                                 .flicker_period_s = 9.0F,
                                 .flicker_phase = 0.3F});
}

struct Specks {
    glm::vec3 size_m{6.0F, 1.5F, 6.0F};
    int count = 24;
    float radius_m = 0.012F;
    float wander_m = 0.7F;
    glm::vec3 colour{0.8F, 1.0F, 0.4F};
    float brightness = 1.0F;
    float keep_away_m = 1.4F;
};

void build_specks(const Specks& made, Site& site, float pulse, float light) {
    const glm::vec3 half_m{made.size_m.x * 0.5F, 0.0F, made.size_m.z * 0.5F};
    const glm::vec3 at_m = site.placement.position_m;
    site.life.drifters.push_back({.low_m = at_m - half_m,
                                  .high_m = at_m + half_m + glm::vec3(0.0F, made.size_m.y, 0.0F),
                                  .count = made.count,
                                  .radius_m = made.radius_m,
                                  .wander_m = made.wander_m,
                                  .colour = made.colour * (made.brightness * light),
                                  .pulse = pulse,
                                  .keep_away_m = made.keep_away_m});
}

Specks read_specks(ObjectReader& reader, const Specks& usual) {
    Specks made;
    made.size_m = reader.vec3("size_m", {0.1F, 60.0F});
    made.count = reader.count("count", 1, 200, usual.count);
    made.radius_m = reader.number("radius_m", {0.001F, 0.1F}, usual.radius_m);
    made.wander_m = reader.number("wander_m", {0.0F, 4.0F}, usual.wander_m);
    made.colour = reader.colour("colour");
    made.brightness = reader.number("brightness", {0.0F, 8.0F}, usual.brightness);
    made.keep_away_m = reader.number("keep_away_m", {0.0F, 10.0F}, usual.keep_away_m);
    return made;
}

} // namespace

PartBuilder read_blanket(ObjectReader& reader) {
    Blanket made;
    made.size_m = reader.vec2("size_m", {0.5F, 4.0F}, glm::vec2(2.0F, 1.7F));
    made.tint = reader.colour("tint");
    made.check_tint = reader.colour("check_tint");
    made.fringe_tint = reader.colour("fringe_tint");
    return [made](Site& site) { build_blanket(made, site); };
}

PartBuilder read_lantern(ObjectReader& reader) {
    Lantern made;
    made.metal_tint = reader.colour("metal_tint");
    made.light_colour = reader.colour("light_colour");
    made.light_brightness = reader.number("light_brightness", {0.0F, 20.0F}, 0.6F);
    made.halo = reader.number("halo", {0.0F, 4.0F}, 0.2F);
    return [made](Site& site) { build_lantern(made, site); };
}

PartBuilder read_fireflies(ObjectReader& reader) {
    const Specks made = read_specks(reader, {});
    return [made](Site& site) { build_specks(made, site, 1.0F, site.sources); };
}

PartBuilder read_motes(ObjectReader& reader) {
    const Specks made = read_specks(
        reader, {.count = 90, .radius_m = 0.004F, .wander_m = 0.5F, .keep_away_m = 0.5F});
    return [made](Site& site) { build_specks(made, site, 0.5F, site.daylight); };
}

} // namespace haven::environments
