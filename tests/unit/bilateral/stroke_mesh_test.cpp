#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace haven {
namespace {

const Brush brush{.colour_linear = {1.0F, 0.5F, 0.0F}, .width_m = 0.006F};

glm::vec3 axis(const TubeRing& ring, int i) {
    glm::vec3 v{0.0F};
    v[i] = 1.0F;
    return frame_of(ring) * v;
}

/// What holds for every ring: finite, a unit frame, a radius within the brush's.
void expect_sound(std::span<const TubeRing> rings) {
    for (std::size_t i = 0; i < rings.size(); ++i) {
        const TubeRing& ring = rings[i];
        ASSERT_TRUE(std::isfinite(ring.centre_m.x) && std::isfinite(ring.centre_m.y) &&
                    std::isfinite(ring.centre_m.z))
            << i;
        ASSERT_TRUE(ring.radius_m >= 0.0F && ring.radius_m <= 0.0501F) << i;
        double squares = 0.0;
        for (const std::int16_t q : ring.frame_snorm) {
            squares += static_cast<double>(q) * q / (32767.0 * 32767.0);
        }
        ASSERT_NEAR(squares, 1.0, 1e-3) << i;
    }
}

void expect_closed_strokes(std::span<const TubeRing> rings) {
    bool first = true;
    for (const TubeRing& ring : rings) {
        const bool last = (ring.flags & TubeRing::last_of_stroke) != 0;
        if (first || last) {
            ASSERT_EQ(ring.radius_m, 0.0F);
        }
        first = last;
    }
    ASSERT_TRUE(first); // the last one was flagged
}

StrokePoint firm(const glm::vec3& position_m) {
    return {.position_m = position_m, .pressure = 1.0F};
}

std::vector<TubeRing> tube_of(const std::vector<glm::vec3>& points) {
    TubeBuilder tube;
    tube.begin(brush);
    for (const glm::vec3& point : points) {
        tube.add(firm(point));
    }
    tube.end();
    return {tube.committed().begin(), tube.committed().end()};
}

std::vector<glm::vec3> helix() {
    std::vector<glm::vec3> points;
    for (int i = 0; i < 400; ++i) {
        const float a = static_cast<float>(i) * 0.05F;
        points.emplace_back(0.1F * std::cos(a), 0.01F * a, 0.1F * std::sin(a));
    }
    return points;
}

TEST(TubeBuilder, AStraightLineHasARingAPointAndRoundEnds) {
    const auto rings = tube_of({{0, 0, 0}, {0.01F, 0, 0}, {0.02F, 0, 0}, {0.03F, 0, 0}});
    ASSERT_EQ(rings.size(), 4U + 3U + 3U);
    expect_sound(rings);
    expect_closed_strokes(rings);
    EXPECT_NEAR(rings.front().centre_m.x, -0.003F, 1e-6F);
    EXPECT_NEAR(rings.back().centre_m.x, 0.033F, 1e-6F);
    EXPECT_NEAR(slope_of(rings.front()), -1.0F, 1e-6F);
    EXPECT_NEAR(slope_of(rings.back()), 1.0F, 1e-6F);
    for (const TubeRing& ring : rings) {
        EXPECT_NEAR(axis(ring, 2).x, 1.0F, 1e-4F);
        EXPECT_EQ(ring.colour_rgba8, 0xFF0080FFU);
    }
    EXPECT_FLOAT_EQ(rings[4].radius_m, 0.003F);
}

TEST(TubeBuilder, FramesTwistLittleAlongAHelix) {
    const auto rings = tube_of(helix());
    expect_sound(rings);
    for (std::size_t i = 1; i < rings.size(); ++i) {
        // A frame that turns no more than its tangent does.
        const float tangents = glm::dot(axis(rings[i - 1], 2), axis(rings[i], 2));
        const float normals = glm::dot(axis(rings[i - 1], 0), axis(rings[i], 0));
        ASSERT_GE(normals, tangents - 2e-3F) << i;
    }
}

TEST(TubeBuilder, AHelixTwistsFarLessThanItsTorsion) {
    // A Frenet frame turns about its tangent by the torsion, here 2 radians in all.
    const auto rings = tube_of(helix());
    float sum = 0.0F;
    for (std::size_t i = 1; i < rings.size(); ++i) {
        const glm::vec3 t = axis(rings[i], 2);
        glm::vec3 carried = axis(rings[i - 1], 0);
        carried = glm::normalize(carried - t * glm::dot(carried, t));
        sum +=
            std::asin(std::clamp(glm::dot(glm::cross(carried, axis(rings[i], 0)), t), -1.0F, 1.0F));
    }
    EXPECT_NEAR(sum, 0.0F, 0.2F);
}

TEST(TubeBuilder, ADotIsASphere) {
    const auto rings = tube_of({{1, 2, 3}});
    ASSERT_EQ(rings.size(), 7U);
    expect_sound(rings);
    expect_closed_strokes(rings);
    for (const TubeRing& ring : rings) {
        const float from_centre = glm::distance(ring.centre_m, {1, 2, 3});
        EXPECT_NEAR(from_centre * from_centre + ring.radius_m * ring.radius_m, 9e-6F, 1e-8F);
    }
}

TEST(TubeBuilder, ATurnOfHalfACircleBecomesARoundJoint) {
    const auto rings = tube_of({{0, 0, 0}, {0.1F, 0, 0}, {0.2F, 0, 0}, {0.1F, 0, 0}, {0, 0, 0}});
    expect_sound(rings);
    expect_closed_strokes(rings);
    int at_turn = 0;
    for (std::size_t i = 1; i < rings.size(); ++i) {
        at_turn += rings[i].centre_m.x == 0.2F ? 1 : 0;
        const float turn = glm::dot(axis(rings[i - 1], 2), axis(rings[i], 2));
        EXPECT_GT(turn, 0.70F) << i; // no ring turns by more than 45 degrees at once
        const float twist = glm::dot(axis(rings[i - 1], 0), axis(rings[i], 0));
        EXPECT_GT(twist, 0.70F) << i;
    }
    EXPECT_EQ(at_turn, 5);
}

TEST(TubeBuilder, ARestingHandAddsNoRings) {
    TubeBuilder tube;
    tube.begin(brush);
    tube.add(firm({0, 0, 0}));
    tube.add(firm({0.1F, 0, 0}));
    const std::size_t before = tube.committed().size();
    for (int i = 0; i < 10'000; ++i) {
        tube.add(firm({0.1F + 0.0002F * std::sin(static_cast<float>(i)), 0, 0}));
    }
    EXPECT_EQ(tube.committed().size(), before);
}

TEST(TubeBuilder, TheTailReachesTheLiveTipAndNeverChangesWhatIsCommitted) {
    TubeBuilder tube;
    tube.begin(brush);
    std::vector<TubeRing> seen;
    for (const glm::vec3& point : helix()) {
        tube.add(firm(point));
        const glm::vec3 tip = point + glm::vec3{0.004F, 0.0F, 0.001F};
        tube.move_tip(tip, 1.0F);
        const auto tail = tube.tail();
        ASSERT_LE(tail.size(), TubeBuilder::tail_rings_max);
        ASSERT_GE(tail.size(), 5U);
        // The tip's ring and the three of the round end.
        ASSERT_EQ(tail[tail.size() - 4].centre_m, tip);
        expect_sound(tail);
        ASSERT_TRUE(tail.back().flags & TubeRing::last_of_stroke);
        ASSERT_GE(tube.committed().size(), seen.size());
        ASSERT_TRUE(std::ranges::equal(seen, tube.committed().first(seen.size())));
        seen.assign(tube.committed().begin(), tube.committed().end());
        for (const TubeRing& ring : seen) {
            ASSERT_FALSE(ring.flags & TubeRing::last_of_stroke);
        }
    }
    tube.end();
    EXPECT_TRUE(tube.tail().empty());
    expect_closed_strokes(tube.committed());
}

TEST(TubeBuilder, StaysSoundOnAHundredThousandHostilePoints) {
    std::mt19937 engine{7};
    std::uniform_real_distribution<float> small{-0.01F, 0.01F};
    std::uniform_real_distribution<float> large{-5000.0F, 5000.0F};
    TubeBuilder tube;
    glm::vec3 at{0.0F};
    for (int i = 0; i < 100'000; ++i) {
        if (i % 500 == 0) {
            tube.begin(brush);
        }
        switch (engine() % 8) {
        case 0:
            break; // the same point again
        case 1:
            at = {large(engine), large(engine), large(engine)};
            break;
        case 2:
            tube.add({.position_m = at + glm::vec3{1e-7F, 0, 0}, .pressure = 0.5F});
            break;
        case 3:
            tube.add(firm({std::numeric_limits<float>::quiet_NaN(), 0, 0}));
            tube.add(firm({std::numeric_limits<float>::infinity(), 0, 0}));
            tube.move_tip({0, -3e38F, 0}, std::numeric_limits<float>::quiet_NaN());
            break;
        case 4: { // there and back again
            const glm::vec3 step{small(engine), small(engine), small(engine)};
            tube.add({.position_m = at + step, .pressure = 2.0F});
            tube.add({.position_m = at, .pressure = -1.0F});
            break;
        }
        default:
            at += glm::vec3{small(engine), small(engine), small(engine)};
        }
        tube.add({.position_m = at, .pressure = small(engine) * 100.0F});
        if (i % 16 == 0) {
            expect_sound(tube.tail());
            ASSERT_LE(tube.tail().size(), TubeBuilder::tail_rings_max);
        }
    }
    tube.end();
    expect_sound(tube.committed());
    expect_closed_strokes(tube.committed());
}

TEST(TubeBuilder, EndReachesTheLastPointHoweverNear) {
    const auto rings = tube_of({{0, 0, 0}, {0.1F, 0, 0}, {0.1002F, 0, 0}});
    EXPECT_NEAR(rings.back().centre_m.x, 0.1032F, 1e-6F);
}

TEST(TubeRing, AMirroredRingLiesOnTheMirroredTube) {
    const Symmetry symmetry =
        symmetry_for(SymmetryMode::mirror_copy,
                     {.position_m = {0.3F, 0.0F, 0.0F}, .orientation = turned_by(-0.2F)});
    for (const TubeRing& ring : tube_of(helix())) {
        const TubeRing copy = copied_ring(symmetry, Hand::left, ring);
        ASSERT_TRUE(copy.flags & TubeRing::derived);
        ASSERT_EQ(copy.radius_m, ring.radius_m);
        const glm::vec3 side = ring.centre_m + axis(ring, 1) * 0.01F;
        const glm::vec3 reflected = copied_position(symmetry, Hand::left, side);
        // The copy's second axis points the other way, so that its rings wind as before.
        ASSERT_NEAR(glm::distance(copy.centre_m - axis(copy, 1) * 0.01F, reflected), 0.0F, 1e-5F);
    }
}

TEST(AppendRings, GivesAClosedTubeMarkedAsTheStrokeIs) {
    Stroke stroke;
    stroke.brush = brush;
    stroke.derived_from = Uuid{};
    for (const glm::vec3& point : helix()) {
        stroke.points.push_back({.time_ns = 0, .position_m = point, .pressure = 0.5F});
    }
    std::vector<TubeRing> rings;
    append_rings(stroke, rings);
    append_rings(stroke, rings);
    expect_closed_strokes(rings);
    EXPECT_TRUE(std::ranges::all_of(
        rings, [](const TubeRing& ring) { return (ring.flags & TubeRing::derived) != 0; }));
}

class Showing : public ::testing::Test {
  protected:
    void show(const HandSample& sample) { ink.update(sample, recorder.add(sample)); }
    void take_all() {
        for (std::size_t i = 0; i < ShownInk::stream_count; ++i) {
            const RingUpdate update = ink.take(i);
            streams[i].insert(streams[i].end(), update.appended.begin(), update.appended.end());
            tails[i].assign(update.tail.begin(), update.tail.end());
        }
    }

    StrokeRecorder recorder{testing::recording_start()};
    ShownInk ink;
    std::array<std::vector<TubeRing>, ShownInk::stream_count> streams;
    std::array<std::vector<TubeRing>, ShownInk::stream_count> tails;
};

TEST_F(Showing, TheTipIsExactlyWhereThisFramesSampleIs) {
    const testing::ScriptedMotion motion{.tremor_m = 0.002};
    for (std::int64_t frame = 0; frame < 300; ++frame) {
        for (const Hand hand : {Hand::left, Hand::right}) {
            const HandSample sample = motion.sample(hand, frame);
            show(sample);
            const auto tail = ink.take(ShownInk::stream_index(hand, false)).tail;
            ASSERT_GE(tail.size(), 4U);
            ASSERT_EQ(tail[tail.size() - 4].centre_m, sample.tracking_from_tip.position_m);
        }
    }
}

TEST_F(Showing, InkThatIsFinishedIsWhatIsStoredHoweverTheTipWasLed) {
    RecordingStart start = testing::recording_start();
    start.thinned_um = 100;
    recorder = StrokeRecorder{start};
    std::vector<TubeRing> stored;
    std::int64_t frame = 0;
    for (int length = 1; length <= 40; ++length) {
        for (int i = 0; i <= length; ++i, ++frame) {
            HandSample sample = testing::ScriptedMotion{.rate_hz = 200.0}.sample(Hand::left, frame);
            sample.drawing = i < length;
            const auto events = recorder.add(sample);
            ink.update(sample, events);
            if (recorder.stroke_in_progress(Hand::left)) {
                ink.lead(Hand::left, sample.tracking_from_tip.position_m + glm::vec3{0.03F});
            }
            for (const InkEvent& event : events) {
                if (event.kind == InkEventKind::stroke_ended) {
                    append_rings(event.finished, stored);
                }
            }
            take_all();
        }
    }
    EXPECT_TRUE(std::ranges::equal(streams[ShownInk::stream_index(Hand::left, false)], stored));
}

TEST_F(Showing, AHandThatJumpsAwayDrawsNoLineAfterIt) {
    const testing::ScriptedMotion motion;
    for (std::int64_t frame = 0; frame < 30; ++frame) {
        show(motion.sample(Hand::left, frame));
    }
    const glm::vec3 newest_m = motion.sample(Hand::left, 29).tracking_from_tip.position_m;
    ink.lead(Hand::left, newest_m + glm::vec3{0.0F, 0.0F, 5.0F});
    for (const TubeRing& ring : ink.take(ShownInk::stream_index(Hand::left, false)).tail) {
        EXPECT_LT(glm::distance(ring.centre_m, newest_m), 0.1F);
    }
}

TEST_F(Showing, EachHandHasAStreamAndCopiesHaveTheirs) {
    recorder.set_symmetry(symmetry_for(SymmetryMode::mirror_copy, {}));
    const testing::ScriptedMotion motion{.strokes_per_second = 1.0};
    for (const HandSample& sample : motion.samples(400)) {
        show(sample);
        take_all();
    }
    ink.update(recorder.finish());
    take_all();
    for (std::size_t i = 0; i < ShownInk::stream_count; ++i) {
        SCOPED_TRACE(i);
        expect_sound(streams[i]);
        expect_closed_strokes(streams[i]);
        EXPECT_TRUE(tails[i].empty());
        EXPECT_EQ(streams[i].size(), streams[i / 2 * 2].size());
    }
    const auto copies_begin = ShownInk::stream_index(Hand::right, true);
    EXPECT_EQ(streams[copies_begin][10].centre_m.x, -streams[copies_begin - 1][10].centre_m.x);
}

TEST_F(Showing, WithoutSymmetryTheCopiesStreamsStayEmpty) {
    for (const HandSample& sample : testing::ScriptedMotion{}.samples(50)) {
        show(sample);
    }
    take_all();
    EXPECT_FALSE(streams[ShownInk::stream_index(Hand::left, false)].empty());
    EXPECT_TRUE(streams[ShownInk::stream_index(Hand::left, true)].empty());
    EXPECT_TRUE(tails[ShownInk::stream_index(Hand::left, true)].empty());
}

} // namespace
} // namespace haven
