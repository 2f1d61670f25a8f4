#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace haven::scene {

using Texel = std::array<float, 4>; ///< 0 to 1

/// A picture of that many pixels a side and all its mips, of what `texel_at` says of a place in it,
/// 0 to 1 across and down; asked by several threads.
[[nodiscard]] std::vector<std::vector<std::byte>>
levels_of(std::uint32_t size_px, const std::function<Texel(float u, float v)>& texel_at);

/// The one texture every surface is made from: tiles without a seam, four channels of eight bits.
/// r, g: soft noise of several octaves (g finer); b: distance to the nearest border between cells;
/// a: the cell's own value. Deterministic. One vector a mip, largest first.
[[nodiscard]] std::vector<std::vector<std::byte>> noise_levels(std::uint32_t size_px);

/// Leaves, one in each of 16 x 16 cells, which cards of foliage are cut from: tiles, likewise.
/// r: how far inside the leaf (0.5: its edge); g: its tone, with its
/// rib; b: the leaf's own value.
[[nodiscard]] std::vector<std::vector<std::byte>> leaf_levels(std::uint32_t size_px);

} // namespace haven::scene
