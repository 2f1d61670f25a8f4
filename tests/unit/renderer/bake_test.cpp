#include "renderer/scene/bake.hpp"

#include "renderer/scene/scene.hpp"
#include "renderer/scene/triangle_tree.hpp"
#include "tests/golden/box_room.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

std::uint32_t add_floor_point(SceneMesh& mesh, float x) {
    return mesh.add({.position_m = {x, 0, 0}, .normal = {0, 1, 0}});
}

/// A wall from the floor to 2 m, standing at x = 0, wide along z.
void add_wall(SceneMesh& mesh, Pattern pattern = Pattern::plain, float emission = 0.0F) {
    const auto corner = [&](float y, float z) {
        return mesh.add({.position_m = {0, y, z},
                         .normal = {1, 0, 0},
                         .pattern = pattern,
                         .emission = emission});
    };
    mesh.quad(corner(0, 5), corner(0, -5), corner(2, -5), corner(2, 5));
}

float openness(const SceneMesh& mesh, std::uint32_t vertex) {
    return unpack(mesh.vertices.at(vertex)).occlusion;
}

std::uint32_t visibility(const SceneMesh& mesh, std::uint32_t vertex, unsigned light) {
    return (mesh.vertices.at(vertex).light_visibility >> (4 * light)) & 15U;
}

TEST(AmbientOcclusion, TheFootOfAWallIsDarkerThanTheOpenFloor) {
    SceneMesh mesh;
    const auto foot = add_floor_point(mesh, 0.05F);
    const auto near = add_floor_point(mesh, 0.25F);
    const auto open = add_floor_point(mesh, 4.0F);
    add_wall(mesh);
    bake_ambient_occlusion(mesh);
    EXPECT_LT(openness(mesh, foot), 0.65F);
    EXPECT_LT(openness(mesh, foot), openness(mesh, near));
    EXPECT_LT(openness(mesh, near), 1.0F);
    EXPECT_FLOAT_EQ(openness(mesh, open), 1.0F);
}

TEST(AmbientOcclusion, GlassDoesNotDarken) {
    SceneMesh mesh;
    const auto foot = add_floor_point(mesh, 0.05F);
    add_wall(mesh, Pattern::glass);
    bake_ambient_occlusion(mesh);
    EXPECT_FLOAT_EQ(openness(mesh, foot), 1.0F);
}

TEST(LightVisibility, AWallThrowsAShadowWithASoftEdge) {
    SceneMesh mesh;
    const auto lit = add_floor_point(mesh, -1.0F);
    const auto edge = add_floor_point(mesh, 2.0F);
    const auto dark = add_floor_point(mesh, 0.5F);
    add_wall(mesh);
    const std::vector<Light> lights{
        {.kind = LightKind::sun, .direction = {0, -1, 0}},
        {.kind = LightKind::point, .position_m = {-2, 4, 0}, .source_radius_m = 0.4F}};
    bake_light_visibility(mesh, lights, 16);
    EXPECT_EQ(visibility(mesh, lit, 1), 15U);
    EXPECT_EQ(visibility(mesh, dark, 1), 0U);
    EXPECT_GT(visibility(mesh, edge, 1), 0U);
    EXPECT_LT(visibility(mesh, edge, 1), 15U);
    EXPECT_EQ(visibility(mesh, dark, 0), 15U) << "the sun stands above the wall";
    EXPECT_EQ(visibility(mesh, dark, 2), 15U) << "no third light";
}

TEST(LightVisibility, AShadeDoesNotHideItsOwnLamp) {
    SceneMesh mesh;
    const auto behind = add_floor_point(mesh, 0.5F);
    add_wall(mesh, Pattern::plain, 2.0F);
    const std::vector<Light> lights{{.kind = LightKind::point, .position_m = {-2, 1, 0}}};
    bake_light_visibility(mesh, lights);
    EXPECT_EQ(visibility(mesh, behind, 0), 15U);
}

TEST(Bake, GivesTheSameBytesEachTime) {
    const auto baked = [] {
        Scene room = testing::box_room();
        bake_ambient_occlusion(room.mesh);
        bake_light_visibility(room.mesh, room.lights);
        std::vector<std::uint32_t> bits;
        for (const SceneVertex& vertex : room.mesh.vertices) {
            bits.push_back(vertex.tint_occlusion);
            bits.push_back(vertex.light_visibility);
        }
        return bits;
    };
    EXPECT_EQ(baked(), baked());
}

TEST(TriangleTree, AgreesWithTryingEveryTriangle) {
    const Scene room = testing::box_room();
    std::vector<Triangle> triangles;
    for (std::size_t i = 0; i < room.mesh.indices.size(); i += 3) {
        const auto at = [&](std::size_t k) {
            return room.mesh.vertices.at(room.mesh.indices.at(i + k)).position_m;
        };
        triangles.push_back({at(0), at(1), at(2)});
    }
    const TriangleTree tree(triangles);
    int blocked_count = 0;
    for (int i = 0; i < 400; ++i) {
        const auto f = static_cast<float>(i);
        const glm::vec3 from{std::sin(f) * 1.9F, 1.5F + std::cos(f * 1.3F),
                             -0.5F + std::sin(f * 0.7F)};
        const glm::vec3 to = glm::normalize(
            glm::vec3(std::sin(f * 3.1F), std::cos(f * 2.3F), std::sin(f * 1.9F) + 0.01F));
        bool expected = false;
        for (const Triangle& triangle : triangles) {
            expected = expected || TriangleTree({triangle}).blocked(from, to, 1.5F);
        }
        EXPECT_EQ(tree.blocked(from, to, 1.5F), expected) << i;
        blocked_count += expected ? 1 : 0;
    }
    EXPECT_GT(blocked_count, 50);
    EXPECT_LT(blocked_count, 350);
}

} // namespace
} // namespace haven::scene
