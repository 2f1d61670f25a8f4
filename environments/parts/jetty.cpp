// What people built at the water: a jetty of boards on posts, and a boat turned over for the
// winter.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/field.hpp"
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
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Jetty {
    glm::vec2 deck_m{3.0F, 3.0F}; ///< across and along, about the origin
    float walk_m = 4.2F;          ///< how far the walk leads on ahead
    float walk_width_m = 1.15F;
    float walk_x_m = 0.35F;
    float back_m = 2.4F; ///< and back to the land
    float level_m = -0.4F;
    glm::vec3 tint{0.3F};
    glm::vec3 post_tint{0.2F};
};

/// Boards side by side along z, none like its neighbour.
void add_boards(const Sculptor& place, const Jetty& jetty, glm::vec2 from_to_z_m, float x_m,
                float width_m, Dice& dice) {
    for (float z = from_to_z_m.x; z > from_to_z_m.y;) {
        const float board_m = dice.between(0.115F, 0.165F);
        const float over_m = dice.around(0.0F, 0.02F);
        Sculptor board = place.at(
            {x_m + over_m, -0.018F - 0.004F * dice.unit(), z - board_m * 0.5F},
            turn_about_y(dice.around(0.0F, 0.004F)) * turn_about_x(dice.around(0.0F, 0.012F)));
        board.seed = dice.bits();
        const float grey = dice.unit();
        const glm::vec3 tint =
            glm::mix(jetty.tint, jetty.tint * glm::vec3(0.82F, 0.88F, 0.96F), grey);
        add_box(board,
                {.size_m = {width_m, 0.036F, board_m},
                 .bevel_m = 0.007F,
                 .edge_m_max = 0.5F,
                 .uneven = {.depth_m = 0.002F, .size_m = 0.4F}},
                {.pattern = scene::Pattern::wood,
                 .tint = tint * dice.between(0.74F, 1.18F),
                 .roughness = 0.7F});
        z -= board_m + dice.between(0.006F, 0.013F);
    }
}

void add_post(const Sculptor& place, const Jetty& jetty, glm::vec2 at_m, float top_m, Dice& dice) {
    const float radius_m = dice.between(0.06F, 0.075F);
    const glm::vec2 lean{dice.around(0.0F, 0.02F), dice.around(0.0F, 0.02F)};
    const std::array<TubePoint, 4> post{
        TubePoint{{at_m.x, jetty.level_m - 0.03F, at_m.y}, radius_m * 1.05F},
        TubePoint{{at_m.x, jetty.level_m + 0.12F, at_m.y}, radius_m},
        TubePoint{{at_m.x + lean.x * 0.5F, top_m - 0.02F, at_m.y + lean.y * 0.5F},
                  radius_m * 0.95F},
        TubePoint{{at_m.x + lean.x * 0.5F, top_m, at_m.y + lean.y * 0.5F}, radius_m * 0.8F}};
    Sculptor own = place;
    own.seed = dice.bits();
    add_tube(own, post, {.sides = 14, .uneven = {.depth_m = 0.006F, .size_m = 0.1F}},
             {.pattern = scene::Pattern::logs,
              .tint = jetty.post_tint * dice.between(0.85F, 1.15F),
              .roughness = 0.85F});
}

void add_beam(const Sculptor& place, const Jetty& jetty, glm::vec3 centre_m, glm::vec3 size_m,
              Dice& dice) {
    Sculptor beam = place.at(centre_m);
    beam.seed = dice.bits();
    add_box(beam, {.size_m = size_m, .bevel_m = 0.01F, .edge_m_max = 0.8F},
            {.pattern = scene::Pattern::wood, .tint = jetty.post_tint * 0.8F, .roughness = 0.85F});
}

/// A mooring line wound round a post, its end hanging down.
void add_rope(const Sculptor& place, glm::vec2 post_m, float high_m) {
    std::vector<TubePoint> line;
    constexpr int steps = 56;
    for (int i = 0; i <= steps; ++i) {
        const float share = static_cast<float>(i) / steps;
        const float turn = share * 2.0F * pi * 3.6F;
        const float out_m = 0.083F + 0.006F * std::sin(share * 23.0F);
        line.push_back({.centre_m = {post_m.x + std::sin(turn) * out_m,
                                     high_m - 0.1F * share + 0.006F * std::sin(turn * 0.7F),
                                     post_m.y + std::cos(turn) * out_m},
                        .radius_m = 0.0105F});
    }
    const glm::vec3 end_m = line.back().centre_m;
    line.push_back({.centre_m = end_m + glm::vec3(-0.02F, -0.12F, 0.02F), .radius_m = 0.0105F});
    line.push_back({.centre_m = end_m + glm::vec3(-0.015F, -0.27F, 0.03F), .radius_m = 0.01F});
    add_tube(place, line, {.sides = 6, .uneven = {.depth_m = 0.002F, .size_m = 0.012F}},
             {.tint = glm::vec3(0.36F, 0.29F, 0.19F), .roughness = 0.95F});
}

void build_jetty(const Jetty& jetty, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const glm::vec2 half_m = jetty.deck_m * 0.5F;
    const float end_m = -half_m.y - jetty.walk_m;
    add_boards(place, jetty, {half_m.y + jetty.back_m, half_m.y}, 0.0F, 1.4F, dice);
    add_boards(place, jetty, {half_m.y, -half_m.y}, 0.0F, jetty.deck_m.x, dice);
    add_boards(place, jetty, {-half_m.y, end_m}, jetty.walk_x_m, jetty.walk_width_m, dice);
    for (const float side : {-1.0F, 1.0F}) {
        add_beam(place, jetty, {side * (half_m.x - 0.12F), -0.1F, 0.0F},
                 {0.09F, 0.12F, jetty.deck_m.y - 0.06F}, dice);
        add_beam(place, jetty,
                 {jetty.walk_x_m + side * (jetty.walk_width_m * 0.5F - 0.1F), -0.1F,
                  0.5F * (end_m - half_m.y)},
                 {0.08F, 0.11F, jetty.walk_m - 0.05F}, dice);
        add_post(place, jetty, {side * (half_m.x + 0.05F), half_m.y - 0.2F}, 0.06F, dice);
        add_post(place, jetty, {side * (half_m.x + 0.05F), -half_m.y + 0.12F},
                 side < 0.0F ? 0.62F : 0.48F, dice);
        add_rope(place, {side * (half_m.x + 0.05F), -half_m.y + 0.12F}, 0.36F);
        const float x = jetty.walk_x_m + side * (jetty.walk_width_m * 0.5F + 0.04F);
        for (int i = 1; i <= 2; ++i) {
            const float z = glm::mix(-half_m.y, end_m + 0.12F, static_cast<float>(i) * 0.5F);
            add_post(place, jetty, {x, z}, i == 2 ? 0.5F : 0.03F, dice);
        }
    }
    add_beam(place, jetty, {0.0F, -0.1F, -half_m.y + 0.06F}, {jetty.deck_m.x - 0.05F, 0.12F, 0.08F},
             dice);
}

struct Boat {
    float length_m = 3.4F;
    float beam_m = 1.25F;
    glm::vec3 tint{0.3F};
    glm::vec3 keel_tint{0.2F};
};

/// Turned over: its strakes lap like shingles from the gunwales up to the keel.
void build_boat(const Boat& boat, Site& site) {
    const Sculptor place = site.sculptor();
    constexpr int strakes = 7; // a side
    const float high_m = 0.52F;
    const auto hull = [&](float u, float v) {
        const float along = 2.0F * u - 1.0F;
        const float blunt = along > 0.0F ? 2.0F : 3.4F; // bow and stern
        const float full = std::pow(std::max(1.0F - std::pow(std::abs(along), blunt), 0.0F), 0.75F);
        const float half_m = boat.beam_m * 0.5F * full + 0.012F;
        const float rim_m = 0.03F + 0.13F * along * along;
        const float turn = (v - 0.5F) * pi;
        const float lap = std::abs(2.0F * v - 1.0F) * strakes;
        const float step_m = 0.014F * (lap - std::floor(lap)) * full;
        const float keel_m = high_m * (0.86F + 0.14F * full) - 0.05F * along * along;
        const float arch = std::pow(std::max(std::cos(turn), 0.0F), 0.72F);
        return glm::vec3(std::sin(turn) * (half_m + step_m),
                         rim_m + (keel_m - rim_m) * arch + step_m * arch,
                         along * boat.length_m * 0.5F);
    };
    add_field(place, {.across = 40, .along = 2 * strakes * 4}, hull,
              [&](scene::SurfacePoint& corner, float u, float v) {
                  const float worn = noise_two_scales({u * 7.0F, v * 9.0F, 0.0F}, site.seed);
                  const float lap = std::abs(2.0F * v - 1.0F) * strakes;
                  const float seam = lap - std::floor(lap) < 0.2F ? 0.72F : 1.0F;
                  const float bare = glm::smoothstep(0.15F, 0.5F, worn);
                  corner.tint = glm::mix(boat.tint, boat.keel_tint * 1.3F, bare * 0.7F) *
                                (seam * (1.0F + 0.14F * worn));
                  corner.pattern = scene::Pattern::wood;
                  corner.pattern_m = {u * boat.length_m, v * boat.beam_m * 1.6F};
                  corner.roughness = 0.85F;
              });
    const auto rail = [&](float v, float thick_m, glm::vec3 tint) {
        std::array<TubePoint, 13> path{};
        for (std::size_t i = 0; i < path.size(); ++i) {
            path.at(i) = {hull(static_cast<float>(i) / 12.0F, v), thick_m};
        }
        add_tube(place, path, {.sides = 6}, {.tint = tint, .roughness = 0.8F});
    };
    rail(0.5F, 0.032F, boat.keel_tint);
    rail(0.004F, 0.024F, boat.keel_tint);
    rail(0.996F, 0.024F, boat.keel_tint);
}

} // namespace

PartBuilder read_jetty(ObjectReader& reader) {
    Jetty jetty;
    jetty.deck_m = reader.vec2("deck_m", {0.8F, 12.0F}, jetty.deck_m);
    jetty.walk_m = reader.number("walk_m", {0.3F, 20.0F}, jetty.walk_m);
    jetty.walk_width_m = reader.number("walk_width_m", {0.4F, 4.0F}, jetty.walk_width_m);
    jetty.walk_x_m = reader.number("walk_x_m", {-4.0F, 4.0F}, jetty.walk_x_m);
    jetty.back_m = reader.number("back_m", {0.3F, 20.0F}, jetty.back_m);
    jetty.level_m = reader.number("level_m", {-3.0F, -0.1F}, jetty.level_m);
    jetty.tint = reader.colour("tint");
    jetty.post_tint = reader.colour("post_tint");
    return [jetty](Site& site) { build_jetty(jetty, site); };
}

PartBuilder read_boat(ObjectReader& reader) {
    Boat boat;
    boat.length_m = reader.number("length_m", {1.5F, 8.0F}, 3.4F);
    boat.beam_m = reader.number("beam_m", {0.6F, 3.0F}, 1.25F);
    boat.tint = reader.colour("tint");
    boat.keel_tint = reader.colour("keel_tint");
    return [boat](Site& site) { build_boat(boat, site); };
}

} // namespace haven::environments
