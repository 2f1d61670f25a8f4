// Where land meets the sea: sand that falls to the water, dunes with their grass, and the sea.

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
#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;
constexpr std::uint32_t shore_seed = 41U; // one shore, whatever part asks for it

/// The ground of a bay: flat where one stands, falling toward -Z into the water, dunes behind and
/// at the sides.
struct Shore {
    float shore_m = 5.6F; ///< to the middle of the waterline
    float drop_m = 0.42F; ///< from the floor down to the water
    float dune_m = 1.6F;

    /// How far past the waterline, toward the sea.
    [[nodiscard]] float past_m(glm::vec2 at) const {
        const float wander = 0.9F * noise({at.x * 0.09F, 0.0F, 3.0F}, shore_seed) +
                             0.25F * noise({at.x * 0.31F, 0.0F, 5.0F}, shore_seed);
        return -at.y - shore_m - wander -
               0.004F * at.x * at.x / (1.0F + 0.03F * std::abs(at.x)); // a bay
    }
    [[nodiscard]] float height_m(glm::vec2 at) const {
        const float past = past_m(at);
        const float level = 0.92F * shore_m - 1.0F; // flat so far
        float height = 0.0F;
        if (past > 0.0F) {
            height = -drop_m - 0.075F * past - 0.0015F * past * past;
        } else {
            const float share = std::clamp(1.0F + past / level, 0.0F, 1.0F);
            height = -drop_m * share * (0.55F + 0.45F * share);
        }
        return std::max(height, -4.5F) + dune_at(at) + unevenness(at);
    }

  private:
    [[nodiscard]] float dune_at(glm::vec2 at) const {
        const float side = std::abs(at.x + 0.3F) - 1.75F - 0.3F * std::max(-at.y, 0.0F);
        const float behind = at.y - 2.2F;
        const float shape = 0.75F + 0.45F * noise({at.x * 0.22F, 1.0F, at.y * 0.22F}, shore_seed);
        const float sides = glm::smoothstep(0.0F, 4.5F, side) * 0.55F;
        const float back = glm::smoothstep(0.0F, 6.5F, behind);
        return dune_m * std::max(shape, 0.2F) * std::max(sides, back) *
               (1.0F - glm::smoothstep(-1.8F, 0.2F, past_m(at)));
    }
    [[nodiscard]] float unevenness(glm::vec2 at) const {
        const float away = glm::smoothstep(0.9F, 2.2F, glm::length(at));
        const float dry = 1.0F - glm::smoothstep(-2.2F, -1.0F, past_m(at));
        return 0.045F * away * dry * noise_two_scales({at.x * 1.1F, 2.0F, at.y * 1.1F}, shore_seed);
    }
};

Shore read_shore(ObjectReader& reader) {
    return {.shore_m = reader.number("shore_m", {3.0F, 40.0F}, 5.6F),
            .drop_m = reader.number("drop_m", {0.1F, 3.0F}, 0.42F),
            .dune_m = reader.number("dune_m", {0.0F, 6.0F}, 1.6F)};
}

struct Sand {
    Shore shore;
    float width_m = 60.0F;
    glm::vec3 tint{0.5F};
    glm::vec3 wet_tint{0.3F};
    float wet_m = 2.6F; ///< how far above the waterline the sand is wet
};

/// -1..1 to -1..1, closer together in the middle.
float gathered(float share) {
    return share * (0.22F + 0.78F * share * share);
}

void build_sand(const Sand& sand, Site& site) {
    const Sculptor place = site.sculptor();
    const float behind_m = 16.0F;
    const float ahead_m = sand.shore.shore_m + 12.0F;
    add_field(
        place, {.across = 110, .along = 120},
        [&](float u, float v) {
            const float x = gathered(2.0F * u - 1.0F) * sand.width_m * 0.5F;
            const float z =
                glm::mix(behind_m, -ahead_m, v + 0.11F * std::sin(2.0F * pi * v)); // near the feet
            return glm::vec3(x, sand.shore.height_m({x, z}), z);
        },
        [&](scene::SurfacePoint& corner, float /*u*/, float /*v*/) {
            const glm::vec3 at = corner.position_m;
            const float past = sand.shore.past_m({at.x, at.z});
            const float edge = 0.45F * noise({at.x * 0.5F, 7.0F, at.z * 0.2F}, shore_seed);
            const float wet = glm::smoothstep(-sand.wet_m, -sand.wet_m * 0.45F, past + edge);
            const float slow = noise_two_scales({at.x * 0.35F, 9.0F, at.z * 0.35F}, shore_seed);
            corner.tint = glm::mix(sand.tint, sand.wet_tint, wet) * (1.0F + 0.13F * slow);
            corner.pattern = scene::Pattern::sand;
            corner.pattern_m = {at.x, at.z};
            corner.roughness = 0.92F;
            corner.motion = wet;
        });
}

struct Sea {
    Shore shore;
    float far_m = 4000.0F;
    glm::vec3 tint{0.2F};
};

void build_sea(const Sea& sea, Site& site) {
    const Sculptor place = site.sculptor();
    const float begin_m = sea.shore.shore_m - 2.4F;
    const float widest = 83.0F * pi / 180.0F;
    add_field(
        place, {.across = 60, .along = 46},
        [&](float u, float v) {
            const float turn = (2.0F * u - 1.0F) * widest;
            const float near_m = begin_m / std::cos(turn);
            // Even rows as the eye sees them: a row far away would be less than a pixel.
            const float low = (1.0F - v) * (0.25F + 0.75F * (1.0F - v));
            const float away_m = 1.0F / glm::mix(1.0F / sea.far_m, 1.0F / near_m, low);
            return glm::vec3(std::sin(turn) * away_m, -sea.shore.drop_m, -std::cos(turn) * away_m);
        },
        [&](scene::SurfacePoint& corner, float /*u*/, float /*v*/) {
            const glm::vec3 at = corner.position_m;
            const float depth_m =
                std::clamp(-sea.shore.drop_m - sea.shore.height_m({at.x, at.z}), -0.25F, 3.75F);
            corner.tint = sea.tint;
            corner.pattern = scene::Pattern::water;
            corner.pattern_m = {at.x, at.z};
            corner.roughness = 0.1F;
            corner.motion = 1.0F - std::sqrt((depth_m + 0.25F) / 4.0F);
        });
}

struct DuneGrass {
    Shore shore;
    int tufts = 60;
    glm::vec2 height_m{0.35F, 0.75F};
    glm::vec3 tint{0.3F};
    glm::vec3 foot_tint{0.15F};
};

void build_dune_grass(const DuneGrass& grass, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    int grown = 0;
    for (int tries = 0; grown < grass.tufts && tries < grass.tufts * 8; ++tries) {
        // Near tufts frame the view, the others thin out over the dunes.
        const float side = dice.unit() < 0.5F ? -1.0F : 1.0F;
        const float x = side * (1.45F + 8.0F * dice.unit() * dice.unit());
        const float z = dice.unit() < 0.6F ? dice.between(-3.0F, -0.8F) : dice.between(-0.8F, 6.0F);
        const float past = grass.shore.past_m({x, z});
        const bool free =
            glm::length(glm::vec2(x, z)) > 1.75F && past < -2.4F && std::abs(x) > 0.72F * -z;
        if (!free || noise({x * 0.5F, 11.0F, z * 0.5F}, shore_seed) < -0.15F) {
            continue;
        }
        ++grown;
        const bool near = glm::length(glm::vec2(x, z)) < 4.5F;
        Sculptor tuft = place.at({x, grass.shore.height_m({x, z}), z});
        add_blades(tuft,
                   {.count = near ? 26 : 13,
                    .height_m = dice.between(grass.height_m.x, grass.height_m.y),
                    .width_m = near ? 0.007F : 0.012F,
                    .spread_m = dice.between(0.05F, 0.14F),
                    .bend = dice.between(0.35F, 0.8F),
                    .sway_m = 0.05F,
                    .segments = near ? 4 : 2,
                    .tint = grass.tint * dice.between(0.85F, 1.15F),
                    .foot_tint = grass.foot_tint,
                    .lean = {0.35F, 0.0F, 0.25F}},
                   dice);
    }
}

} // namespace

PartBuilder read_sand_shore(ObjectReader& reader) {
    Sand sand;
    sand.shore = read_shore(reader);
    sand.width_m = reader.number("width_m", {20.0F, 200.0F}, 90.0F);
    sand.tint = reader.colour("tint");
    sand.wet_tint = reader.colour("wet_tint");
    sand.wet_m = reader.number("wet_m", {0.2F, 6.0F}, 2.6F);
    return [sand](Site& site) { build_sand(sand, site); };
}

PartBuilder read_sea(ObjectReader& reader) {
    Sea sea;
    sea.shore = read_shore(reader);
    sea.far_m = reader.number("far_m", {200.0F, 8000.0F}, 4000.0F);
    sea.tint = reader.colour("tint");
    return [sea](Site& site) { build_sea(sea, site); };
}

PartBuilder read_dune_grass(ObjectReader& reader) {
    DuneGrass grass;
    grass.shore = read_shore(reader);
    grass.tufts = reader.count("tufts", 1, 300, 60);
    grass.height_m = reader.vec2("height_m", {0.1F, 2.0F}, glm::vec2(0.35F, 0.75F));
    grass.tint = reader.colour("tint");
    grass.foot_tint = reader.colour("foot_tint");
    return [grass](Site& site) { build_dune_grass(grass, site); };
}

} // namespace haven::environments
