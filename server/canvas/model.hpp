#pragma once

#include "bilateral/stroke.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace haven::canvas {

/// What a phone opens: about 10 MB of vertices and indices. As many strokes as a drawing can have
/// fit into it.
inline constexpr std::size_t model_triangles_max = 500'000;

struct Model {
    std::string glb; ///< core glTF 2.0 in one binary file: metres, +Y up, right-handed
    std::size_t triangles = 0;
    int strokes_drawn = 0;
    int strokes_skipped = 0; ///< without a point that can be shown
};

/// The drawing as a mesh: a node a stroke (`left 1`, `right 1` and on; its extras are the stroke's
/// id, its hand and what it is a copy of), a material a colour of ink. Tubes follow the ink's
/// curve, 0.05 mm off it at most, in twelve sides; what would be more than `model_triangles_max`
/// is coarser, evenly, and the scene's extras say how much. What was taken back is not there. Pure;
/// any thread.
[[nodiscard]] Model model_of(std::span<const Stroke> left, std::span<const Stroke> right);

} // namespace haven::canvas
