#include "renderer/scene/trim.hpp"

#include "renderer/scene/card_outlines.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

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

float area_m2(const SceneMesh& mesh) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const glm::vec3 a = mesh.vertices[mesh.indices[i]].position_m;
        const glm::vec3 b = mesh.vertices[mesh.indices[i + 1]].position_m;
        const glm::vec3 c = mesh.vertices[mesh.indices[i + 2]].position_m;
        const glm::vec3 normal = glm::cross(b - a, c - a) / 2.0F;
        EXPECT_GE(normal.z, -0.001F) << "wound the other way"; // but for slivers at the edge
        sum += glm::length(normal);
    }
    return sum;
}

/// Is `share` of the card in one of the triangles, seen from the front?
bool covers(const SceneMesh& mesh, glm::vec2 share) {
    const glm::vec2 p{2.0F * share.x - 1.0F, 2.0F * share.y};
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        std::array<glm::vec2, 3> at{};
        for (std::size_t k = 0; k < 3; ++k) {
            at.at(k) = glm::vec2(mesh.vertices[mesh.indices[i + k]].position_m);
        }
        const auto left_of = [&](glm::vec2 a, glm::vec2 b) {
            return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0.0F;
        };
        if (left_of(at[0], at[1]) && left_of(at[1], at[2]) && left_of(at[2], at[0])) {
            return true;
        }
    }
    return false;
}

TEST(TrimCards, ACardKeepsWhatItsOutlineHoldsAndLosesHalf) {
    SceneMesh mesh = card(20.0F);
    trim_cards(mesh);
    const std::span<const CardOutline> outlines = card_outlines((2 * -7 + 128) % 6);
    float outline = 0.0F;
    for (const CardOutline& piece : outlines) {
        for (const auto& [a, b, c] : piece.triangles) {
            const glm::vec2 to_b = piece.corners[b] - piece.corners[a];
            const glm::vec2 to_c = piece.corners[c] - piece.corners[a];
            outline += 0.5F * (to_b.x * to_c.y - to_b.y * to_c.x);
        }
    }
    EXPECT_LT(outline, 0.6F);
    EXPECT_NEAR(area_m2(mesh), 4.0F * outline / (0.976F * 0.976F), 0.05F);
}

TEST(TrimCards, AMirroredCardHasItsOutlineMirrored) {
    SceneMesh mesh = card(20.0F); // its row of the pattern's plane, -7, shows its picture mirrored
    trim_cards(mesh);
    const CardOutline& outline = card_outlines((2 * -7 + 128) % 6).front();
    for (const auto& [a, b, c] : outline.triangles) {
        const glm::vec2 middle =
            (outline.corners[a] + outline.corners[b] + outline.corners[c]) / 3.0F;
        const glm::vec2 mirrored{1.0F - middle.x, middle.y};
        EXPECT_TRUE(covers(mesh, (mirrored - 0.012F) / 0.976F));
    }
}

TEST(TrimCards, BladesKeepTheirFeet) {
    SceneMesh mesh = card(25.0F);
    trim_cards(mesh);
    EXPECT_LT(area_m2(mesh), 4.0F * 0.65F);
    for (const float x : {0.2F, 0.5F, 0.8F}) {
        EXPECT_TRUE(covers(mesh, {x, 0.01F})) << x;
    }
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
    for (SceneMesh mesh : {card(-24.0F), card(0.0F),               // a frond; bark, not cut
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
