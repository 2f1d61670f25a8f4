#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"
#include "xr_app/drawing_session.hpp"

#include "bilateral/ink_command.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/symmetry.hpp"
#include "net/api/codec.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/replay_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <variant>
#include <vector>

namespace haven {
namespace {

constexpr std::int64_t frame_ns = 11'111'111;
constexpr std::int64_t host_start_ns = 987'654'321'000;
constexpr std::int64_t unix_start_us = 1'790'000'000'000'000;

/// A drawing whose events are kept, as a courier with room would.
struct Kept {
    explicit Kept(DrawingPlan plan = {})
        : drawing(
              std::move(plan),
              [this](uploader::Event& event) {
                  if (refuse) {
                      return false;
                  }
                  events.push_back(std::move(event));
                  return true;
              },
              [this](std::span<const std::byte> bytes) {
                  trace.insert(trace.end(), bytes.begin(), bytes.end());
              }) {}

    void begin() {
        drawing.see_head({.position_m = {0.0F, 1.6F, 0.0F}});
        drawing.begin(
            {.host_time_ns = host_start_ns, .unix_us = unix_start_us, .sample_period_us = 5'000});
    }
    /// Both hands circle; they draw in two of three seconds.
    void draw(int frames) {
        for (int i = 0; i < frames; ++i, ++frame) {
            for (const Hand hand : {Hand::left, Hand::right}) {
                drawing.add(sample(hand));
            }
            drawing.flush();
        }
    }
    [[nodiscard]] HandSample sample(Hand hand) const {
        const float angle = 0.07F * static_cast<float>(frame);
        const float side = hand == Hand::left ? -0.3F : 0.3F;
        return {.time_ns = host_start_ns + skipped_ns + frame * frame_ns,
                .hand = hand,
                .tracked = true,
                .drawing = frame % 270 < 180,
                .pressure = 0.5F + 0.4F * std::sin(angle),
                .tracking_from_tip = {.position_m = {side + 0.2F * std::cos(angle),
                                                     1.3F + 0.2F * std::sin(angle), -0.5F}}};
    }
    template <typename T>
    [[nodiscard]] std::vector<const T*> all() const {
        std::vector<const T*> found;
        for (const uploader::Event& event : events) {
            if (const T* const one = std::get_if<T>(&event)) {
                found.push_back(one);
            }
        }
        return found;
    }

    DrawingSession drawing;
    std::vector<uploader::Event> events;
    std::vector<std::byte> trace;
    std::int64_t frame = 0;
    std::int64_t skipped_ns = 0;
    bool refuse = false;
};

TEST(DrawingSession, TellsItsStoryInOrder) {
    Kept kept;
    kept.begin();
    kept.draw(400);
    kept.drawing.finish("{\"format\":1}");
    ASSERT_GE(kept.events.size(), 4U);
    EXPECT_TRUE(std::holds_alternative<uploader::DrawingBegun>(kept.events.front()));
    EXPECT_TRUE(std::holds_alternative<uploader::DrawingFinished>(kept.events.back()));
    EXPECT_TRUE(
        std::holds_alternative<uploader::MetricsMeasured>(kept.events.at(kept.events.size() - 2)));
    EXPECT_EQ(kept.all<uploader::StrokeFinished>().size(), 4U);
    EXPECT_EQ(kept.all<uploader::DrawingFinished>().front()->end.duration_seconds, 4);
}

TEST(DrawingSession, HangsEverythingUnderOneSession) {
    Kept kept;
    kept.begin();
    const outbox::DrawingBegin& begin = kept.all<uploader::DrawingBegun>().front()->begin;
    EXPECT_TRUE(begin.session);
    EXPECT_EQ(begin.exercise.session_id, begin.session_id);
    EXPECT_EQ(begin.vr_session.parent_session_id, begin.session_id);
    EXPECT_EQ(begin.drawing_id, kept.drawing.ids().drawing);
    EXPECT_FALSE(begin.symmetry_enabled);
}

TEST(DrawingSession, AWebSessionIsNotMadeASecondTime) {
    const Uuid web = *parse_uuid("01900000-0000-7000-8000-000000000000");
    Kept kept({.session_id = web});
    kept.begin();
    const outbox::DrawingBegin& begin = kept.all<uploader::DrawingBegun>().front()->begin;
    EXPECT_EQ(begin.session_id, web);
    EXPECT_FALSE(begin.session);
}

TEST(DrawingSession, ItsClockStartsWithItsFirstSample) {
    Kept kept;
    kept.begin();
    kept.draw(10);
    kept.drawing.finish("{}");
    EXPECT_EQ(kept.drawing.strokes().front().points.front().time_ns, 0);
}

TEST(DrawingSession, WhatIsTakenBackIsToldBehindItsStrokeAndReplaysTheSame) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    kept.draw(200); // a stroke of each hand, with its copy
    EXPECT_TRUE(kept.drawing.take_changed().empty());
    EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::undo, Hands::left));
    EXPECT_EQ(kept.drawing.take_changed(), (std::vector<std::uint32_t>{0, 1}));
    EXPECT_FALSE(kept.drawing.change_ink(InkCommand::Kind::undo, Hands::left)) << "that was all";
    EXPECT_EQ(kept.drawing.stroke_count(Hand::left), 0U);
    EXPECT_EQ(kept.drawing.stroke_count(Hand::right), 1U);
    kept.draw(100); // both draw again
    EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::clear, Hands::both));
    EXPECT_FALSE(kept.drawing.drawing(Hand::right)) << "what is under way is cleared, too";
    EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::undo, Hands::right));
    EXPECT_EQ(kept.drawing.stroke_count(Hand::left), 1U);
    kept.draw(300);
    EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::erase, Hands::both,
                                        kept.drawing.strokes()[3].id));
    kept.drawing.finish("{}");
    EXPECT_FALSE(kept.drawing.change_ink(InkCommand::Kind::redo, Hands::both)) << "it is over";

    // As the outbox would have them: each mark comes behind its stroke.
    std::vector<Stroke> saved;
    for (const uploader::Event& event : kept.events) {
        if (const auto* finished = std::get_if<uploader::StrokeFinished>(&event)) {
            saved.push_back(finished->stroke);
        } else if (const auto* marked = std::get_if<uploader::StrokesMarked>(&event)) {
            for (const Uuid& id : marked->stroke_ids) {
                const auto one = std::ranges::find(saved, id, &Stroke::id);
                ASSERT_NE(one, saved.end());
                one->removed_ms = marked->removed_ms;
            }
        }
    }
    EXPECT_TRUE(std::ranges::equal(saved, kept.drawing.strokes()));
    EXPECT_EQ(saved[0].removed_ms, 2'211) << "on the drawing's clock";
    const auto replayed = replay_trace(kept.trace);
    ASSERT_TRUE(replayed) << replayed.error().what;
    for (const Hand hand : {Hand::left, Hand::right}) {
        std::vector<Stroke> own;
        std::ranges::copy_if(*replayed, std::back_inserter(own),
                             [&](const Stroke& stroke) { return stroke.hand == hand; });
        EXPECT_EQ(own, kept.drawing.strokes_of(hand));
    }
}

TEST(DrawingSession, ChangesThatNobodyShowsAreRememberedOnce) {
    Kept kept;
    kept.begin();
    kept.draw(200);
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::undo, Hands::left));
        EXPECT_TRUE(kept.drawing.change_ink(InkCommand::Kind::redo, Hands::left));
    }
    EXPECT_LE(kept.drawing.take_changed().size(), 2 * kept.drawing.strokes().size());
}

TEST(DrawingSession, CopiesAreNotCounted) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    kept.draw(100);
    kept.drawing.finish("{}");
    EXPECT_EQ(kept.drawing.stroke_count(Hand::left), 1U);
    EXPECT_EQ(kept.drawing.stroke_count(Hand::right), 1U);
    EXPECT_EQ(kept.drawing.strokes().size(), 4U);
    EXPECT_TRUE(kept.all<uploader::DrawingBegun>().front()->begin.symmetry_enabled);
}

/// The symmetry that the trace says was in force, in order.
std::vector<Symmetry> symmetries_of(const Kept& kept) {
    std::vector<Symmetry> told;
    const auto trace = decode_trace(kept.trace);
    EXPECT_TRUE(trace.has_value());
    for (const Trace::PlacedEvent& placed : trace.value_or(Trace{}).events) {
        if (const auto* change = std::get_if<SymmetryChange>(&placed.event)) {
            told.push_back(change->symmetry);
        }
    }
    return told;
}

TEST(DrawingSession, TheMirrorStandsWhereTheHeadIsWhenTheFirstStrokeBegins) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    kept.frame = 200; // hands that do not draw yet
    kept.draw(20);
    const Pose head{.position_m = {1.4F, 1.6F, 0.2F},
                    .orientation =
                        turned_by(1.0F) * glm::angleAxis(-0.9F, glm::vec3(1.0F, 0.0F, 0.0F))};
    kept.drawing.see_head(head);
    kept.frame = 270;
    kept.draw(20);
    kept.drawing.see_head({}); // and stays there, whatever the head does
    kept.draw(300);
    kept.drawing.finish("{}");
    const std::vector<Symmetry> told = symmetries_of(kept);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front(), symmetry_for(SymmetryMode::mirror_copy, head));
    EXPECT_NEAR(told.front().plane_normal.x, std::cos(1.0F), 1e-5F);
    EXPECT_NEAR(told.front().plane_normal.y, 0.0F, 1e-6F);
}

TEST(DrawingSession, NothingIsMirroredAboutAHeadThatNobodyHasSeen) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.drawing.begin({.host_time_ns = host_start_ns, .unix_us = unix_start_us});
    kept.draw(100);
    kept.drawing.finish("{}");
    EXPECT_EQ(symmetries_of(kept).size(), 0U);
    EXPECT_EQ(kept.drawing.strokes().size(), 2U);
}

TEST(DrawingSession, ARecenterEndsStrokesAndTakesTheMirrorAnewWithTheNext) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    kept.draw(50);
    ASSERT_TRUE(kept.drawing.drawing(Hand::left));
    const Pose turned{.position_m = {0.0F, 1.6F, 2.0F}, .orientation = turned_by(3.0F)};
    kept.drawing.see_head(turned);
    kept.drawing.recenter();
    EXPECT_FALSE(kept.drawing.drawing(Hand::left));
    EXPECT_EQ(kept.drawing.strokes().front().end, StrokeEnd::paused);
    kept.drawing.resume();
    kept.draw(50);
    kept.drawing.finish("{}");
    const std::vector<Symmetry> told = symmetries_of(kept);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told.back(), symmetry_for(SymmetryMode::mirror_copy, turned));
}

TEST(DrawingSession, WhatTheCourierCannotTakeYetWaitsInOrder) {
    Kept kept;
    kept.refuse = true;
    kept.begin();
    kept.draw(300);
    EXPECT_FALSE(kept.drawing.nothing_waits());
    kept.refuse = false;
    kept.drawing.finish("{}");
    kept.drawing.flush();
    EXPECT_TRUE(kept.drawing.nothing_waits());
    EXPECT_TRUE(std::holds_alternative<uploader::DrawingBegun>(kept.events.front()));
    EXPECT_TRUE(std::holds_alternative<uploader::DrawingFinished>(kept.events.back()));
    EXPECT_EQ(kept.all<uploader::StrokeFinished>().size(), 4U);
}

TEST(DrawingSession, APauseEndsStrokesAndInputIsIgnoredUntilItIsOver) {
    Kept kept;
    kept.begin();
    kept.draw(50);
    kept.drawing.pause();
    EXPECT_EQ(kept.drawing.strokes().size(), 2U);
    EXPECT_EQ(kept.drawing.strokes().front().end, StrokeEnd::paused);
    kept.draw(50);
    EXPECT_FALSE(kept.drawing.drawing(Hand::left));
    kept.drawing.resume();
    kept.draw(50);
    EXPECT_TRUE(kept.drawing.drawing(Hand::left));
}

TEST(DrawingSession, TheClockGoesOnWhileTheHeadsetIsLost) {
    constexpr std::int64_t outage_ns = 90'000'000'000;
    Kept kept;
    kept.begin();
    kept.draw(50);
    kept.drawing.pause();
    kept.skipped_ns = outage_ns;
    kept.drawing.resume();
    kept.draw(50);
    EXPECT_NEAR(static_cast<double>(kept.drawing.duration_ns()),
                static_cast<double>(outage_ns + 99 * frame_ns), 1e3);
    EXPECT_EQ(kept.drawing.counters().samples_out_of_order, 0U);
}

TEST(DrawingSession, TheTraceSaysWhenItBeganAndHowItWasSampled) {
    Kept kept;
    kept.begin();
    kept.draw(50);
    kept.drawing.finish("{}");
    const auto trace = decode_trace(kept.trace);
    ASSERT_TRUE(trace) << trace.error().what;
    EXPECT_EQ(trace->header.start_unix_us, unix_start_us);
    EXPECT_EQ(trace->header.sample_period_us, 5'000U);
    EXPECT_TRUE(trace->header.measured);
    EXPECT_EQ(kept.all<uploader::DrawingBegun>().front()->begin.began_at, unix_start_us);
}

TEST(DrawingSession, WhatIsShownIsNeverRecorded) {
    Kept kept;
    Kept led;
    kept.begin();
    led.begin();
    for (int frame = 0; frame < 60; ++frame) {
        kept.draw(1);
        led.draw(1);
        led.drawing.lead(Hand::left, {-0.3F, 1.3F, -0.4F});
    }
    kept.drawing.finish("{}");
    led.drawing.finish("{}");
    for (std::size_t i = 0; i < kept.drawing.strokes().size(); ++i) {
        EXPECT_EQ(kept.drawing.strokes()[i].points, led.drawing.strokes()[i].points);
    }
}

TEST(DrawingSession, NothingIsAddedOnceItIsFinished) {
    Kept kept;
    kept.begin();
    kept.draw(50);
    kept.drawing.finish("{}");
    const std::size_t events = kept.events.size();
    kept.draw(50);
    kept.drawing.pause();
    kept.drawing.finish("{}");
    EXPECT_EQ(kept.events.size(), events);
}

TEST(DrawingSession, AStrokeThatGoesOnIsKeptAsFarAsItIsThereAndStaysOneStroke) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    for (int i = 0; i < 90 * 35; ++i) {
        HandSample sample = kept.sample(Hand::left);
        sample.drawing = true;
        kept.drawing.add(sample);
        kept.drawing.flush();
        kept.frame += 1;
    }
    const auto parts = kept.all<uploader::StrokeSoFar>();
    ASSERT_EQ(parts.size(), 6U) << "its own and its copy, every ten seconds";
    for (const uploader::StrokeSoFar* const part : parts) {
        EXPECT_EQ(part->stroke.end, StrokeEnd::drawing_ended);
        EXPECT_EQ(part->stroke.derived_from.has_value(), part->stroke.id != parts[0]->stroke.id);
    }
    EXPECT_LE(kept.drawing.duration_ns() - parts[4]->stroke.points.back().time_ns, 10'100'000'000);
    EXPECT_TRUE(kept.all<uploader::StrokeFinished>().empty());
    kept.drawing.finish("{}");
    const auto finished = kept.all<uploader::StrokeFinished>();
    ASSERT_EQ(finished.size(), 2U);
    EXPECT_EQ(finished[0]->stroke.id, parts[0]->stroke.id);
    EXPECT_EQ(kept.drawing.stroke_count(Hand::left), 1U);
    const auto& whole = finished[0]->stroke.points;
    const auto& part = parts[4]->stroke.points;
    EXPECT_TRUE(std::equal(part.begin(), part.end() - 1, whole.begin()));
}

class Replay : public testing::TestWithParam<SymmetryMode> {};

/// The client's whole path back: file, drawing session, recorder, ink documents.
TEST_P(Replay, GivesTheInkOfTheRecordingToTheByte) {
    Kept kept({.symmetry_mode = GetParam()});
    kept.begin();
    kept.draw(400);
    kept.drawing.pause(); // pauses, brushes and symmetry are part of what is replayed
    kept.draw(20);
    kept.drawing.resume();
    kept.draw(300);
    kept.drawing.record(BrushChange{.hand = Hand::left, .brush = {.width_m = 0.012F}});
    kept.draw(300);
    kept.drawing.finish("{}");

    const auto file = std::filesystem::temp_directory_path() /
                      ("haven-replay-" + std::to_string(::getpid()) + ".trace");
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(kept.trace.data()),
               static_cast<std::streamsize>(kept.trace.size()));
    const auto ink = replay_ink(file);
    std::filesystem::remove(file);
    ASSERT_TRUE(ink) << ink.error().message;
    EXPECT_GT(ink->front().size(), 1000U);
    EXPECT_EQ(ink->front(), encode_ink(Hand::left, kept.drawing.strokes_of(Hand::left)));
    EXPECT_EQ(ink->back(), encode_ink(Hand::right, kept.drawing.strokes_of(Hand::right)));
}
INSTANTIATE_TEST_SUITE_P(Symmetry, Replay,
                         testing::Values(SymmetryMode::free, SymmetryMode::mirror_copy,
                                         SymmetryMode::parallel));

TEST(ReplayRun, SaysWhereATraceIsDamaged) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("haven-damaged-" + std::to_string(::getpid()) + ".trace");
    std::ofstream(file, std::ios::binary) << "this is no trace at all, but long enough to be one";
    const auto ink = replay_ink(file);
    std::filesystem::remove(file);
    ASSERT_FALSE(ink);
    EXPECT_TRUE(ink.error().message.contains(file.string())) << ink.error().message;
}

TEST(ReplayRun, SaysWhatCannotBeRead) {
    for (const std::filesystem::path file : {"/proc/self", "/nowhere/at/all"}) {
        const auto ink = replay_ink(file);
        ASSERT_FALSE(ink);
        EXPECT_TRUE(ink.error().message.contains(file.string())) << ink.error().message;
    }
}

/// What the outbox makes of the strokes that were handed on.
std::string drawing_body(const Kept& kept) {
    std::array<std::vector<std::string>, 2> ink;
    for (const auto* stroke : kept.all<uploader::StrokeFinished>()) {
        ink.at(static_cast<std::size_t>(stroke->stroke.hand))
            .push_back(encode_ink_stroke(stroke->stroke, InkDetail::every_point));
    }
    const auto joined = [&](Hand hand) {
        std::vector<WrittenStroke> strokes;
        for (const std::string& json : ink.at(static_cast<std::size_t>(hand))) {
            strokes.push_back({.json = json});
        }
        return join_ink(hand, strokes);
    };
    return api::encode(api::BilateralDrawing{.exercise_id = kept.drawing.ids().exercise,
                                             .vr_session_id = kept.drawing.ids().vr_session,
                                             .left_hand_strokes_json = joined(Hand::left),
                                             .right_hand_strokes_json = joined(Hand::right),
                                             .duration_seconds = api::duration_seconds_max});
}

TEST(DrawingSession, EndsBeforeAServerWouldNotTakeIt) {
    constexpr int frames_max = 2'000'000;
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.begin();
    double used = 0.0;
    while (!kept.drawing.full() && kept.frame < frames_max) {
        kept.draw(1000);
        EXPECT_GE(kept.drawing.used(), used);
        used = kept.drawing.used();
    }
    ASSERT_TRUE(kept.drawing.full());
    const std::size_t strokes = kept.drawing.strokes().size();
    kept.draw(1000);
    kept.drawing.resume();
    kept.draw(1000); // nothing more is taken
    EXPECT_EQ(kept.drawing.strokes().size(), strokes);
    kept.drawing.finish("{}");
    const std::string body = drawing_body(kept);
    EXPECT_LE(body.size(), api::drawing_body_bytes_max);
    EXPECT_GT(body.size(), api::drawing_body_bytes_max / 4); // and not long before
    const auto sent = api::decode_bilateral_drawing_view(body);
    ASSERT_TRUE(sent);
    EXPECT_TRUE(decode_ink(sent->left_hand_strokes_json, Hand::left));
    EXPECT_TRUE(decode_ink(sent->right_hand_strokes_json, Hand::right));
    EXPECT_LE(std::ssize(kept.trace), api::trace_bytes_recorded_max);
    EXPECT_TRUE(check_trace(kept.trace));
}

TEST(DrawingSession, AMomentAfterTheLongestDrawingIsNoPartOfIt) {
    Kept kept;
    kept.begin();
    kept.draw(100);
    kept.skipped_ns = std::int64_t{api::duration_seconds_max} * 1'000'000'000; // it slept
    kept.draw(100);
    EXPECT_TRUE(kept.drawing.full());
    kept.drawing.finish("{}");
    EXPECT_LE(kept.drawing.duration_ns(), 100 * frame_ns);
    EXPECT_EQ(kept.all<uploader::DrawingFinished>().front()->end.duration_seconds, 1);
    for (const Stroke& stroke : kept.drawing.strokes()) {
        EXPECT_LE(stroke.points.back().time_ns, 100 * frame_ns);
    }
    EXPECT_EQ(check_trace(kept.trace)->samples, 200U);
}

TEST(DrawingSession, InkThatIsShorterThanThoughtLeavesRoom) {
    Kept kept;
    kept.begin();
    kept.draw(27'000);
    const double before = kept.drawing.used();
    std::int64_t spared = 0;
    for (const auto* stroke : kept.all<uploader::StrokeFinished>()) {
        const auto bytes = std::ssize(encode_ink_stroke(stroke->stroke));
        EXPECT_GE(stroke->ink_bytes_max, bytes);
        spared += stroke->ink_bytes_max - bytes;
    }
    kept.drawing.spare_ink(spared);
    EXPECT_LT(kept.drawing.used(), before);
}

TEST(DrawingSession, RestsWhileTooMuchWaitsToBeSavedAndLosesNothing) {
    Kept kept({.symmetry_mode = SymmetryMode::mirror_copy});
    kept.refuse = true;
    kept.begin();
    while (!kept.drawing.rests() && kept.frame < 2'000'000) {
        kept.draw(1000);
    }
    ASSERT_TRUE(kept.drawing.rests());
    const std::size_t waiting = kept.drawing.events_waiting();
    kept.draw(1000);
    EXPECT_EQ(kept.drawing.events_waiting(), waiting);
    kept.refuse = false; // there is room on the disk again
    kept.draw(2);
    EXPECT_FALSE(kept.drawing.rests());
    EXPECT_TRUE(kept.drawing.nothing_waits());
    const std::size_t strokes = kept.drawing.strokes().size();
    kept.draw(1000);
    kept.drawing.finish("{}");
    EXPECT_GT(kept.drawing.strokes().size(), strokes);
    EXPECT_EQ(kept.all<uploader::StrokeFinished>().size(), kept.drawing.strokes().size());
    EXPECT_TRUE(check_trace(kept.trace));
}

} // namespace
} // namespace haven
