#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::scene {

/// What foliage.glsl cuts cards from: 4 x 4 pictures of a card each, six crowns, four sprays of
/// leaves, two of fallen ones, four of blades, in the order of scene.vert's card_picture. One
/// vector a mip, largest first, four channels of eight bits. r, g: how far inside a leaf (0.5: its
/// edge), its tone; b, a: the same of what is seen where leaves are finer than pixels. A tone of
/// 0..1 is 0.25..0.75. `noise` is noise_levels() of 64 pixels or more.
[[nodiscard]] std::vector<std::vector<std::byte>>
card_levels(std::uint32_t size_px, const std::vector<std::vector<std::byte>>& noise);

} // namespace haven::scene
