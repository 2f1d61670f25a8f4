#include "environments/parts/shapes.hpp"

#include "environments/parts/noise.hpp"
#include "renderer/scene/scene.hpp"

#include <gtest/gtest.h>

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace haven::environments {
namespace {

glm::vec3 corner(const scene::SceneMesh& mesh, std::size_t index) {
    return mesh.vertices.at(mesh.indices.at(index)).position_m;
}

/// Of a closed mesh whose triangles turn counter-clockwise seen from outside.
float volume_m3(const scene::SceneMesh& mesh) {
    float six_volumes = 0.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        six_volumes +=
            glm::dot(corner(mesh, i), glm::cross(corner(mesh, i + 1), corner(mesh, i + 2)));
    }
    return six_volumes / 6.0F;
}

void expect_normals_agree_with_winding(const scene::SceneMesh& mesh) {
    ASSERT_FALSE(mesh.indices.empty());
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const glm::vec3 area = glm::cross(corner(mesh, i + 1) - corner(mesh, i),
                                          corner(mesh, i + 2) - corner(mesh, i));
        glm::vec3 normal{0.0F};
        for (std::size_t j = 0; j < 3; ++j) {
            normal += scene::unpack(mesh.vertices.at(mesh.indices.at(i + j))).normal;
        }
        ASSERT_GT(glm::dot(area, normal), 0.0F) << "triangle " << i / 3;
    }
}

TEST(Shapes, ABoxHoldsAlmostTheVolumeOfItsSidesAndFacesOutward) {
    scene::SceneMesh mesh;
    add_box({.mesh = mesh, .placement = {.position_m = {3.0F, 1.0F, -2.0F}}},
            {.size_m = {0.4F, 0.3F, 0.2F}, .bevel_m = 0.02F}, {});
    EXPECT_NEAR(volume_m3(mesh), 0.024F, 0.0012F);
    expect_normals_agree_with_winding(mesh);
}

TEST(Shapes, ATurnedBoxHasTheSameVolume) {
    scene::SceneMesh straight;
    scene::SceneMesh turned;
    const Box box{.size_m = {0.4F, 0.3F, 0.2F}, .bevel_m = 0.02F};
    add_box({.mesh = straight}, box, {});
    add_box({.mesh = turned,
             .placement = {.position_m = {}, .turn = turn_about_y(0.7F) * turn_about_x(0.4F)}},
            box, {});
    EXPECT_NEAR(volume_m3(straight), volume_m3(turned), 1e-5F);
}

TEST(Shapes, ALatheFacesOutwardAndHoldsItsVolume) {
    scene::SceneMesh mesh;
    const std::array<glm::vec2, 4> profile{glm::vec2{0.0F, 0.0F}, glm::vec2{0.5F, 0.0F},
                                           glm::vec2{0.5F, 1.0F}, glm::vec2{0.0F, 1.0F}};
    add_lathe({.mesh = mesh}, profile, 64, {});
    EXPECT_NEAR(volume_m3(mesh), 3.14159F * 0.25F, 0.01F);
}

TEST(Shapes, ATubeFacesOutwardAlongAPathThatTurnsBack) {
    scene::SceneMesh mesh;
    const std::array<TubePoint, 4> path{
        TubePoint{{0.0F, 0.0F, 0.0F}, 0.05F}, TubePoint{{0.0F, 0.5F, 0.0F}, 0.05F},
        TubePoint{{0.4F, 0.7F, 0.0F}, 0.05F}, TubePoint{{0.8F, 0.2F, 0.1F}, 0.05F}};
    add_tube({.mesh = mesh}, path, {.sides = 24}, {});
    EXPECT_GT(volume_m3(mesh), 0.008F);
}

TEST(Shapes, AGridShowsTheSideAskedFor) {
    for (const float side : {-1.0F, 1.0F}) {
        scene::SceneMesh mesh;
        add_grid({.mesh = mesh}, {.across = 3, .along = 3, .facing = {0.0F, side, 0.0F}}, {},
                 [](float u, float v) {
                     return GridPoint{.position_m = {u, 0.1F * u * v, v}, .pattern_m = {u, v}};
                 });
        expect_normals_agree_with_winding(mesh);
        EXPECT_GT(scene::unpack(mesh.vertices.front()).normal.y * side, 0.9F);
    }
}

TEST(Noise, StaysWithinOneAndHasNoSteps) {
    float before = noise({0.0F, 0.3F, 0.7F}, 5U);
    for (int i = 1; i < 4000; ++i) {
        const float now = noise({static_cast<float>(i) * 0.005F - 10.0F, 0.3F, 0.7F}, 5U);
        ASSERT_LE(now, 1.0F);
        ASSERT_GE(now, -1.0F);
        if (i > 1) {
            ASSERT_LT(now - before, 0.05F);
            ASSERT_GT(now - before, -0.05F);
        }
        before = now;
    }
}

TEST(DiceTest, TheSameSeedThrowsTheSame) {
    Dice one(7U);
    Dice two(7U);
    Dice other(8U);
    int same = 0;
    for (int i = 0; i < 100; ++i) {
        const std::uint32_t bits = one.bits();
        EXPECT_EQ(bits, two.bits());
        same += bits == other.bits() ? 1 : 0;
    }
    EXPECT_LT(same, 3);
}

} // namespace
} // namespace haven::environments
