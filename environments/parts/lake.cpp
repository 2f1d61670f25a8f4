// A still lake: its shore, its water, reeds in it, mist over it.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/blades.hpp"
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
#include <cstdint>
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;
constexpr std::uint32_t bank_seed = 83U; // one bank, whatever part asks for it

/// Land behind, water ahead, and on the left a low spit that closes the near water.
struct Bank {
    float level_m = -0.4F; ///< of the water
    float spit_m = 6.6F;   ///< how far it reaches out

    /// The z of the waterline at x.
    [[nodiscard]] float line_m(float x) const {
        const float out = 1.0F - glm::smoothstep(-2.7F, -1.4F, x);
        const float end = glm::smoothstep(-16.0F, -7.0F, x);
        const float wander = 0.5F * noise({x * 0.3F, 0.0F, 1.0F}, bank_seed) +
                             0.14F * noise({x * 1.3F, 0.0F, 2.0F}, bank_seed);
        return 2.1F + wander - spit_m * out * (0.35F + 0.65F * end);
    }
    /// The spit's side runs away from the eye: it bends to the left and right.
    static constexpr float bend_m = 0.75F;
    [[nodiscard]] float past_line_m(glm::vec2 at) const { // over land where positive
        const float bend = 0.65F * noise({at.y * 0.42F, 0.0F, 3.0F}, bank_seed) +
                           0.35F * noise({at.y * 1.4F, 0.0F, 4.0F}, bank_seed);
        return at.y - line_m(at.x + bend_m * bend);
    }
    /// Where land begins at x, from the far side: under water, but hardly so at the spit's side,
    /// for what lies below is what the water there mirrors.
    [[nodiscard]] float edge_m(float x) const {
        const float sunk_m = std::abs(x + 2.2F) < 1.4F ? 0.2F : 1.1F;
        float z = line_m(x - bend_m) - 1.1F;
        while (past_line_m({x, z}) < -sunk_m) {
            z += 0.05F;
        }
        return z;
    }
    [[nodiscard]] float height_m(glm::vec2 at) const {
        const float past = past_line_m(at);
        const float rough = 0.05F * noise_two_scales({at.x * 1.3F, 3.0F, at.y * 1.3F}, bank_seed);
        const float rise = glm::smoothstep(5.0F, 26.0F, at.y) * 5.0F +
                           glm::smoothstep(9.0F, 30.0F, std::abs(at.x)) * 2.0F;
        const float low =
            level_m + (past > 0.0F ? 0.36F * (1.0F - std::exp(-0.55F * past)) : 0.14F * past);
        return low + (past > 0.0F ? rough * std::min(past, 1.0F) + rise : 0.0F);
    }
};

Bank read_bank(ObjectReader& reader) {
    return {.level_m = reader.number("level_m", {-3.0F, 0.0F}, -0.4F),
            .spit_m = reader.number("spit_m", {0.0F, 12.0F}, 6.6F)};
}

struct Land {
    Bank bank;
    glm::vec3 tint{0.2F};
    glm::vec3 wet_tint{0.1F};
    glm::vec3 grass_tint{0.2F};
    int tufts = 120;
};

void build_bank(const Land& land, Site& site) {
    const Sculptor place = site.sculptor();
    constexpr int across = 128;
    // Nearly half of the columns where the spit's side runs away from the eye.
    const auto x_at = [](float u) {
        constexpr float left_m = -3.4F;
        constexpr float right_m = -1.0F;
        const float share = (u - 0.28F) / 0.44F;
        const float beyond = (share < 0.0F ? -share : std::max(share - 1.0F, 0.0F)) * 0.44F / 0.28F;
        const float out_m = (0.12F + 0.88F * beyond) * beyond * 40.0F;
        return glm::mix(left_m, right_m, std::clamp(share, 0.0F, 1.0F)) +
               (share < 0.0F ? -out_m : out_m);
    };
    std::vector<float> edges_m;
    for (int column = 0; column <= across; ++column) {
        edges_m.push_back(land.bank.edge_m(x_at(static_cast<float>(column) / across)));
    }
    add_field(
        place, {.across = across, .along = 54},
        [&](float u, float v) {
            const auto column = static_cast<std::size_t>(std::lround(u * across));
            const float x = x_at(u);
            const float z = edges_m.at(column) + 32.0F * v * (0.12F + 0.88F * v);
            return glm::vec3(x, land.bank.height_m({x, z}), z);
        },
        [&](scene::SurfacePoint& corner, float /*u*/, float /*v*/) {
            const glm::vec3 at = corner.position_m;
            const float over = at.y - land.bank.level_m;
            const float patch = noise_two_scales({at.x * 0.6F, 5.0F, at.z * 0.6F}, bank_seed);
            const float dry = glm::smoothstep(0.02F, 0.2F, over + 0.06F * patch);
            corner.tint = glm::mix(land.wet_tint, land.tint, dry) * (1.0F + 0.16F * patch);
            corner.pattern = scene::Pattern::ground;
            corner.pattern_m = {at.x, at.z};
            corner.roughness = glm::mix(0.45F, 0.95F, dry);
        });
    Dice dice(site.seed);
    int grown = 0;
    for (int tries = 0; grown < land.tufts && tries < land.tufts * 6; ++tries) {
        const float x = dice.unit() < 0.45F ? dice.between(-7.0F, -2.4F) : dice.around(0.0F, 12.0F);
        const float z = land.bank.line_m(x - Bank::bend_m) + 9.5F * dice.unit() * dice.unit();
        if (glm::length(glm::vec2(x, z)) < 2.1F || land.bank.past_line_m({x, z}) < 0.1F ||
            (std::abs(x) < 0.85F && z < 4.2F) || // the way to the jetty
            noise({x * 0.7F, 8.0F, z * 0.7F}, bank_seed) < -0.2F) {
            continue;
        }
        ++grown;
        add_blades(place.at({x, land.bank.height_m({x, z}), z}),
                   {.count = 12,
                    .height_m = dice.between(0.16F, 0.38F),
                    .width_m = 0.008F,
                    .spread_m = dice.between(0.06F, 0.16F),
                    .bend = dice.between(0.4F, 0.9F),
                    .sway_m = 0.02F,
                    .segments = 2,
                    .tint = land.grass_tint * dice.between(0.8F, 1.2F),
                    .foot_tint = land.grass_tint * 0.45F},
                   dice);
    }
}

struct Lake {
    Bank bank;
    float far_m = 420.0F;
    glm::vec3 tint{0.05F};
};

void build_lake(const Lake& lake, Site& site) {
    const Sculptor place = site.sculptor();
    add_field(
        place, {.across = 64, .along = 28},
        [&](float u, float v) {
            const float turn = (2.0F * u - 1.0F) * 100.0F * pi / 180.0F;
            // Even rows as the eye sees them.
            const float low = (1.0F - v) * (0.25F + 0.75F * (1.0F - v));
            const float away_m = 1.0F / glm::mix(1.0F / lake.far_m, 1.0F / 1.1F, low);
            return glm::vec3(std::sin(turn) * away_m, lake.bank.level_m,
                             2.6F - std::cos(turn) * away_m);
        },
        [&](scene::SurfacePoint& corner, float /*u*/, float /*v*/) {
            const glm::vec3 at = corner.position_m;
            const float depth_m = std::clamp(
                2.5F * (lake.bank.level_m - lake.bank.height_m({at.x, at.z})), -0.25F, 3.75F);
            corner.tint = lake.tint;
            corner.pattern = scene::Pattern::water;
            corner.roughness = 0.05F;
            corner.motion = 1.0F - std::sqrt((depth_m + 0.25F) / 4.0F);
        });
}

struct Reeds {
    int clumps = 8;
    glm::vec2 size_m{1.5F, 1.0F};
    float height_m = 1.3F;
    float level_m = -0.4F;
    glm::vec3 tint{0.3F};
    glm::vec3 foot_tint{0.1F};
    glm::vec3 head_tint{0.1F};
};

void build_reeds(const Reeds& reeds, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    for (int i = 0; i < reeds.clumps; ++i) {
        const glm::vec3 at{dice.around(0.0F, reeds.size_m.x * 0.5F), reeds.level_m,
                           dice.around(0.0F, reeds.size_m.y * 0.5F)};
        const Sculptor clump = place.at(at);
        add_blades(clump,
                   {.count = 22,
                    .height_m = reeds.height_m * dice.between(0.75F, 1.1F),
                    .width_m = 0.013F,
                    .spread_m = dice.between(0.1F, 0.22F),
                    .bend = dice.between(0.12F, 0.42F),
                    .sway_m = 0.05F,
                    .segments = 4,
                    .tint = reeds.tint * dice.between(0.8F, 1.15F),
                    .foot_tint = reeds.foot_tint,
                    .lean = {0.25F, 0.0F, 0.1F}},
                   dice);
        for (int head = 0; head < 3; ++head) { // bulrushes stand above the leaves
            const float tall_m = reeds.height_m * dice.between(0.8F, 1.2F);
            const glm::vec3 foot_m{dice.around(0.0F, 0.16F), 0.0F, dice.around(0.0F, 0.16F)};
            const glm::vec3 way{dice.around(0.06F, 0.09F), 1.0F, dice.around(0.02F, 0.07F)};
            const std::array<TubePoint, 3> stalk{TubePoint{foot_m, 0.004F},
                                                 TubePoint{foot_m + way * (tall_m * 0.5F), 0.0035F},
                                                 TubePoint{foot_m + way * tall_m, 0.002F}};
            add_tube(clump, stalk, {.sides = 4, .capped = false},
                     {.tint = reeds.tint * 0.8F, .roughness = 0.9F});
            const std::array<TubePoint, 4> cob{TubePoint{foot_m + way * (tall_m * 0.86F), 0.005F},
                                               TubePoint{foot_m + way * (tall_m * 0.875F), 0.012F},
                                               TubePoint{foot_m + way * (tall_m * 0.955F), 0.012F},
                                               TubePoint{foot_m + way * (tall_m * 0.97F), 0.004F}};
            add_tube(clump, cob, {.sides = 7, .capped = false},
                     {.tint = reeds.head_tint, .roughness = 1.0F});
        }
    }
}

struct MistSheets {
    int count = 4;
    glm::vec2 near_far_m{22.0F, 160.0F};
    float height_m = 3.0F; ///< of the nearest; farther ones are taller
    float level_m = -0.4F;
    glm::vec3 tint{0.5F};
};

void build_mist(const MistSheets& mist, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    for (int i = 0; i < mist.count; ++i) { // the far before the near
        const float share = static_cast<float>(i) / static_cast<float>(std::max(mist.count - 1, 1));
        const float away_m =
            mist.near_far_m.y * std::pow(mist.near_far_m.x / mist.near_far_m.y, share);
        const float larger = std::sqrt(away_m / mist.near_far_m.x);
        const glm::vec2 size_m{away_m * dice.between(1.5F, 2.1F),
                               mist.height_m * larger * dice.between(0.8F, 1.2F)};
        const float x = away_m * dice.around(0.0F, 0.3F);
        add_card(place.at({x, mist.level_m + size_m.y * 0.46F, -away_m}), size_m,
                 {.pattern = scene::Pattern::mist,
                  .tint = mist.tint,
                  .roughness = 1.0F,
                  .motion = dice.unit(),
                  .unevenness = 0.0F});
    }
}

} // namespace

PartBuilder read_lake_bank(ObjectReader& reader) {
    Land land;
    land.bank = read_bank(reader);
    land.tint = reader.colour("tint");
    land.wet_tint = reader.colour("wet_tint");
    land.grass_tint = reader.colour("grass_tint");
    land.tufts = reader.count("tufts", 0, 400, 120);
    return [land](Site& site) { build_bank(land, site); };
}

PartBuilder read_lake(ObjectReader& reader) {
    Lake lake;
    lake.bank = read_bank(reader);
    lake.far_m = reader.number("far_m", {20.0F, 4000.0F}, 420.0F);
    lake.tint = reader.colour("tint");
    return [lake](Site& site) { build_lake(lake, site); };
}

PartBuilder read_reeds(ObjectReader& reader) {
    Reeds reeds;
    reeds.clumps = reader.count("clumps", 1, 60, 8);
    reeds.size_m = reader.vec2("size_m", {0.1F, 30.0F}, glm::vec2(1.5F, 1.0F));
    reeds.height_m = reader.number("height_m", {0.3F, 3.0F}, 1.3F);
    reeds.level_m = reader.number("level_m", {-3.0F, 1.0F}, -0.4F);
    reeds.tint = reader.colour("tint");
    reeds.foot_tint = reader.colour("foot_tint");
    reeds.head_tint = reader.colour("head_tint");
    return [reeds](Site& site) { build_reeds(reeds, site); };
}

PartBuilder read_mist_sheets(ObjectReader& reader) {
    MistSheets mist;
    mist.count = reader.count("count", 1, 8, 4);
    mist.near_far_m = reader.vec2("near_far_m", {2.0F, 1000.0F}, mist.near_far_m);
    mist.height_m = reader.number("height_m", {0.2F, 40.0F}, 3.0F);
    mist.level_m = reader.number("level_m", {-3.0F, 3.0F}, -0.4F);
    mist.tint = reader.colour("tint");
    return [mist](Site& site) { build_mist(mist, site); };
}

} // namespace haven::environments
