#include "renderer/scene/trim.hpp"

#include "renderer/scene/between.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

using Outline = std::array<glm::vec2, 8>; // round the edge, in shares of the card

/// A square without its corners, each cut off over so much of both sides.
constexpr Outline cut_square(float leg) {
    return {glm::vec2{leg, 0}, {1 - leg, 0}, {1, leg},     {1, 1 - leg},
            {1 - leg, 1},      {leg, 1},     {0, 1 - leg}, {0, leg}};
}

// As far as renderer/shaders/foliage.glsl lets leaves stand: a crown within 1.05 of half a card's
// width from its middle, leaves within 1.1, blades as tall as they grow at the sides.
constexpr Outline crown = cut_square(0.257F);
constexpr Outline leaves = cut_square(0.222F);
constexpr Outline blades{glm::vec2{0, 0}, {1, 0},     {1, 0.2F},     {0.8F, 0.95F},
                         {0.65F, 1},      {0.35F, 1}, {0.2F, 0.95F}, {0, 0.2F}};

/// What the pattern cuts out of a card whose first corner is there; see foliage.glsl's bands.
const Outline* outline_of(float pattern_x_m) {
    return pattern_x_m >= 24.0F   ? &blades
           : pattern_x_m >= 20.0F ? &crown
           : pattern_x_m >= 18.0F ? nullptr // fallen leaves lie anywhere
           : pattern_x_m >= 16.0F ? &leaves
                                  : nullptr;
}

/// The corners of a card in the order of its outline, from (0, 0) on; nothing where the two
/// triangles are no card.
std::optional<std::array<SceneVertex, 4>> card_of(const SceneMesh& mesh, std::size_t first) {
    const auto index = std::span(mesh.indices).subspan(first, 6);
    if (index[0] != index[3] || index[2] != index[4]) { // as SceneMesh::quad makes them
        return std::nullopt;
    }
    const std::array<SceneVertex, 4> corners{mesh.vertices[index[0]], mesh.vertices[index[1]],
                                             mesh.vertices[index[2]], mesh.vertices[index[5]]};
    constexpr std::array<glm::vec2, 4> shares{glm::vec2{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    const glm::vec2 origin = glm::floor(unpack(corners[0]).pattern_m);
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const glm::vec2 at = unpack(corners.at(i)).pattern_m - origin;
        if (glm::length(at - shares.at(i)) > 0.03F) {
            return std::nullopt;
        }
    }
    return corners;
}

SceneVertex in_card(const std::array<SceneVertex, 4>& corners, glm::vec2 share) {
    return between(corners, std::array{(1 - share.x) * (1 - share.y), share.x * (1 - share.y),
                                       share.x * share.y, (1 - share.x) * share.y});
}

} // namespace

void trim_cards(SceneMesh& mesh) {
    std::vector<std::uint32_t> indices;
    indices.reserve(mesh.indices.size() * 2);
    for (std::size_t i = 0; i < mesh.indices.size();) {
        const bool two = i + 6 <= mesh.indices.size() &&
                         mesh.pattern_of(i / 3) == Pattern::foliage &&
                         mesh.pattern_of(i / 3 + 1) == Pattern::foliage;
        const auto card = two ? card_of(mesh, i) : std::nullopt;
        const Outline* const outline = card ? outline_of(unpack((*card)[0]).pattern_m.x) : nullptr;
        if (outline == nullptr) {
            indices.insert(indices.end(), mesh.indices.begin() + static_cast<std::ptrdiff_t>(i),
                           mesh.indices.begin() + static_cast<std::ptrdiff_t>(i + 3));
            i += 3;
            continue;
        }
        const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
        for (const glm::vec2& share : *outline) {
            mesh.vertices.push_back(in_card(*card, share));
        }
        for (std::uint32_t corner = 2; corner < outline->size(); ++corner) {
            indices.insert(indices.end(), {first, first + corner - 1, first + corner});
        }
        i += 6;
    }
    mesh.indices = std::move(indices);
}

} // namespace haven::scene
