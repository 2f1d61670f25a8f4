#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::scene {

/// The one texture every surface is made from: tiles without a seam, four channels of eight bits.
/// r, g: soft noise of several octaves (g finer); b: distance to the nearest border between cells;
/// a: the cell's own value. Deterministic. One vector a mip, largest first.
[[nodiscard]] std::vector<std::vector<std::byte>> noise_levels(std::uint32_t size_px);

/// Leaves, one in each of 16 x 16 cells, which cards of foliage are cut from: tiles, likewise.
/// r: how far inside the leaf (0.5: its edge); g: its tone, with its
/// rib; b: the leaf's own value.
[[nodiscard]] std::vector<std::vector<std::byte>> leaf_levels(std::uint32_t size_px);

} // namespace haven::scene
