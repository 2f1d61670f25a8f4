#include "renderer/scene/chunks.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/view.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

constexpr std::uint32_t chunk = InkChunks::chunk_rings;

/// A gentle wave of rings 5 mm apart, from x = -1 on, at some distance ahead.
std::vector<InkRing> wave(std::uint32_t count, float distance_m,
                          std::uint32_t stroke_rings = 1000) {
    std::vector<InkRing> rings(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const float x = -1.0F + 0.005F * static_cast<float>(i % 400);
        rings[i].centre_m = {x, 1.6F + 0.1F * std::sin(3.0F * x), -distance_m};
        rings[i].radius_m = 0.003F;
        if ((i + 1) % stroke_rings == 0 || (i + 1) % 400 == 0) { // there the wave begins anew
            rings[i].flags = InkRing::last_of_stroke;
        }
    }
    return rings;
}

InkSight sight(glm::vec3 at = {0.0F, 1.6F, 0.0F}, float yaw_rad = 0.0F) {
    EyeView eye{
        .position_m = at, .orientation = glm::angleAxis(yaw_rad, glm::vec3(0, 1, 0)), .fov = {}};
    const Frustum frustum(clip_from_world(eye));
    return {.left = frustum, .right = frustum, .eyes_m = {at, at}};
}

/// Chunks and the streams they fill.
struct Ink {
    InkChunks chunks;
    std::array<std::vector<InkRing>, ink_stream_count> streams;

    void append(std::span<const InkRing> rings) {
        streams[0].insert(streams[0].end(), rings.begin(), rings.end());
        InkChunks::Thinned thinned;
        chunks.append(rings, thinned);
        for (std::size_t i = 1; i < ink_stream_count; ++i) {
            streams.at(i).insert(streams.at(i).end(), thinned.at(i - 1).begin(),
                                 thinned.at(i - 1).end());
        }
    }
    void truncate(std::uint32_t count) {
        chunks.truncate(count);
        for (std::size_t i = 0; i < ink_stream_count; ++i) {
            streams.at(i).resize(chunks.stream_counts().at(i));
        }
    }
    std::span<const InkRun> cull(const InkSight& from, std::uint32_t live = 0) {
        return chunks.cull(from, chunks.stream_counts(), live);
    }
    /// Joints as they are drawn, from ring to ring.
    std::vector<std::array<glm::vec3, 2>> joints(std::span<const InkRun> runs) {
        std::vector<std::array<glm::vec3, 2>> list;
        for (const InkRun& run : runs) {
            const auto& rings = streams.at(run.stream);
            for (std::uint32_t i = run.first; i < run.first + run.count; ++i) {
                if ((rings.at(i).flags & InkRing::last_of_stroke) == 0) {
                    list.push_back({rings.at(i).centre_m, rings.at(i + 1).centre_m});
                }
            }
        }
        return list;
    }
};

TEST(InkChunks, NearInkIsDrawnInFull) {
    Ink ink;
    ink.append(wave(2 * chunk + 10, 0.09F));
    const auto runs = ink.cull(sight());
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0], (InkRun{InkShape::tube, 0, 0, 2 * chunk + 9}));
}

TEST(InkChunks, FarInkIsDrawnFromAThinnerStreamButItsFreshEndInFull) {
    Ink ink;
    ink.append(wave(4 * chunk + 10, 4.0F));
    const auto runs = ink.cull(sight());
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].shape, InkShape::ribbon);
    EXPECT_GT(runs[0].stream, 0);
    EXPECT_LT(runs[0].count, 2 * chunk + 20);
    EXPECT_EQ(runs[1], (InkRun{InkShape::tube, 0, 4 * chunk, 9}));
}

TEST(InkChunks, NoToleranceMeansEveryRing) {
    Ink ink;
    ink.append(wave(4 * chunk + 10, 4.0F));
    auto exact = sight();
    exact.tolerance_px = 0.0F;
    const auto runs = ink.cull(exact);
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].count, 4 * chunk + 9);
}

TEST(InkChunks, AThinnerStreamLeavesNoGapAndJoinsNoStrokes) {
    Ink ink; // strokes end inside chunks
    const auto rings = wave(8 * chunk, 4.0F, 100);
    ink.append(rings);
    const auto runs = ink.cull(sight());
    const auto joints = ink.joints(runs);
    const auto ends = [](const InkRing& ring) { return ring.flags != 0; };
    const auto expected = std::ranges::count_if(std::span(rings).first(rings.size() - 1), ends) + 1;
    std::ptrdiff_t strokes = 1;
    for (std::size_t i = 1; i < joints.size(); ++i) {
        if (joints[i][0] != joints[i - 1][1]) {
            ++strokes;
        }
        EXPECT_LT(glm::distance(joints[i][0], joints[i][1]), 0.1F) << i;
    }
    EXPECT_EQ(strokes, expected);
    EXPECT_EQ(joints.front()[0], rings.front().centre_m);
    EXPECT_EQ(joints.back()[1], rings.back().centre_m);
}

TEST(InkChunks, WhatIsBehindIsNotDrawn) {
    Ink ink;
    ink.append(wave(4 * chunk + 1, 1.0F));
    EXPECT_TRUE(ink.cull(sight({0, 1.6F, 0}, 3.1415926F)).empty());
    EXPECT_FALSE(ink.cull(sight()).empty());
}

TEST(InkChunks, ALevelIsKeptUntilItIsClearlyWrong) {
    Ink ink;
    ink.append(wave(chunk + 1, 0.9F));
    std::size_t changes = 0;
    auto last = ink.cull(sight({0, 1.6F, 3.0F}))[0];
    for (int i = 0; i < 200; ++i) { // a head that sways by a centimetre
        const float z = 1.0F + 0.01F * std::sin(0.3F * static_cast<float>(i));
        const auto runs = ink.cull(sight({0, 1.6F, z}));
        changes += runs[0] == last ? 0 : 1;
        last = runs[0];
    }
    EXPECT_LE(changes, 1U);
}

TEST(InkChunks, TruncatingTakesThinnerCopiesAlong) {
    Ink ink;
    ink.append(wave(3 * chunk + 5, 4.0F));
    ink.truncate(chunk + 50);
    EXPECT_EQ(ink.chunks.stream_counts()[0], chunk + 50);
    auto joints = ink.joints(ink.cull(sight()));
    EXPECT_EQ(joints.back()[1], wave(chunk + 50, 4.0F).back().centre_m);
    ink.append(wave(2 * chunk, 4.0F)); // and goes on
    joints = ink.joints(ink.cull(sight()));
    EXPECT_EQ(joints.back()[1], wave(2 * chunk, 4.0F).back().centre_m);
    ink.truncate(0);
    EXPECT_TRUE(ink.cull(sight()).empty());
}

TEST(InkChunks, RunsAreBoundedHoweverTheInkLies) {
    Ink ink; // every other chunk behind the eye
    for (int i = 0; i < 2000; ++i) {
        ink.append(wave(chunk, i % 2 == 0 ? 1.0F : -5.0F, chunk));
    }
    EXPECT_LE(ink.cull(sight()).size(), InkChunks::run_count_max + 1);
}

TEST(InkChunks, TheLiveTailFollowsTheLastRing) {
    Ink ink;
    ink.append(wave(10, 0.5F));
    const auto runs = ink.cull(sight(), 5);
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].count, 14U);
}

} // namespace
} // namespace haven::scene
