#include "renderer/scene/outline_fit.hpp"

#include <glm/vec2.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

Mask painted(int size, const auto& covers) {
    Mask mask(size);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            mask.covered[mask.index(x, y)] = covers(x, y);
        }
    }
    return mask;
}

bool holds(const Corners& polygon, glm::dvec2 p) { // by how often a ray crosses it
    bool inside = false;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const glm::dvec2 a = polygon[i];
        const glm::dvec2 b = polygon[(i + 1) % polygon.size()];
        if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y)) {
            inside = !inside;
        }
    }
    return inside;
}

std::ptrdiff_t texels_of(const Mask& mask) {
    return std::ranges::count(mask.covered, true);
}

std::size_t lost_by(const Corners& outline, const Mask& mask) {
    std::size_t lost = 0;
    for (int y = 0; y < mask.size; ++y) {
        for (int x = 0; x < mask.size; ++x) {
            lost += mask.at(x, y) && !holds(outline, {x + 0.5, y + 0.5}) ? 1 : 0;
        }
    }
    return lost;
}

TEST(OutlineFit, APieceIsWhatHangsTogetherWithItsHolesFilled) {
    const Mask mask = painted(32, [](int x, int y) {
        const bool ring = x >= 2 && x < 12 && y >= 2 && y < 12 && !(x == 5 && y == 5);
        return ring || (x >= 20 && y >= 25);
    });
    const auto pieces = pieces_of(mask);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(texels_of(pieces[0]), 100);
    EXPECT_EQ(texels_of(pieces[1]), 12 * 7);
}

TEST(OutlineFit, ARectangleIsItsOwnOutline) {
    const Mask mask =
        painted(32, [](int x, int y) { return x >= 4 && x < 20 && y >= 6 && y < 12; });
    const Corners outline = outline_of(mask, 12);
    EXPECT_EQ(outline.size(), 4U);
    EXPECT_LE(area_of(outline), 16.0 * 6.0 + 1e-9);
    EXPECT_GE(area_of(outline), 15.0 * 5.0 - 1e-9); // the middles of its texels are held
}

TEST(OutlineFit, AStarKeepsItsTexelsAndLosesTheGapsBetweenItsRays) {
    const Mask mask = painted(128, [](int x, int y) {
        const double angle = std::atan2(y - 63.5, x - 63.5);
        const double reach = 36.0 + 22.0 * std::cos(5.0 * angle);
        return std::hypot(x - 63.5, y - 63.5) < reach;
    });
    const Corners close = outline_of(mask, 20);
    const Corners coarse = outline_of(mask, 6);
    EXPECT_LE(close.size(), 20U);
    EXPECT_LE(coarse.size(), 6U);
    const auto texels = static_cast<double>(texels_of(mask));
    EXPECT_LT(area_of(close), 1.2 * texels);
    EXPECT_GT(area_of(coarse), area_of(close));
    EXPECT_LE(lost_by(close, mask), static_cast<std::size_t>(0.01 * texels));
    EXPECT_LE(lost_by(coarse, mask), static_cast<std::size_t>(0.01 * texels));
}

} // namespace
} // namespace haven::scene
