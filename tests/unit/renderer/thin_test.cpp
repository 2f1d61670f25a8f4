#include "renderer/scene/thin.hpp"

#include "mesh_area.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

constexpr int cells = 40;

/// A wall 2 m ahead, 2 m wide and high, of 3200 triangles.
Scene wall(const std::function<void(SurfacePoint&)>& change = {}, Pattern pattern = Pattern::wood) {
    Scene scene;
    for (int row = 0; row <= cells; ++row) {
        for (int column = 0; column <= cells; ++column) {
            const float x = 2.0F * static_cast<float>(column) / cells - 1.0F;
            const float y = 2.0F * static_cast<float>(row) / cells;
            SurfacePoint point{.position_m = {x, y, -2.0F},
                               .normal = {0.0F, 0.0F, 1.0F},
                               .pattern = pattern,
                               .pattern_m = {x, y}};
            if (change) {
                change(point);
            }
            scene.mesh.add(point);
        }
    }
    for (std::uint32_t row = 0; row < cells; ++row) {
        for (std::uint32_t column = 0; column < cells; ++column) {
            const std::uint32_t at = row * (cells + 1) + column;
            scene.mesh.quad(at, at + 1, at + cells + 2, at + cells + 1);
        }
    }
    return scene;
}

std::size_t triangles_left(const Scene& scene, const Thinning& thinning = {}) {
    SceneMesh mesh = scene.mesh;
    thin_out(mesh, scene, thinning);
    return mesh.indices.size() / 3;
}

TEST(Thinning, AnEvenWallNeedsFewTrianglesAndStaysWhole) {
    Scene scene = wall();
    thin_out(scene.mesh, scene, {});
    EXPECT_LT(scene.mesh.indices.size() / 3, 40U);
    EXPECT_NEAR(area_m2(scene.mesh), 4.0F, 1e-3F);
}

TEST(Thinning, CornersKeepTheirPlacesAndTheirLight) {
    const Scene scene = wall();
    SceneMesh mesh = scene.mesh;
    thin_out(mesh, scene, {});
    ASSERT_EQ(mesh.vertices.size(), scene.mesh.vertices.size());
    EXPECT_EQ(mesh.vertices[7].position_m, scene.mesh.vertices[7].position_m);
    EXPECT_EQ(mesh.vertices[7].light_visibility, scene.mesh.vertices[7].light_visibility);
}

TEST(Thinning, AShadowThatTheEyeSeesKeepsItsTriangles) {
    const Scene shaded = wall([](SurfacePoint& point) { // a dark spot in the middle
        const glm::vec3 from_middle = point.position_m - glm::vec3(0.0F, 1.0F, -2.0F);
        point.occlusion = glm::length(from_middle) < 0.4F ? 0.1F : 1.0F;
    });
    EXPECT_GT(triangles_left(shaded), 2 * triangles_left(wall()));
}

TEST(Thinning, AStripeOfAnotherColourKeepsItsTriangles) {
    const Scene striped = wall([](SurfacePoint& point) {
        point.tint = point.position_m.y > 0.9F && point.position_m.y < 1.1F ? glm::vec3(0.1F)
                                                                            : glm::vec3(0.6F);
    });
    SceneMesh mesh = striped.mesh;
    thin_out(mesh, striped, {});
    float dark_m2 = 0.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        SceneMesh one{.vertices = mesh.vertices,
                      .indices = {mesh.indices[i], mesh.indices[i + 1], mesh.indices[i + 2]}};
        const bool dark = unpack(mesh.vertices[one.indices[0]]).tint.r < 0.3F &&
                          unpack(mesh.vertices[one.indices[1]]).tint.r < 0.3F &&
                          unpack(mesh.vertices[one.indices[2]]).tint.r < 0.3F;
        dark_m2 += dark ? area_m2(one) : 0.0F;
    }
    EXPECT_NEAR(dark_m2, 2.0F * 0.1F, 0.01F);
}

TEST(Thinning, WhatIsFarMayBeCoarser) {
    const auto bent = [](float away_m) {
        return wall([away_m](SurfacePoint& point) {
            point.position_m.z = -away_m - 0.05F * point.position_m.x * point.position_m.x;
        });
    };
    EXPECT_GT(triangles_left(bent(1.5F)), triangles_left(bent(12.0F)));
}

TEST(Thinning, TranslucentThingsStayAsTheyAre) {
    EXPECT_EQ(triangles_left(wall({}, Pattern::water)), 3200U);
}

TEST(Thinning, APieceTornAtItsSeamIsSewnWhereItLooksAlike) {
    Scene two = wall({}, Pattern::rock);
    Scene other = wall({}, Pattern::rock);
    for (SceneVertex& vertex : other.mesh.vertices) {
        vertex.position_m.x += 2.0F;
    }
    two.mesh.append(other.mesh);
    thin_out(two.mesh, two, {});
    EXPECT_LT(two.mesh.indices.size() / 3, 60U);
    EXPECT_NEAR(area_m2(two.mesh), 8.0F, 1e-3F);
}

TEST(Thinning, FewerRowsAllowMore) {
    EXPECT_GT(thinning_for(240).error_rad, thinning_for(1024).error_rad);
    EXPECT_LT(thinning_for(240).error_rad, 2.0F / 240.0F) << "under a pixel of a right angle";
}

TEST(Thinning, AnEmptyPlaceStaysEmpty) {
    EXPECT_EQ(triangles_left(Scene{}), 0U);
}

} // namespace
} // namespace haven::scene
