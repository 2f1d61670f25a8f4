#pragma once

#include <glm/vec2.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {

/// A polygon in a card, 0 to 1 across and up, counterclockwise, and the triangles that fill it.
struct CardOutline {
    std::vector<glm::vec2> corners;
    std::vector<std::array<std::uint32_t, 3>> triangles;
};

/// Round all that one of card_levels()'s 16 pictures shows, as closely as few corners go: several
/// where it lies apart. From card_outlines.inc, which haven-card-outlines writes.
[[nodiscard]] std::span<const CardOutline> card_outlines(std::size_t picture);

} // namespace haven::scene
