#include "renderer/scene/chunks.hpp"
#include "renderer/scene/hidden.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

/// A wall of squares that faces +z, `z` metres behind the middle, `half_m` large each way.
void add_wall(SceneMesh& mesh, float z, float half_m, int squares, Pattern pattern) {
    const float step = 2.0F * half_m / static_cast<float>(squares);
    std::vector<std::uint32_t> corners;
    for (int row = 0; row <= squares; ++row) {
        for (int column = 0; column <= squares; ++column) {
            corners.push_back(
                mesh.add({.position_m = {static_cast<float>(column) * step - half_m,
                                         1.4F + static_cast<float>(row) * step - half_m, z},
                          .normal = {0, 0, 1},
                          .pattern = pattern}));
        }
    }
    const auto at = [&](int row, int column) {
        return corners.at(static_cast<std::size_t>(row) * static_cast<std::size_t>(squares + 1) +
                          static_cast<std::size_t>(column));
    };
    for (int row = 0; row < squares; ++row) {
        for (int column = 0; column < squares; ++column) {
            mesh.quad(at(row, column), at(row, column + 1), at(row + 1, column + 1),
                      at(row + 1, column));
        }
    }
}

std::size_t hidden_behind(float near_half_m, Pattern pattern) {
    SceneMesh mesh;
    add_wall(mesh, -4.0F, 1.0F, 10, Pattern::stone); // 200 triangles, far
    add_wall(mesh, -2.0F, near_half_m, 20, pattern);
    const auto hidden = hidden_triangles(mesh);
    EXPECT_EQ(std::ranges::count(hidden.begin() + 200, hidden.end(), true), 0)
        << "nothing is before the near one";
    return static_cast<std::size_t>(std::ranges::count(hidden, true));
}

TEST(HiddenTriangles, AreThoseBehindAWallFromEverywhereAHeadMayBe) {
    EXPECT_EQ(hidden_behind(8.0F, Pattern::wood), 200U);
    EXPECT_EQ(hidden_behind(0.3F, Pattern::wood), 0U) << "one may look past it";
}

TEST(HiddenTriangles, AreNotUnderTheSeamsOfAFloor) {
    SceneMesh mesh;
    const auto sheet = [&mesh](float left_m, float right_m, float height_m) {
        const auto at = [&](float x, float z) {
            return mesh.add(
                {.position_m = {x, height_m, z}, .normal = {0, 1, 0}, .pattern = Pattern::wood});
        };
        mesh.quad(at(left_m, 0.0F), at(right_m, 0.0F), at(right_m, -4.0F), at(left_m, -4.0F));
    };
    sheet(-2.0F, 2.0F, -0.02F);
    for (int plank = 0; plank < 40; ++plank) {
        const float left_m = -2.0F + 0.1F * static_cast<float>(plank);
        sheet(left_m, left_m + 0.0999F, 0.0F);
    }
    const auto hidden = hidden_triangles(mesh);
    EXPECT_EQ(std::ranges::count(hidden, true), 0);
}

TEST(HiddenTriangles, AreNotBehindLeavesOrGlass) {
    EXPECT_EQ(hidden_behind(8.0F, Pattern::foliage), 0U);
    EXPECT_EQ(hidden_behind(8.0F, Pattern::glass), 0U);
}

TEST(HiddenTriangles, AreChunksOfTheirOwnThatAreDrawnFromOutside) {
    SceneMesh mesh;
    add_wall(mesh, -4.0F, 1.0F, 10, Pattern::wood);
    add_wall(mesh, -2.0F, 8.0F, 20, Pattern::wood);
    std::uint32_t away = 0;
    std::uint32_t all = 0;
    for (const MeshChunk& chunk : cut_into_chunks(mesh, 128, true)) {
        away += chunk.turned_away ? chunk.index_count / 3 : 0;
        all += chunk.index_count / 3;
    }
    EXPECT_EQ(away, 200U);
    EXPECT_EQ(all, 1000U) << "none is lost";
}

} // namespace
} // namespace haven::scene
