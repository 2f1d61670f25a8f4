// A hearth of laid stones with a fire burning low, and the wood stacked for it.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;
constexpr float corner_m = 0.2F; // how deep a laid stone is

struct Hearth {
    float width_m = 1.5F;
    float depth_m = 0.5F;
    float mantel_m = 1.25F; ///< height
    float chimney_m = 3.3F; ///< its top, under the roof
    glm::vec2 opening_m{0.8F, 0.62F};
    float floor_m = 0.14F; ///< of the fire, above the room's
    std::vector<glm::vec3> stone_tints;
    glm::vec3 mortar_tint{0.3F};
    glm::vec3 mantel_tint{0.2F};
    glm::vec3 fire_colour{1.0F, 0.55F, 0.2F};
    float fire_brightness = 4.0F; ///< at 1 m
    float swing = 0.035F;
    int flames = 6;
};

struct Face {
    float half_width_m;
    float half_width_top_m;
    float low_m;
    float high_m;
};

Material stone_material(const Hearth& hearth, Dice& dice) {
    const auto which = static_cast<std::size_t>(dice.bits()) % hearth.stone_tints.size();
    return {.pattern = scene::Pattern::rock,
            .tint = hearth.stone_tints[which] * dice.between(0.78F, 1.18F),
            .roughness = dice.between(0.7F, 0.9F),
            .unevenness = 0.3F};
}

void add_stone(const Sculptor& place, glm::vec3 centre_m, glm::vec3 size_m, const Hearth& hearth,
               Dice& dice) {
    Sculptor stone = place.at(centre_m, turn_about_z(dice.around(0.0F, 0.03F)) *
                                            turn_about_y(dice.around(0.0F, 0.05F)));
    stone.seed = dice.bits();
    add_box(stone,
            {.size_m = size_m,
             .bevel_m = std::min(size_m.x, size_m.y) * dice.between(0.2F, 0.34F),
             .bulge_m = 0.012F,
             .edge_m_max = 0.3F,
             .uneven = {.depth_m = 0.012F, .size_m = 0.11F},
             .back = false},
            stone_material(hearth, dice));
}

/// One course of stones from `from_m` to `to_m` along x, `z_m` their front.
void add_course(const Sculptor& place, float from_m, float to_m, float low_m, float height_m,
                float depth_m, const Hearth& hearth, Dice& dice) {
    const float gap_m = 0.014F;
    while (to_m - from_m > 0.03F) {
        float width_m = height_m * dice.between(0.95F, 2.3F);
        if (to_m - from_m - width_m < height_m * 0.7F) {
            width_m = to_m - from_m;
        }
        if (width_m > height_m * 2.9F) {
            width_m *= 0.5F;
        }
        const float out_m = dice.around(0.0F, 0.022F);
        add_stone(place, {from_m + width_m * 0.5F, low_m + height_m * 0.5F, out_m - depth_m * 0.5F},
                  {width_m - gap_m, height_m - gap_m, depth_m}, hearth, dice);
        from_m += width_m;
    }
}

/// A wall of courses with an opening left in it (none when its height is 0).
void add_face(const Sculptor& place, const Face& face, glm::vec2 opening_m, float opening_low_m,
              const Hearth& hearth, Dice& dice) {
    float low_m = face.low_m;
    while (face.high_m - low_m > 0.04F) {
        float height_m = dice.between(0.115F, 0.19F);
        if (face.high_m - low_m - height_m < 0.1F) {
            height_m = face.high_m - low_m;
        }
        height_m = std::min(height_m, 0.26F);
        const float share = (low_m - face.low_m) / (face.high_m - face.low_m);
        const float half_m = glm::mix(face.half_width_m, face.half_width_top_m, share);
        const bool at_opening = opening_m.y > 0.0F && low_m < opening_low_m + opening_m.y &&
                                low_m + height_m > opening_low_m + 0.02F;
        if (at_opening) {
            const float rest_m = opening_low_m + opening_m.y - low_m;
            height_m = rest_m < height_m * 1.6F ? rest_m : height_m;
            add_course(place, -half_m, -opening_m.x * 0.5F, low_m, height_m, 0.2F, hearth, dice);
            add_course(place, opening_m.x * 0.5F, half_m, low_m, height_m, 0.2F, hearth, dice);
        } else {
            add_course(place, -half_m, half_m, low_m, height_m, 0.2F, hearth, dice);
        }
        low_m += height_m;
    }
}

/// What shows between the stones: dark mortar, set back.
void add_mortar(const Sculptor& place, glm::vec3 centre_m, glm::vec3 size_m, const Hearth& hearth) {
    add_box(place.at(centre_m),
            {.size_m = size_m, .bevel_m = 0.01F, .edge_m_max = 0.3F, .back = false},
            {.tint = hearth.mortar_tint, .roughness = 1.0F, .unevenness = 0.3F});
}

void add_body(const Sculptor& place, const Hearth& hearth, Dice& dice) {
    const float set_back_m = 0.03F;
    const float half_m = hearth.width_m * 0.5F;
    const float side_m = half_m - hearth.opening_m.x * 0.5F;
    const float lintel_m = 0.2F;
    const float opening_top_m = hearth.floor_m + hearth.opening_m.y;
    const float depth_m = hearth.depth_m - set_back_m;
    for (const float side : {-1.0F, 1.0F}) {
        add_mortar(place,
                   {side * (half_m - side_m * 0.5F - set_back_m * 0.5F), hearth.mantel_m * 0.5F,
                    -set_back_m - depth_m * 0.5F},
                   {side_m - set_back_m, hearth.mantel_m, depth_m}, hearth);
    }
    add_mortar(place,
               {0.0F, (opening_top_m + hearth.mantel_m) * 0.5F, -set_back_m - depth_m * 0.5F},
               {hearth.opening_m.x + 0.1F, hearth.mantel_m - opening_top_m, depth_m}, hearth);
    add_face(place, {half_m, half_m, 0.0F, hearth.mantel_m},
             {hearth.opening_m.x, hearth.opening_m.y + lintel_m}, hearth.floor_m, hearth, dice);
    // One long stone bears what lies above the fire.
    Sculptor lintel = place.at({0.0F, opening_top_m + lintel_m * 0.5F, -0.06F});
    lintel.seed = dice.bits();
    add_box(lintel,
            {.size_m = {hearth.opening_m.x + 0.02F, lintel_m - 0.012F, 0.2F},
             .bevel_m = 0.035F,
             .bulge_m = 0.01F,
             .edge_m_max = 0.1F,
             .uneven = {.depth_m = 0.014F, .size_m = 0.16F}},
            stone_material(hearth, dice));
    for (const float side : {-1.0F, 1.0F}) {
        // Behind the corner stones, which show their own sides.
        const float flank_half_m = (hearth.depth_m - corner_m) * 0.5F;
        const Sculptor flank = place.at({side * half_m, 0.0F, -corner_m - flank_half_m},
                                        turn_about_y(side * pi * 0.5F));
        add_face(flank, {flank_half_m, flank_half_m, 0.0F, hearth.mantel_m}, {}, 0.0F, hearth,
                 dice);
    }
}

void add_chimney(const Sculptor& place, const Hearth& hearth, Dice& dice) {
    const float low_m = hearth.mantel_m + 0.1F;
    const float half_m = hearth.width_m * 0.41F;
    const float top_half_m = hearth.width_m * 0.34F;
    const float depth_m = hearth.depth_m * 0.82F;
    const Sculptor chimney = place.at({0.0F, 0.0F, -(hearth.depth_m - depth_m)});
    add_box(chimney.at({0.0F, (low_m + hearth.chimney_m) * 0.5F, -0.03F - depth_m * 0.5F}),
            {.size_m = {(half_m - 0.03F) * 2.0F, hearth.chimney_m - low_m, depth_m},
             .bevel_m = 0.01F,
             .edge_m_max = 0.3F,
             .taper = glm::vec2(top_half_m / half_m, 1.0F)},
            {.tint = hearth.mortar_tint, .roughness = 1.0F, .unevenness = 0.3F});
    add_face(chimney, {half_m, top_half_m, low_m, hearth.chimney_m}, {}, 0.0F, hearth, dice);
    for (const float side : {-1.0F, 1.0F}) {
        const float mean_m = (half_m + top_half_m) * 0.5F;
        const float lean = std::atan2(half_m - top_half_m, hearth.chimney_m - low_m);
        const float flank_half_m = (depth_m - corner_m) * 0.5F;
        const Sculptor flank =
            chimney.at({side * mean_m, (low_m + hearth.chimney_m) * 0.5F, -corner_m - flank_half_m},
                       turn_about_z(side * lean) * turn_about_y(side * pi * 0.5F));
        const float half_height_m = (hearth.chimney_m - low_m) * 0.5F;
        add_face(flank, {flank_half_m, flank_half_m, -half_height_m, half_height_m}, {}, 0.0F,
                 hearth, dice);
    }
}

/// The inside, black with soot where the fire licks it.
void add_firebox(const Sculptor& place, const Hearth& hearth) {
    const glm::vec2 half_m{hearth.opening_m.x * 0.5F, hearth.opening_m.y * 0.5F};
    const float depth_m = hearth.depth_m * 0.92F;
    const float low_m = hearth.floor_m;
    const float high_m = low_m + hearth.opening_m.y;
    // Soot drinks light: of the solid patterns the ground has no sheen.
    const Material soot{.pattern = scene::Pattern::ground,
                        .tint = hearth.mortar_tint * 0.018F,
                        .roughness = 0.95F,
                        .unevenness = 0.4F};
    const float back_share = 0.8F;
    // Round the inside from left to right: left wall, back, right wall.
    add_grid(place, {.across = 18, .along = 6, .facing = {0.0F, 0.0F, 1.0F}}, soot,
             [&](float u, float v) {
                 const float angle = pi * (1.0F - u);
                 const float c = std::cos(angle);
                 const float s = std::sin(angle);
                 const float flat = std::pow(std::abs(s), 0.35F);
                 const float wide = std::copysign(std::pow(std::abs(c), 0.35F), c);
                 return GridPoint{
                     .position_m = {wide * glm::mix(half_m.x, half_m.x * back_share, flat),
                                    glm::mix(low_m, high_m + 0.1F, v), -0.05F - depth_m * flat},
                     .pattern_m = {u * 1.6F, v * 0.6F},
                     .shade = 1.0F - 0.5F * v};
             });
    add_grid(place, {.across = 6, .along = 5, .facing = {0.0F, 1.0F, 0.0F}}, soot,
             [&](float u, float v) {
                 return GridPoint{
                     .position_m = {(u * 2.0F - 1.0F) * half_m.x, low_m + 0.004F, -depth_m * v},
                     .pattern_m = {u, v}};
             });
    add_grid(place, {.across = 4, .along = 4, .facing = {0.0F, -1.0F, 0.0F}}, soot,
             [&](float u, float v) {
                 return GridPoint{.position_m = {(u * 2.0F - 1.0F) * half_m.x, high_m + 0.02F,
                                                 -0.1F - depth_m * v},
                                  .pattern_m = {u, v},
                                  .shade = 0.5F};
             });
}

void add_slab(const Sculptor& place, const Hearth& hearth, Dice& dice) {
    // Flagstones before the fire, and the fire's own floor behind them.
    const float reach_m = 0.34F;
    const float half_m = hearth.width_m * 0.5F;
    float from_m = -half_m;
    while (half_m - from_m > 0.05F) {
        float width_m = dice.between(0.3F, 0.55F);
        if (half_m - from_m - width_m < 0.22F) {
            width_m = half_m - from_m;
        }
        Sculptor flag = place.at({from_m + width_m * 0.5F, 0.04F, reach_m * 0.5F});
        flag.seed = dice.bits();
        add_box(flag,
                {.size_m = {width_m - 0.012F, 0.085F + dice.around(0.0F, 0.008F), reach_m},
                 .bevel_m = 0.02F,
                 .edge_m_max = 0.11F,
                 .uneven = {.depth_m = 0.008F, .size_m = 0.2F}},
                stone_material(hearth, dice));
        from_m += width_m;
    }
    Sculptor sill = place.at({0.0F, hearth.floor_m * 0.5F, -0.1F});
    sill.seed = dice.bits();
    add_box(sill,
            {.size_m = {hearth.opening_m.x + 0.04F, hearth.floor_m, 0.2F},
             .bevel_m = 0.02F,
             .edge_m_max = 0.12F,
             .uneven = {.depth_m = 0.008F, .size_m = 0.2F}},
            stone_material(hearth, dice));
}

void add_mantel(const Sculptor& place, const Hearth& hearth, Dice& dice) {
    Sculptor beam = place.at({0.0F, hearth.mantel_m + 0.055F, -0.04F});
    beam.seed = dice.bits();
    add_box(beam,
            {.size_m = {hearth.width_m + 0.16F, 0.12F, 0.3F},
             .bevel_m = 0.022F,
             .edge_m_max = 0.12F,
             .uneven = {.depth_m = 0.014F, .size_m = 0.3F}},
            {.pattern = scene::Pattern::wood, .tint = hearth.mantel_tint, .roughness = 0.55F});
}

/// Three logs burnt half through, on their embers.
void add_burning_wood(const Sculptor& place, const Hearth& hearth, float sources, Dice& dice) {
    const float low_m = hearth.floor_m;
    add_grid(
        place.at({0.0F, low_m, -0.24F}), {.across = 14, .along = 8, .facing = {0.0F, 1.0F, 0.0F}},
        {.pattern = scene::Pattern::plain,
         .tint = hearth.fire_colour * glm::vec3(0.9F, 0.45F, 0.22F),
         .roughness = 1.0F,
         .emission = 1.3F * sources,
         .unevenness = 0.9F},
        [&](float u, float v) {
            const glm::vec2 at{u * 2.0F - 1.0F, v * 2.0F - 1.0F};
            const float heap = std::max(0.0F, 1.0F - at.x * at.x * 0.9F - at.y * at.y);
            const float lump = noise({u * 9.0F, v * 6.0F, 1.0F}, 3U);
            return GridPoint{
                .position_m = {at.x * 0.27F, 0.008F + 0.055F * heap * (1.0F + lump), at.y * 0.13F},
                .pattern_m = {u, v},
                .shade = heap * heap * (0.55F + 0.45F * lump)};
        });
    const Material charred{.pattern = scene::Pattern::ground,
                           .tint = glm::vec3(0.016F, 0.011F, 0.009F),
                           .roughness = 0.95F};
    struct Log {
        glm::vec3 from_m;
        glm::vec3 to_m;
        float radius_m;
    };
    const std::array<Log, 4> logs{
        Log{{-0.29F, 0.075F, -0.30F}, {0.27F, 0.085F, -0.33F}, 0.055F},
        Log{{-0.25F, 0.07F, -0.14F}, {0.28F, 0.07F, -0.17F}, 0.045F},
        Log{{-0.17F, 0.15F, -0.12F}, {0.10F, 0.19F, -0.36F}, 0.042F},
        Log{{0.2F, 0.13F, -0.12F}, {-0.02F, 0.22F, -0.33F}, 0.036F},
    };
    for (const Log& log : logs) {
        std::array<TubePoint, 7> path{};
        const float bend = dice.around(0.0F, 0.015F);
        for (std::size_t i = 0; i < path.size(); ++i) {
            const float t = static_cast<float>(i) / static_cast<float>(path.size() - 1);
            path.at(i) = {.centre_m = glm::mix(log.from_m, log.to_m, t) +
                                      glm::vec3(0.0F, low_m + bend * std::sin(pi * t), 0.0F),
                          .radius_m = log.radius_m * (1.0F - 0.15F * t)};
        }
        Sculptor wood = place;
        wood.seed = dice.bits();
        add_tube(wood, path, {.sides = 10, .uneven = {.depth_m = 0.012F, .size_m = 0.05F}},
                 charred);
    }
}

void add_fire(const Sculptor& place, const Hearth& hearth, Site& site, Dice& dice) {
    const float low_m = hearth.floor_m;
    for (int i = 0; i < hearth.flames; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(hearth.flames);
        const float x_m = (share - 0.5F) * 0.36F + dice.around(0.0F, 0.02F);
        const float middle = 1.0F - std::abs(share - 0.5F) * 1.1F;
        const float height_m = dice.between(0.42F, 0.58F) * middle;
        const float z_m = dice.between(-0.3F, -0.17F);
        add_card(place.at({x_m, low_m + 0.05F + height_m * 0.5F, z_m},
                          turn_about_y(dice.around(0.0F, 0.45F))),
                 {height_m * 0.58F, height_m},
                 {.pattern = scene::Pattern::flame,
                  .tint = hearth.fire_colour,
                  .emission = 4.5F * site.sources,
                  .motion = dice.unit(),
                  .unevenness = 0.0F});
    }
    add_card(place.at({0.0F, low_m + 0.2F, 0.06F}), {1.15F, 0.85F},
             {.pattern = scene::Pattern::glow,
              .tint = hearth.fire_colour,
              .emission = 0.07F * site.sources,
              .unevenness = 0.0F});
    site.scene.lights.push_back(
        {.kind = scene::LightKind::point,
         .position_m = place.placement.point({0.0F, low_m + 0.34F, -0.08F}),
         .colour = hearth.fire_colour * hearth.fire_brightness * site.sources,
         .source_radius_m = 0.26F,
         .reach_m = 9.0F,
         .flicker_depth = hearth.swing,
         .flicker_period_s = 5.0F,
         .flicker_phase = dice.unit()});
    // What floor and walls throw back, in step with it: the faces of the stones, the tops of
    // things.
    scene::Light bounce = site.scene.lights.back();
    bounce.position_m = place.placement.point({0.0F, 1.35F, 1.15F});
    bounce.colour *= glm::vec3(0.3F, 0.27F, 0.23F);
    bounce.source_radius_m = 0.5F;
    bounce.reach_m = 6.0F;
    site.scene.lights.push_back(bounce);
    site.life.embers.push_back(
        {.centre_m = place.placement.point({0.0F, low_m + 0.1F, -0.2F}),
         .spread_m = 0.14F,
         .rise_m = 0.5F,
         .count = 9,
         .colour = hearth.fire_colour * glm::vec3(1.2F, 0.8F, 0.5F) * site.sources});
}

void build_hearth(const Hearth& hearth, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    add_body(place, hearth, dice);
    add_chimney(place, hearth, dice);
    add_firebox(place, hearth);
    add_slab(place, hearth, dice);
    add_mantel(place, hearth, dice);
    add_burning_wood(place, hearth, site.sources, dice);
    add_fire(place, hearth, site, dice);
}

struct Firewood {
    int rows = 4;
    int columns = 5;
    float length_m = 0.4F;
    glm::vec3 bark_tint{0.15F};
    glm::vec3 cut_tint{0.5F};
};

void build_firewood(const Firewood& wood, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const float pitch_m = 0.105F;
    for (int row = 0; row < wood.rows; ++row) {
        const int columns = wood.columns - row % 2;
        for (int column = 0; column < columns; ++column) {
            const float radius_m = dice.between(0.043F, 0.054F);
            const float x_m =
                (static_cast<float>(column) - static_cast<float>(columns - 1) * 0.5F) * pitch_m;
            const float y_m = 0.052F + static_cast<float>(row) * pitch_m * 0.87F;
            const float out_m = dice.around(0.0F, 0.03F);
            const std::array<TubePoint, 3> path{
                TubePoint{{x_m, y_m, out_m - wood.length_m * 0.5F}, radius_m},
                TubePoint{{x_m + dice.around(0.0F, 0.004F), y_m, out_m}, radius_m * 1.02F},
                TubePoint{{x_m, y_m, out_m + wood.length_m * 0.5F}, radius_m * 0.97F}};
            Sculptor log = place;
            log.seed = dice.bits();
            add_tube(log, path, {.sides = 11, .uneven = {.depth_m = 0.009F, .size_m = 0.07F}},
                     {.pattern = scene::Pattern::bark,
                      .tint = wood.bark_tint * dice.between(0.75F, 1.25F),
                      .roughness = 0.95F});
            // The sawn end, paler than the bark round it.
            const Sculptor end =
                place.at({x_m, y_m, out_m + wood.length_m * 0.5F}, turn_about_x(pi * 0.5F));
            const std::array<glm::vec2, 3> disc{glm::vec2{radius_m * 0.88F, -0.004F},
                                                glm::vec2{radius_m * 0.86F, 0.006F},
                                                glm::vec2{0.0F, 0.008F}};
            add_lathe(end, disc, 11,
                      {.pattern = scene::Pattern::wood,
                       .tint = wood.cut_tint * dice.between(0.75F, 1.1F),
                       .roughness = 0.85F});
        }
    }
}

} // namespace

PartBuilder read_hearth(ObjectReader& reader) {
    Hearth hearth;
    hearth.width_m = reader.number("width_m", {1.0F, 3.0F}, 1.5F);
    hearth.depth_m = reader.number("depth_m", {0.35F, 1.0F}, 0.5F);
    hearth.mantel_m = reader.number("mantel_m", {1.05F, 1.8F}, 1.25F);
    hearth.chimney_m = reader.number("chimney_m", {1.5F, 6.0F});
    hearth.stone_tints = reader.colours("stone_tints", 6);
    hearth.mortar_tint = reader.colour("mortar_tint");
    hearth.mantel_tint = reader.colour("mantel_tint");
    hearth.fire_colour = reader.colour("fire_colour");
    hearth.fire_brightness = reader.number("fire_brightness", {0.0F, 12.0F});
    hearth.swing = reader.number("swing", {0.0F, 0.045F}, 0.035F);
    hearth.flames = reader.count("flames", 0, 16, 6);
    if (hearth.chimney_m < hearth.mantel_m + 0.3F) {
        reader.fail("chimney_m", "must be at least 0.3 above mantel_m");
    }
    return [hearth](Site& site) { build_hearth(hearth, site); };
}

PartBuilder read_firewood(ObjectReader& reader) {
    Firewood wood;
    wood.rows = reader.count("rows", 1, 10, 4);
    wood.columns = reader.count("columns", 2, 16, 5);
    wood.length_m = reader.number("length_m", {0.1F, 1.2F}, 0.4F);
    wood.bark_tint = reader.colour("bark_tint");
    wood.cut_tint = reader.colour("cut_tint");
    return [wood](Site& site) { build_firewood(wood, site); };
}

} // namespace haven::environments
