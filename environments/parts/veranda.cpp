// A wooden veranda along a house: posts, a low roof whose eave drips, sliding doors of paper
// behind, and what lies on its boards.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/life.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>

namespace haven::environments {
namespace {

struct Veranda {
    float width_m = 9.0F;
    float edge_m = 2.3F; ///< from the origin to the edge of the boards, along +Z
    float wall_m = 1.6F; ///< from the origin to the house, along -Z
    float floor_m = 0.42F;
    glm::vec2 eave_m{2.95F, 2.5F};  ///< from the origin, over the floor
    float pitch = 0.24F;            ///< rise over run
    glm::vec2 post_m{-1.75F, 2.0F}; ///< the two nearest; further ones as far apart
    int drops = 40;
    glm::vec3 wood_tint{0.1F};
    glm::vec3 roof_tint{0.08F};
    glm::vec3 paper_tint{0.7F};
    glm::vec3 plaster_tint{0.4F};
    glm::vec3 drop_colour{0.4F};

    [[nodiscard]] float roof_m(float z_m) const { return eave_m.y + (eave_m.x - z_m) * pitch; }
};

void add_beam(const Sculptor& place, glm::vec3 centre_m, glm::vec3 size_m, glm::vec3 tint,
              Dice& dice) {
    Sculptor here = place.at(centre_m);
    here.seed = dice.bits();
    const float shade = dice.between(0.85F, 1.12F);
    add_box(here, {.size_m = size_m, .bevel_m = 0.008F, .edge_m_max = 0.6F},
            {.pattern = scene::Pattern::wood,
             .tint = tint * shade,
             .roughness = 0.6F,
             .unevenness = 0.2F});
}

void add_roof(const Sculptor& place, const Veranda& made, Dice& dice) {
    const float run_m = made.eave_m.x + made.wall_m;
    const float middle_m = 0.5F * (made.eave_m.x - made.wall_m);
    const float angle = std::atan(made.pitch);
    const float length_m = run_m / std::cos(angle);
    add_grid(place, {.across = 22, .along = 14, .facing = {0.0F, -1.0F, 0.0F}},
             {.pattern = scene::Pattern::wood,
              .tint = made.roof_tint,
              .roughness = 0.8F,
              .unevenness = 0.2F},
             [&](float u, float v) {
                 const float x = (u - 0.5F) * made.width_m;
                 const float z = glm::mix(-made.wall_m, made.eave_m.x, v);
                 return GridPoint{.position_m = {x, made.roof_m(z) + 0.045F, z},
                                  .pattern_m = {x, z}};
             });
    add_grid(place, {.across = 1, .along = 1, .facing = {0.0F, 1.0F, 0.0F}},
             {.tint = made.roof_tint * 0.6F}, [&](float u, float v) {
                 const float z = glm::mix(-made.wall_m, made.eave_m.x + 0.03F, v);
                 return GridPoint{
                     .position_m = {(u - 0.5F) * made.width_m, made.roof_m(z) + 0.13F, z}};
             });
    const int rafters = static_cast<int>(made.width_m / 0.46F);
    for (int i = 0; i <= rafters; ++i) {
        const float x = made.width_m * (static_cast<float>(i) / static_cast<float>(rafters) - 0.5F);
        add_beam(place.at({x, made.roof_m(middle_m), middle_m}, turn_about_x(angle)), {},
                 {0.05F, 0.075F, length_m - 0.03F}, made.roof_tint * 0.9F, dice);
    }
    // Its edge: where the rain gathers before it falls.
    add_beam(place, {0.0F, made.eave_m.y + 0.07F, made.eave_m.x + 0.015F},
             {made.width_m, 0.085F, 0.035F}, made.wood_tint, dice);
}

void add_posts(const Sculptor& place, const Veranda& made, Dice& dice) {
    const float z = made.edge_m - 0.1F;
    const float under_m = made.roof_m(z) - 0.04F;
    const float beam_m = 0.17F;
    const float apart_m = std::max(made.post_m.y - made.post_m.x, 0.8F);
    const auto first =
        static_cast<int>(std::ceil((-0.5F * made.width_m + 0.1F - made.post_m.x) / apart_m));
    for (int i = first;; ++i) {
        const float x = made.post_m.x + static_cast<float>(i) * apart_m;
        if (x > 0.5F * made.width_m - 0.1F) {
            break;
        }
        const float top_m = under_m - beam_m + 0.03F; // let into the beam
        const float tall_m = top_m + made.floor_m;
        add_beam(place, {x, top_m - 0.5F * tall_m, z}, {0.115F, tall_m, 0.115F}, made.wood_tint,
                 dice);
        Sculptor stone = place.at({x, -made.floor_m + 0.02F, z});
        stone.seed = dice.bits();
        add_box(stone,
                {.size_m = {0.34F, 0.16F, 0.32F},
                 .bevel_m = 0.06F,
                 .edge_m_max = 0.12F,
                 .uneven = {.depth_m = 0.02F, .size_m = 0.15F}},
                {.pattern = scene::Pattern::rock, .tint = glm::vec3(0.13F), .roughness = 0.8F});
    }
    add_beam(place, {0.0F, under_m - 0.5F * beam_m, z}, {made.width_m, beam_m, 0.12F},
             made.wood_tint, dice);
    // The boards end on a sill; under them it is dark.
    add_beam(place, {0.0F, -0.075F, made.edge_m - 0.03F}, {made.width_m, 0.13F, 0.07F},
             made.wood_tint * 0.9F, dice);
    add_grid(place, {.across = 8, .along = 1, .facing = {0.0F, 0.0F, 1.0F}},
             {.tint = glm::vec3(0.012F), .roughness = 1.0F}, [&](float u, float v) {
                 return GridPoint{.position_m = {(u - 0.5F) * made.width_m,
                                                 glm::mix(-made.floor_m - 0.2F, -0.05F, v),
                                                 made.edge_m - 0.35F}};
             });
}

/// A thin bar of a lattice, seen from the front.
void add_bar(const Sculptor& place, glm::vec3 centre_m, glm::vec2 size_m, glm::vec3 tint) {
    add_grid(place.at(centre_m), {.across = 1, .along = 1, .facing = {0.0F, 0.0F, 1.0F}},
             {.tint = tint, .roughness = 0.7F}, [&](float u, float v) {
                 return GridPoint{
                     .position_m = {(u - 0.5F) * size_m.x, (v - 0.5F) * size_m.y, 0.0F},
                     .pattern_m = {u, v}};
             });
}

/// One sliding door: paper on a lattice, boards below.
void add_paper_door(const Sculptor& place, const Veranda& made, float width_m, float high_m,
                    float glow) {
    constexpr float skirt_m = 0.32F;
    add_grid(place, {.across = 4, .along = 6, .facing = {0.0F, 0.0F, 1.0F}},
             {.tint = made.paper_tint, .roughness = 1.0F, .emission = glow, .unevenness = 0.05F},
             [&](float u, float v) {
                 return GridPoint{
                     .position_m = {(u - 0.5F) * width_m, glm::mix(skirt_m, high_m, v), 0.0F},
                     .pattern_m = {u, v},
                     .shade = 0.86F + 0.14F * v};
             });
    for (const float side : {-1.0F, 1.0F}) {
        add_bar(place, {side * (0.5F * width_m - 0.016F), 0.5F * high_m, 0.02F}, {0.034F, high_m},
                made.wood_tint);
    }
    for (const float y : {0.02F, skirt_m, high_m - 0.02F}) {
        add_bar(place, {0.0F, y, 0.022F}, {width_m, 0.045F}, made.wood_tint);
    }
    add_bar(place, {0.0F, 0.5F * skirt_m, 0.006F}, {width_m, skirt_m}, made.wood_tint * 0.8F);
    constexpr int rows = 6;
    for (int i = 1; i < rows; ++i) {
        const float y = glm::mix(skirt_m, high_m, static_cast<float>(i) / rows);
        add_bar(place, {0.0F, y, 0.012F}, {width_m, 0.011F}, made.wood_tint);
    }
    for (int i = 1; i < 4; ++i) {
        const float x = width_m * (static_cast<float>(i) / 4.0F - 0.5F);
        add_bar(place, {x, 0.5F * (skirt_m + high_m), 0.013F}, {0.011F, high_m - skirt_m},
                made.wood_tint);
    }
}

void add_house(const Sculptor& place, const Veranda& made, float sources, Dice& dice) {
    constexpr float door_m = 1.95F;
    const float top_m = made.roof_m(-made.wall_m);
    const Sculptor wall = place.at({0.0F, 0.0F, -made.wall_m});
    const int doors = std::max(static_cast<int>(made.width_m / 0.93F), 1);
    const float width_m = made.width_m / static_cast<float>(doors);
    for (int i = 0; i < doors; ++i) {
        const float x =
            made.width_m * ((static_cast<float>(i) + 0.5F) / static_cast<float>(doors) - 0.5F);
        add_paper_door(wall.at({x, 0.0F, i % 2 == 0 ? 0.0F : 0.035F}), made, width_m, door_m,
                       0.06F * sources);
    }
    add_bar(wall, {0.0F, 0.5F * door_m, -0.03F}, {made.width_m, door_m}, glm::vec3(0.015F));
    add_beam(wall, {0.0F, door_m + 0.05F, 0.03F}, {made.width_m, 0.11F, 0.1F}, made.wood_tint,
             dice);
    for (int i = 0; i <= doors; i += 2) {
        const float x = made.width_m * (static_cast<float>(i) / static_cast<float>(doors) - 0.5F);
        add_beam(wall, {x, 0.5F * top_m, 0.03F}, {0.11F, top_m, 0.11F}, made.wood_tint, dice);
    }
    add_grid(wall, {.across = 12, .along = 2, .facing = {0.0F, 0.0F, 1.0F}},
             {.tint = made.plaster_tint, .roughness = 0.95F, .unevenness = 0.15F},
             [&](float u, float v) {
                 return GridPoint{.position_m = {(u - 0.5F) * made.width_m,
                                                 glm::mix(door_m, top_m + 0.2F, v), 0.0F}};
             });
}

void build_veranda(const Veranda& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    add_roof(place, made, dice);
    add_posts(place, made, dice);
    add_house(place, made, site.sources, dice);
    const float half_m = 0.5F * std::min(made.width_m, 8.0F);
    const float z = made.eave_m.x + 0.02F;
    site.life.drips.push_back({.from_m = place.placement.point({-half_m, made.eave_m.y + 0.02F, z}),
                               .to_m = place.placement.point({half_m, made.eave_m.y + 0.02F, z}),
                               .fall_m = made.eave_m.y + made.floor_m,
                               .count = made.drops,
                               .colour = made.drop_colour * site.daylight});
}

struct FloorCushion {
    float size_m = 0.56F;
    float thick_m = 0.1F;
    glm::vec3 tint{0.2F};
};

void build_floor_cushion(const FloorCushion& cushion, Site& site) {
    Sculptor place = site.sculptor();
    place.seed = site.seed;
    const float h = cushion.thick_m;
    add_box(place.at({0.0F, 0.42F * h, 0.0F}),
            {.size_m = {cushion.size_m, 0.6F * h, cushion.size_m},
             .bevel_m = 0.28F * h,
             .bulge_m = 0.4F * h,
             .edge_m_max = 0.045F,
             .uneven = {.depth_m = 0.008F, .size_m = 0.2F}},
            {.pattern = scene::Pattern::fabric, .tint = cushion.tint, .roughness = 0.95F});
}

struct StrawMat {
    glm::vec2 size_m{2.0F, 1.8F};
    glm::vec3 tint{0.4F};
    glm::vec3 border_tint{0.1F};
};

/// Lies flat: lower than a step is felt.
void build_straw_mat(const StrawMat& mat, Site& site) {
    const Sculptor place = site.sculptor();
    const glm::vec2 half_m = 0.5F * mat.size_m;
    const auto sheet = [&](glm::vec2 from_m, glm::vec2 to_m, float height_m, glm::vec3 tint) {
        add_grid(place, {.across = 10, .along = 10, .facing = {0.0F, 1.0F, 0.0F}},
                 {.pattern = scene::Pattern::fabric, .tint = tint, .roughness = 0.9F},
                 [&](float u, float v) {
                     const glm::vec2 at_m = glm::mix(from_m, to_m, glm::vec2(u, v));
                     const bool rim = u <= 0.0F || u >= 1.0F || v <= 0.0F || v >= 1.0F;
                     const float worn =
                         noise_two_scales({at_m.x * 1.3F, 0.0F, at_m.y * 1.3F}, site.seed);
                     return GridPoint{.position_m = {at_m.x, rim ? 0.001F : height_m, at_m.y},
                                      .pattern_m = {at_m.y, at_m.x},
                                      .shade = 1.0F + 0.12F * worn};
                 });
    };
    // Mats lie side by side, none wider than a step and each between two bands of cloth.
    constexpr float border_m = 0.03F;
    const float count = std::max(std::round(mat.size_m.x / 1.0F), 1.0F);
    const float wide_m = mat.size_m.x / count;
    for (float left_m = -half_m.x; left_m < half_m.x - 0.5F * wide_m; left_m += wide_m) {
        const float right_m = left_m + wide_m;
        sheet({left_m, -half_m.y}, {right_m, half_m.y}, 0.010F, mat.tint);
        sheet({left_m, -half_m.y}, {left_m + border_m, half_m.y}, 0.014F, mat.border_tint);
        sheet({right_m - border_m, -half_m.y}, {right_m, half_m.y}, 0.014F, mat.border_tint);
    }
}

} // namespace

PartBuilder read_veranda(ObjectReader& reader) {
    Veranda made;
    made.width_m = reader.number("width_m", {2.0F, 20.0F}, 9.0F);
    made.edge_m = reader.number("edge_m", {1.1F, 6.0F}, 2.3F);
    made.wall_m = reader.number("wall_m", {1.1F, 6.0F}, 1.6F);
    made.floor_m = reader.number("floor_m", {0.1F, 1.5F}, 0.42F);
    made.eave_m = reader.vec2("eave_m", {1.2F, 8.0F}, glm::vec2(2.95F, 2.5F));
    made.pitch = reader.number("pitch", {0.05F, 1.0F}, 0.24F);
    made.post_m = reader.vec2("posts_m", {-10.0F, 10.0F}, glm::vec2(-1.75F, 2.0F));
    made.drops = reader.count("drops", 0, 120, 40);
    made.wood_tint = reader.colour("wood_tint");
    made.roof_tint = reader.colour("roof_tint");
    made.paper_tint = reader.colour("paper_tint");
    made.plaster_tint = reader.colour("plaster_tint");
    made.drop_colour =
        reader.colour("drop_colour") * reader.number("drop_brightness", {0.0F, 8.0F}, 1.0F);
    return [made](Site& site) { build_veranda(made, site); };
}

PartBuilder read_floor_cushion(ObjectReader& reader) {
    FloorCushion cushion;
    cushion.size_m = reader.number("size_m", {0.2F, 1.2F}, 0.56F);
    cushion.thick_m = reader.number("thick_m", {0.03F, 0.3F}, 0.1F);
    cushion.tint = reader.colour("tint");
    return [cushion](Site& site) { build_floor_cushion(cushion, site); };
}

PartBuilder read_straw_mat(ObjectReader& reader) {
    StrawMat mat;
    mat.size_m = reader.vec2("size_m", {0.3F, 6.0F});
    mat.tint = reader.colour("tint");
    mat.border_tint = reader.colour("border_tint");
    return [mat](Site& site) { build_straw_mat(mat, site); };
}

} // namespace haven::environments
