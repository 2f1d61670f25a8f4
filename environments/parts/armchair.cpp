// An armchair to sink into, with a woollen blanket over its arm, and the rug before it.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Armchair {
    glm::vec3 cloth_tint{0.3F};
    glm::vec3 wood_tint{0.15F};
    glm::vec3 blanket_tint{0.5F};
    glm::vec3 cushion_tint{0.5F};
    bool blanket_left = true;
};

constexpr float arm_x_m = 0.36F;

void add_cushion(const Sculptor& place, glm::vec3 size_m, float bevel_m, float bulge_m,
                 glm::vec3 tint, Dice& dice) {
    Sculptor cushion = place;
    cushion.seed = dice.bits();
    add_box(cushion,
            {.size_m = size_m,
             .bevel_m = bevel_m,
             .bulge_m = bulge_m,
             .edge_m_max = 0.085F,
             .uneven = {.depth_m = 0.009F, .size_m = 0.16F}},
            {.pattern = scene::Pattern::fabric, .tint = tint, .roughness = 0.95F});
}

/// Two cloths sewn round their edge, and filled: full in the middle, its corners drawn out.
void add_pillow(const Sculptor& place, glm::vec3 tint, Dice& dice) {
    const std::uint32_t seed = dice.bits();
    constexpr float half_m = 0.16F;
    for (const float side : {-1.0F, 1.0F}) {
        add_grid(
            place, {.across = 14, .along = 14, .facing = {0.0F, 0.0F, side}},
            {.pattern = scene::Pattern::fabric, .tint = tint, .roughness = 1.0F},
            [&](float u, float v) {
                const glm::vec2 in{u * 2.0F - 1.0F, v * 2.0F - 1.0F};
                const glm::vec2 drawn =
                    in * (1.0F - 0.09F * (1.0F - glm::vec2(in.y, in.x) * glm::vec2(in.y, in.x)));
                const float full = std::max(0.0F, (1.0F - in.x * in.x) * (1.0F - in.y * in.y));
                const float dent = 0.012F * noise({in.x * 2.0F, in.y * 2.0F, side}, seed);
                return GridPoint{.position_m = {drawn.x * half_m, drawn.y * half_m,
                                                side * (std::pow(full, 0.55F) * (0.068F + dent))},
                                 .pattern_m = in * half_m};
            });
    }
}

void add_upholstery(const Sculptor& place, const Armchair& chair, Dice& dice) {
    const glm::vec3 cloth = chair.cloth_tint;
    add_cushion(place.at({0.0F, 0.27F, 0.0F}), {0.72F, 0.2F, 0.7F}, 0.04F, 0.0F, cloth * 0.85F,
                dice);
    add_cushion(place.at({0.0F, 0.43F, 0.04F}), {0.56F, 0.15F, 0.64F}, 0.06F, 0.035F, cloth * 1.08F,
                dice);
    const glm::quat lean = turn_about_x(-0.2F);
    add_cushion(place.at({0.0F, 0.68F, -0.29F}, lean), {0.7F, 0.72F, 0.17F}, 0.075F, 0.01F,
                cloth * 0.92F, dice);
    add_cushion(place.at({0.0F, 0.72F, -0.2F}, lean), {0.52F, 0.52F, 0.13F}, 0.06F, 0.035F, cloth,
                dice);
    for (const float side : {-1.0F, 1.0F}) {
        add_cushion(place.at({side * arm_x_m, 0.38F, 0.02F}), {0.13F, 0.36F, 0.72F}, 0.045F, 0.0F,
                    cloth * 0.95F, dice);
        // The arm's roll, a little wider than what bears it.
        std::array<TubePoint, 9> roll{};
        for (std::size_t i = 0; i < roll.size(); ++i) {
            const float t = static_cast<float>(i) / static_cast<float>(roll.size() - 1);
            const float round = std::min(1.0F, std::min(t, 1.0F - t) * 9.0F + 0.72F);
            roll.at(i) = {.centre_m = {side * (arm_x_m + 0.012F),
                                       0.545F + 0.012F * std::sin(t * pi),
                                       glm::mix(-0.34F, 0.4F, t)},
                          .radius_m = 0.085F * round};
        }
        Sculptor arm = place;
        arm.seed = dice.bits();
        add_tube(arm, roll, {.sides = 14, .uneven = {.depth_m = 0.006F, .size_m = 0.15F}},
                 {.pattern = scene::Pattern::fabric, .tint = cloth, .roughness = 0.95F});
        // Wings that keep the draught off.
        add_cushion(place.at({side * 0.325F, 0.8F, -0.215F}, lean * turn_about_y(side * -0.2F)),
                    {0.095F, 0.4F, 0.24F}, 0.045F, 0.012F, cloth * 0.97F, dice);
    }
    add_pillow(place.at({0.1F, 0.665F, -0.085F}, turn_about_x(-0.38F) * turn_about_z(0.16F)),
               chair.cushion_tint, dice);
}

void add_legs(const Sculptor& place, const Armchair& chair) {
    const std::array<glm::vec2, 5> turned{glm::vec2{0.017F, 0.0F}, glm::vec2{0.02F, 0.02F},
                                          glm::vec2{0.027F, 0.09F}, glm::vec2{0.031F, 0.18F},
                                          glm::vec2{0.0F, 0.181F}};
    for (const float x : {-0.31F, 0.31F}) {
        for (const float z : {-0.29F, 0.3F}) {
            add_lathe(
                place.at({x, 0.0F, z}), turned, 10,
                {.pattern = scene::Pattern::wood, .tint = chair.wood_tint, .roughness = 0.4F});
        }
    }
}

struct Lying {
    glm::vec3 at_m;
    glm::vec3 outward; ///< away from what it lies on
};

constexpr float hang_m = 0.4F;  // down the outer side of the arm
constexpr float over_m = 0.3F;  // round its roll
constexpr float rest_m = 0.34F; // across the seat
constexpr float blanket_m = hang_m + over_m + rest_m;

/// The swollen top of the seat's cushion.
float seat_top_m(float x_m, float z_m) {
    const float across = x_m / 0.28F;
    const float along = (z_m - 0.04F) / 0.32F;
    return 0.508F +
           0.038F * std::max(0.0F, 1.0F - across * across) * std::max(0.0F, 1.0F - along * along);
}

/// The blanket's way: up the outer side of the arm, over it, down and across the seat.
Lying over_arm(float along_m, float z_m) {
    const float radius_m = 0.094F;
    const float x_m = arm_x_m + 0.012F;
    const float y_m = 0.548F;
    if (along_m < hang_m) {
        const float below_m = hang_m - along_m;
        return {.at_m = {x_m + radius_m + 0.05F * below_m, y_m - below_m, z_m},
                .outward = {1.0F, 0.0F, 0.0F}};
    }
    if (along_m < hang_m + over_m) {
        const float angle = (along_m - hang_m) / over_m * pi * 0.94F;
        const glm::vec3 outward{std::cos(angle), std::sin(angle), 0.0F};
        return {.at_m = glm::vec3(x_m, y_m, z_m) + radius_m * outward, .outward = outward};
    }
    const float inward_m = along_m - hang_m - over_m;
    const float seat_x_m = x_m - radius_m - inward_m;
    const float fall = glm::smoothstep(0.0F, 0.06F, inward_m);
    return {
        .at_m = {seat_x_m, glm::mix(y_m + 0.02F, seat_top_m(seat_x_m, z_m) + 0.008F, fall), z_m},
        .outward = {0.0F, 1.0F, 0.0F}};
}

/// Woven bands near both ends of the blanket.
glm::vec3 stripes(float v) {
    const float from_end = std::min(v, 1.0F - v);
    const bool broad = from_end > 0.07F && from_end < 0.15F;
    const bool narrow = (from_end > 0.18F && from_end < 0.2F) || from_end < 0.03F;
    return broad    ? glm::vec3(0.20F, 0.22F, 0.30F)
           : narrow ? glm::vec3(0.5F, 0.2F, 0.13F)
                    : glm::vec3(1.0F);
}

void add_blanket(const Sculptor& place, const Armchair& chair, Dice& dice) {
    const float side = chair.blanket_left ? -1.0F : 1.0F;
    const std::uint32_t seed = dice.bits();
    const float width_m = 0.5F;
    const Material wool{.pattern = scene::Pattern::fabric,
                        .tint = chair.blanket_tint,
                        .roughness = 1.0F,
                        .unevenness = 0.2F};
    const auto lie = [&](float u, float v) {
        const float slack = noise({u * 2.2F, v * 2.0F, 0.0F}, seed);
        // The cloth is gathered on the arm and spreads where it is free; its edges wander.
        const float on_arm = (v * blanket_m - hang_m - over_m * 0.5F) / 0.3F;
        const float spread = 1.0F - 0.22F * std::exp(-on_arm * on_arm);
        const float z_m = 0.05F + (u - 0.5F) * width_m * spread + 0.035F * (v - 0.5F) +
                          0.025F * noise({v * 3.0F, 4.0F, 0.0F}, seed);
        const float end = 0.03F * noise({u * 3.0F, 8.0F, 0.0F}, seed);
        const Lying lying = over_arm(std::max(0.0F, v * blanket_m + end * (1.0F - v)), z_m);
        const float fold = std::sin(u * 2.0F * pi * 3.3F + 2.2F * slack + 1.2F * v);
        const float depth_m = 0.007F + 0.013F * (1.0F - std::exp(-on_arm * on_arm));
        glm::vec3 at =
            lying.at_m + lying.outward * (0.012F + depth_m * (fold + 1.0F) * 0.7F +
                                          0.006F * noise({u * 5.0F, v * 7.0F, 3.0F}, seed));
        at.x *= side;
        return GridPoint{.position_m = at,
                         .pattern_m = {u * width_m, v * blanket_m},
                         .shade = 0.88F + 0.12F * fold,
                         .hue = stripes(v)};
    };
    add_grid(place, {.across = 24, .along = 40, .facing = {side * 0.6F, 1.0F, 0.0F}}, wool, lie);
    // Where it hangs free its other side is seen.
    add_grid(place, {.across = 24, .along = 15, .facing = {-side, 0.0F, 0.0F}}, wool,
             [&](float u, float v) {
                 GridPoint point = lie(u, v * hang_m / blanket_m);
                 point.position_m.x -= side * 0.006F;
                 point.shade *= 0.6F;
                 return point;
             });
    const int strands = 46;
    for (int i = 0; i < strands; ++i) {
        const bool hanging = i % 2 == 0;
        const float u = (static_cast<float>(i) + dice.unit()) / static_cast<float>(strands);
        const glm::vec3 root = lie(u, hanging ? 0.0F : 1.0F).position_m;
        const float long_m = dice.between(0.035F, 0.055F);
        const glm::vec3 way = hanging ? glm::vec3(side * 0.12F, -1.0F, dice.around(0.0F, 0.15F))
                                      : glm::vec3(-side, -0.12F, dice.around(0.0F, 0.3F));
        const std::array<TubePoint, 2> strand{TubePoint{root, 0.004F},
                                              TubePoint{root + way * long_m, 0.0025F}};
        add_tube(place, strand, {.sides = 3, .capped = false}, wool);
    }
}

struct Rug {
    glm::vec2 size_m{2.7F, 2.0F};
    glm::vec3 tint{0.4F};
    glm::vec3 fringe_tint{0.6F};
};

void build_rug(const Rug& rug, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const std::uint32_t seed = dice.bits();
    const glm::vec2 half_m = rug.size_m * 0.5F;
    const auto lie = [&](float u, float v) {
        const glm::vec2 in{u * 2.0F - 1.0F, v * 2.0F - 1.0F};
        const glm::vec2 wobble{noise({v * 4.0F, 0.0F, 0.0F}, seed),
                               noise({u * 5.0F, 3.0F, 0.0F}, seed)};
        const glm::vec2 at = in * half_m + 0.012F * wobble * in * in * in;
        const bool edge = u <= 0.0F || u >= 1.0F || v <= 0.0F || v >= 1.0F;
        // Flat but for the faint waves a rug keeps from being rolled.
        const float wave = 0.0025F * noise({at.x * 2.5F, 0.0F, at.y * 2.0F}, seed);
        return GridPoint{.position_m = {at.x, edge ? 0.002F : 0.012F + wave, at.y},
                         .pattern_m = {u, 1.0F - v}};
    };
    const auto cells = [](float length_m) { return static_cast<int>(std::ceil(length_m / 0.1F)); };
    add_grid(
        place,
        {.across = cells(rug.size_m.x), .along = cells(rug.size_m.y), .facing = {0.0F, 1.0F, 0.0F}},
        {.pattern = scene::Pattern::rug, .tint = rug.tint, .roughness = 1.0F, .unevenness = 0.18F},
        lie);
    const int strands = static_cast<int>(rug.size_m.y / 0.021F);
    for (const float side : {-1.0F, 1.0F}) {
        for (int i = 0; i < strands; ++i) {
            const float v = (static_cast<float>(i) + 0.5F) / static_cast<float>(strands);
            const float z = (v * 2.0F - 1.0F) * half_m.y + dice.around(0.0F, 0.003F);
            const float reach_m = dice.between(0.055F, 0.075F);
            const float skew_m = dice.around(0.0F, 0.014F);
            add_grid(place, {.across = 1, .along = 1, .facing = {0.0F, 1.0F, 0.0F}},
                     {.pattern = scene::Pattern::plain,
                      .tint = rug.fringe_tint * dice.between(0.75F, 1.1F),
                      .roughness = 1.0F},
                     [&](float u, float across) {
                         const float wide = (across - 0.5F) * glm::mix(0.011F, 0.006F, u);
                         return GridPoint{.position_m = {side * (half_m.x - 0.01F + u * reach_m),
                                                         0.007F - 0.004F * u,
                                                         z + wide + skew_m * u},
                                          .pattern_m = {u, across}};
                     });
        }
    }
}

} // namespace

PartBuilder read_armchair(ObjectReader& reader) {
    Armchair chair;
    chair.cloth_tint = reader.colour("cloth_tint");
    chair.wood_tint = reader.colour("wood_tint");
    chair.blanket_tint = reader.colour("blanket_tint");
    chair.cushion_tint = reader.colour("cushion_tint");
    chair.blanket_left = reader.flag("blanket_left", true);
    return [chair](Site& site) {
        const Sculptor place = site.sculptor();
        Dice dice(site.seed);
        add_upholstery(place, chair, dice);
        add_legs(place, chair);
        add_blanket(place, chair, dice);
    };
}

PartBuilder read_rug(ObjectReader& reader) {
    Rug rug;
    rug.size_m = reader.vec2("size_m", {0.5F, 6.0F});
    rug.tint = reader.colour("tint");
    rug.fringe_tint = reader.colour("fringe_tint");
    return [rug](Site& site) { build_rug(rug, site); };
}

} // namespace haven::environments
