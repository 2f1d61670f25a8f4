#include "environments/parts/leafage.hpp"

#include "environments/parts/noise.hpp"
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
#include <numeric>
#include <optional>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;
constexpr float leaf_roughness = 0.72F;

/// One metre of the pattern's plane is one card: this card's corner there.
glm::vec2 card_origin(Cut cut, Dice& dice) {
    constexpr std::array band_m{16.0F, 18.0F, 20.0F, 24.0F, -24.0F};
    const std::uint32_t bits = dice.bits();
    return {band_m.at(static_cast<std::size_t>(cut)) + static_cast<float>(bits & 1U),
            static_cast<float>((bits >> 3U) & 63U) - 32.0F};
}

glm::vec2 in_card(glm::vec2 share) { // never on the border to the next card
    return 0.012F + 0.976F * share;
}

glm::vec3 on_sphere(Dice& dice) {
    const float y = dice.between(-1.0F, 1.0F);
    const float turn = dice.between(0.0F, 2.0F * pi);
    const float flat = std::sqrt(std::max(1.0F - y * y, 0.0F));
    return {flat * std::cos(turn), y, flat * std::sin(turn)};
}

glm::vec3 unit_or_up(glm::vec3 v) {
    const float length = glm::length(v);
    return length > 1e-5F ? v / length : glm::vec3(0.0F, 1.0F, 0.0F);
}

struct LeafCorner {
    glm::vec3 at_m;
    glm::vec3 normal;
    glm::vec2 pattern_m;
    float sway_m;
    float shade = 1.0F;
};

std::uint32_t add_leaf_corner(const Sculptor& sculptor, const LeafCard& card,
                              const LeafCorner& corner) {
    return sculptor.mesh.add(
        {.position_m = sculptor.placement.point(corner.at_m),
         .normal = sculptor.placement.direction(unit_or_up(corner.normal)),
         .tint = glm::clamp(card.tint * corner.shade, glm::vec3(0.0F), glm::vec3(1.0F)),
         .pattern = scene::Pattern::foliage,
         .pattern_m = corner.pattern_m,
         .roughness = leaf_roughness,
         .emission = card.glow,
         .motion = std::clamp(corner.sway_m, 0.0F, 1.0F),
         .occlusion = card.open});
}

} // namespace

void add_leaf_card(const Sculptor& sculptor, const LeafCard& card, Dice& dice) {
    const glm::vec2 origin = card_origin(card.cut, dice);
    std::array<std::uint32_t, 4> corners{};
    constexpr std::array<glm::vec2, 4> shares{glm::vec2{0, 0}, glm::vec2{1, 0}, glm::vec2{1, 1},
                                              glm::vec2{0, 1}};
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const glm::vec2 share = shares.at(i);
        corners.at(i) =
            add_leaf_corner(sculptor, card,
                            {.at_m = card.centre_m + card.right_m * (2.0F * share.x - 1.0F) +
                                     card.up_m * (2.0F * share.y - 1.0F),
                             .normal = card.normal,
                             .pattern_m = origin + in_card(share),
                             .sway_m = glm::mix(card.sway_low_m, card.sway_high_m, share.y),
                             .shade = card.cut == Cut::blades ? 0.62F + 0.38F * share.y : 1.0F});
    }
    sculptor.mesh.quad(corners[0], corners[1], corners[2], corners[3]);
}

void add_clump(const Sculptor& sculptor, const Clump& clump, Dice& dice) {
    for (int i = 0; i < clump.cards; ++i) {
        const glm::vec3 way = on_sphere(dice);
        const float out = std::cbrt(dice.between(0.15F, 1.0F));
        const glm::vec3 offset_m = way * clump.radii_m * out;
        // Each card lies across a direction between outward and up, turned by chance in its plane.
        const glm::vec3 facing =
            unit_or_up(glm::mix(on_sphere(dice), glm::vec3(0.0F, 1.0F, 0.0F), clump.level) +
                       0.5F * (1.0F - clump.level) * way);
        const glm::vec3 helper =
            std::abs(facing.y) < 0.9F ? glm::vec3(0, 1, 0) : glm::vec3(1, 0, 0);
        const glm::vec3 side = glm::normalize(glm::cross(helper, facing));
        const glm::vec3 over = glm::cross(facing, side);
        const float spin = dice.between(0.0F, 2.0F * pi);
        const float half_m = 0.5F * clump.card_m * dice.between(0.75F, 1.25F);
        const float height = 0.5F + 0.5F * way.y * out;
        const float sway_m = clump.sway_m * (0.5F + 0.5F * out);
        const float shade = glm::mix(1.0F, 0.35F + 0.8F * height * out, clump.depth);
        add_leaf_card(
            sculptor,
            {.centre_m = clump.centre_m + offset_m,
             .right_m = (side * std::cos(spin) + over * std::sin(spin)) * half_m,
             .up_m = (over * std::cos(spin) - side * std::sin(spin)) * half_m,
             .normal = unit_or_up(way * out + glm::vec3(0.0F, 0.35F, 0.0F)),
             .cut = clump.card_m > 1.0F ? Cut::small_leaves : Cut::leaves,
             .tint = clump.tint * (shade * dice.between(0.78F, 1.18F)) *
                     glm::mix(glm::vec3(1.0F), glm::vec3(1.14F, 1.05F, 0.72F), dice.unit() * 0.7F),
             .glow = clump.glow,
             .sway_low_m = sway_m * 0.6F,
             .sway_high_m = sway_m,
             .open = glm::mix(clump.open_low, 1.0F, height * out)},
            dice);
    }
}

void add_frond(const Sculptor& sculptor, const Frond& frond, Dice& dice) {
    constexpr int pieces = 6;
    const glm::vec2 origin = card_origin(Cut::frond, dice);
    const glm::vec3 ahead{std::sin(frond.heading_rad), 0.0F, std::cos(frond.heading_rad)};
    const glm::vec3 side{ahead.z, 0.0F, -ahead.x};
    const float roll = dice.around(0.0F, 0.35F);
    glm::vec3 at_m = frond.foot_m;
    std::array<std::uint32_t, 2> before{};
    for (int i = 0; i <= pieces; ++i) {
        const float v = static_cast<float>(i) / pieces;
        const float pitch = frond.rise - frond.droop * v * (0.4F + 0.6F * v);
        const glm::vec3 along = ahead * std::cos(pitch) + glm::vec3(0, std::sin(pitch), 0);
        const glm::vec3 normal = glm::normalize(glm::cross(side, along) * -1.0F);
        // Widest a third along, a stalk at the foot, a point at the tip.
        const float wide = frond.width_m * 0.5F * std::pow(1.0F - v, 0.75F) *
                               glm::smoothstep(0.0F, 0.34F, v + 0.05F) +
                           0.004F;
        const glm::vec3 across = side * std::cos(roll) + normal * std::sin(roll);
        LeafCard card;
        card.tint = frond.tint * (0.72F + 0.4F * v);
        std::array<std::uint32_t, 2> here{};
        for (std::size_t k = 0; k < 2; ++k) {
            const float edge = static_cast<float>(k) * 2.0F - 1.0F;
            here.at(k) = add_leaf_corner(
                sculptor, card,
                {.at_m = at_m + across * (edge * wide) - normal * (0.12F * wide),
                 .normal = glm::vec3(0.0F, 0.55F, 0.0F) +
                           normal * (normal.y < 0.0F ? -1.0F : 1.0F) + across * (edge * 0.3F),
                 .pattern_m = origin + in_card({static_cast<float>(k), v}),
                 .sway_m = frond.sway_m * v * v});
        }
        if (i > 0) {
            sculptor.mesh.quad(before[0], before[1], here[1], here[0]);
        }
        before = here;
        at_m += along * (frond.length_m / pieces);
    }
}

void add_tuft(const Sculptor& sculptor, const Tuft& tuft, Dice& dice) {
    for (int i = 0; i < tuft.blades; ++i) {
        const float heading = dice.between(0.0F, 2.0F * pi);
        const glm::vec3 ahead{std::sin(heading), 0.0F, std::cos(heading)};
        const glm::vec3 side{ahead.z, 0.0F, -ahead.x};
        const glm::vec3 foot_m = tuft.foot_m + ahead * (tuft.spread_m * dice.unit() * 0.7F);
        const float tall_m = tuft.height_m * dice.between(0.55F, 1.1F);
        const float lean_m = tall_m * dice.between(0.12F, 0.6F);
        const float wide_m = dice.between(0.0035F, 0.0070F) * (1.0F + tuft.height_m);
        LeafCard card;
        card.tint = tuft.tint * dice.between(0.75F, 1.25F);
        constexpr std::array along{0.0F, 0.5F, 0.82F, 1.0F};
        std::array<std::uint32_t, 2> before{};
        for (std::size_t k = 0; k < along.size(); ++k) {
            const float v = along.at(k);
            const glm::vec3 at_m = foot_m + glm::vec3(0.0F, tall_m * v * (1.0F - 0.22F * v), 0.0F) +
                                   ahead * (lean_m * v * v);
            const LeafCorner left{.at_m = at_m - side * (wide_m * (1.0F - v)),
                                  .normal = glm::vec3(0.0F, 0.8F, 0.0F) + ahead * 0.5F,
                                  .pattern_m = {0.0F, v},
                                  .sway_m = tuft.sway_m * v * v,
                                  .shade = 0.82F + 0.45F * v};
            LeafCorner right = left;
            right.at_m = at_m + side * (wide_m * (1.0F - v));
            if (k + 1 == along.size()) { // the tip
                const std::uint32_t tip = add_leaf_corner(sculptor, card, left);
                sculptor.mesh.triangle(before[0], before[1], tip);
                break;
            }
            const std::array<std::uint32_t, 2> here{add_leaf_corner(sculptor, card, left),
                                                    add_leaf_corner(sculptor, card, right)};
            if (k > 0) {
                sculptor.mesh.quad(before[0], before[1], here[1], here[0]);
            }
            before = here;
        }
    }
}

void add_boulder(const Sculptor& sculptor, const Boulder& boulder, std::uint32_t seed) {
    const glm::vec3 chance{static_cast<float>(seed % 71U), static_cast<float>(seed % 53U),
                           static_cast<float>(seed % 37U)};
    add_grid(
        sculptor.at(boulder.centre_m),
        {.across = boulder.across, .along = std::max(boulder.across / 2, 3), .closed_across = true},
        {.pattern = scene::Pattern::rock,
         .tint = boulder.tint,
         .roughness = 0.85F,
         .unevenness = 0.2F},
        [&](float u, float v) {
            const float turn = 2.0F * pi * (u >= 1.0F ? 0.0F : u);
            const float rise = pi * (v - 0.5F);
            const glm::vec3 way{std::cos(rise) * std::sin(turn), std::sin(rise),
                                std::cos(rise) * std::cos(turn)};
            // Facets where waves of noise are cut flat, then roundness over all.
            const float broad = noise(way * 1.1F + chance, seed);
            const float fine = noise(way * 2.9F + chance, seed ^ 77U);
            const float out = 1.0F + boulder.rough * (std::min(broad, 0.25F) + 0.35F * fine);
            glm::vec3 at_m = way * boulder.radii_m * out;
            at_m.y = std::min(at_m.y, boulder.radii_m.y * (0.82F + 0.1F * broad));
            return GridPoint{.position_m = at_m, .pattern_m = {turn, rise}};
        });
}

Taken::Taken(const scene::SceneMesh& mesh, scene::Pattern pattern) {
    for (std::size_t i = 0; i < mesh.indices.size(); ++i) {
        if (i % 3 == 0 && mesh.pattern_of(i / 3) != pattern) {
            i += 2;
            continue;
        }
        const glm::vec3 at_m = mesh.vertices[mesh.indices[i]].position_m;
        spots_m_.emplace_back(at_m.x, at_m.z);
    }
    std::ranges::sort(spots_m_,
                      [](glm::vec2 a, glm::vec2 b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
    spots_m_.erase(std::ranges::unique(spots_m_).begin(), spots_m_.end());
}

bool Taken::near(float x_m, float z_m, float within_m) const {
    auto spot = std::ranges::lower_bound(spots_m_, x_m - within_m, {}, &glm::vec2::x);
    for (; spot != spots_m_.end() && spot->x <= x_m + within_m; ++spot) {
        if (glm::distance(*spot, {x_m, z_m}) < within_m) {
            return true;
        }
    }
    return false;
}

namespace {
constexpr float land_reach_m = 64.0F;
constexpr int land_cells = 128;
int land_cell(float metres) {
    const float share = (metres + land_reach_m) / (2.0F * land_reach_m);
    return std::clamp(static_cast<int>(share * static_cast<float>(land_cells)), 0, land_cells - 1);
}

std::size_t land_cell_of(int column, int row) {
    return static_cast<std::size_t>(row) * land_cells + static_cast<std::size_t>(column);
}

std::array<glm::vec3, 3> corners_of(const scene::SceneMesh& mesh, std::size_t index) {
    return {mesh.vertices[mesh.indices[index]].position_m,
            mesh.vertices[mesh.indices[index + 1]].position_m,
            mesh.vertices[mesh.indices[index + 2]].position_m};
}

/// Visits each cell that each triangle of the land touches, seen from above.
template <typename Visit>
void each_land_cell(const scene::SceneMesh& mesh, const Visit& visit) {
    for (std::size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
        const scene::Pattern pattern = mesh.pattern_of(i / 3);
        if (pattern != scene::Pattern::ground && pattern != scene::Pattern::sand) {
            continue;
        }
        const auto [a, b, c] = corners_of(mesh, i);
        const glm::vec3 low = glm::min(glm::min(a, b), c);
        const glm::vec3 high = glm::max(glm::max(a, b), c);
        for (int row = land_cell(low.z); row <= land_cell(high.z); ++row) {
            for (int column = land_cell(low.x); column <= land_cell(high.x); ++column) {
                visit(land_cell_of(column, row), static_cast<std::uint32_t>(i));
            }
        }
    }
}
} // namespace

LandHeight::LandHeight(const scene::SceneMesh& mesh)
    : mesh_(&mesh), first_(static_cast<std::size_t>(land_cells) * land_cells + 1, 0) {
    each_land_cell(mesh, [&](std::size_t cell, std::uint32_t) { ++first_[cell + 1]; });
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    listed_.resize(first_.back());
    std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
    each_land_cell(mesh,
                   [&](std::size_t cell, std::uint32_t index) { listed_[next[cell]++] = index; });
}

float LandHeight::at(float x_m, float z_m) const {
    std::optional<float> highest;
    const std::size_t cell = land_cell_of(land_cell(x_m), land_cell(z_m));
    for (std::uint32_t k = first_[cell]; k < first_[cell + 1]; ++k) {
        const auto [corner, second, third] = corners_of(*mesh_, listed_[k]);
        const glm::vec2 p{x_m - corner.x, z_m - corner.z};
        const glm::vec2 b{second.x - corner.x, second.z - corner.z};
        const glm::vec2 c{third.x - corner.x, third.z - corner.z};
        const float area = b.x * c.y - b.y * c.x;
        if (std::abs(area) < 1e-9F) {
            continue;
        }
        const float s = (p.x * c.y - p.y * c.x) / area;
        const float t = (b.x * p.y - b.y * p.x) / area;
        if (s >= -1e-4F && t >= -1e-4F && s + t <= 1.0002F) {
            const float height = corner.y + s * (second.y - corner.y) + t * (third.y - corner.y);
            highest = std::max(highest.value_or(height), height);
        }
    }
    return highest.value_or(0.0F);
}

} // namespace haven::environments
