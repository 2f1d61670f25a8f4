#include "renderer/scene/trim.hpp"

#include "renderer/scene/between.hpp"
#include "renderer/scene/card_outlines.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr float margin = 0.012F; // of the picture, that leafage.cpp leaves out at each side

/// As renderer/shaders/scene.vert's card_picture: what the pattern shows of a card there.
struct Shown {
    std::size_t picture;
    bool mirrored;
};
std::optional<Shown> shown_at(glm::vec2 pattern_m) {
    if (pattern_m.x < 16.0F) {
        return std::nullopt;
    }
    const auto x = static_cast<int>(std::floor(pattern_m.x));
    const auto y = static_cast<int>(std::floor(pattern_m.y));
    const int number = (x & 1) + 2 * y + 128;
    const int picture = x >= 24   ? 12 + (number & 3)
                        : x >= 20 ? number % 6
                        : x >= 18 ? 10 + (number & 1)
                                  : 6 + (number & 3);
    return Shown{static_cast<std::size_t>(picture), (y & 8) != 0};
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

void add_piece(SceneMesh& mesh, std::vector<std::uint32_t>& indices,
               const std::array<SceneVertex, 4>& card, const CardOutline& outline, bool mirrored) {
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    for (const glm::vec2& corner : outline.corners) {
        const glm::vec2 at{mirrored ? 1.0F - corner.x : corner.x, corner.y};
        mesh.vertices.push_back(
            in_card(card, glm::clamp((at - margin) / (1.0F - 2.0F * margin), 0.0F, 1.0F)));
    }
    for (const auto& [a, b, c] : outline.triangles) {
        indices.insert(indices.end(),
                       {first + a, first + (mirrored ? c : b), first + (mirrored ? b : c)});
    }
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
        const auto shown = card ? shown_at(unpack((*card)[0]).pattern_m) : std::nullopt;
        if (!shown) {
            indices.insert(indices.end(), mesh.indices.begin() + static_cast<std::ptrdiff_t>(i),
                           mesh.indices.begin() + static_cast<std::ptrdiff_t>(i + 3));
            i += 3;
            continue;
        }
        for (const CardOutline& outline : card_outlines(shown->picture)) {
            add_piece(mesh, indices, *card, outline, shown->mirrored);
        }
        i += 6;
    }
    mesh.indices = std::move(indices);
}

} // namespace haven::scene
