// Small furniture and what stands on it: a table, a steaming cup, a lamp.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Table {
    float radius_m = 0.27F;
    float height_m = 0.55F;
    glm::vec3 tint{0.2F};
};

void build_table(const Table& table, Site& site) {
    const Sculptor place = site.sculptor();
    const float r = table.radius_m;
    const float h = table.height_m;
    const Material wood{.pattern = scene::Pattern::wood, .tint = table.tint, .roughness = 0.4F};
    const std::array<glm::vec2, 9> top{glm::vec2{0.0F, h - 0.034F},
                                       glm::vec2{r - 0.03F, h - 0.034F},
                                       glm::vec2{r - 0.006F, h - 0.026F},
                                       glm::vec2{r, h - 0.014F},
                                       glm::vec2{r - 0.005F, h - 0.003F},
                                       glm::vec2{r - 0.014F, h},
                                       glm::vec2{r * 0.66F, h},
                                       glm::vec2{r * 0.33F, h},
                                       glm::vec2{0.0F, h}};
    add_lathe(place, top, 28, wood);
    for (int leg = 0; leg < 3; ++leg) {
        const float angle = 2.0F * pi * (static_cast<float>(leg) + 0.2F) / 3.0F;
        const glm::vec3 out{std::sin(angle), 0.0F, std::cos(angle)};
        const std::array<TubePoint, 5> path{
            TubePoint{out * (r * 0.86F), 0.012F},
            TubePoint{out * (r * 0.78F) + glm::vec3(0.0F, h * 0.28F, 0.0F), 0.016F},
            TubePoint{out * (r * 0.66F) + glm::vec3(0.0F, h * 0.6F, 0.0F), 0.019F},
            TubePoint{out * (r * 0.6F) + glm::vec3(0.0F, h * 0.85F, 0.0F), 0.021F},
            TubePoint{out * (r * 0.58F) + glm::vec3(0.0F, h - 0.03F, 0.0F), 0.024F}};
        add_tube(place, path, {.sides = 10}, wood);
    }
    const std::array<glm::vec2, 4> shelf{glm::vec2{0.0F, h * 0.3F}, glm::vec2{r * 0.7F, h * 0.3F},
                                         glm::vec2{r * 0.7F, h * 0.3F + 0.018F},
                                         glm::vec2{0.0F, h * 0.3F + 0.018F}};
    add_lathe(place, shelf, 20, wood);
}

struct Cup {
    glm::vec3 glaze_tint{0.6F};
    glm::vec3 drink_tint{0.06F, 0.025F, 0.01F};
    bool steam = true;
    bool handle = true; ///< and a saucer; a tea bowl has neither
};

void build_cup(const Cup& cup, Site& site) {
    const Sculptor place = site.sculptor();
    const Material glaze{.tint = cup.glaze_tint, .roughness = 0.3F, .unevenness = 0.06F};
    const std::array<glm::vec2, 6> saucer{glm::vec2{0.0F, 0.001F},   glm::vec2{0.035F, 0.001F},
                                          glm::vec2{0.072F, 0.012F}, glm::vec2{0.074F, 0.015F},
                                          glm::vec2{0.038F, 0.007F}, glm::vec2{0.0F, 0.006F}};
    if (cup.handle) {
        add_lathe(place, saucer, 22, glaze);
    }
    const std::array<glm::vec2, 10> body{glm::vec2{0.024F, 0.007F},  glm::vec2{0.028F, 0.012F},
                                         glm::vec2{0.037F, 0.030F},  glm::vec2{0.041F, 0.055F},
                                         glm::vec2{0.042F, 0.082F},  glm::vec2{0.0405F, 0.0845F},
                                         glm::vec2{0.0385F, 0.082F}, glm::vec2{0.037F, 0.055F},
                                         glm::vec2{0.03F, 0.03F},    glm::vec2{0.0F, 0.02F}};
    add_lathe(place, body, 22, glaze);
    const std::array<glm::vec2, 2> drink{glm::vec2{0.0376F, 0.07F}, glm::vec2{0.0F, 0.07F}};
    add_lathe(place, drink, 18, {.tint = cup.drink_tint, .roughness = 0.12F});
    std::array<TubePoint, 9> handle{};
    for (std::size_t i = 0; i < handle.size(); ++i) {
        const float angle = pi * (static_cast<float>(i) / 8.0F - 0.5F);
        handle.at(i) = {.centre_m = {0.039F + 0.024F * std::cos(angle),
                                     0.048F + 0.021F * std::sin(angle), 0.0F},
                        .radius_m = 0.0048F};
    }
    if (cup.handle) {
        add_tube(place.at({}, turn_about_y(-0.6F)), handle, {.sides = 8}, glaze);
    }
    if (cup.steam) {
        site.life.steam.push_back({.source_m = place.placement.point({0.0F, 0.085F, 0.0F}),
                                   .rise_m = 0.26F,
                                   .width_m = 0.026F,
                                   .count = 9,
                                   .colour = glm::vec3(0.62F, 0.5F, 0.38F) * site.sources,
                                   .opacity = 0.075F});
    }
}

struct Lamp {
    float height_m = 0.55F;
    glm::vec3 base_tint{0.2F};
    glm::vec3 shade_tint{0.9F, 0.7F, 0.45F};
    glm::vec3 light_colour{1.0F, 0.75F, 0.45F};
    float light_brightness = 2.0F;
};

void build_lamp(const Lamp& lamp, Site& site) {
    const Sculptor place = site.sculptor();
    const float h = lamp.height_m;
    const float neck_m = h * 0.58F;
    const Material clay{.tint = lamp.base_tint, .roughness = 0.35F, .unevenness = 0.25F};
    const std::array<glm::vec2, 11> base{glm::vec2{0.0F, 0.0F},
                                         glm::vec2{0.058F, 0.0F},
                                         glm::vec2{0.064F, 0.008F},
                                         glm::vec2{0.06F, 0.02F},
                                         glm::vec2{0.078F, neck_m * 0.3F},
                                         glm::vec2{0.082F, neck_m * 0.45F},
                                         glm::vec2{0.07F, neck_m * 0.64F},
                                         glm::vec2{0.04F, neck_m * 0.82F},
                                         glm::vec2{0.021F, neck_m * 0.92F},
                                         glm::vec2{0.018F, neck_m},
                                         glm::vec2{0.0F, neck_m}};
    add_lathe(place, base, 24, clay);
    const std::array<TubePoint, 2> stem{TubePoint{{0.0F, neck_m, 0.0F}, 0.008F},
                                        TubePoint{{0.0F, h * 0.8F, 0.0F}, 0.008F}};
    add_tube(place, stem, {.sides = 8},
             {.tint = glm::vec3(0.2F, 0.13F, 0.05F), .roughness = 0.35F});
    // Linen over a lamp: brightest at its middle, where the bulb is nearest.
    const float low_m = h * 0.56F;
    const auto linen = [&](bool inside) {
        add_grid(
            place, {.across = 32, .along = 8, .closed_across = true, .facing = glm::vec3(0.0F)},
            {.pattern = scene::Pattern::fabric,
             .tint = lamp.shade_tint,
             .roughness = 1.0F,
             .emission = (inside ? 2.2F : 1.7F) * site.sources,
             .unevenness = 0.03F},
            [&](float u, float v) {
                const float angle = 2.0F * pi * u;
                const float r = (0.175F - 0.062F * v) - (inside ? 0.003F : 0.0F);
                const float bulb = (v - 0.42F) * 2.2F;
                const float seam = 1.0F - 0.05F * std::pow(std::abs(std::cos(angle * 4.0F)), 12.0F);
                const float glow = (0.3F + 0.7F * std::exp(-bulb * bulb)) * seam;
                return GridPoint{.position_m = {r * std::sin(angle), low_m + v * (h - low_m),
                                                r * std::cos(angle)},
                                 .pattern_m = {u * 1.0F, v * 0.25F},
                                 .shade = glow};
            });
    };
    linen(false);
    const float rim_m = 0.002F;
    for (const glm::vec2 rim : {glm::vec2{0.175F, low_m}, glm::vec2{0.113F, h}}) {
        const std::array<glm::vec2, 5> band{
            glm::vec2{rim.x - rim_m, rim.y - 0.006F}, glm::vec2{rim.x + rim_m, rim.y - 0.006F},
            glm::vec2{rim.x + rim_m, rim.y + 0.006F}, glm::vec2{rim.x - rim_m, rim.y + 0.006F},
            glm::vec2{rim.x - rim_m, rim.y - 0.006F}};
        add_lathe(place, band, 32,
                  {.tint = lamp.shade_tint * 0.6F, .emission = 0.35F * site.sources});
    }
    const glm::vec3 bulb_m{0.0F, low_m + (h - low_m) * 0.45F, 0.0F};
    add_card(place.at(bulb_m + glm::vec3(0.0F, 0.0F, 0.19F)), {0.95F, 0.95F},
             {.pattern = scene::Pattern::glow,
              .tint = lamp.light_colour,
              .emission = 0.42F * site.sources,
              .unevenness = 0.0F});
    site.scene.lights.push_back({.kind = scene::LightKind::point,
                                 .position_m = place.placement.point(bulb_m),
                                 .colour = lamp.light_colour * lamp.light_brightness * site.sources,
                                 .source_radius_m = 0.12F,
                                 .reach_m = 7.0F});
}

} // namespace

PartBuilder read_table(ObjectReader& reader) {
    Table table;
    table.radius_m = reader.number("radius_m", {0.1F, 1.0F}, 0.27F);
    table.height_m = reader.number("height_m", {0.2F, 1.2F}, 0.55F);
    table.tint = reader.colour("tint");
    return [table](Site& site) { build_table(table, site); };
}

PartBuilder read_cup(ObjectReader& reader) {
    Cup cup;
    cup.glaze_tint = reader.colour("glaze_tint");
    cup.drink_tint = reader.colour("drink_tint", "#3a2012");
    cup.steam = reader.flag("steam", true);
    cup.handle = reader.flag("handle", true);
    return [cup](Site& site) { build_cup(cup, site); };
}

PartBuilder read_lamp(ObjectReader& reader) {
    Lamp lamp;
    lamp.height_m = reader.number("height_m", {0.2F, 1.9F}, 0.55F);
    lamp.base_tint = reader.colour("base_tint");
    lamp.shade_tint = reader.colour("shade_tint");
    lamp.light_colour = reader.colour("light_colour");
    lamp.light_brightness = reader.number("light_brightness", {0.0F, 12.0F});
    return [lamp](Site& site) { build_lamp(lamp, site); };
}

} // namespace haven::environments
