#include "renderer/scene/scene.hpp"

#include "renderer/scene/chunks.hpp"
#include "renderer/scene/noise.hpp"
#include "renderer/scene/view.hpp"
#include "tests/golden/box_room.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vector_relational.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

TEST(SceneVertex, KeepsWhatWasPackedWithinItsSteps) {
    const SurfacePoint point{.position_m = {1.25F, -3, 7},
                             .normal = glm::normalize(glm::vec3(0.3F, -0.8F, -0.5F)),
                             .tint = {0.02F, 0.4F, 0.9F},
                             .pattern = Pattern::stone,
                             .pattern_m = {-12.345F, 3.002F},
                             .roughness = 0.35F,
                             .emission = 6.0F,
                             .motion = 0.7F,
                             .occlusion = 0.5F};
    const SurfacePoint back = unpack(pack(point));
    EXPECT_EQ(back.position_m, point.position_m);
    EXPECT_GT(glm::dot(back.normal, point.normal), 0.99999F);
    EXPECT_LT(glm::distance(back.tint, point.tint), 0.01F);
    EXPECT_EQ(back.pattern, Pattern::stone);
    EXPECT_LT(glm::distance(back.pattern_m, point.pattern_m), 0.001F);
    EXPECT_NEAR(back.roughness, 0.35F, 0.002F);
    EXPECT_NEAR(back.emission, 6.0F, 0.05F);
    EXPECT_NEAR(back.motion, 0.7F, 0.002F);
    EXPECT_NEAR(back.occlusion, 0.5F, 0.002F);
}

TEST(SceneVertex, NormalsOfEveryOctantSurvive) {
    for (int octant = 0; octant < 8; ++octant) {
        const glm::vec3 n = glm::normalize(glm::vec3((octant & 1) != 0 ? 0.4F : -0.4F,
                                                     (octant & 2) != 0 ? 0.7F : -0.7F,
                                                     (octant & 4) != 0 ? 0.2F : -0.2F));
        EXPECT_GT(glm::dot(unpack(pack({.normal = n})).normal, n), 0.99999F) << octant;
    }
}

TEST(SceneVertex, PatternCoordinatesBeyondTheirRangeWrapOnWholeMetres) {
    const float back = unpack(pack({.pattern_m = {40.25F, 0}})).pattern_m.x;
    EXPECT_NEAR(back, 8.25F, 0.002F);
}

SceneMesh three_triangles() {
    SceneMesh mesh;
    for (const Pattern pattern : {Pattern::glass, Pattern::wood, Pattern::glass}) {
        for (int corner = 0; corner < 3; ++corner) {
            mesh.add({.pattern = pattern});
        }
        const auto last = static_cast<std::uint32_t>(mesh.vertices.size());
        mesh.triangle(last - 3, last - 2, last - 1);
    }
    return mesh;
}

TEST(SceneMesh, SortingMakesOneRangeAPatternAndKeepsTheOrderInside) {
    SceneMesh mesh = three_triangles();
    const auto ranges = sort_by_pattern(mesh);
    ASSERT_EQ(ranges.size(), 2U);
    EXPECT_EQ(ranges[0].pattern, Pattern::wood);
    EXPECT_EQ(ranges[0].first_index, 0U);
    EXPECT_EQ(ranges[0].index_count, 3U);
    EXPECT_EQ(ranges[1].pattern, Pattern::glass);
    EXPECT_EQ(ranges[1].index_count, 6U);
    EXPECT_EQ(mesh.indices, (std::vector<std::uint32_t>{3, 4, 5, 0, 1, 2, 6, 7, 8}));
}

TEST(SceneMesh, AppendedMeshKeepsItsTriangles) {
    SceneMesh mesh = three_triangles();
    mesh.append(three_triangles());
    EXPECT_EQ(mesh.vertices.size(), 18U);
    EXPECT_EQ(mesh.indices.back(), 17U);
    EXPECT_EQ(mesh.pattern_of(4), Pattern::wood);
}

TEST(MeshChunks, HoldEveryTriangleOnceInsideTheirBoxes) {
    Scene room = testing::box_room();
    const std::size_t index_count = room.mesh.indices.size();
    const auto chunks = cut_into_chunks(room.mesh);
    EXPECT_GT(chunks.size(), 8U);
    std::uint32_t next = 0;
    for (const MeshChunk& chunk : chunks) {
        EXPECT_EQ(chunk.first_index, next);
        next += chunk.index_count;
        for (std::uint32_t i = chunk.first_index; i < next; ++i) {
            const SceneVertex& vertex = room.mesh.vertices.at(room.mesh.indices.at(i));
            EXPECT_EQ(static_cast<Pattern>(vertex.surface & 0xFFU), chunk.pattern);
            EXPECT_TRUE(glm::all(glm::greaterThanEqual(vertex.position_m, chunk.low)));
            EXPECT_TRUE(glm::all(glm::lessThanEqual(vertex.position_m, chunk.high)));
        }
    }
    EXPECT_EQ(next, index_count);
}

TEST(MeshChunks, WhatShowsItsBackToEveryHeadIsCutApart) {
    SceneMesh mesh;
    for (const float z : {1.0F, -1.0F}) { // toward the person, and away
        for (const glm::vec2 at : {glm::vec2(0, 0), glm::vec2(1, 0), glm::vec2(0, z)}) {
            mesh.add({.position_m = {at, -3.0F}});
        }
        mesh.triangle(static_cast<std::uint32_t>(mesh.vertices.size() - 3),
                      static_cast<std::uint32_t>(mesh.vertices.size() - 2),
                      static_cast<std::uint32_t>(mesh.vertices.size() - 1));
    }
    const auto chunks = cut_into_chunks(mesh);
    ASSERT_EQ(chunks.size(), 2U);
    EXPECT_FALSE(chunks[0].turned_away);
    EXPECT_EQ(chunks[0].high.y, 1.0F);
    EXPECT_TRUE(chunks[1].turned_away);
    EXPECT_EQ(chunks[1].low.y, -1.0F);
}

TEST(Frustum, KeepsWhatMayBeSeenAndDropsWhatCannot) {
    const Frustum ahead(clip_from_world({.position_m = {0, 1, 0}})); // 45 degrees each way
    const auto touches = [&](glm::vec3 centre) {
        return ahead.touches(centre - 0.1F, centre + 0.1F);
    };
    EXPECT_TRUE(touches({0, 1, -3}));
    EXPECT_TRUE(touches({2.9F, 1, -3}));
    EXPECT_TRUE(touches({0, 1, -4000}));
    EXPECT_TRUE(touches({0, 1, 0})) << "around the eye";
    EXPECT_FALSE(touches({0, 1, 1}));
    EXPECT_FALSE(touches({4, 1, -3}));
    EXPECT_FALSE(touches({-4, 1, -3}));
    EXPECT_FALSE(touches({0, 5, -3}));
    EXPECT_FALSE(touches({0, -3, -3}));
}

TEST(Flicker, SwingsLessThanTenPercentAndNeverFast) {
    const Light fire{.kind = LightKind::point, .flicker_depth = 0.05F, .flicker_period_s = 3.0F};
    float low = 2.0F;
    float high = 0.0F;
    float before = flicker(fire, 0.0);
    for (int i = 1; i < 60'000; ++i) { // ten minutes at 100 Hz
        const float now = flicker(fire, i * 0.01);
        EXPECT_LT(std::abs(now - before), 0.003F);
        before = now;
        low = std::min(low, now);
        high = std::max(high, now);
    }
    EXPECT_LT(high - low, 0.1F);
    EXPECT_GT(high - low, 0.05F);
}

TEST(SceneFrame, RefusesMoreSpritesThanItHolds) {
    SceneFrame frame;
    for (std::size_t i = 0; i < sprite_count_max; ++i) {
        EXPECT_TRUE(frame.add({}));
    }
    EXPECT_FALSE(frame.add({}));
    EXPECT_EQ(frame.sprite_count, sprite_count_max);
}

TEST(Noise, TilesWithoutASeam) {
    constexpr std::uint32_t size = 128;
    const auto levels = noise_levels(size);
    EXPECT_EQ(levels.size(), 8U);
    EXPECT_EQ(levels.back().size(), 4U);
    const auto red = [&](std::uint32_t x, std::uint32_t y) {
        return static_cast<int>(levels[0].at((std::size_t{y} * size + x) * 4));
    };
    int inside = 0;
    int across = 0;
    for (std::uint32_t y = 0; y < size; ++y) {
        inside = std::max(inside, std::abs(red(64, y) - red(63, y)));
        across = std::max(across, std::abs(red(0, y) - red(size - 1, y)));
    }
    EXPECT_LE(across, inside * 2);
}

TEST(Noise, EveryCellHasALeafOfItsOwn) {
    constexpr std::size_t cells = 16;
    constexpr std::size_t across = 32; // of a cell, in pixels
    const auto leaves = leaf_levels(cells * across).front();
    std::set<int> values;
    for (std::size_t cell = 0; cell < cells * cells; ++cell) {
        const auto at = [&](std::size_t i, std::size_t channel) {
            const std::size_t x = cell % cells * across + i % across;
            const std::size_t y = cell / cells * across + i / across;
            return static_cast<int>(leaves.at((y * cells * across + x) * 4 + channel));
        };
        std::size_t inside = 0;
        for (std::size_t i = 0; i < across * across; ++i) {
            inside += at(i, 0) > 127 ? 1 : 0;
            ASSERT_EQ(at(i, 2), at(0, 2)) << "one value a leaf";
        }
        EXPECT_GT(inside, across * across / 16) << cell;
        EXPECT_LT(inside, across * across / 2) << cell;
        values.insert(at(0, 2));
    }
    EXPECT_GT(values.size(), 100U) << "no two alike, but by chance";
}

TEST(Colour, HexIsReadAsSrgb) {
    EXPECT_NEAR(from_hex(0xFFFFFF).r, 1.0F, 1e-6F);
    EXPECT_NEAR(from_hex(0x808080).g, 0.2159F, 1e-3F);
    EXPECT_GT(from_hex(0xFF0000).r, from_hex(0xFF0000).b);
}

} // namespace
} // namespace haven::scene
