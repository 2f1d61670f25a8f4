#include "renderer/scene/card_outlines.hpp"

#include <glm/vec2.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

struct Corner {
    std::uint8_t x; // in 255ths of the card
    std::uint8_t y;
};
struct Piece {
    std::uint8_t picture;
    std::uint8_t corners; ///< so many of the list, after those of the piece before
};
#include "renderer/scene/card_outlines.inc"

float turn(glm::vec2 a, glm::vec2 b, glm::vec2 c) { // over 0: to the left
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// Ear clipping: a corner whose triangle holds no other goes, until three are left.
std::vector<std::array<std::uint32_t, 3>> triangles_of(const std::vector<glm::vec2>& corners) {
    std::vector<std::uint32_t> left(corners.size());
    std::iota(left.begin(), left.end(), 0U);
    std::vector<std::array<std::uint32_t, 3>> triangles;
    while (left.size() >= 3) {
        const std::size_t before = left.size();
        for (std::size_t i = 0; i < left.size(); ++i) {
            const std::array<std::uint32_t, 3> ear{left[(i + left.size() - 1) % left.size()],
                                                   left[i], left[(i + 1) % left.size()]};
            const glm::vec2 a = corners[ear[0]];
            const glm::vec2 b = corners[ear[1]];
            const glm::vec2 c = corners[ear[2]];
            const bool held = std::ranges::any_of(left, [&](std::uint32_t k) {
                const glm::vec2 p = corners[k];
                return std::ranges::find(ear, k) == ear.end() && turn(a, b, p) >= 0.0F &&
                       turn(b, c, p) >= 0.0F && turn(c, a, p) >= 0.0F;
            });
            if (turn(a, b, c) > 0.0F && !held) {
                triangles.push_back(ear);
                left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
        }
        if (left.size() == before) {
            break; // no polygon
        }
    }
    return triangles;
}

std::array<std::vector<CardOutline>, 16> all_outlines() {
    std::array<std::vector<CardOutline>, 16> all;
    std::size_t first = 0;
    for (const Piece& piece : pieces) {
        CardOutline outline;
        for (const Corner corner : std::span(all_corners).subspan(first, piece.corners)) {
            outline.corners.emplace_back(static_cast<float>(corner.x) / 255.0F,
                                         static_cast<float>(corner.y) / 255.0F);
        }
        first += piece.corners;
        outline.triangles = triangles_of(outline.corners);
        all.at(piece.picture).push_back(std::move(outline));
    }
    return all;
}

} // namespace

std::span<const CardOutline> card_outlines(std::size_t picture) {
    static const auto all = all_outlines();
    return all.at(picture);
}

} // namespace haven::scene
