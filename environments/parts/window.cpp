// What lies beyond the walls: a window and the evening behind it, and a door.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Window {
    glm::vec2 size_m{1.1F, 1.05F};
    int columns = 2;
    int rows = 2;
    float wall_m = 0.22F; ///< how deep it sits
    glm::vec3 frame_tint{0.25F};
    glm::vec3 curtain_tint{0.3F};
    bool curtains = true;
    glm::vec3 light_colour{0.4F, 0.5F, 0.7F};
    float light_brightness = 1.0F;
};

void add_board(const Sculptor& place, glm::vec3 centre_m, glm::vec3 size_m, glm::vec3 tint,
               Dice& dice) {
    Sculptor board = place.at(centre_m, turn_about_z(dice.around(0.0F, 0.003F)));
    board.seed = dice.bits();
    add_box(board, {.size_m = size_m, .bevel_m = 0.008F, .edge_m_max = 0.4F},
            {.pattern = scene::Pattern::wood,
             .tint = tint * dice.between(0.88F, 1.1F),
             .roughness = 0.6F});
}

void add_frame(const Sculptor& place, const Window& window, Dice& dice) {
    const glm::vec2 half_m = window.size_m * 0.5F;
    const float trim_m = 0.085F;
    const glm::vec3 tint = window.frame_tint;
    for (const float side : {-1.0F, 1.0F}) {
        add_board(place, {side * (half_m.x + trim_m * 0.3F), 0.0F, 0.005F},
                  {trim_m, window.size_m.y + 0.1F, 0.05F}, tint, dice);
        add_board(place, {side * (half_m.x - 0.01F), 0.0F, -window.wall_m * 0.5F},
                  {0.035F, window.size_m.y, window.wall_m}, tint, dice);
    }
    add_board(place, {0.0F, half_m.y + trim_m * 0.5F, 0.012F},
              {window.size_m.x + 0.24F, trim_m * 1.3F, 0.055F}, tint, dice);
    add_board(place, {0.0F, -half_m.y - 0.09F, 0.012F}, {window.size_m.x + 0.1F, 0.12F, 0.04F},
              tint, dice);
    add_board(place, {0.0F, half_m.y - 0.01F, -window.wall_m * 0.5F},
              {window.size_m.x, 0.035F, window.wall_m}, tint, dice);
    // The sill stands out far enough for a pot or a cup.
    add_board(place, {0.0F, -half_m.y - 0.02F, -window.wall_m * 0.5F + 0.1F},
              {window.size_m.x + 0.2F, 0.045F, window.wall_m + 0.18F}, tint, dice);
    const float z_m = -window.wall_m * 0.7F;
    for (const float side : {-1.0F, 1.0F}) {
        add_board(place, {side * (half_m.x - 0.04F), 0.0F, z_m}, {0.05F, window.size_m.y, 0.045F},
                  tint * 0.9F, dice);
        add_board(place, {0.0F, side * (half_m.y - 0.04F), z_m}, {window.size_m.x, 0.05F, 0.045F},
                  tint * 0.9F, dice);
    }
    for (int i = 1; i < window.columns; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(window.columns);
        add_board(place, {(share - 0.5F) * window.size_m.x, 0.0F, z_m},
                  {0.034F, window.size_m.y, 0.034F}, tint * 0.9F, dice);
    }
    for (int i = 1; i < window.rows; ++i) {
        const float share = static_cast<float>(i) / static_cast<float>(window.rows);
        add_board(place, {0.0F, (share - 0.42F) * window.size_m.y, z_m},
                  {window.size_m.x, 0.034F, 0.034F}, tint * 0.9F, dice);
    }
}

void add_curtain(const Sculptor& place, const Window& window, float side, Dice& dice) {
    const glm::vec2 half_m = window.size_m * 0.5F;
    const float high_m = half_m.y + 0.16F;
    const float low_m = -half_m.y + 0.012F;
    const float tie_m = 0.36F; // where the cord gathers it, above the lower end
    const std::uint32_t seed = dice.bits();
    add_grid(place, {.across = 22, .along = 14, .facing = {0.0F, 0.0F, 1.0F}},
             {.pattern = scene::Pattern::fabric, .tint = window.curtain_tint, .roughness = 0.95F},
             [&](float u, float v) {
                 const float y = glm::mix(low_m, high_m, v);
                 const float from_tie = (y - low_m - tie_m) / (high_m - low_m);
                 const float gather =
                     std::exp(-from_tie * from_tie * 26.0F) * 0.55F + (1.0F - v) * 0.08F;
                 const float width_m = 0.3F * (1.0F - gather);
                 const float x = half_m.x + 0.1F - u * width_m;
                 const float fold =
                     std::sin(u * 2.0F * pi * 4.5F + 1.3F * noise({v * 1.7F, u, 0.0F}, seed));
                 return GridPoint{
                     .position_m = {side * x, y,
                                    0.075F + 0.024F * fold * (1.0F - 0.4F * gather) +
                                        0.01F * noise({u * 3.0F, v * 2.0F, 2.0F}, seed)},
                     .pattern_m = {u * 0.5F, y},
                     .shade = 0.86F + 0.14F * fold};
             });
}

void build_window(const Window& window, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    add_frame(place, window, dice);
    const glm::vec2 half_m = window.size_m * 0.5F;
    add_grid(place.at({0.0F, 0.0F, -window.wall_m * 0.7F}),
             {.across = 1, .along = 1, .facing = {0.0F, 0.0F, 1.0F}},
             {.pattern = scene::Pattern::glass,
              .tint = glm::vec3(0.6F, 0.7F, 0.8F),
              .roughness = 0.08F,
              .unevenness = 0.0F},
             [&](float u, float v) {
                 const glm::vec2 at = (glm::vec2(u, v) * 2.0F - 1.0F) * half_m;
                 return GridPoint{.position_m = {at.x, at.y, 0.0F}, .pattern_m = at + half_m};
             });
    if (window.curtains) {
        const float rod_m = half_m.y + 0.18F;
        const std::array<TubePoint, 2> rod{TubePoint{{-half_m.x - 0.22F, rod_m, 0.075F}, 0.011F},
                                           TubePoint{{half_m.x + 0.22F, rod_m, 0.075F}, 0.011F}};
        add_tube(place, rod, {.sides = 8}, {.tint = window.frame_tint * 0.3F, .roughness = 0.4F});
        add_curtain(place, window, -1.0F, dice);
        add_curtain(place, window, 1.0F, dice);
    }
    // The sky's light, thrown in and down as through any window.
    site.scene.lights.push_back(
        {.kind = scene::LightKind::spot,
         .position_m = place.placement.point({0.0F, 0.1F, -0.1F}),
         .direction = glm::normalize(place.placement.direction({0.0F, -0.35F, 1.0F})),
         .colour = window.light_colour * window.light_brightness * site.daylight * site.day_colour,
         .source_radius_m = window.size_m.x * 0.4F,
         .reach_m = 7.0F,
         .cone_inner_rad = 0.4F,
         .cone_outer_rad = 1.2F});
}

struct Outdoors {
    int pines = 14;
    glm::vec2 near_far_m{6.0F, 30.0F};
    float width_m = 30.0F;
    glm::vec3 pine_tint{0.03F};
    glm::vec3 ground_tint{0.05F};
    glm::vec3 dusk_colour{0.1F};
    glm::vec2 path_lamp_m{2.0F, -9.0F};
    glm::vec3 lamp_colour{1.0F, 0.7F, 0.35F};
    int rain = 120;
};

/// The land falls away from the house, so that the sky stands over the trees.
float ground_m(float z_m) {
    return -0.4F + 0.13F * z_m;
}

void add_pine(const Sculptor& place, const Outdoors& made, float height_m, Dice& dice) {
    const std::array<TubePoint, 2> trunk{TubePoint{{0.0F, -0.6F, 0.0F}, height_m * 0.022F},
                                         TubePoint{{0.0F, height_m * 0.9F, 0.0F}, 0.02F}};
    add_tube(place, trunk, {.sides = 5, .capped = false},
             {.pattern = scene::Pattern::bark, .tint = made.pine_tint * 0.6F, .roughness = 1.0F});
    const int tiers = 7;
    for (int tier = 0; tier < tiers; ++tier) {
        const float share = static_cast<float>(tier) / static_cast<float>(tiers);
        const float low_m = height_m * (0.12F + 0.84F * share);
        const float radius_m =
            height_m * 0.17F * std::pow(1.0F - share, 0.8F) * dice.between(0.85F, 1.15F) + 0.06F;
        const float tall_m = height_m * 0.16F * (1.0F - 0.35F * share);
        const std::uint32_t seed = dice.bits();
        const float lean = dice.around(0.0F, 0.04F);
        add_grid(place, {.across = 16, .along = 1, .closed_across = true},
                 {.pattern = scene::Pattern::foliage,
                  .tint = made.pine_tint * dice.between(0.8F, 1.2F),
                  .roughness = 0.95F,
                  .emission = 0.25F,
                  .motion = 0.02F + 0.05F * share},
                 [&](float u, float v) {
                     const auto spoke = static_cast<int>(std::lround(u * 16.0F)) % 16;
                     Dice one(seed + static_cast<std::uint32_t>(spoke) * 17U);
                     const float jag = (spoke % 2 == 0 ? 1.0F : 0.55F) * one.between(0.8F, 1.15F);
                     const float angle = 2.0F * pi * static_cast<float>(spoke) / 16.0F;
                     const float out = radius_m * glm::mix(jag, 0.06F, v);
                     const float droop = (1.0F - v) * 0.06F * height_m * (jag - 0.6F);
                     return GridPoint{.position_m = {std::sin(angle) * out + lean * share,
                                                     low_m + tall_m * v - droop,
                                                     std::cos(angle) * out},
                                      .pattern_m = {u * 2.0F, v}};
                 });
    }
}

void add_path_lamp(const Sculptor& place, const Outdoors& made, Site& site) {
    const glm::vec3 at_m{made.path_lamp_m.x, ground_m(made.path_lamp_m.y) + 0.05F,
                         made.path_lamp_m.y};
    const Sculptor lamp = place.at(at_m);
    const std::array<TubePoint, 2> post{TubePoint{{0.0F, 0.0F, 0.0F}, 0.035F},
                                        TubePoint{{0.0F, 1.75F, 0.0F}, 0.03F}};
    add_tube(lamp, post, {.sides = 8}, {.tint = glm::vec3(0.012F), .roughness = 0.6F});
    const std::array<glm::vec2, 4> lantern{glm::vec2{0.05F, 1.75F}, glm::vec2{0.085F, 1.8F},
                                           glm::vec2{0.1F, 2.0F}, glm::vec2{0.05F, 2.06F}};
    add_lathe(lamp, lantern, 8,
              {.tint = made.lamp_colour, .emission = 1.6F * site.sources, .unevenness = 0.0F});
    const std::array<glm::vec2, 3> roof{glm::vec2{0.15F, 2.04F}, glm::vec2{0.1F, 2.1F},
                                        glm::vec2{0.0F, 2.17F}};
    add_lathe(lamp, roof, 8, {.tint = glm::vec3(0.012F), .roughness = 0.6F});
    add_card(lamp.at({0.0F, 1.9F, 0.12F}), {1.7F, 1.7F},
             {.pattern = scene::Pattern::glow,
              .tint = made.lamp_colour,
              .emission = 0.35F * site.sources,
              .unevenness = 0.0F});
    site.scene.lights.push_back({.kind = scene::LightKind::point,
                                 .position_m = lamp.placement.point({0.0F, 1.9F, 0.0F}),
                                 .colour = made.lamp_colour * (0.7F * site.sources),
                                 .source_radius_m = 0.1F,
                                 .reach_m = 5.0F});
}

void build_outdoors(const Outdoors& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    add_grid(
        place, {.across = 16, .along = 16, .facing = {0.0F, 1.0F, 0.0F}},
        {.pattern = scene::Pattern::ground,
         .tint = made.ground_tint,
         .roughness = 0.8F,
         .emission = 0.15F},
        [&](float u, float v) {
            const float x = (u - 0.5F) * made.width_m * 1.6F;
            const float z = -v * v * (made.near_far_m.y + 8.0F);
            return GridPoint{
                .position_m = {x, ground_m(z) + 0.15F * noise({x * 0.3F, 0.0F, z * 0.3F}, 9U), z},
                .pattern_m = {x, z}};
        });
    for (int i = 0; i < made.pines; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(made.pines);
        const float z_m = -glm::mix(made.near_far_m.x, made.near_far_m.y, share * share);
        const float spread_m = made.width_m * 0.5F * (0.35F + 0.65F * share);
        float x_m = dice.around(0.0F, spread_m);
        // No tree stands before the path lamp.
        if (std::abs(x_m - made.path_lamp_m.x) < 1.3F && z_m > made.path_lamp_m.y - 0.5F) {
            x_m += x_m < made.path_lamp_m.x ? -2.2F : 2.2F;
        }
        Sculptor pine = place.at({x_m, ground_m(z_m), z_m}, turn_about_y(dice.between(0.0F, 6.0F)));
        pine.seed = dice.bits();
        add_pine(pine, made, dice.between(3.6F, 6.4F), dice);
    }
    add_path_lamp(place, made, site);
    const glm::vec3 low_m = place.placement.point({-3.0F, -0.3F, -5.5F});
    const glm::vec3 high_m = place.placement.point({5.0F, 5.0F, -1.2F});
    site.life.rain.push_back({.low_m = glm::min(low_m, high_m),
                              .high_m = glm::max(low_m, high_m),
                              .count = made.rain,
                              .fall_m_per_s = 2.6F,
                              .colour = made.dusk_colour * site.daylight});
}

struct Door {
    glm::vec2 size_m{0.9F, 1.95F};
    glm::vec3 tint{0.2F};
};

void build_door(const Door& door, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const int boards = 5;
    const float width_m = door.size_m.x / static_cast<float>(boards);
    const float middle_m = door.size_m.y * 0.5F;
    for (int i = 0; i < boards; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(boards);
        add_board(place, {(share - 0.5F) * door.size_m.x, middle_m, 0.0F},
                  {width_m - 0.006F, door.size_m.y, 0.045F}, door.tint, dice);
    }
    for (const float height_m : {0.35F, 1.6F}) {
        add_board(place, {0.0F, height_m, 0.035F}, {door.size_m.x * 0.92F, 0.13F, 0.03F},
                  door.tint * 0.8F, dice);
    }
    for (const float side : {-1.0F, 1.0F}) {
        add_board(place, {side * (door.size_m.x * 0.5F + 0.05F), middle_m, 0.01F},
                  {0.1F, door.size_m.y + 0.06F, 0.08F}, door.tint * 0.75F, dice);
    }
    add_board(place, {0.0F, door.size_m.y + 0.06F, 0.015F}, {door.size_m.x + 0.3F, 0.12F, 0.085F},
              door.tint * 0.75F, dice);
    const std::array<TubePoint, 4> handle{TubePoint{{door.size_m.x * 0.38F, 0.93F, 0.03F}, 0.009F},
                                          TubePoint{{door.size_m.x * 0.38F, 0.95F, 0.075F}, 0.009F},
                                          TubePoint{{door.size_m.x * 0.38F, 1.06F, 0.075F}, 0.009F},
                                          TubePoint{{door.size_m.x * 0.38F, 1.08F, 0.03F}, 0.009F}};
    add_tube(place, handle, {.sides = 8}, {.tint = glm::vec3(0.02F), .roughness = 0.45F});
}

} // namespace

PartBuilder read_window(ObjectReader& reader) {
    Window window;
    window.size_m = reader.vec2("size_m", {0.3F, 4.0F});
    window.columns = reader.count("columns", 1, 6, 2);
    window.rows = reader.count("rows", 1, 6, 2);
    window.wall_m = reader.number("wall_m", {0.1F, 0.6F}, 0.22F);
    window.frame_tint = reader.colour("frame_tint");
    window.curtains = reader.flag("curtains", true);
    window.curtain_tint = reader.colour("curtain_tint", "#808080");
    window.light_colour = reader.colour("light_colour");
    window.light_brightness = reader.number("light_brightness", {0.0F, 40.0F});
    return [window](Site& site) { build_window(window, site); };
}

PartBuilder read_outdoors(ObjectReader& reader) {
    Outdoors made;
    made.pines = reader.count("pines", 0, 40, 14);
    made.near_far_m = reader.vec2("near_far_m", {2.0F, 60.0F}, glm::vec2(6.0F, 30.0F));
    made.width_m = reader.number("width_m", {4.0F, 120.0F}, 30.0F);
    made.pine_tint = reader.colour("pine_tint");
    made.ground_tint = reader.colour("ground_tint");
    made.dusk_colour = reader.colour("dusk_colour");
    made.path_lamp_m = reader.vec2("path_lamp_m", {-30.0F, 30.0F});
    made.lamp_colour = reader.colour("lamp_colour");
    made.rain = reader.count("rain", 0, 300, 120);
    return [made](Site& site) { build_outdoors(made, site); };
}

PartBuilder read_door(ObjectReader& reader) {
    Door door;
    door.size_m = reader.vec2("size_m", {0.6F, 3.0F}, glm::vec2(0.9F, 1.95F));
    door.tint = reader.colour("tint");
    return [door](Site& site) { build_door(door, site); };
}

} // namespace haven::environments
