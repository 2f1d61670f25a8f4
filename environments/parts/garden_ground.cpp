// The ground of a garden: moss that swells and hollows, raked gravel, a pond.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/leafage.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace haven::environments {
namespace {

constexpr float two_pi = 2.0F * std::numbers::pi_v<float>;

/// A rounded dip with a wavering outline; a negative depth is a mound.
struct Hollow {
    glm::vec2 centre_m{0.0F};
    glm::vec2 size_m{2.0F};
    float depth_m = 0.3F;
    float bank = 0.3F; ///< share of the way from the outline in that the bank takes
};

/// 1 on the outline, less within.
float outline(const Hollow& hollow, glm::vec2 at_m) {
    const glm::vec2 off = (at_m - hollow.centre_m) / (0.5F * hollow.size_m);
    const float away = glm::length(off);
    const glm::vec2 way = away > 1e-4F ? off / away : glm::vec2(1.0F, 0.0F);
    const float wavers =
        noise_two_scales({way.x * 1.4F + hollow.centre_m.x, way.y * 1.4F, hollow.centre_m.y}, 41U);
    return away * (1.0F + 0.16F * wavers);
}

float sunk_m(const Hollow& hollow, glm::vec2 at_m) {
    return hollow.depth_m *
           (1.0F - glm::smoothstep(1.0F - hollow.bank, 1.0F, outline(hollow, at_m)));
}

struct Moss {
    glm::vec2 size_m{30.0F};
    float swell_m = 0.07F;
    glm::vec2 middle_m{0.0F}; ///< where it is finest
    std::vector<glm::vec3> tints;
    std::vector<Hollow> hollows;
};

/// From -1..1 to the same, with more of it spent near 0.
float gathered(float share) {
    return share * (0.27F + 0.73F * share * share);
}

glm::vec3 moss_tint(const Moss& moss, glm::vec2 at_m, std::uint32_t seed) {
    const float share = 0.5F + 0.5F * noise_two_scales({at_m.x * 0.8F, 0.0F, at_m.y * 0.8F}, seed);
    const float step =
        glm::clamp(share * 1.3F - 0.15F, 0.0F, 1.0F) * static_cast<float>(moss.tints.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(step), moss.tints.size() - 1);
    const std::size_t high = std::min(low + 1, moss.tints.size() - 1);
    return glm::mix(moss.tints[low], moss.tints[high], step - static_cast<float>(low));
}

void build_moss(const Moss& moss, Site& site) {
    const Sculptor place = site.sculptor();
    add_grid(place, {.across = 90, .along = 86, .facing = {0.0F, 1.0F, 0.0F}},
             {.pattern = scene::Pattern::ground,
              .tint = glm::vec3(1.0F),
              .roughness = 1.0F,
              .unevenness = 0.16F},
             [&](float u, float v) {
                 const glm::vec2 share{gathered(u * 2.0F - 1.0F), gathered(v * 2.0F - 1.0F)};
                 const glm::vec2 at_m = moss.middle_m + 0.5F * share * moss.size_m;
                 float sunk = 0.0F;
                 for (const Hollow& hollow : moss.hollows) {
                     sunk += sunk_m(hollow, at_m);
                 }
                 const float cushions =
                     std::abs(noise({at_m.x * 1.7F, 3.0F, at_m.y * 1.7F}, site.seed));
                 const float swell =
                     moss.swell_m *
                     (noise({at_m.x * 0.45F, 0.0F, at_m.y * 0.45F}, site.seed) + 0.9F * cushions);
                 return GridPoint{.position_m = {at_m.x, swell - sunk, at_m.y},
                                  .pattern_m = at_m,
                                  .shade = 0.8F + 0.35F * cushions,
                                  .hue = moss_tint(moss, at_m, site.seed + 5U)};
             });
}

struct Rings {
    glm::vec2 centre_m{0.0F};
    glm::vec2 inner_m{0.5F}; ///< half of the stone's width and depth
    int count = 4;
};

struct RakedGravel {
    glm::vec2 size_m{6.0F};
    float pitch_m = 0.14F;
    glm::vec3 tint{0.5F};
    std::vector<Rings> rings;
    Hollow field; ///< in the room: the furrows flatten out toward its outline
};

/// Height, and how light the gravel is: furrows hold the wet.
struct Furrow {
    float height_m;
    float shade;
};
Furrow furrow(float across_pitches, float pitch_m, float uneven) {
    const float crest = 0.5F + 0.5F * std::cos(across_pitches * two_pi);
    const float depth = 0.8F + 0.2F * uneven;
    return {.height_m = pitch_m * 0.2F * (std::pow(crest, 0.8F) - 0.5F) * depth,
            .shade = 0.66F + 0.40F * crest * depth};
}

void build_raked_gravel(const RakedGravel& gravel, Site& site) {
    const Sculptor place = site.sculptor();
    const Material grains{.pattern = scene::Pattern::stone,
                          .tint = gravel.tint,
                          .roughness = 0.85F,
                          .unevenness = 0.14F};
    const auto cells_along =
        std::clamp(static_cast<int>(std::lround(gravel.size_m.y / gravel.pitch_m * 4.0F)), 8, 400);
    Hollow field = gravel.field;
    field.centre_m = {place.placement.position_m.x, place.placement.position_m.z};
    const auto uneven = [&](glm::vec2 at_m) {
        return noise({at_m.x * 1.3F, 7.0F, at_m.y * 1.3F}, site.seed);
    };
    add_grid(place, {.across = 20, .along = cells_along, .facing = {0.0F, 1.0F, 0.0F}}, grains,
             [&](float u, float v) {
                 const glm::vec2 at_m = (glm::vec2(u, v) - 0.5F) * gravel.size_m;
                 // A rake held by hand wavers a little.
                 const float wavers =
                     0.10F * noise({at_m.x * 0.5F, 1.0F, at_m.y * 0.2F}, site.seed);
                 const Furrow here =
                     furrow(at_m.y / gravel.pitch_m + wavers, gravel.pitch_m, uneven(at_m));
                 const glm::vec3 world_m = place.placement.point({at_m.x, 0.0F, at_m.y});
                 const float raked =
                     1.0F - glm::smoothstep(0.84F, 0.95F, outline(field, {world_m.x, world_m.z}));
                 return GridPoint{.position_m = {at_m.x, here.height_m * raked, at_m.y},
                                  .pattern_m = at_m,
                                  .shade = glm::mix(0.8F, here.shade, raked)};
             });
    for (std::size_t i = 0; i < gravel.rings.size(); ++i) {
        const Rings& rings = gravel.rings[i];
        const float wide_m = static_cast<float>(rings.count) * gravel.pitch_m;
        const float lift_m = 0.016F + 0.003F * static_cast<float>(i);
        add_grid(place.at({rings.centre_m.x, lift_m, rings.centre_m.y}),
                 {.across = 44,
                  .along = rings.count * 4 + 2,
                  .closed_across = true,
                  .facing = {0.0F, 1.0F, 0.0F}},
                 grains, [&](float u, float v) {
                     const float turn = two_pi * (u >= 1.0F ? 0.0F : u);
                     const glm::vec2 way{std::sin(turn), std::cos(turn)};
                     const float waver =
                         0.05F * noise({way.x * 1.2F, way.y * 1.2F, static_cast<float>(i)}, 17U);
                     const glm::vec2 at_m = way * (rings.inner_m * (0.7F + waver) + wide_m * v);
                     const Furrow here = furrow(v * static_cast<float>(rings.count) + 0.5F,
                                                gravel.pitch_m, uneven(at_m + rings.centre_m));
                     const float edge_m = v >= 1.0F ? -0.04F : 0.0F;
                     return GridPoint{.position_m = {at_m.x, here.height_m + edge_m, at_m.y},
                                      .pattern_m = at_m + rings.centre_m,
                                      .shade = here.shade};
                 });
    }
}

struct Pond {
    Hollow hollow; ///< as in the moss; its centre is the part's
    float below_m = 0.1F;
    glm::vec3 tint{0.03F};
    glm::vec3 stone_tint{0.2F};
    int stones = 14;
    int irises = 3;
    glm::vec3 iris_tint{0.1F};
};

void add_water(const Pond& pond, Site& site) {
    constexpr int cells = 26;
    std::vector<std::uint32_t> corners;
    for (int row = 0; row <= cells; ++row) {
        for (int column = 0; column <= cells; ++column) {
            const glm::vec2 share =
                glm::vec2(static_cast<float>(column), static_cast<float>(row)) / float{cells} -
                0.5F;
            const glm::vec2 local_m = share * pond.hollow.size_m * 1.12F;
            const glm::vec3 at_m =
                site.placement.position_m + glm::vec3(local_m.x, -pond.below_m, local_m.y);
            Hollow hollow = pond.hollow;
            hollow.centre_m = {site.placement.position_m.x, site.placement.position_m.z};
            const float depth_m = std::max(sunk_m(hollow, {at_m.x, at_m.z}) - pond.below_m, 0.0F);
            // Seen from the house, its far half mirrors what stands behind it, the near half sky.
            const float open =
                glm::clamp(0.5F + 1.1F * share.y + 0.25F * noise(at_m * 0.9F, 3U), 0.0F, 1.0F);
            corners.push_back(site.scene.mesh.add({.position_m = at_m,
                                                   .tint = pond.tint,
                                                   .pattern = scene::Pattern::water,
                                                   .pattern_m = local_m,
                                                   .roughness = 0.1F,
                                                   .motion = 1.0F - std::sqrt(depth_m / 4.0F),
                                                   .occlusion = open}));
        }
    }
    constexpr std::size_t in_row = cells + 1;
    for (std::size_t row = 0; row + 1 < in_row; ++row) {
        for (std::size_t column = 0; column + 1 < in_row; ++column) {
            const std::size_t a = row * in_row + column;
            const std::size_t below = a + in_row;
            site.scene.mesh.quad(corners[a], corners[below], corners[below + 1], corners[a + 1]);
        }
    }
}

void build_pond(const Pond& pond, Site& site) {
    add_water(pond, site);
    site.scene.water.rings = 1.0F;
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const glm::vec2 half_m = 0.5F * pond.hollow.size_m;
    Hollow hollow = pond.hollow;
    hollow.centre_m = {site.placement.position_m.x, site.placement.position_m.z};
    for (int i = 0; i < pond.stones; ++i) {
        const float turn = two_pi * (static_cast<float>(i) + dice.around(0.0F, 0.38F)) /
                           static_cast<float>(pond.stones);
        const glm::vec2 way{std::sin(turn), std::cos(turn)};
        const float reach = 1.0F / std::max(outline(hollow, hollow.centre_m + way * half_m), 0.3F);
        const float size_m = dice.between(0.11F, 0.2F) * (i % 3 == 0 ? 1.7F : 1.0F);
        const glm::vec2 at_m = way * half_m * (reach * dice.between(0.93F, 1.02F));
        add_boulder(place,
                    {.centre_m = {at_m.x, size_m * dice.between(-0.25F, 0.05F) - 0.02F, at_m.y},
                     .radii_m = glm::vec3(dice.between(0.9F, 1.5F), dice.between(0.55F, 0.8F),
                                          dice.between(0.8F, 1.2F)) *
                                size_m,
                     .rough = 0.3F,
                     .across = 14,
                     .tint = pond.stone_tint * dice.between(0.72F, 1.15F)},
                    dice.bits());
    }
    for (int i = 0; i < pond.irises; ++i) {
        const float turn = dice.between(2.6F, 4.6F);
        const glm::vec2 at_m = glm::vec2(std::sin(turn), std::cos(turn)) * half_m * 0.93F;
        add_tuft(place,
                 {.foot_m = {at_m.x, -0.1F, at_m.y},
                  .blades = 15,
                  .height_m = dice.between(0.45F, 0.7F),
                  .spread_m = 0.12F,
                  .tint = pond.iris_tint,
                  .sway_m = 0.03F},
                 dice);
    }
}

} // namespace

PartBuilder read_moss(ObjectReader& reader) {
    Moss moss;
    moss.size_m = reader.vec2("size_m", {2.0F, 100.0F});
    moss.swell_m = reader.number("swell_m", {0.0F, 0.5F}, 0.07F);
    moss.middle_m = reader.vec2("middle_m", {-60.0F, 60.0F}, glm::vec2(0.0F));
    moss.tints = reader.colours("tints", 6);
    if (reader.has("hollows")) {
        for (ObjectReader& one : reader.objects("hollows", 16)) {
            Hollow hollow;
            hollow.centre_m = one.vec2("centre_m", {-60.0F, 60.0F});
            hollow.size_m = one.vec2("size_m", {0.2F, 60.0F});
            hollow.depth_m = one.number("depth_m", {-2.0F, 2.0F});
            hollow.bank = one.number("bank", {0.02F, 1.0F}, 0.3F);
            one.finish();
            moss.hollows.push_back(hollow);
        }
    }
    return [moss = std::move(moss)](Site& site) { build_moss(moss, site); };
}

PartBuilder read_raked_gravel(ObjectReader& reader) {
    RakedGravel gravel;
    gravel.size_m = reader.vec2("size_m", {0.5F, 30.0F});
    gravel.pitch_m = reader.number("pitch_m", {0.04F, 0.5F}, 0.14F);
    gravel.tint = reader.colour("tint");
    gravel.field.size_m = reader.vec2("field_m", {0.5F, 60.0F}, glm::vec2(60.0F));
    if (reader.has("rings")) {
        for (ObjectReader& one : reader.objects("rings", 8)) {
            Rings rings;
            rings.centre_m = one.vec2("centre_m", {-20.0F, 20.0F});
            rings.inner_m = one.vec2("size_m", {0.1F, 6.0F}) * 0.5F;
            rings.count = one.count("count", 1, 12, 4);
            one.finish();
            gravel.rings.push_back(rings);
        }
    }
    return [gravel = std::move(gravel)](Site& site) { build_raked_gravel(gravel, site); };
}

PartBuilder read_pond(ObjectReader& reader) {
    Pond pond;
    pond.hollow.size_m = reader.vec2("size_m", {0.2F, 60.0F});
    pond.hollow.depth_m = reader.number("depth_m", {0.1F, 2.0F}, 0.5F);
    pond.hollow.bank = reader.number("bank", {0.02F, 1.0F}, 0.3F);
    pond.below_m = reader.number("below_m", {0.0F, 1.0F}, 0.1F);
    pond.tint = reader.colour("tint");
    pond.stone_tint = reader.colour("stone_tint");
    pond.stones = reader.count("stones", 0, 40, 14);
    pond.irises = reader.count("irises", 0, 12, 3);
    pond.iris_tint = reader.colour("iris_tint", "#5d7048");
    return [pond](Site& site) { build_pond(pond, site); };
}

} // namespace haven::environments
