#include "renderer/scene/chunks.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

/// A square of 1 m: upright, or flat where it is water.
void add_square(SceneMesh& mesh, glm::vec3 at_m, Pattern pattern) {
    const auto corner = [&](float x, float y) {
        const glm::vec3 to =
            pattern == Pattern::water ? glm::vec3(x, 0.0F, -y) : glm::vec3(x, y, 0.0F);
        return mesh.add({.position_m = at_m + to, .pattern = pattern});
    };
    mesh.quad(corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1));
}

std::vector<float> depths_m(const SceneMesh& mesh) { // of each triangle's first corner
    std::vector<float> depths;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        depths.push_back(mesh.vertices.at(mesh.indices[i]).position_m.z);
    }
    return depths;
}

TEST(Chunks, SheetsStayInTheirOrderAndAreCutWhereTheyLieApart) {
    SceneMesh mesh;
    for (const float z : {-20.0F, -19.0F, -6.0F, -5.5F, -12.0F}) {
        add_square(mesh, {0.0F, 1.0F, z}, Pattern::mist);
    }
    const std::vector<float> given = depths_m(mesh);
    const std::vector<MeshChunk> chunks = cut_into_chunks(mesh);
    EXPECT_EQ(depths_m(mesh), given);
    ASSERT_EQ(chunks.size(), 3U);
    EXPECT_EQ(chunks[0].low.z, -20.0F);
    EXPECT_EQ(chunks[0].high.z, -19.0F);
    EXPECT_EQ(chunks[1].high.z, -5.5F);
    EXPECT_EQ(chunks[2].middle().z, -12.0F);
}

TEST(Chunks, ASheetLargerThanItsReachIsOneChunk) {
    SceneMesh mesh;
    const auto corner = [&](float x, float y) {
        return mesh.add({.position_m = {x, y, -9.0F}, .pattern = Pattern::mist});
    };
    const std::uint32_t low = corner(-8, 0);
    mesh.quad(low, corner(8, 0), corner(8, 3), corner(-8, 3));
    std::uint32_t indices = 0;
    for (const MeshChunk& chunk : cut_into_chunks(mesh)) {
        EXPECT_GE(chunk.index_count, 3U);
        indices += chunk.index_count;
    }
    EXPECT_EQ(indices, 6U);
}

TEST(Chunks, WaterIsCutByPlaceWithRoomForItsWaves) {
    SceneMesh mesh;
    for (int row = 0; row < 40; ++row) {
        for (int column = 0; column < 40; ++column) {
            add_square(mesh, {static_cast<float>(column), 0.0F, -static_cast<float>(row)},
                       Pattern::water);
        }
    }
    const std::vector<MeshChunk> chunks = cut_into_chunks(mesh, 128);
    EXPECT_EQ(chunks.size(), 40U * 40U * 2U / 128U);
    std::vector<float> widths_m;
    for (const MeshChunk& chunk : chunks) {
        EXPECT_FALSE(chunk.turned_away) << "waves turn";
        widths_m.push_back(chunk.high.x - chunk.low.x);
        EXPECT_LE(chunk.low.y, -3.0F);
        EXPECT_GE(chunk.high.y, 3.0F);
    }
    std::ranges::nth_element(widths_m, widths_m.begin() + 12);
    EXPECT_LE(widths_m[12], 24.0F) << "a corner of the water each, most of them";
}

} // namespace
} // namespace haven::scene
