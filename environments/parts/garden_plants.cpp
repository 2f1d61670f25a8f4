// What grows in a garden: a maple with its leaves in layers, a grove of bamboo.

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

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace haven::environments {
namespace {

constexpr float two_pi = 2.0F * std::numbers::pi_v<float>;

struct Maple {
    float height_m = 3.2F;
    float spread_m = 2.0F;
    float lean_m = 0.7F; ///< of the crown, toward the part's +X
    int boughs = 9;
    glm::vec3 bark_tint{0.1F};
    glm::vec3 leaf_tint{0.3F, 0.05F, 0.03F};
    glm::vec3 young_tint{0.4F, 0.12F, 0.04F};
};

/// A branch that leaves its foot at a slope, bends and thins.
void add_branch(const Sculptor& place, const Maple& maple, glm::vec3 from_m, glm::vec3 to_m,
                float radius_m, Dice& dice) {
    std::array<TubePoint, 6> path{};
    const glm::vec3 bend{dice.around(0.0F, 0.12F), dice.between(0.02F, 0.16F),
                         dice.around(0.0F, 0.12F)};
    for (std::size_t i = 0; i < path.size(); ++i) {
        const float t = static_cast<float>(i) / (path.size() - 1);
        path.at(i) = {.centre_m = glm::mix(from_m, to_m, t) + bend * (4.0F * t * (1.0F - t)) +
                                  0.03F * noise(glm::vec3(t * 4.0F, from_m.x, 1.0F), 31U) *
                                      glm::vec3(1.0F, 0.3F, -0.8F),
                      .radius_m = glm::mix(radius_m, radius_m * 0.25F, t)};
    }
    add_tube(place, path, {.sides = 7, .uneven = {.depth_m = radius_m * 0.12F, .size_m = 0.2F}},
             {.pattern = scene::Pattern::bark, .tint = maple.bark_tint, .roughness = 0.75F});
}

void build_maple(const Maple& maple, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    // Two stems from one foot, as old maples in gardens have.
    const glm::vec3 foot_m{0.0F, -0.15F, 0.0F};
    const glm::vec3 fork_m{maple.lean_m * 0.25F, maple.height_m * 0.3F, 0.05F};
    add_branch(place, maple, foot_m, fork_m, 0.115F, dice);
    add_branch(place, maple, fork_m - glm::vec3(0.0F, 0.08F, 0.0F),
               {maple.lean_m * 0.9F, maple.height_m * 0.78F, 0.12F}, 0.085F, dice);
    add_branch(place, maple, fork_m - glm::vec3(0.0F, 0.1F, 0.0F),
               {-maple.lean_m * 0.35F, maple.height_m * 0.7F, -0.2F}, 0.07F, dice);
    for (int i = 0; i < maple.boughs; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(maple.boughs);
        const float turn = two_pi * (share * 2.6F + dice.around(0.0F, 0.05F));
        const float height_m = maple.height_m * glm::mix(0.52F, 0.98F, share);
        const float out_m =
            maple.spread_m * (1.05F - 0.75F * share * share) * dice.between(0.55F, 0.85F);
        const glm::vec3 tip_m{maple.lean_m * (0.35F + 0.65F * share) + std::sin(turn) * out_m,
                              height_m - 0.1F * out_m, std::cos(turn) * out_m * 0.8F};
        const float along = glm::mix(0.25F, 0.9F, share);
        const glm::vec3 from_m =
            glm::mix(fork_m, glm::vec3(maple.lean_m * 0.9F, maple.height_m * 0.78F, 0.12F), along);
        add_branch(place, maple, from_m, tip_m, 0.035F, dice);
        const float wide_m = maple.spread_m * dice.between(0.30F, 0.46F);
        add_clump(place,
                  {.centre_m = tip_m + glm::vec3(0.0F, 0.05F, 0.0F),
                   .radii_m = {wide_m, wide_m * 0.3F, wide_m * 0.9F},
                   .cards = 26,
                   .card_m = 0.4F,
                   .tint = glm::mix(maple.leaf_tint, maple.young_tint, dice.unit() * 0.8F),
                   .sway_m = 0.03F,
                   .level = 0.62F,
                   .open_low = 0.45F},
                  dice);
    }
}

struct Shrub {
    glm::vec3 size_m{1.0F, 0.7F, 0.9F};
    glm::vec3 tint{0.1F};
};

/// Clipped round: a dark core, and leaves all over it.
void build_shrub(const Shrub& shrub, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const glm::vec3 half_m = shrub.size_m * 0.5F;
    add_boulder(place,
                {.centre_m = {0.0F, half_m.y * 0.55F, 0.0F},
                 .radii_m = half_m * 0.86F,
                 .rough = 0.12F,
                 .across = 12,
                 .tint = shrub.tint * 0.35F},
                dice.bits());
    add_clump(place,
              {.centre_m = {0.0F, half_m.y * 0.7F, 0.0F},
               .radii_m = half_m,
               .cards = 64,
               .card_m = 0.34F * std::cbrt(shrub.size_m.x * shrub.size_m.y * shrub.size_m.z),
               .tint = shrub.tint,
               .sway_m = 0.008F,
               .level = 0.15F,
               .open_low = 0.35F},
              dice);
}

struct Bamboo {
    glm::vec2 size_m{20.0F, 3.0F};
    int culms = 60;
    glm::vec2 height_m{5.0F, 8.0F};
    glm::vec3 culm_tint{0.1F};
    glm::vec3 leaf_tint{0.1F};
    int sprays = 6; ///< of leaves on each
};

struct Culm {
    glm::vec3 foot_m{0.0F};
    float height_m = 6.0F;
    float radius_m = 0.04F;
    glm::vec2 lean_m{0.0F}; ///< of its tip
    glm::vec3 tint{0.1F};

    [[nodiscard]] glm::vec3 at(float share) const {
        const float bend = share * share;
        return foot_m + glm::vec3(lean_m.x * bend, height_m * share * (1.0F - 0.06F * bend),
                                  lean_m.y * bend);
    }
};

/// Joints every few hands: a dark line, and pale bloom under it.
void add_culm(const Sculptor& place, const Culm& culm) {
    constexpr std::array<float, 3> shades{1.0F, 1.22F, 0.55F};
    constexpr int joints = 4; // the lower part, which is seen
    add_grid(place, {.across = 4, .along = joints * 3, .closed_across = true},
             {.tint = culm.tint, .roughness = 0.42F, .unevenness = 0.2F}, [&](float u, float v) {
                 const auto row = static_cast<int>(std::lround(v * joints * 3));
                 const int part = row % 3;
                 const int number = row / 3;
                 const float joint =
                     static_cast<float>(number) + (part == 0 ? 0.06F : (part == 1 ? 0.86F : 0.97F));
                 const float share =
                     row == joints * 3 ? 1.0F : 0.78F * joint / static_cast<float>(joints);
                 const float turn = two_pi * (u >= 1.0F ? 0.0F : u);
                 const float r = culm.radius_m * (1.0F - 0.6F * share) * (part == 2 ? 1.12F : 1.0F);
                 return GridPoint{.position_m = culm.at(share) + glm::vec3(std::sin(turn) * r, 0.0F,
                                                                           std::cos(turn) * r),
                                  .pattern_m = {u, share},
                                  .shade = shades.at(static_cast<std::size_t>(part))};
             });
}

/// Leaves hang from thin twigs: long narrow cards that droop, one over the other.
void add_spray(const Sculptor& place, const Bamboo& bamboo, glm::vec3 at_m, float height_share,
               Dice& dice) {
    const float heading = dice.between(0.0F, two_pi);
    for (int i = 0; i < 4; ++i) {
        const float turn = heading + dice.around(0.0F, 0.7F);
        const glm::vec3 out{std::sin(turn), 0.0F, std::cos(turn)};
        const float size_m = dice.between(0.32F, 0.54F);
        const glm::vec3 along =
            glm::normalize(out - glm::vec3(0.0F, dice.between(0.15F, 0.7F), 0.0F));
        const glm::vec3 side = glm::normalize(glm::cross(along, glm::vec3(0.0F, 1.0F, 0.0F)) +
                                              glm::vec3(0.0F, dice.around(0.0F, 0.8F), 0.0F));
        LeafCard card;
        card.cut = Cut::leaves;
        card.centre_m = at_m + out * (size_m * dice.between(0.6F, 1.5F)) +
                        glm::vec3(0.0F, dice.between(-0.25F, 0.25F), 0.0F);
        card.right_m = side * (size_m * 0.42F);
        card.up_m = along * size_m;
        card.normal = glm::normalize(out * 0.5F + glm::vec3(0.0F, 0.9F, 0.0F));
        card.tint = bamboo.leaf_tint * dice.between(0.6F, 1.3F) *
                    glm::mix(glm::vec3(1.0F), glm::vec3(1.15F, 1.08F, 0.7F), dice.unit());
        card.sway_low_m = 0.02F;
        card.sway_high_m = 0.06F;
        card.open = glm::mix(0.4F, 1.0F, height_share);
        add_leaf_card(place, card, dice);
    }
}

void build_bamboo(const Bamboo& bamboo, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    for (int i = 0; i < bamboo.culms; ++i) {
        // Spread evenly with some chance (golden ratio), so that neither gaps nor rows appear.
        const float share = std::fmod(static_cast<float>(i) * 0.6180340F, 1.0F);
        const float depth = dice.unit();
        Culm culm;
        culm.foot_m = {(share - 0.5F) * bamboo.size_m.x + dice.around(0.0F, 0.3F), -0.2F,
                       (0.5F - depth) * bamboo.size_m.y};
        culm.height_m = dice.between(bamboo.height_m.x, bamboo.height_m.y);
        culm.radius_m = dice.between(0.026F, 0.052F);
        culm.lean_m = {dice.around(0.0F, 0.9F), dice.around(0.1F, 0.6F)};
        // The hindmost stand in one another's shade.
        culm.tint = bamboo.culm_tint * dice.between(0.65F, 1.2F) * (1.0F - 0.45F * depth) *
                    glm::mix(glm::vec3(1.0F), glm::vec3(1.25F, 1.08F, 0.7F), dice.unit());
        add_culm(place, culm);
        for (int k = 0; k < bamboo.sprays; ++k) {
            const float up = std::sqrt(dice.between(0.12F, 1.0F));
            add_spray(place, bamboo, culm.at(up), up * (1.0F - 0.4F * depth), dice);
        }
    }
}

} // namespace

PartBuilder read_maple(ObjectReader& reader) {
    Maple maple;
    maple.height_m = reader.number("height_m", {1.0F, 10.0F}, 3.2F);
    maple.spread_m = reader.number("spread_m", {0.5F, 6.0F}, 2.0F);
    maple.lean_m = reader.number("lean_m", {0.0F, 3.0F}, 0.7F);
    maple.boughs = reader.count("boughs", 3, 24, 9);
    maple.bark_tint = reader.colour("bark_tint");
    maple.leaf_tint = reader.colour("leaf_tint");
    maple.young_tint = reader.colour("young_tint");
    return [maple](Site& site) { build_maple(maple, site); };
}

PartBuilder read_shrub(ObjectReader& reader) {
    Shrub shrub;
    shrub.size_m = reader.vec3("size_m", {0.1F, 6.0F});
    shrub.tint = reader.colour("tint");
    return [shrub](Site& site) { build_shrub(shrub, site); };
}

PartBuilder read_bamboo(ObjectReader& reader) {
    Bamboo bamboo;
    bamboo.size_m = reader.vec2("size_m", {0.5F, 60.0F});
    bamboo.culms = reader.count("culms", 1, 160, 60);
    bamboo.height_m = reader.vec2("height_m", {1.0F, 16.0F}, glm::vec2(5.0F, 8.0F));
    bamboo.culm_tint = reader.colour("culm_tint");
    bamboo.leaf_tint = reader.colour("leaf_tint");
    bamboo.sprays = reader.count("sprays", 0, 20, 6);
    return [bamboo](Site& site) { build_bamboo(bamboo, site); };
}

} // namespace haven::environments
