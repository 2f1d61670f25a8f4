#include "renderer/scene/refine.hpp"

#include "mesh_area.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

/// A floor of 4 x 4 m in two by two squares, whose corners the squares do not share.
SceneMesh floor(Pattern pattern = Pattern::wood) {
    SceneMesh mesh;
    for (const float x : {-2.0F, 0.0F}) {
        for (const float z : {-2.0F, 0.0F}) {
            const auto corner = [&](float dx, float dz) {
                return mesh.add({.position_m = {x + dx, 0.0F, z + dz},
                                 .tint = glm::vec3(0.5F),
                                 .pattern = pattern});
            };
            const std::array corners{corner(0, 0), corner(0, 2), corner(2, 2), corner(2, 0)};
            mesh.quad(corners[0], corners[1], corners[2], corners[3]);
        }
    }
    return mesh;
}

Light lamp(glm::vec3 at_m) {
    return {.kind = LightKind::point, .position_m = at_m, .colour = glm::vec3(1.0F)};
}

const std::vector<Light> three_lamps{lamp({0.5F, 0.4F, 0.3F}), lamp({-5.0F, 3.0F, 0.0F}),
                                     lamp({5.0F, 3.0F, 0.0F})};

TEST(RefineForLight, ThreeLampsFallOnCornersAndTwoWithASunDoNot) {
    EXPECT_TRUE(falls_on_corners(three_lamps));
    const std::vector<Light> two{three_lamps[0], three_lamps[1], {.kind = LightKind::sun}};
    EXPECT_FALSE(falls_on_corners(two));
}

TEST(RefineForLight, TheFloorIsFinestBesideTheLampAndStaysWhole) {
    SceneMesh mesh = floor();
    refine_for_light(mesh, three_lamps);
    EXPECT_NEAR(area_m2(mesh, {0.0F, 1.0F, 0.0F}), 16.0F, 1e-3F);
    float nearest_edge_m = 9.0F;
    float furthest_edge_m = 0.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const glm::vec3 a = mesh.vertices[mesh.indices[i]].position_m;
        const glm::vec3 b = mesh.vertices[mesh.indices[i + 1]].position_m;
        const float edge_m = glm::distance(a, b);
        const float away_m = glm::distance((a + b) * 0.5F, glm::vec3(0.5F, 0.0F, 0.3F));
        if (away_m < 0.3F) {
            nearest_edge_m = std::min(nearest_edge_m, edge_m);
        } else if (away_m > 1.8F) {
            furthest_edge_m = std::max(furthest_edge_m, edge_m);
        }
    }
    EXPECT_LT(nearest_edge_m, 0.3F);
    EXPECT_GT(furthest_edge_m, 2.0F * nearest_edge_m);
}

TEST(RefineForLight, NeighboursStayJoinedThoughTheyShareNoCorners) {
    SceneMesh mesh = floor();
    refine_for_light(mesh, three_lamps);
    // Along the inner seams each piece of an edge belongs to two triangles.
    using Point = std::pair<float, float>;
    std::map<std::pair<Point, Point>, int> pieces;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        for (std::size_t e = 0; e < 3; ++e) {
            const glm::vec3 a = mesh.vertices[mesh.indices[i + e]].position_m;
            const glm::vec3 b = mesh.vertices[mesh.indices[i + (e + 1) % 3]].position_m;
            if ((a.x == 0.0F && b.x == 0.0F) || (a.z == 0.0F && b.z == 0.0F)) {
                const Point from{a.x, a.z};
                const Point to{b.x, b.z};
                ++pieces[{std::min(from, to), std::max(from, to)}];
            }
        }
    }
    EXPECT_GT(pieces.size(), 4U);
    for (const auto& [piece, count] : pieces) {
        EXPECT_EQ(count, 2);
    }
}

TEST(RefineForLight, LeavesAndWhatIsTranslucentStayAsTheyAre) {
    for (const Pattern pattern : {Pattern::foliage, Pattern::glass}) {
        SceneMesh mesh = floor(pattern);
        const auto indices = mesh.indices;
        refine_for_light(mesh, three_lamps);
        EXPECT_EQ(mesh.indices, indices);
    }
}

} // namespace
} // namespace haven::scene
