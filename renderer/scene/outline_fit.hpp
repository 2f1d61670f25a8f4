#pragma once

#include <glm/vec2.hpp>

#include <cstddef>

#include <vector>

namespace haven::scene {

/// Texels of a square that something covers, row by row.
struct Mask {
    int size = 0;
    std::vector<bool> covered;

    explicit Mask(int across)
        : size(across),
          covered(static_cast<std::size_t>(across) * static_cast<std::size_t>(across), false) {}
    [[nodiscard]] std::size_t index(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
               static_cast<std::size_t>(x);
    }
    [[nodiscard]] bool at(int x, int y) const {
        return x >= 0 && y >= 0 && x < size && y < size && covered[index(x, y)];
    }
};

using Corners = std::vector<glm::dvec2>; ///< of a polygon, counterclockwise, in texels

[[nodiscard]] double area_of(const Corners& polygon);

/// What hangs together, each on its own and without holes.
[[nodiscard]] std::vector<Mask> pieces_of(const Mask& mask);

/// A polygon of at most so many corners round one piece, as small as a greedy search finds it; it
/// stays in the square. Corners are taken away where that adds least (Sander et al. 2000,
/// "Silhouette Clipping", in the plane), and each is moved inward as far as texels allow.
[[nodiscard]] Corners outline_of(const Mask& piece, std::size_t corners);

} // namespace haven::scene
