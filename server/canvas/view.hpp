#pragma once

#include "bilateral/stroke.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace haven::canvas {

inline constexpr std::size_t view_bytes_max = std::size_t{8} << 20U;

/// The combined canvas as an SVG: the same frame, paper, colours and order, drawn as cubic curves
/// with the ink's tangents, in pieces of even width. Told in words as well. What would be more than
/// `view_bytes_max` is coarser. Nothing in it runs and nothing is fetched. Pure; any thread.
[[nodiscard]] std::string view_of(std::span<const Stroke> left, std::span<const Stroke> right);

} // namespace haven::canvas
