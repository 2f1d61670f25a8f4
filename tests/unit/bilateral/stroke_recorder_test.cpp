#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/uuid_v7.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace haven {
namespace {

constexpr std::int64_t frame_ns = 11'111'000;

HandSample at(Hand hand, std::int64_t frame, float x, bool drawing = true) {
    HandSample s;
    s.time_ns = frame * frame_ns;
    s.hand = hand;
    s.tracked = true;
    s.drawing = drawing;
    s.pressure = 1.0F;
    s.tracking_from_tip.position_m = {x, 1.0F, -0.5F};
    return snap_to_grid(s);
}

HandSample lost(Hand hand, std::int64_t frame) {
    HandSample s = at(hand, frame, 0.0F);
    s.tracked = false;
    return s;
}

class Recording : public ::testing::Test {
  protected:
    void take(std::span<InkEvent> events) {
        for (InkEvent& event : events) {
            kinds.push_back(event.kind);
            if (event.kind == InkEventKind::stroke_ended) {
                strokes.push_back(std::move(event.finished));
            }
        }
    }
    void add(const HandSample& sample) { take(recorder.add(sample)); }

    RecordingStart start = testing::recording_start();
    StrokeRecorder recorder{start};
    std::vector<Stroke> strokes;
    std::vector<InkEventKind> kinds;
};

TEST_F(Recording, AStrokeHasThePointsBetweenPressAndRelease) {
    add(at(Hand::left, 0, 0.00F, false));
    add(at(Hand::left, 1, 0.01F));
    add(at(Hand::left, 2, 0.02F));
    EXPECT_TRUE(recorder.stroke_in_progress(Hand::left));
    EXPECT_FALSE(recorder.stroke_in_progress(Hand::right));
    add(at(Hand::left, 3, 0.03F, false));
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::released);
    EXPECT_EQ(strokes[0].brush, start.brushes[0]);
    EXPECT_EQ(strokes[0].id, stroke_id(start.drawing_id, Hand::left, 0, false));
    ASSERT_EQ(strokes[0].points.size(), 2U);
    EXPECT_EQ(strokes[0].points[0].position_m.x, 0.01F);
    EXPECT_EQ(strokes[0].points[1].time_ns, 2 * frame_ns);
}

TEST_F(Recording, HandsAreIndependent) {
    add(at(Hand::left, 0, -0.3F));
    add(at(Hand::right, 0, 0.3F));
    add(at(Hand::left, 1, -0.3F, false));
    add(at(Hand::right, 1, 0.31F));
    add(lost(Hand::right, 2));
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].hand, Hand::left);
    EXPECT_EQ(strokes[0].points.size(), 1U); // a dot is kept
    EXPECT_EQ(strokes[1].hand, Hand::right);
    EXPECT_EQ(strokes[1].points.size(), 2U);
    EXPECT_EQ(strokes[1].brush, start.brushes[1]);
    EXPECT_EQ(strokes[1].end, StrokeEnd::tracking_lost);
    EXPECT_EQ(recorder.counters().tracking_losses, 1U);
}

TEST_F(Recording, TrackingLostEndsTheStrokeAndItsReturnBeginsAnother) {
    add(at(Hand::left, 0, 0.0F));
    add(lost(Hand::left, 1));
    add(at(Hand::left, 2, 0.1F));
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::tracking_lost);
    EXPECT_EQ(strokes[1].end, StrokeEnd::drawing_ended);
    EXPECT_EQ(strokes[1].points.front().position_m.x, 0.1F);
}

TEST_F(Recording, AJumpEndsTheStrokeAndTheNextBeginsWhereTheHandGoesOn) {
    add(at(Hand::left, 0, 0.00F));
    add(at(Hand::left, 1, 0.01F));
    add(at(Hand::left, 2, 2.00F));
    add(at(Hand::left, 3, 2.01F));
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::jump);
    EXPECT_EQ(strokes[0].points.size(), 2U);
    ASSERT_EQ(strokes[1].points.size(), 2U);
    EXPECT_EQ(strokes[1].points[0].position_m.x, 2.0F);
    EXPECT_EQ(recorder.counters().jumps, 1U);
}

TEST_F(Recording, ASpikeLeavesNoMark) {
    add(at(Hand::left, 0, 0.00F));
    add(at(Hand::left, 1, 4.00F));
    add(at(Hand::left, 2, 0.01F));
    add(at(Hand::left, 3, 0.02F));
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 2U);
    for (const Stroke& stroke : strokes) {
        for (const StrokePoint& point : stroke.points) {
            EXPECT_LT(point.position_m.x, 0.1F);
        }
    }
}

TEST_F(Recording, FiveMetresAreAJumpHoweverLongTheStepTook) {
    add(at(Hand::left, 0, 0.0F));
    add(at(Hand::left, 900, 4.9F));
    EXPECT_EQ(recorder.counters().jumps, 0U);
    add(at(Hand::left, 1'800, 9.95F));
    EXPECT_EQ(recorder.counters().jumps, 1U);
}

TEST_F(Recording, NotANumberEndsTheStroke) {
    add(at(Hand::left, 0, 0.0F));
    HandSample bad = at(Hand::left, 1, 0.0F);
    bad.tracking_from_tip.position_m.y = std::numeric_limits<float>::quiet_NaN();
    add(snap_to_grid(bad));
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::tracking_lost);
}

TEST_F(Recording, TimeThatDoesNotPassIsIgnoredAndCounted) {
    add(at(Hand::left, 5, 0.00F));
    add(at(Hand::left, 5, 0.01F));
    add(at(Hand::left, 3, 0.02F, false));
    add(at(Hand::right, 1, 0.3F)); // the other hand has a time of its own
    add(at(Hand::left, 6, 0.03F));
    take(recorder.finish());
    EXPECT_EQ(recorder.counters().samples_out_of_order, 2U);
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].points.size(), 2U);
}

TEST_F(Recording, PauseEndsBothStrokesAndSamplesDrawNothingUntilItResumes) {
    add(at(Hand::left, 0, -0.3F));
    add(at(Hand::right, 0, 0.3F));
    take(recorder.pause());
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::paused);
    EXPECT_EQ(strokes[1].end, StrokeEnd::paused);
    add(at(Hand::left, 1, -0.2F));
    EXPECT_FALSE(recorder.stroke_in_progress(Hand::left));
    recorder.resume();
    add(at(Hand::left, 2, -0.1F));
    EXPECT_TRUE(recorder.stroke_in_progress(Hand::left));
}

TEST_F(Recording, AfterFinishNothingIsAdded) {
    add(at(Hand::left, 0, 0.0F));
    take(recorder.finish());
    add(at(Hand::left, 1, 0.0F));
    take(recorder.finish());
    EXPECT_EQ(strokes.size(), 1U);
    EXPECT_EQ(recorder.counters().samples, 1U);
}

TEST_F(Recording, ANewBrushIsForTheNextStroke) {
    add(at(Hand::left, 0, 0.0F));
    recorder.set_brush(Hand::left, {.colour_linear = {0.0F, 1.0F, 0.0F}, .width_m = 0.02F});
    add(at(Hand::left, 1, 0.0F, false));
    add(at(Hand::left, 2, 0.0F));
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].brush, start.brushes[0]);
    EXPECT_EQ(strokes[1].brush.width_m, 0.02F);
}

TEST_F(Recording, AMirrorCopyIsReflectedMarkedDerivedAndNotCounted) {
    recorder.set_symmetry(
        symmetry_for(SymmetryMode::mirror_copy, {.position_m = {0.1F, 0.0F, 0.0F}}));
    add(at(Hand::left, 0, -0.20F));
    add(at(Hand::left, 1, -0.25F));
    add(at(Hand::left, 2, -0.25F, false));
    ASSERT_EQ(strokes.size(), 2U);
    const Stroke& source = strokes[0];
    const Stroke& copy = strokes[1];
    EXPECT_FALSE(source.derived_from);
    EXPECT_EQ(copy.derived_from, source.id);
    EXPECT_NE(copy.id, source.id);
    EXPECT_EQ(copy.hand, Hand::left);
    ASSERT_EQ(copy.points.size(), 2U);
    EXPECT_NEAR(copy.points[0].position_m.x, 0.40F, 1e-6F);
    EXPECT_NEAR(copy.points[1].position_m.x, 0.45F, 1e-6F);
    EXPECT_EQ(copy.points[0].position_m.y, source.points[0].position_m.y);
    EXPECT_EQ(recorder.counters().strokes, 1U);
    EXPECT_EQ(recorder.counters().points, 2U);
    EXPECT_EQ(recorder.counters().strokes_derived, 1U);
}

TEST_F(Recording, AParallelCopyIsShiftedTowardsTheOtherHand) {
    recorder.set_symmetry(
        {.mode = SymmetryMode::parallel, .parallel_offset_m = {0.5F, 0.0F, 0.0F}});
    add(at(Hand::left, 0, -0.2F));
    add(at(Hand::right, 0, 0.3F));
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 4U);
    EXPECT_NEAR(strokes[1].points[0].position_m.x, 0.3F, 1e-6F);
    EXPECT_NEAR(strokes[3].points[0].position_m.x, -0.2F, 1e-6F);
}

TEST_F(Recording, EventsTellTheStrokeFromBeginningToEnd) {
    add(at(Hand::left, 0, 0.0F));
    add(at(Hand::left, 1, 0.0F));
    add(at(Hand::left, 2, 0.0F, false));
    using enum InkEventKind;
    EXPECT_EQ(kinds, (std::vector{stroke_began, point_added, point_added, stroke_ended}));
}

TEST_F(Recording, AVeryLongStrokeIsContinuedByAnotherFromItsLastPoint) {
    const auto count = static_cast<std::int64_t>(StrokeRecorder::points_per_stroke_max) + 10;
    recorder.set_symmetry(symmetry_for(SymmetryMode::mirror_copy, {}));
    for (std::int64_t i = 0; i < count; ++i) {
        add(at(Hand::left, i, static_cast<float>(i % 100) * 0.001F));
    }
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 4U);
    EXPECT_EQ(strokes[0].points.size(), StrokeRecorder::points_per_stroke_max);
    EXPECT_EQ(strokes[2].points.front(), strokes[0].points.back());
    EXPECT_EQ(strokes[2].points.size(), 11U);
    EXPECT_EQ(strokes[3].points.front(), strokes[1].points.back());
}

TEST_F(Recording, StrokesBeyondWhatADocumentHoldsAreRefusedAndCounted) {
    std::int64_t frame = 0;
    for (std::size_t i = 0; i < StrokeRecorder::strokes_per_hand_max + 5; ++i) {
        add(at(Hand::right, frame++, 0.0F));
        add(at(Hand::right, frame++, 0.0F));
        add(at(Hand::right, frame++, 0.0F, false));
    }
    EXPECT_EQ(strokes.size(), StrokeRecorder::strokes_per_hand_max);
    EXPECT_EQ(recorder.counters().strokes_refused, 5U);
}

// ---- thinned and bridged, as the client records ----

constexpr std::int64_t grid_ns = 5'000'000;

RecordingStart thinned_start() {
    RecordingStart start = testing::recording_start();
    start.thinned_um = 100;
    start.bridged_ms = 150;
    return start;
}

class Thinned : public Recording {
  protected:
    Thinned() { recorder = StrokeRecorder{thinned_start()}; }

    HandSample sample(const glm::vec3& position_m, float pressure = 1.0F) {
        HandSample s = at(Hand::left, 0, 0.0F);
        time_ns += grid_ns;
        s.time_ns = time_ns;
        s.tracking_from_tip.position_m = position_m;
        s.pressure = pressure;
        return snap_to_grid(s);
    }
    HandSample away(bool held) {
        HandSample s = sample({});
        s.tracked = false;
        s.drawing = held;
        return s;
    }
    void release() {
        HandSample s = sample({0.0F, 1.0F, 0.0F});
        s.drawing = false;
        add(s);
    }
    std::int64_t time_ns = 0;
};

/// From a point to the line through the stroke's points, at its own moment, and at the nearest one.
struct Off {
    float in_space_m = 1.0F;
    float in_time_m = 1.0F;
};
Off off(const Stroke& stroke, const HandSample& sample) {
    Off least;
    for (std::size_t i = 1; i < stroke.points.size(); ++i) {
        const StrokePoint& a = stroke.points[i - 1];
        const StrokePoint& b = stroke.points[i];
        const glm::vec3 along = b.position_m - a.position_m;
        const glm::vec3 to = sample.tracking_from_tip.position_m - a.position_m;
        const float squares = glm::dot(along, along);
        const float part =
            squares > 0.0F ? std::clamp(glm::dot(to, along) / squares, 0.0F, 1.0F) : 0.0F;
        least.in_space_m = std::min(least.in_space_m, glm::length(to - part * along));
        if (a.time_ns <= sample.time_ns && sample.time_ns <= b.time_ns) {
            const float passed = static_cast<float>(sample.time_ns - a.time_ns) /
                                 static_cast<float>(b.time_ns - a.time_ns);
            least.in_time_m = std::min(least.in_time_m, glm::length(to - passed * along));
        }
    }
    return least;
}

TEST_F(Thinned, WhatIsLeftOutIsWithinATenthOfAMillimetreOfTheInk) {
    std::vector<HandSample> drawn;
    for (int i = 0; i < 1000; ++i) {
        const float angle = 0.03F * static_cast<float>(i);
        const float radius_m = 0.02F + 0.0002F * static_cast<float>(i);
        drawn.push_back(sample({radius_m * std::cos(angle), radius_m * std::sin(angle), -0.5F}));
        add(drawn.back());
    }
    release();
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_LT(strokes[0].points.size(), 700U);
    EXPECT_EQ(strokes[0].points.front().time_ns, drawn.front().time_ns);
    EXPECT_EQ(strokes[0].points.back().time_ns, drawn.back().time_ns);
    for (const HandSample& one : drawn) {
        EXPECT_LE(off(strokes[0], one).in_space_m, 0.000101F);
        EXPECT_LE(off(strokes[0], one).in_time_m, 0.00101F);
    }
}

TEST_F(Thinned, AHandThatHoldsStillCostsFewPoints) {
    for (int i = 0; i < 2000; ++i) {
        add(sample({0.1F, 1.0F, -0.5F}));
    }
    release();
    EXPECT_LT(strokes.at(0).points.size(), 2000 / StrokeRecorder::waiting_max + 3);
}

TEST_F(Thinned, AChangeOfPressureIsKept) {
    for (int i = 0; i < 100; ++i) {
        add(sample({0.001F * static_cast<float>(i), 1.0F, -0.5F}, i < 50 ? 0.2F : 0.9F));
    }
    release();
    for (const StrokePoint& point : strokes.at(0).points) {
        EXPECT_NEAR(point.pressure, point.position_m.x < 0.0495F ? 0.2F : 0.9F, 0.001F);
    }
    EXPECT_EQ(std::ranges::count_if(strokes[0].points,
                                    [](const StrokePoint& point) {
                                        return point.position_m.x > 0.0485F &&
                                               point.position_m.x < 0.0505F;
                                    }),
              2)
        << "the last soft point and the first hard one";
}

TEST_F(Thinned, AHandLostForAMomentGoesOnWithItsStroke) {
    add(sample({0.10F, 1.0F, -0.5F}));
    add(sample({0.11F, 1.0F, -0.5F}));
    for (int i = 0; i < 28; ++i) {
        add(away(true));
    }
    EXPECT_TRUE(recorder.stroke_in_progress(Hand::left));
    add(sample({0.15F, 1.0F, -0.5F}));
    release();
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::released);
    EXPECT_EQ(recorder.counters().tracking_losses, 0U);
}

TEST_F(Thinned, AHandLostForLongerEndsItsStrokeWhereItWasSeenLast) {
    add(sample({0.10F, 1.0F, -0.5F}));
    add(sample({0.11F, 1.0F, -0.5F}));
    for (int i = 0; i < 31; ++i) {
        add(away(true));
    }
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::tracking_lost);
    EXPECT_EQ(strokes[0].points.back().position_m,
              sample({0.11F, 1.0F, -0.5F}).tracking_from_tip.position_m);
    add(sample({0.15F, 1.0F, -0.5F}));
    release();
    EXPECT_EQ(strokes.size(), 2U);
}

TEST_F(Thinned, AHandThatLetsGoWhileItIsLostEndsAtOnce) {
    add(sample({0.10F, 1.0F, -0.5F}));
    add(away(false));
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::tracking_lost);
}

TEST_F(Thinned, NoLineCrossesALongGapInTheSamples) {
    add(sample({0.10F, 1.0F, -0.5F}));
    add(sample({0.11F, 1.0F, -0.5F}));
    time_ns += 200'000'000;
    add(sample({0.30F, 1.0F, -0.5F}));
    release();
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].end, StrokeEnd::tracking_lost);
    EXPECT_EQ(strokes[1].points.size(), 1U);
}

TEST_F(Thinned, NoLineJoinsControllerAndFingers) {
    add(sample({0.10F, 1.0F, -0.5F}));
    HandSample fingers = sample({0.12F, 1.0F, -0.5F});
    fingers.source = InteractionMode::hand_tracking;
    add(fingers);
    release();
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_EQ(strokes[0].points.size(), 1U);
    EXPECT_EQ(strokes[1].points.size(), 1U);
}

TEST_F(Thinned, AVeryLongStrokeKeepsItsBoundAndItsLastPoint) {
    for (std::int64_t i = 0; i < std::int64_t{StrokeRecorder::points_per_stroke_max} + 10; ++i) {
        add(sample({i % 2 == 0 ? 0.1F : 0.11F, 1.0F, -0.5F}));
    }
    take(recorder.finish());
    ASSERT_EQ(strokes.size(), 2U);
    EXPECT_LE(strokes[0].points.size(), StrokeRecorder::points_per_stroke_max);
    EXPECT_EQ(strokes[1].points.front(), strokes[0].points.back());
    EXPECT_EQ(strokes[1].points.back().time_ns, time_ns);
}

TEST(Symmetry, TheMidlinesNormalIsHorizontalAndPointsToTheRight) {
    const glm::quat down = glm::angleAxis(-1.2F, glm::vec3(1.0F, 0.0F, 0.0F));
    const Symmetry s = symmetry_for(SymmetryMode::mirror_copy,
                                    {.position_m = {1.0F, 2.0F, 3.0F}, .orientation = down});
    EXPECT_EQ(s.mode, SymmetryMode::mirror_copy);
    EXPECT_NEAR(glm::length(s.plane_normal - glm::vec3(1.0F, 0.0F, 0.0F)), 0.0F, 1e-6F);
    constexpr float quarter_turn = 1.5707963F;
    const Symmetry facing_x =
        symmetry_for(SymmetryMode::mirror_copy, {.orientation = turned_by(-quarter_turn) * down});
    EXPECT_NEAR(facing_x.plane_normal.z, 1.0F, 1e-6F);
}

TEST(Symmetry, AParallelCopyIsShiftedAlongThePersonsRight) {
    constexpr float half_turn = 3.1415927F;
    const Symmetry s = symmetry_for(SymmetryMode::parallel, {.orientation = turned_by(half_turn)});
    EXPECT_EQ(s.mode, SymmetryMode::parallel);
    EXPECT_NEAR(s.parallel_offset_m.x, -0.4F, 1e-6F);
    EXPECT_NEAR(s.parallel_offset_m.z, 0.0F, 1e-6F);
}

TEST(Symmetry, ReflectingTwiceIsNothing) {
    const Symmetry s = symmetry_for(SymmetryMode::mirror_copy, {.position_m = {0.2F, 0.0F, -0.1F},
                                                                .orientation = turned_by(-0.4F)});
    const glm::vec3 p{0.5F, 1.2F, -0.4F};
    const glm::vec3 back = copied_position(s, Hand::left, copied_position(s, Hand::left, p));
    EXPECT_NEAR(glm::distance(back, p), 0.0F, 1e-6F);
}

TEST(Symmetry, ValidValuesStayAsTheyAreAndOthersAreMended) {
    const float bad = std::numeric_limits<float>::quiet_NaN();
    Symmetry s;
    s.plane_normal = {bad, 0.0F, 0.0F};
    s.plane_point_m = {0.0F, bad, 0.0F};
    const Symmetry mended = made_valid(s);
    EXPECT_EQ(mended.plane_normal, glm::vec3(1.0F, 0.0F, 0.0F));
    EXPECT_EQ(mended.plane_point_m, glm::vec3(0.0F));
    EXPECT_EQ(made_valid(mended), mended);
    s.plane_normal = {3.0F, 0.0F, 4.0F};
    EXPECT_EQ(made_valid(made_valid(s)), made_valid(s));
}

} // namespace
} // namespace haven
