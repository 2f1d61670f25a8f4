// What stands in a garden: chosen stones, a wall with a tiled cap, a stone lantern, a bamboo spout;
// and the rain that falls there.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/garden_life.hpp"
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
#include <initializer_list>
#include <numbers>
#include <span>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct GardenStone {
    glm::vec3 size_m{0.8F};
    glm::vec3 tint{0.2F};
    glm::vec3 foot_tint{0.08F}; ///< moss and wet at its foot
    float lean = 0.0F;          ///< how far its top leans toward +X, over its height
    float flat_top = 0.0F;      ///< 0 as it broke, 1 level: to step on
};

/// A rock is what planes at chance angles leave of a ball, and weather softens it.
class Facets {
  public:
    explicit Facets(std::uint32_t seed) {
        Dice dice(seed);
        for (Facet& facet : facets_) {
            const float y = dice.between(-0.35F, 1.0F);
            const float turn = dice.between(0.0F, 2.0F * pi);
            const float flat = std::sqrt(std::max(1.0F - y * y, 0.0F));
            facet.normal = {flat * std::cos(turn), y, flat * std::sin(turn)};
            facet.away = dice.between(0.62F, 0.95F);
        }
    }
    [[nodiscard]] float radius(glm::vec3 way) const {
        float sum = 1.0F; // a soft minimum: edges are worn
        for (const Facet& facet : facets_) {
            const float toward = glm::dot(facet.normal, way);
            if (toward > 0.05F) {
                const float inverse = toward / facet.away;
                const float square = inverse * inverse;
                const float fourth = square * square;
                sum += fourth * fourth * fourth;
            }
        }
        return std::pow(sum, -1.0F / 12.0F);
    }

  private:
    struct Facet {
        glm::vec3 normal{0.0F, 1.0F, 0.0F};
        float away = 1.0F;
    };
    std::array<Facet, 14> facets_{};
};

void build_garden_stone(const GardenStone& stone, Site& site) {
    const Facets facets(scramble(site.seed));
    const glm::vec3 half_m = stone.size_m * 0.5F;
    constexpr float buried = 0.22F; // of its height
    add_grid(site.sculptor(), {.across = 32, .along = 18, .closed_across = true},
             {.pattern = scene::Pattern::rock,
              .tint = glm::vec3(1.0F),
              .roughness = 0.62F,
              .unevenness = 0.18F},
             [&](float u, float v) {
                 const float turn = 2.0F * pi * (u >= 1.0F ? 0.0F : u);
                 const float rise = pi * (v * 0.86F - 0.36F);
                 const glm::vec3 way{std::cos(rise) * std::sin(turn), std::sin(rise),
                                     std::cos(rise) * std::cos(turn)};
                 const float rough = 1.0F + 0.05F * noise(way * 3.1F, site.seed) +
                                     0.025F * noise(way * 8.0F, site.seed + 1U);
                 glm::vec3 at_m = way * facets.radius(way) * rough;
                 const float level = 0.62F + 0.02F * noise(way * 2.0F, site.seed + 2U);
                 at_m.y = glm::mix(at_m.y, std::min(at_m.y, level), stone.flat_top);
                 at_m *= half_m * glm::vec3(1.0F, 2.0F - buried, 1.0F);
                 at_m.x += stone.lean * std::max(at_m.y, 0.0F);
                 const float wet =
                     1.0F - glm::smoothstep(0.0F, 0.16F + 0.1F * way.x, at_m.y / stone.size_m.y);
                 const float streak =
                     noise({way.x * 4.0F, at_m.y * 1.3F, way.z * 4.0F}, site.seed + 3U);
                 return GridPoint{.position_m = at_m,
                                  .pattern_m = {turn, rise},
                                  .shade = 1.0F + 0.16F * streak,
                                  .hue = glm::mix(stone.tint, stone.foot_tint, wet * 0.85F)};
             });
}

struct GardenWall {
    float length_m = 10.0F;
    float height_m = 1.7F;
    glm::vec3 plaster_tint{0.4F};
    glm::vec3 stain_tint{0.1F};
    glm::vec3 tile_tint{0.06F};
    glm::vec3 base_tint{0.15F};
};

void add_wall_face(const Sculptor& place, const GardenWall& wall, std::uint32_t seed) {
    const int across = std::clamp(static_cast<int>(wall.length_m / 0.5F), 4, 120);
    add_grid(
        place, {.across = across, .along = 9, .facing = {0.0F, 0.0F, 1.0F}},
        {.tint = glm::vec3(1.0F), .roughness = 0.95F, .unevenness = 0.16F}, [&](float u, float v) {
            const float x = (u - 0.5F) * wall.length_m;
            const float y = v * wall.height_m;
            // Rain splashes its foot, and runs down under the tiles.
            const float patchy = noise_two_scales({x * 0.9F, y * 0.6F, 0.0F}, seed);
            const float runs = noise({x * 2.4F, y * 0.25F, 4.0F}, seed);
            const float foot = 1.0F - glm::smoothstep(0.1F, 0.62F + 0.25F * patchy, v);
            const float top = glm::smoothstep(0.72F + 0.2F * runs, 1.0F, v);
            const float stain = glm::clamp(0.85F * foot + 0.5F * top + 0.18F * patchy, 0.0F, 1.0F);
            return GridPoint{.position_m = {x, y, 0.13F + 0.012F * patchy},
                             .pattern_m = {x, y},
                             .hue = glm::mix(wall.plaster_tint, wall.stain_tint, stain)};
        });
}

/// Rows of round tiles on both slopes, and a ridge over them.
void add_tiled_cap(const Sculptor& place, const GardenWall& wall) {
    const float pitch_m = 0.26F;
    const int across = std::clamp(static_cast<int>(wall.length_m / pitch_m * 4.0F), 8, 500);
    add_grid(place, {.across = across, .along = 2, .facing = {0.0F, 0.8F, 0.6F}},
             {.tint = wall.tile_tint, .roughness = 0.38F, .unevenness = 0.25F},
             [&](float u, float v) {
                 const float x = (u - 0.5F) * wall.length_m;
                 const float wave = std::pow(0.5F + 0.5F * std::cos(x / pitch_m * 2.0F * pi), 2.0F);
                 return GridPoint{.position_m = {x,
                                                 wall.height_m + 0.02F + 0.24F * v +
                                                     0.05F * wave * (1.0F - 0.5F * v),
                                                 0.36F * (1.0F - v)},
                                  .pattern_m = {x, v},
                                  .shade = 0.6F + 0.6F * wave};
             });
    add_box(place.at({0.0F, wall.height_m - 0.03F, 0.16F}),
            {.size_m = {wall.length_m, 0.1F, 0.3F}, .edge_m_max = 2.0F},
            {.tint = wall.tile_tint * 0.7F, .roughness = 0.9F});
    add_box(place.at({0.0F, wall.height_m + 0.29F, 0.0F}),
            {.size_m = {wall.length_m, 0.15F, 0.17F}, .bevel_m = 0.05F, .edge_m_max = 1.0F},
            {.tint = wall.tile_tint, .roughness = 0.4F});
}

void build_garden_wall(const GardenWall& wall, Site& site) {
    const Sculptor place = site.sculptor();
    add_wall_face(place, wall, site.seed);
    add_tiled_cap(place, wall);
    add_box(place.at({0.0F, 0.05F, 0.1F}),
            {.size_m = {wall.length_m, 0.34F, 0.22F},
             .bevel_m = 0.05F,
             .edge_m_max = 0.6F,
             .uneven = {.depth_m = 0.035F, .size_m = 0.5F}},
            {.pattern = scene::Pattern::rock, .tint = wall.base_tint, .roughness = 0.8F});
}

struct StoneLantern {
    float height_m = 1.3F;
    glm::vec3 tint{0.2F};
};

void build_stone_lantern(const StoneLantern& lantern, Site& site) {
    const float h = lantern.height_m;
    const Sculptor place = site.sculptor();
    const Material stone{.pattern = scene::Pattern::rock, .tint = lantern.tint, .roughness = 0.8F};
    const auto turned = [&](std::initializer_list<glm::vec2> profile, int sides) {
        std::array<glm::vec2, 16> scaled{};
        std::size_t count = 0;
        for (const glm::vec2 point : profile) {
            scaled.at(count++) = point * h;
        }
        add_lathe(place, std::span(scaled.data(), count), sides, stone);
    };
    // Foot, shaft with its ring, and the shelf.
    turned({{0.21F, -0.1F},
            {0.2F, 0.05F},
            {0.19F, 0.075F},
            {0.19F, 0.075F},
            {0.09F, 0.1F},
            {0.085F, 0.25F},
            {0.1F, 0.27F},
            {0.1F, 0.31F},
            {0.085F, 0.33F},
            {0.08F, 0.48F},
            {0.1F, 0.5F},
            {0.19F, 0.545F},
            {0.2F, 0.567F},
            {0.2F, 0.595F},
            {0.12F, 0.61F}},
           18);
    // Four corners carry the roof; the fire's room is dark between them.
    for (int i = 0; i < 6; ++i) {
        const float turn = 2.0F * pi * (static_cast<float>(i) + 0.5F) / 6.0F;
        add_box(place.at({std::sin(turn) * 0.105F * h, 0.69F * h, std::cos(turn) * 0.105F * h},
                         turn_about_y(turn)),
                {.size_m = {0.055F * h, 0.18F * h, 0.04F * h}, .bevel_m = 0.006F}, stone);
    }
    turned({{0.085F, 0.6F}, {0.085F, 0.78F}}, 12);
    turned({{0.06F, 0.765F},
            {0.27F, 0.762F},
            {0.285F, 0.79F},
            {0.28F, 0.815F},
            {0.16F, 0.86F},
            {0.075F, 0.905F},
            {0.045F, 0.91F},
            {0.04F, 0.925F},
            {0.06F, 0.95F},
            {0.05F, 0.98F},
            {0.0F, 1.01F}},
           18);
}

struct SpoutPart {
    float length_m = 0.72F;
    float height_m = 0.46F; ///< of the pivot
    glm::vec3 bamboo_tint{0.15F};
    glm::vec3 stone_tint{0.15F};
    glm::vec3 water_colour{0.4F};
};

/// A length of bamboo: swollen joints, open ends.
void add_bamboo_pipe(const Sculptor& place, glm::vec3 from_m, glm::vec3 to_m, float radius_m,
                     const Material& material) {
    std::array<TubePoint, 10> path{};
    constexpr std::array<float, 10> along{0.0F,  0.30F, 0.32F, 0.34F, 0.36F,
                                          0.66F, 0.68F, 0.70F, 0.72F, 1.0F};
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool joint = i == 2 || i == 3 || i == 6 || i == 7;
        path.at(i) = {.centre_m = glm::mix(from_m, to_m, along.at(i)),
                      .radius_m = radius_m * (joint ? 1.13F : 1.0F)};
    }
    add_tube(place, path, {.sides = 12}, material);
}

void build_spout(const SpoutPart& made, Site& site) {
    const Sculptor place = site.sculptor();
    const Material bamboo{.tint = made.bamboo_tint, .roughness = 0.4F, .unevenness = 0.3F};
    Material swings = bamboo;
    swings.motion = 1.0F; // on the scene's hinge
    const glm::vec3 pivot_m{0.0F, made.height_m, 0.0F};
    const float mouth_m = made.length_m * 0.46F;
    const float tail_m = made.length_m * 0.54F;
    add_bamboo_pipe(place, pivot_m - glm::vec3(tail_m, 0.0F, 0.0F),
                    pivot_m + glm::vec3(mouth_m, 0.0F, 0.0F), 0.037F, swings);
    const std::array<glm::vec2, 2> dark{glm::vec2{0.03F, 0.0F}, glm::vec2{0.0F, 0.0F}};
    Material hollow = swings;
    hollow.tint = made.bamboo_tint * 0.12F;
    add_lathe(place.at(pivot_m + glm::vec3(mouth_m + 0.002F, 0.0F, 0.0F), turn_about_z(-pi * 0.5F)),
              dark, 12, hollow);
    for (const float side : {-1.0F, 1.0F}) { // the fork that holds it
        add_bamboo_pipe(place, {0.0F, -0.2F, side * 0.062F},
                        {0.0F, made.height_m + 0.1F, side * 0.062F}, 0.017F, bamboo);
    }
    const std::array<TubePoint, 2> pin{TubePoint{pivot_m - glm::vec3(0.0F, 0.0F, 0.085F), 0.008F},
                                       TubePoint{pivot_m + glm::vec3(0.0F, 0.0F, 0.085F), 0.008F}};
    add_tube(place, pin, {.sides = 8}, {.tint = made.bamboo_tint * 0.5F});
    // The pipe that feeds it stands behind; its thread of water falls where the raised mouth is.
    const float raised = 0.4F;
    const glm::vec3 drop_m{mouth_m * std::cos(raised) - 0.05F,
                           made.height_m + mouth_m * std::sin(raised) + 0.24F, 0.0F};
    add_bamboo_pipe(place, {drop_m.x + 0.02F, -0.2F, -0.30F}, {drop_m.x, drop_m.y + 0.14F, -0.30F},
                    0.032F, bamboo);
    add_bamboo_pipe(place, drop_m + glm::vec3(0.0F, 0.045F, -0.34F), drop_m, 0.019F, bamboo);
    const std::array<TubePoint, 4> thread{
        TubePoint{drop_m, 0.005F}, TubePoint{drop_m + glm::vec3(0.0F, -0.02F, 0.018F), 0.0045F},
        TubePoint{drop_m + glm::vec3(0.0F, -0.1F, 0.026F), 0.0032F},
        TubePoint{drop_m + glm::vec3(0.0F, -0.25F, 0.028F), 0.0026F}};
    add_tube(place, thread, {.sides = 6, .capped = false},
             {.tint = made.water_colour, .roughness = 0.06F, .unevenness = 0.0F});
    // It comes back down on a stone, and pours into a bowl.
    add_lathe(place.at({mouth_m + 0.06F, -0.06F, 0.0F}),
              std::array<glm::vec2, 7>{glm::vec2{0.0F, -0.1F}, glm::vec2{0.24F, -0.1F},
                                       glm::vec2{0.29F, 0.09F}, glm::vec2{0.265F, 0.14F},
                                       glm::vec2{0.225F, 0.13F}, glm::vec2{0.19F, 0.06F},
                                       glm::vec2{0.0F, 0.05F}},
              22, {.pattern = scene::Pattern::rock, .tint = made.stone_tint, .roughness = 0.7F});
    const float back_m = -tail_m * std::cos(raised) + 0.03F;
    add_box(place.at({back_m, 0.13F, 0.0F}),
            {.size_m = {0.26F, 0.3F, 0.24F},
             .bevel_m = 0.09F,
             .edge_m_max = 0.08F,
             .uneven = {.depth_m = 0.03F, .size_m = 0.14F}},
            {.pattern = scene::Pattern::rock, .tint = made.stone_tint * 0.8F, .roughness = 0.7F});
    site.scene.hinge = {.point_m = place.placement.point(pivot_m),
                        .axis = place.placement.direction({0.0F, 0.0F, 1.0F})};
    site.life.spout = Spout{.seed = site.seed,
                            .pivot_m = place.placement.point(pivot_m),
                            .toward_mouth = place.placement.direction({1.0F, 0.0F, 0.0F}),
                            .mouth_m = mouth_m,
                            .fall_m = made.height_m - 0.2F,
                            .colour = made.water_colour * site.daylight};
}

} // namespace

PartBuilder read_garden_stone(ObjectReader& reader) {
    GardenStone stone;
    stone.size_m = reader.vec3("size_m", {0.05F, 5.0F});
    stone.tint = reader.colour("tint");
    stone.foot_tint = reader.colour("foot_tint");
    stone.lean = reader.number("lean", {-0.6F, 0.6F}, 0.0F);
    stone.flat_top = reader.number("flat_top", {0.0F, 1.0F}, 0.0F);
    return [stone](Site& site) { build_garden_stone(stone, site); };
}

PartBuilder read_garden_wall(ObjectReader& reader) {
    GardenWall wall;
    wall.length_m = reader.number("length_m", {1.0F, 60.0F});
    wall.height_m = reader.number("height_m", {0.4F, 4.0F}, 1.7F);
    wall.plaster_tint = reader.colour("plaster_tint");
    wall.stain_tint = reader.colour("stain_tint");
    wall.tile_tint = reader.colour("tile_tint");
    wall.base_tint = reader.colour("base_tint");
    return [wall](Site& site) { build_garden_wall(wall, site); };
}

PartBuilder read_stone_lantern(ObjectReader& reader) {
    StoneLantern lantern;
    lantern.height_m = reader.number("height_m", {0.4F, 3.0F}, 1.3F);
    lantern.tint = reader.colour("tint");
    return [lantern](Site& site) { build_stone_lantern(lantern, site); };
}

PartBuilder read_spout(ObjectReader& reader) {
    SpoutPart made;
    made.length_m = reader.number("length_m", {0.3F, 1.5F}, 0.72F);
    made.height_m = reader.number("height_m", {0.3F, 1.0F}, 0.46F);
    made.bamboo_tint = reader.colour("bamboo_tint");
    made.stone_tint = reader.colour("stone_tint");
    made.water_colour = reader.colour("water_colour");
    return [made](Site& site) { build_spout(made, site); };
}

PartBuilder read_rain_fall(ObjectReader& reader) {
    Rain rain;
    const glm::vec3 size_m = reader.vec3("size_m", {0.5F, 60.0F});
    rain.count = reader.count("drops", 1, 300, 140);
    rain.fall_m_per_s = reader.number("fall_m_per_s", {0.5F, 9.0F}, 3.2F);
    rain.colour = reader.colour("colour") * reader.number("brightness", {0.0F, 8.0F}, 1.0F);
    return [rain, size_m](Site& site) {
        Rain placed = rain;
        const glm::vec3 corner_m{size_m.x * 0.5F, 0.0F, size_m.z * 0.5F};
        placed.low_m = site.placement.position_m - corner_m;
        placed.high_m = placed.low_m + size_m;
        placed.colour *= site.daylight;
        site.life.rain.push_back(placed);
    };
}

} // namespace haven::environments
