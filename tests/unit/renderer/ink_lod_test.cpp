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
#include <random>
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
    /// As the canvas does it, before it draws.
    void take_changes() {
        while (chunks.has_changes()) {
            for (const InkFlags& change : chunks.take_changes(InkChunks::changes_a_chunk_max)) {
                streams.at(change.stream).at(change.ring).flags = change.flags;
            }
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
                if (rings.at(i).flags == 0) {
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

TEST(InkChunks, ClearedItBeginsAnew) {
    Ink ink;
    ink.append(wave(3 * chunk + 5, 4.0F));
    ink.chunks.set_hidden(0, 2 * chunk, true);
    ink.chunks.clear();
    ink.streams = {};
    EXPECT_TRUE(ink.cull(sight()).empty());
    ink.append(wave(2 * chunk, 4.0F));
    const auto joints = ink.joints(ink.cull(sight()));
    EXPECT_EQ(joints.front()[0], wave(1, 4.0F).front().centre_m);
    EXPECT_EQ(joints.back()[1], wave(2 * chunk, 4.0F).back().centre_m);
}

/// Strokes one after the other, each at a height of its own.
struct Strokes {
    std::vector<InkRing> rings;
    std::vector<std::uint32_t> first; ///< of each stroke, and the end

    Strokes(std::uint32_t seed, std::uint32_t count, std::uint32_t rings_max) {
        std::mt19937 engine(seed);
        for (std::uint32_t stroke = 0; stroke < count; ++stroke) {
            first.push_back(static_cast<std::uint32_t>(rings.size()));
            auto one =
                wave(2 + static_cast<std::uint32_t>(engine() % rings_max), 1.0F, rings_max + 2);
            for (InkRing& ring : one) {
                ring.centre_m.y = 1.0F + 0.001F * static_cast<float>(stroke);
                ring.flags = 0;
            }
            one.back().flags = InkRing::last_of_stroke;
            rings.insert(rings.end(), one.begin(), one.end());
        }
        first.push_back(static_cast<std::uint32_t>(rings.size()));
    }
    [[nodiscard]] std::uint32_t stroke_of(const glm::vec3& centre_m) const {
        return static_cast<std::uint32_t>(std::lround((centre_m.y - 1.0F) * 1000.0F));
    }
};

TEST(InkChunks, WhatIsHiddenIsNeverDrawnAndAllElseIsDrawnAsBefore) {
    for (const std::uint32_t rings_max : {40U, 350U, 3000U}) {
        const Strokes strokes(rings_max, 24'000 / rings_max, rings_max);
        Ink ink;
        Ink untouched;
        std::vector<bool> hidden(strokes.first.size() - 1);
        std::mt19937 engine(3);
        std::uint32_t drawn = 0;
        for (int step = 0; step < 300; ++step) {
            if (drawn < hidden.size() && step % 2 == 0) {
                const auto more = std::min(drawn + 1 + static_cast<std::uint32_t>(engine() % 8),
                                           static_cast<std::uint32_t>(hidden.size()));
                const auto rings =
                    std::span(strokes.rings)
                        .subspan(strokes.first[drawn], strokes.first[more] - strokes.first[drawn]);
                ink.append(rings);
                untouched.append(rings);
                drawn = more;
            }
            for (auto changes = engine() % 6; changes > 0; --changes) {
                const auto stroke = engine() % drawn;
                hidden[stroke] = !hidden[stroke];
                ink.chunks.set_hidden(strokes.first[stroke],
                                      strokes.first[stroke + 1] - strokes.first[stroke],
                                      hidden[stroke]);
            }
            ink.take_changes();
            for (const float tolerance_px : {0.0F, 1000.0F}) { // in full, and as thin as can be
                InkSight from = sight({0.0F, 1.2F, 8.0F});
                from.tolerance_px = tolerance_px;
                auto expected = untouched.joints(untouched.cull(from));
                std::erase_if(expected, [&](const auto& joint) {
                    return hidden[strokes.stroke_of(joint[0])];
                });
                ASSERT_EQ(ink.joints(ink.cull(from)), expected) << rings_max << " " << step;
            }
        }
    }
}

TEST(InkChunks, OfALongStrokeTheStreamsAreToldOfItsEndsAlone) {
    Ink ink;
    const auto rings = wave(100 * chunk, 4.0F, 50 * chunk);
    ink.append(rings);
    ink.chunks.set_hidden(10, 60 * chunk, true);
    std::size_t changes = 0;
    while (ink.chunks.has_changes()) {
        changes += ink.chunks.take_changes(InkChunks::changes_a_chunk_max).size();
    }
    EXPECT_LE(changes, 2 * InkChunks::changes_a_chunk_max);
    ink.chunks.set_hidden(10 + chunk, 60 * chunk - chunk, false);
    EXPECT_LE(ink.chunks.take_changes(200 * InkChunks::changes_a_chunk_max).size(),
              2 * InkChunks::changes_a_chunk_max);
}

TEST(InkChunks, HiddenChunksBetweenOthersAreLeftOutHoweverMany) {
    Ink ink;
    for (int i = 0; i < 1000; ++i) {
        ink.append(wave(chunk, 1.0F, chunk));
    }
    ink.append(wave(1, 1.0F));
    for (std::uint32_t i = 0; i < 1000; i += 2) {
        ink.chunks.set_hidden(i * chunk, chunk, true);
    }
    InkSight exact = sight();
    exact.tolerance_px = 0.0F;
    const auto runs = ink.cull(exact);
    EXPECT_EQ(runs.size(), 500U);
    for (const InkRun& run : runs) {
        EXPECT_EQ(run.first / chunk % 2, 1U);
        EXPECT_EQ(run.count, chunk);
    }
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
