#include "bilateral/ink_history.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/uuid_v7.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace haven {
namespace {

using Kind = InkCommand::Kind;

constexpr std::array both_hands{Hand::left, Hand::right};

/// The same rules without any cleverness: one list of what is done, one of what is undone.
struct NaiveHistory {
    struct Thing {
        bool draws = true;
        Hands hands = Hands::none;
        std::set<std::uint32_t> strokes;
    };
    std::vector<Thing> done;
    std::vector<Thing> undone;

    [[nodiscard]] std::set<std::uint32_t> there() const {
        std::set<std::uint32_t> strokes;
        for (const Thing& thing : done) {
            if (thing.draws) {
                strokes.insert(thing.strokes.begin(), thing.strokes.end());
            }
        }
        for (const Thing& thing : done) {
            if (!thing.draws) {
                std::erase_if(strokes, [&](auto stroke) { return thing.strokes.contains(stroke); });
            }
        }
        return strokes;
    }
    static bool touch(Hands a, Hands b) {
        return std::ranges::any_of(
            both_hands, [&](Hand hand) { return contains(a, hand) && contains(b, hand); });
    }
    void add(Thing thing) {
        std::erase_if(undone, [&](const Thing& one) { return touch(one.hands, thing.hands); });
        done.push_back(std::move(thing));
    }
    /// The last one that draws for that hand goes on.
    void go_on(Hand hand, const std::set<std::uint32_t>& strokes) {
        const auto last = std::ranges::find_if(done.rbegin(), done.rend(), [&](const Thing& thing) {
            return thing.draws && thing.hands == only(hand);
        });
        Thing thing = *last;
        done.erase(std::next(last).base());
        thing.strokes.insert(strokes.begin(), strokes.end());
        add(std::move(thing));
    }
    void move(Hands hands, std::vector<Thing>& from, std::vector<Thing>& to) {
        const auto before = there();
        while (there() == before) {
            const auto last = std::ranges::find_if(
                from.rbegin(), from.rend(), [&](const Thing& t) { return touch(t.hands, hands); });
            if (last == from.rend()) {
                return;
            }
            to.push_back(*last);
            from.erase(std::next(last).base());
        }
    }
    void remove(const std::set<std::uint32_t>& strokes, Hands hands) {
        if (!strokes.empty()) {
            add({.draws = false, .hands = hands, .strokes = strokes});
        }
    }
};

/// Draws and commands by chance, told to the history and to the naive one.
class Walk {
  public:
    explicit Walk(std::uint32_t seed) : engine_(seed) {}

    void step() {
        const Hand hand = both_hands.at(engine_() % 2);
        switch (engine_() % 8) {
        case 0:
        case 1:
        case 2:
            if (of(hand).under_way) {
                end(hand);
            } else {
                begin(hand, false);
            }
            break;
        case 3:
            if (of(hand).under_way) {
                end(hand);
                begin(hand, true);
            }
            break;
        default:
            command(chosen_command());
        }
    }

    void command(const InkCommand& command) {
        const std::set<Hand> ended = hands_to_end(command);
        const Hands told = history.begin(command);
        for (const Hand hand : both_hands) {
            ASSERT_EQ(contains(told, hand), ended.contains(hand));
            if (contains(told, hand)) {
                end(hand);
            }
        }
        tell_naive(command);
        const InkHistory::Change change = history.apply(command);
        for (const std::uint32_t stroke : change.strokes) {
            ASSERT_EQ(there.contains(stroke), change.removed) << stroke;
            if (change.removed) {
                there.erase(stroke);
            } else {
                there.insert(stroke);
            }
        }
    }

    InkCommand chosen_command() {
        const auto hands = static_cast<Hands>(1 + engine_() % 3);
        const auto kind = static_cast<Kind>(std::array{0, 0, 0, 1, 1, 2, 2, 3}.at(engine_() % 8));
        InkCommand command{.kind = kind, .hands = hands};
        if (kind == Kind::erase && !ids_.empty()) {
            command.stroke_id = ids_[engine_() % ids_.size()];
        }
        return made_valid(command);
    }

    std::set<std::uint32_t> there; ///< as the history's changes say
    NaiveHistory naive;
    InkHistory history;
    [[nodiscard]] std::size_t stroke_count() const { return lines_.size(); }

  private:
    struct Drawing {
        bool under_way = false;
        bool continues = false;
        bool copied = false;
        std::int64_t began = 0;
        std::uint32_t strokes_begun = 0;
        std::uint32_t line = 0;
    };
    Drawing& of(Hand hand) { return drawings_.at(static_cast<std::size_t>(hand)); }

    void tell(InkEventKind kind, Hand hand) {
        const Drawing& drawing = of(hand);
        for (const bool derived : {false, true}) {
            if (derived && !drawing.copied) {
                continue;
            }
            InkEvent event{.kind = kind,
                           .hand = hand,
                           .derived = derived,
                           .stroke_id = stroke_id({}, hand, drawing.strokes_begun, derived)};
            event.continues = drawing.continues;
            event.point.time_ns = time_;
            history.add({&event, 1});
        }
    }
    void begin(Hand hand, bool continues) {
        Drawing& drawing = of(hand);
        drawing.under_way = true;
        drawing.continues = continues;
        drawing.copied = continues ? drawing.copied : engine_() % 2 == 0;
        drawing.began = ++time_;
        ++drawing.strokes_begun;
        drawing.line = continues ? drawing.line : ++line_count_;
        tell(InkEventKind::stroke_began, hand);
        tell(InkEventKind::point_added, hand);
    }
    void end(Hand hand) {
        ++time_;
        tell(InkEventKind::point_added, hand);
        tell(InkEventKind::stroke_ended, hand);
        Drawing& drawing = of(hand);
        drawing.under_way = false;
        std::set<std::uint32_t> strokes;
        for (const bool derived : {false, true}) {
            if (!derived || drawing.copied) {
                strokes.insert(static_cast<std::uint32_t>(lines_.size()));
                ids_.push_back(stroke_id({}, hand, drawing.strokes_begun, derived));
                lines_.push_back(drawing.line);
            }
        }
        there.insert(strokes.begin(), strokes.end());
        if (drawing.continues) {
            naive.go_on(hand, strokes);
        } else {
            naive.add({.draws = true, .hands = only(hand), .strokes = strokes});
        }
    }

    [[nodiscard]] std::set<std::uint32_t> strokes_of_line(std::uint32_t line) const {
        std::set<std::uint32_t> strokes;
        for (std::uint32_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i] == line) {
                strokes.insert(i);
            }
        }
        return strokes;
    }
    [[nodiscard]] std::optional<std::uint32_t> line_named(const Uuid& id) const {
        const auto place = std::ranges::find(ids_, id);
        return place == ids_.end()
                   ? std::nullopt
                   : std::optional(lines_[static_cast<std::size_t>(place - ids_.begin())]);
    }
    std::set<Hand> hands_to_end(const InkCommand& command) {
        std::set<Hand> hands;
        for (const Hand hand : both_hands) {
            const Drawing& drawing = of(hand);
            const bool meant = command.kind == Kind::erase
                                   ? line_named(command.stroke_id) == drawing.line
                                   : contains(command.hands, hand);
            if (drawing.under_way && meant && command.kind != Kind::redo) {
                hands.insert(hand);
            }
        }
        if (command.kind == Kind::undo && hands.size() == 2) {
            hands = {of(Hand::left).began > of(Hand::right).began ? Hand::left : Hand::right};
        }
        return hands;
    }
    void tell_naive(const InkCommand& command) {
        switch (command.kind) {
        case Kind::undo:
            naive.move(command.hands, naive.done, naive.undone);
            break;
        case Kind::redo:
            naive.move(command.hands, naive.undone, naive.done);
            break;
        case Kind::erase:
            if (const auto line = line_named(command.stroke_id)) {
                const auto strokes = strokes_of_line(*line);
                if (naive.there().contains(*strokes.begin())) {
                    naive.remove(strokes, only(hand_of(*strokes.begin())));
                }
            }
            break;
        case Kind::clear:
            std::set<std::uint32_t> strokes = naive.there();
            std::erase_if(strokes,
                          [&](auto one) { return !contains(command.hands, hand_of(one)); });
            Hands hands = Hands::none;
            for (const std::uint32_t stroke : strokes) {
                hands = hands | only(hand_of(stroke));
            }
            naive.remove(strokes, hands);
        }
    }
    [[nodiscard]] Hand hand_of(std::uint32_t stroke) const {
        return (ids_.at(stroke).bytes[6] & 0x08U) != 0 ? Hand::right : Hand::left;
    }

    std::mt19937 engine_;
    std::array<Drawing, 2> drawings_;
    std::int64_t time_ = 0;
    std::uint32_t line_count_ = 0;
    std::vector<Uuid> ids_;            ///< of all strokes that have ended
    std::vector<std::uint32_t> lines_; ///< which of what was drawn each is part of
};

TEST(InkHistory, DoesWhatALongListOfAllThatWasDoneWouldDo) {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U}) {
        Walk walk(seed);
        for (int i = 0; i < 1'000; ++i) {
            walk.step();
            ASSERT_EQ(walk.there, walk.naive.there()) << "seed " << seed << ", step " << i;
            ASSERT_LE(walk.history.entry_count(), 2 * walk.stroke_count());
        }
        EXPECT_GT(walk.stroke_count(), 200U);
    }
}

TEST(InkHistory, RedoOfUndoIsNothing) {
    Walk walk(11);
    int undone = 0;
    for (int i = 0; i < 800; ++i) {
        walk.step();
        const auto hands = static_cast<Hands>(1 + i % 3);
        const InkCommand undo{.kind = Kind::undo, .hands = hands};
        walk.command(undo); // perhaps of what is under way
        walk.command({.kind = Kind::redo, .hands = hands});
        const auto before = walk.there;
        if (walk.history.begin(undo) != Hands::none) {
            continue;
        }
        walk.command(undo);
        undone += walk.there != before ? 1 : 0;
        walk.command({.kind = Kind::redo, .hands = hands});
        ASSERT_EQ(walk.there, before) << i;
    }
    EXPECT_GT(undone, 100);
}

/// A recorder with its history and its trace, as a session has them.
class RecordedInk {
  public:
    RecordedInk() : RecordedInk(testing::trace_header()) {}
    explicit RecordedInk(const TraceHeader& header) : recorder(header.recording), writer_(header) {}

    void add(const HandSample& sample) {
        writer_.add(sample);
        take(recorder.add(sample));
    }
    void command(const InkCommand& command) {
        writer_.add(TraceEvent{command});
        take(recorder.break_off(history.begin(command)));
        mark(history.apply(command), command.time_ms, strokes);
    }
    void symmetry(const Symmetry& symmetry) {
        writer_.add(TraceEvent{SymmetryChange{symmetry}});
        recorder.set_symmetry(symmetry);
    }
    std::vector<std::byte> finish() {
        take(recorder.finish());
        writer_.finish();
        const auto bytes = writer_.take();
        return {bytes.begin(), bytes.end()};
    }
    [[nodiscard]] std::vector<bool> there() const {
        std::vector<bool> there;
        for (const Stroke& stroke : strokes) {
            there.push_back(!stroke.removed_ms);
        }
        return there;
    }

    StrokeRecorder recorder;
    InkHistory history;
    std::vector<Stroke> strokes;

  private:
    void take(std::span<InkEvent> events) {
        history.add(events);
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                strokes.push_back(std::move(event.finished));
            }
        }
    }
    TraceWriter writer_;
};

std::vector<Stroke> of_hand(const std::vector<Stroke>& strokes, Hand hand) {
    std::vector<Stroke> own;
    std::ranges::copy_if(strokes, std::back_inserter(own),
                         [&](const Stroke& stroke) { return stroke.hand == hand; });
    return own;
}

TEST(InkHistory, AReplayTakesBackTheSameStrokesInWhateverOrderTheHandsWereHeard) {
    std::mt19937 engine(5);
    RecordedInk ink;
    const testing::ScriptedMotion motion{.tremor_m = 0.001, .strokes_per_second = 7.0};
    std::int64_t frame = 0;
    std::size_t commands = 0;
    for (; commands < 2'000; ++commands) {
        if (commands % 400 == 100) {
            ink.symmetry(
                {.mode = commands % 800 == 100 ? SymmetryMode::mirror_copy : SymmetryMode::free});
        }
        const auto frames = static_cast<std::int64_t>(engine() % 30);
        // All of one hand first, as samples that come late are heard.
        const bool right_first = engine() % 2 == 0;
        for (const Hand hand :
             {right_first ? Hand::right : Hand::left, right_first ? Hand::left : Hand::right}) {
            for (std::int64_t i = 0; i < frames; ++i) {
                HandSample sample = motion.sample(hand, frame + i);
                sample.time_ns += hand == Hand::right ? 3'000'000 : 0;
                sample.drawing =
                    motion.sample(hand, frame + i + (hand == Hand::right ? 3 : 0)).drawing;
                ink.add(snap_to_grid(sample));
            }
        }
        frame += frames;
        InkCommand command{.kind = static_cast<Kind>(engine() % 8 == 0 ? 3 : engine() % 3),
                           .hands = static_cast<Hands>(1 + engine() % 3),
                           .time_ms = frame * 1000 / 90};
        if (command.kind == Kind::erase && !ink.strokes.empty()) {
            command.stroke_id = ink.strokes[engine() % ink.strokes.size()].id;
        }
        ink.command(made_valid(command));
    }
    const std::vector<std::byte> trace = ink.finish();
    const auto replayed = replay_trace(trace);
    ASSERT_TRUE(replayed) << replayed.error().what;
    ASSERT_GT(ink.strokes.size(), 1'000U);
    for (const Hand hand : both_hands) {
        const auto live = of_hand(ink.strokes, hand);
        const auto again = of_hand(*replayed, hand);
        EXPECT_EQ(again, live);
        EXPECT_TRUE(std::ranges::any_of(live, [](auto& s) { return s.removed_ms.has_value(); }));
        EXPECT_EQ(encode_ink(hand, again), encode_ink(hand, live));
    }
}

HandSample at(Hand hand, std::int64_t frame, bool drawing = true) {
    HandSample sample;
    sample.time_ns = frame * 11'111'000;
    sample.hand = hand;
    sample.tracked = true;
    sample.drawing = drawing;
    sample.pressure = 1.0F;
    const float angle = 0.01F * static_cast<float>(frame);
    sample.tracking_from_tip.position_m = {0.1F * std::sin(angle), 1.0F, -0.5F};
    return snap_to_grid(sample);
}

TEST(InkHistory, WhatIsUnderWayEndsWhenItIsTakenBackAndDrawsAgainOnceItWasLetGo) {
    RecordedInk ink;
    for (int frame = 0; frame < 10; ++frame) {
        ink.add(at(Hand::left, frame));
        ink.add(at(Hand::right, frame));
    }
    ink.command({.kind = Kind::undo, .hands = Hands::left, .time_ms = 120});
    EXPECT_FALSE(ink.recorder.stroke_in_progress(Hand::left));
    EXPECT_TRUE(ink.recorder.stroke_in_progress(Hand::right));
    ASSERT_EQ(ink.strokes.size(), 1U);
    EXPECT_EQ(ink.strokes[0].points.size(), 10U) << "all of it is kept";
    EXPECT_EQ(ink.strokes[0].removed_ms, 120);
    ink.add(at(Hand::left, 10));
    HandSample lost = at(Hand::left, 11);
    lost.tracked = false;
    ink.add(lost);
    ink.add(at(Hand::left, 12));
    EXPECT_FALSE(ink.recorder.stroke_in_progress(Hand::left)) << "it has not let go";
    ink.add(at(Hand::left, 13, false));
    ink.add(at(Hand::left, 14));
    EXPECT_TRUE(ink.recorder.stroke_in_progress(Hand::left));
}

TEST(InkHistory, OfTwoStrokesUnderWayTheOneThatBeganLaterIsTakenBackFirst) {
    RecordedInk ink;
    ink.add(at(Hand::right, 0));
    ink.add(at(Hand::left, 1));
    ink.add(at(Hand::right, 2));
    ink.add(at(Hand::left, 2));
    ink.command({.kind = Kind::undo});
    ASSERT_EQ(ink.strokes.size(), 1U);
    EXPECT_EQ(ink.strokes[0].hand, Hand::left);
    EXPECT_TRUE(ink.recorder.stroke_in_progress(Hand::right));
}

TEST(InkHistory, OfTwoStrokesTheOneThatEndedLaterIsTakenBackFirstWhoeverWasHeardFirst) {
    RecordedInk ink;
    for (const auto& [hand, last] : {std::pair{Hand::left, 9}, std::pair{Hand::right, 5}}) {
        for (int frame = 0; frame <= last + 1; ++frame) {
            ink.add(at(hand, frame, frame <= last));
        }
    }
    ink.command({.kind = Kind::undo, .time_ms = 200});
    EXPECT_EQ(ink.there(), (std::vector{false, true}));
    const auto replayed = replay_trace(ink.finish());
    ASSERT_TRUE(replayed);
    ASSERT_EQ(replayed->size(), 2U);
    EXPECT_EQ(replayed->front(), ink.strokes.back()) << "in a trace the hands are in time";
    EXPECT_EQ(replayed->back(), ink.strokes.front());
}

TEST(InkHistory, AStrokeThatHadToBeContinuedIsOne) {
    RecordedInk ink;
    ink.symmetry({.mode = SymmetryMode::mirror_copy});
    const auto points = static_cast<std::int64_t>(StrokeRecorder::points_per_stroke_max);
    for (std::int64_t frame = 0; frame < points + 10; ++frame) {
        ink.add(at(Hand::left, frame));
    }
    ASSERT_EQ(ink.strokes.size(), 2U);
    ink.command({.kind = Kind::undo, .time_ms = 1'000'000});
    EXPECT_EQ(ink.there(), std::vector(4, false));
    ink.command({.kind = Kind::redo});
    EXPECT_EQ(ink.there(), std::vector(4, true));
    ink.command(made_valid({.kind = Kind::erase, .stroke_id = ink.strokes[3].id}));
    EXPECT_EQ(ink.there(), std::vector(4, false)) << "by the copy of its second part";
}

TEST(InkHistory, WhatWasClearedComesBackAtOnceButNotWhatWasTakenBackBefore) {
    RecordedInk ink;
    for (int stroke = 0; stroke < 3; ++stroke) {
        for (const Hand hand : both_hands) {
            ink.add(at(hand, stroke * 4));
            ink.add(at(hand, stroke * 4 + 1));
            ink.add(at(hand, stroke * 4 + 2, false));
        }
    }
    ink.command({.kind = Kind::undo, .hands = Hands::right, .time_ms = 200});
    const auto before = ink.there();
    EXPECT_EQ(std::ranges::count(before, true), 5);
    ink.command({.kind = Kind::clear, .time_ms = 300});
    EXPECT_EQ(std::ranges::count(ink.there(), true), 0);
    ink.command({.kind = Kind::undo, .hands = Hands::left});
    EXPECT_EQ(ink.there(), before);
    ink.command({.kind = Kind::redo, .hands = Hands::right, .time_ms = 400});
    EXPECT_EQ(std::ranges::count(ink.there(), true), 0) << "clearing forgot what came before it";
    EXPECT_EQ(ink.strokes.back().removed_ms, 200);
}

TEST(InkHistory, WhatThereIsNothingOfChangesNothing) {
    InkHistory history;
    for (const Kind kind : {Kind::undo, Kind::redo, Kind::erase, Kind::clear}) {
        EXPECT_EQ(history.begin({.kind = kind}), Hands::none);
        EXPECT_TRUE(history.apply({.kind = kind}).strokes.empty());
    }
    EXPECT_EQ(history.entry_count(), 0U);
}

TEST(InkCommandInTheTrace, IsReadAsItWasWrittenAndIsNeverOneThatAReaderMustRefuse) {
    const Uuid id = stroke_id({}, Hand::left, 7, false);
    TraceWriter writer(testing::trace_header());
    writer.add(TraceEvent{InkCommand{.kind = Kind::erase, .stroke_id = id, .time_ms = 12}});
    writer.add(TraceEvent{InkCommand{.kind = Kind::redo, .hands = Hands::right, .time_ms = 13}});
    writer.add(TraceEvent{InkCommand{
        .kind = Kind::clear, .hands = Hands::left, .stroke_id = id, .time_ms = INT64_MAX}});
    writer.finish();
    const auto trace = decode_trace(writer.take());
    ASSERT_TRUE(trace) << trace.error().what;
    ASSERT_EQ(trace->events.size(), 3U);
    const auto told = [&](std::size_t i) { return std::get<InkCommand>(trace->events[i].event); };
    EXPECT_EQ(told(0), (InkCommand{.kind = Kind::erase, .stroke_id = id, .time_ms = 12}));
    EXPECT_EQ(told(1), (InkCommand{.kind = Kind::redo, .hands = Hands::right, .time_ms = 13}));
    EXPECT_EQ(told(2),
              (InkCommand{
                  .kind = Kind::clear, .hands = Hands::left, .time_ms = InkCommand::time_ms_max}));
}

} // namespace
} // namespace haven
