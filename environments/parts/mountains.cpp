// Far things: a ridge of mountains with snow and the first sun on it, and woods along a far shore.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/field.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Mountains {
    float distance_m = 500.0F;
    float height_m = 160.0F;
    glm::vec2 bearings_deg{-80.0F, 80.0F};
    float peaks = 5.0F;   ///< how many across
    float gentle = 0.3F;  ///< 0 sharp crests .. 1 rounded hills
    float foot_m = -0.6F; ///< height of the foot
    float snow_m = 60.0F; ///< snow lies above
    float lit_m = 80.0F;  ///< the sun reaches above
    float lit_brightness = 1.0F;
    glm::vec3 lit_from{0.7F, 0.4F, 0.6F};
    int detail = 160;
    glm::vec3 rock_tint{0.2F};
    glm::vec3 foot_tint{0.1F};
    glm::vec3 snow_tint{0.8F};
    glm::vec3 lit_tint{0.8F};
};

/// Ridges where the noise changes its sign, at six scales, each sharper where the one before is
/// high (Musgrave's hybrid multifractal). About 0 to 1.
float ridged(glm::vec2 at, float gentle, std::uint32_t seed) {
    float sum = 0.0F;
    float weight = 1.0F;
    float part = 0.5F;
    float size = 1.0F;
    for (std::uint32_t octave = 0; octave < 6; ++octave) {
        const float n = noise({at.x * size, 0.37F * static_cast<float>(octave), at.y * size},
                              seed + octave * 101U);
        const float sharp = 1.0F - std::abs(n);
        const float soft = 0.5F + 0.5F * n;
        const float here = glm::mix(sharp * sharp, soft, gentle);
        sum += here * part * weight;
        weight = std::clamp(here * 1.6F, 0.0F, 1.0F);
        part *= 0.5F;
        size *= 2.07F;
    }
    return sum;
}

/// A range seen from its foot: summits of unequal height behind each other, joined by a crest, and
/// ridges that come down from them. Lengths in parts of the way from one summit to the next.
class Range {
  public:
    Range(const Mountains& made, float depth, std::uint32_t seed)
        : gentle_(made.gentle), depth_(depth), seed_(seed) {
        const int count = std::max(static_cast<int>(std::lround(made.peaks)), 1);
        const auto tallest = static_cast<int>(0.42F * static_cast<float>(count));
        for (int i = 0; i < count; ++i) {
            Dice dice(scramble(seed + static_cast<std::uint32_t>(i) * 37U));
            summits_.push_back({.at = {static_cast<float>(i) + 0.5F + dice.around(0.0F, 0.3F),
                                       depth * dice.between(0.5F, 0.8F)},
                                .tall = i == tallest ? 1.0F : dice.between(0.5F, 0.82F),
                                .wide = dice.between(0.95F, 1.4F)});
        }
    }
    /// 0 at the foot to about 1 on the tallest summit.
    [[nodiscard]] float height(glm::vec2 at) const {
        const glm::vec2 bent =
            at + 0.22F * glm::vec2(noise({at.x * 1.7F, 1.0F, at.y * 1.7F}, seed_),
                                   noise({at.x * 1.7F, 2.0F, at.y * 1.7F}, seed_));
        const float carved = ridged(bent * 1.35F, gentle_, seed_);
        float mass = 0.0F;
        for (const Summit& summit : summits_) {
            const glm::vec2 off = (bent - summit.at) / summit.wide;
            const float away = std::sqrt(glm::dot(off, off) + 0.004F);
            const float cone =
                glm::mix(1.06F - away, std::exp(-2.2F * away * away), 0.1F + 0.9F * gentle_);
            mass = std::max(mass, summit.tall * cone);
        }
        const float crest = 0.34F * (1.0F - std::abs(at.y / depth_ - 0.62F) * 1.9F);
        const float foot = glm::smoothstep(0.0F, 0.35F, at.y / depth_);
        return std::max({mass, crest, 0.0F}) * foot * (0.5F + 0.68F * carved);
    }

  private:
    struct Summit {
        glm::vec2 at;
        float tall;
        float wide;
    };
    float gentle_;
    float depth_;
    std::uint32_t seed_;
    std::vector<Summit> summits_;
};

void build_mountains(const Mountains& made, Site& site) {
    const Sculptor place = site.sculptor();
    const float from = glm::radians(made.bearings_deg.x);
    const float span = glm::radians(made.bearings_deg.y) - from;
    const float deep_m = made.height_m * 1.3F;
    const float depth = deep_m / (span * made.distance_m / made.peaks);
    const Range range(made, depth, site.seed);
    const glm::vec3 to_sun = glm::normalize(made.lit_from);
    const int along = std::clamp(made.detail / 6, 8, 40);
    add_field(
        place, {.across = made.detail, .along = along, .facing = {0.0F, 1.0F, 0.6F}},
        [&](float u, float v) {
            const float turn = from + span * u;
            const float away_m = made.distance_m + deep_m * v;
            const float ends =
                glm::smoothstep(0.0F, 0.1F, u) * (1.0F - glm::smoothstep(0.9F, 1.0F, u));
            const float high = made.height_m * ends * range.height({u * made.peaks, v * depth});
            return glm::vec3(std::sin(turn) * away_m, made.foot_m + high, -std::cos(turn) * away_m);
        },
        [&](scene::SurfacePoint& corner, float u, float v) {
            const glm::vec3 n = corner.normal;
            const float high = corner.position_m.y;
            const float patch = noise_two_scales({u * 70.0F, v * 24.0F, 1.0F}, site.seed);
            const float snow =
                glm::smoothstep(-0.12F, 0.1F, (high - made.snow_m) / made.height_m + 0.08F * patch);
            const glm::vec3 rock =
                glm::mix(made.foot_tint, made.rock_tint,
                         glm::smoothstep(0.1F, 0.45F, high / made.height_m + 0.07F * patch)) *
                (1.0F + 0.2F * patch);
            const float reached =
                glm::smoothstep(-0.1F, 0.12F, (high - made.lit_m) / made.height_m);
            const float lit =
                reached * std::max(glm::dot(n, to_sun) + 0.08F, 0.0F) * glm::mix(0.45F, 1.0F, snow);
            const glm::vec3 own = glm::mix(rock, made.snow_tint, snow);
            corner.tint = glm::mix(own, made.lit_tint, std::min(lit * 1.2F, 1.0F));
            corner.emission = lit * made.lit_brightness * site.daylight;
            corner.pattern = scene::Pattern::rock;
            corner.pattern_m = {snow, 0.0F}; // for renderer/shaders/mountain.glsl
            corner.roughness = 1.0F;
        });
}

struct FarWoods {
    float distance_m = 120.0F;
    glm::vec2 bearings_deg{-80.0F, 80.0F};
    float height_m = 14.0F;
    float foot_m = -0.4F;
    int trees = 180;
    glm::vec3 tint{0.03F};
};

/// A band of spruces, each a jagged spire, one standing before the other.
void build_far_woods(const FarWoods& woods, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const float from = glm::radians(woods.bearings_deg.x);
    const float span = glm::radians(woods.bearings_deg.y) - from;
    for (int i = 0; i < woods.trees; ++i) {
        const float share = (static_cast<float>(i) + dice.unit()) / static_cast<float>(woods.trees);
        const float turn = from + span * share;
        const float away_m = woods.distance_m * dice.between(1.0F, 1.16F);
        const float ends = std::sqrt(std::sin(pi * std::clamp(share, 0.02F, 0.98F)));
        const float grove = 0.68F + 0.32F * noise({share * 9.0F, 1.0F, 0.0F}, site.seed);
        const float tall_m = woods.height_m * grove * ends * dice.between(0.55F, 1.0F);
        const float half_m = tall_m * dice.between(0.16F, 0.24F);
        const Sculptor tree =
            place.at({std::sin(turn) * away_m, woods.foot_m - 0.2F, -std::cos(turn) * away_m},
                     turn_about_y(-turn));
        const glm::vec3 tint = woods.tint * dice.between(0.75F, 1.25F);
        const auto corner = [&](float x, float y, float shade) {
            return tree.mesh.add({.position_m = tree.placement.point({x, y, 0.0F}),
                                  .normal = tree.placement.direction(
                                      glm::normalize(glm::vec3(x / half_m * 0.5F, 0.45F, 0.8F))),
                                  .tint = tint * shade,
                                  .pattern = scene::Pattern::plain,
                                  .roughness = 1.0F});
        };
        constexpr int tiers = 5;
        for (int tier = 0; tier < tiers; ++tier) {
            const float low = static_cast<float>(tier) / tiers;
            const float wide = half_m * (1.0F - 0.82F * low);
            const float top = std::min(low + 0.42F, 1.0F);
            const float droop = 0.02F * tall_m;
            const auto left = corner(-wide * dice.between(0.8F, 1.15F), low * tall_m - droop, 0.8F);
            const auto right = corner(wide * dice.between(0.8F, 1.15F), low * tall_m - droop, 0.9F);
            const auto tip = corner(dice.around(0.0F, 0.04F) * half_m, top * tall_m, 1.15F);
            tree.mesh.triangle(left, right, tip);
        }
    }
}

} // namespace

PartBuilder read_mountains(ObjectReader& reader) {
    Mountains made;
    made.distance_m = reader.number("distance_m", {60.0F, 5000.0F});
    made.height_m = reader.number("height_m", {5.0F, 2000.0F});
    made.bearings_deg = reader.vec2("bearings_deg", {-180.0F, 180.0F}, made.bearings_deg);
    made.peaks = reader.number("peaks", {1.0F, 30.0F}, 5.0F);
    made.gentle = reader.number("gentle", {0.0F, 1.0F}, 0.3F);
    made.foot_m = reader.number("foot_m", {-10.0F, 10.0F}, -0.6F);
    made.snow_m = reader.number("snow_m", {0.0F, 5000.0F}, 5000.0F);
    made.lit_m = reader.number("lit_m", {0.0F, 5000.0F}, 5000.0F);
    made.lit_brightness = reader.number("lit_brightness", {0.0F, 8.0F}, 1.0F);
    made.lit_from = reader.vec3("lit_from", {-1.0F, 1.0F}, made.lit_from);
    made.detail = reader.count("detail", 16, 256, 160);
    made.rock_tint = reader.colour("rock_tint");
    made.foot_tint = reader.colour("foot_tint");
    made.snow_tint = reader.colour("snow_tint", "#e8e8ec");
    made.lit_tint = reader.colour("lit_tint", "#ffd0b0");
    return [made](Site& site) { build_mountains(made, site); };
}

PartBuilder read_far_woods(ObjectReader& reader) {
    FarWoods woods;
    woods.distance_m = reader.number("distance_m", {20.0F, 2000.0F});
    woods.bearings_deg = reader.vec2("bearings_deg", {-180.0F, 180.0F}, woods.bearings_deg);
    woods.height_m = reader.number("height_m", {2.0F, 60.0F}, 14.0F);
    woods.foot_m = reader.number("foot_m", {-5.0F, 20.0F}, -0.4F);
    woods.trees = reader.count("trees", 1, 600, 180);
    woods.tint = reader.colour("tint");
    return [woods](Site& site) { build_far_woods(woods, site); };
}

} // namespace haven::environments
