#include "renderer/scene/trim.hpp"

#include "mesh_area.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

/// A card of 2 x 2 m that stands at (0, 1, 0), as leafage.cpp makes them: nearly a metre of the
/// pattern's plane, darker below.
SceneMesh card(float pattern_x_m, Pattern pattern = Pattern::foliage, float part = 1.0F) {
    SceneMesh mesh;
    constexpr std::array<glm::vec2, 4> shares{glm::vec2{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    std::array<std::uint32_t, 4> corners{};
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const glm::vec2 share = shares.at(i);
        corners.at(i) = mesh.add({.position_m = {2.0F * share.x - 1.0F, 2.0F * share.y, 0.0F},
                                  .normal = {0.0F, 0.0F, 1.0F},
                                  .tint = glm::vec3(0.1F + 0.4F * share.y),
                                  .pattern = pattern,
                                  .pattern_m = {pattern_x_m + 0.012F + 0.976F * part * share.x,
                                                -7.0F + 0.012F + 0.976F * share.y},
                                  .motion = 0.1F * share.y});
    }
    mesh.quad(corners[0], corners[1], corners[2], corners[3]);
    return mesh;
}

TEST(TrimCards, ACrownLosesItsCornersAndKeepsEverythingWithinReachOfItsLeaves) {
    SceneMesh mesh = card(20.0F);
    trim_cards(mesh);
    ASSERT_EQ(mesh.indices.size(), 6U * 3U);
    EXPECT_NEAR(area_m2(mesh), 4.0F * 0.868F, 0.01F);
    for (const std::uint32_t index : mesh.indices) {
        // As foliage.glsl's leaf_mass: beyond this no noise makes leaves.
        const glm::vec3 at = mesh.vertices[index].position_m;
        EXPECT_GE(glm::length(glm::vec2(at.x, at.y - 1.0F)), 1.05F);
    }
}

TEST(TrimCards, BladesLoseTheirUpperCornersAlone) {
    SceneMesh mesh = card(25.0F);
    trim_cards(mesh);
    EXPECT_LT(area_m2(mesh), 4.0F * 0.85F);
    EXPECT_GT(area_m2(mesh), 4.0F * 0.75F);
    bool foot = false;
    for (const std::uint32_t index : mesh.indices) {
        foot = foot || mesh.vertices[index].position_m == glm::vec3(-1.0F, 0.0F, 0.0F);
    }
    EXPECT_TRUE(foot);
}

TEST(TrimCards, WhatAVertexHoldsLiesBetweenTheCorners) {
    SceneMesh mesh = card(17.0F);
    mesh.vertices[0].light_visibility = mesh.vertices[1].light_visibility = 0xFFFFFF00U;
    mesh.vertices[2].light_visibility = mesh.vertices[3].light_visibility = 0xFFFFFF0FU;
    trim_cards(mesh);
    for (const std::uint32_t index : mesh.indices) {
        const SurfacePoint point = unpack(mesh.vertices[index]);
        const float up = point.position_m.y / 2.0F;
        EXPECT_EQ(point.pattern, Pattern::foliage);
        EXPECT_NEAR(point.tint.x, 0.1F + 0.4F * up, 0.01F);
        EXPECT_NEAR(point.motion, 0.1F * up, 0.005F);
        EXPECT_NEAR(point.pattern_m.x, 17.012F + 0.976F * (point.position_m.x + 1.0F) / 2.0F,
                    0.002F);
        EXPECT_NEAR(static_cast<float>(mesh.vertices[index].light_visibility & 15U), 15.0F * up,
                    0.51F);
        EXPECT_EQ((mesh.vertices[index].light_visibility >> 4U) & 15U, 0U);
    }
}

TEST(TrimCards, OtherThingsStayAsTheyAre) {
    for (SceneMesh mesh : {card(18.0F),                            // fallen leaves lie anywhere
                           card(-24.0F), card(0.0F),               // a frond; bark, not cut
                           card(20.0F, Pattern::wood),             // no foliage
                           card(20.0F, Pattern::foliage, 0.5F)}) { // half a card
        const auto vertices = mesh.vertices.size();
        const auto indices = mesh.indices;
        trim_cards(mesh);
        EXPECT_EQ(mesh.vertices.size(), vertices);
        EXPECT_EQ(mesh.indices, indices);
    }
}

} // namespace
} // namespace haven::scene
