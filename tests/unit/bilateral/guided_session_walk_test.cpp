// The guided session under anything that may happen, in any order: what never breaks.

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"
#include "tests/unit/bilateral/exercise_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace haven::exercise {
namespace {

using testing::script;

constexpr std::int64_t second_ns = 1'000'000'000;

/// One of each kind of event, and of each thing that it can say.
std::vector<What> everything() {
    return {Tick{},
            GoOn{},
            Skip{},
            Back{},
            Pause{},
            Resume{},
            Extend{},
            Rate{0},
            Rate{10},
            Rate{11},
            Rate{-1},
            Consent{true},
            Consent{false},
            Title{true},
            Title{false},
            Focus{true},
            Focus{false},
            SafePlace{true},
            SafePlace{false},
            Hands{},
            Hands{.left = false},
            Hands{.right = false},
            Hands{.left = false, .right = false},
            Hands{.in_turns = true},
            EndGently{}};
}

/// Chance that is the same on every machine.
class Chance {
  public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    Event event(const State& state) {
        static const std::vector<What> all = everything();
        Event event{.time_ns = time_after(state.clock_ns)};
        const std::size_t who = below(10);
        event.by = who < 7 ? By::person : who < 9 ? By::facilitator : By::program;
        event.what = below(3) == 0 ? What{Tick{}} : all[below(all.size())];
        // An end and a no come by so often that nothing else would be seen.
        const bool rare =
            std::holds_alternative<EndGently>(event.what) ||
            (std::holds_alternative<Consent>(event.what) && !std::get<Consent>(event.what).given);
        if (rare && below(20) != 0) {
            event.what = Tick{};
        }
        return event;
    }

  private:
    std::int64_t time_after(std::int64_t clock_ns) {
        const std::size_t kind = below(100);
        if (kind >= 98) {
            constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
            constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
            return std::vector<std::int64_t>{0, -1, least, most}[below(4)];
        }
        const std::int64_t step = kind < 40   ? 0
                                  : kind < 60 ? second_ns / 90
                                  : kind < 95 ? second_ns
                                  : kind < 97 ? 3600 * second_ns
                                              : -5 * second_ns;
        const bool room = clock_ns < std::numeric_limits<std::int64_t>::max() / 2 &&
                          clock_ns > std::numeric_limits<std::int64_t>::min() / 2;
        return room ? clock_ns + step : step;
    }

    std::mt19937_64 random_;
};

/// What somebody has who does what the effects say.
struct World {
    bool ink = false;
    bool drawing = false;
    int drawings = 0;
    bool exercise = false;
    int exercises = 0;
    int ends = 0;
    bool safe_place = false;
    std::string prompt;
    Form form = Form::both;
    std::vector<Target> targets;
    SymmetryMode symmetry = SymmetryMode::free;
    std::optional<Hand> turn;
    std::string fault;

    void operator()(const ShowPrompt& effect) {
        prompt = effect.prompt;
        form = effect.form;
    }
    void operator()(const Notice& effect) { must(!effect.prompt.empty(), "a notice says nothing"); }
    void operator()(const ShowTurn& effect) { turn = effect.hand; }
    void operator()(const ShowTargets& effect) { targets = effect.targets; }
    void operator()(const SetSymmetry& effect) { symmetry = effect.mode; }
    void operator()(const SetBrushWidth& effect) { must(effect.width_m > 0.0F, "no width"); }
    void operator()(const SetInk& effect) {
        must(!effect.allowed || drawing, "ink without a drawing");
        must(!effect.allowed || exercise, "ink without consent");
        ink = effect.allowed;
    }
    void operator()(const RingBell&) {}
    void operator()(const ShowSafePlace& effect) {
        must(safe_place != effect.inside, "the safe place twice");
        safe_place = effect.inside;
    }
    void operator()(const BeginDrawing&) {
        must(!drawing, "two drawings are open");
        must(exercise, "a drawing without an exercise");
        drawing = true;
        ++drawings;
    }
    void operator()(const EndDrawing&) {
        must(drawing, "no drawing to end");
        must(!ink, "ink at the drawing's end");
        drawing = false;
    }
    void operator()(const BeginExercise&) {
        must(!exercise && exercises == 0, "two exercises");
        exercise = true;
        ++exercises;
    }
    void operator()(const EndExercise& effect) {
        must(exercise && !drawing, "the exercise ends before what is in it");
        must(effect.duration_s >= 0, "a negative duration");
        ++ends;
    }
    void operator()(const WriteEvent& effect) {
        must(exercise, "an event of somebody who did not say yes");
        must(ends == 0, "an event after the end");
        must(effect.data_json.starts_with(R"({"action":")") && effect.data_json.ends_with("}"),
             "an event that is no object");
    }
    void operator()(const Refused& effect) {
        must(!effect.why.empty(), "refused without a reason");
    }

    void must(bool holds, const std::string& what) {
        if (!holds && fault.empty()) {
            fault = what;
        }
    }
};

void check(const Script& script, const State& state, World& world) {
    const Shown now = shown(script, state);
    world.must(world.ink == now.ink, "ink is not as the state says");
    world.must(!now.ink || (state.consent == State::Consented::given && state.focused &&
                            !state.in_safe_place && !state.paused() && !state.ended &&
                            state.drawing == State::Drawing::open),
               "ink where there must be none");
    world.must(world.prompt == now.prompt && world.form == now.form, "another prompt is shown");
    world.must(state.ended || !now.prompt.empty(), "no prompt");
    world.must(world.targets == now.targets && world.turn == now.turn, "other targets are shown");
    world.must(world.symmetry == now.symmetry, "another symmetry");
    world.must(world.safe_place == state.in_safe_place, "the safe place is not as the state says");
    world.must(world.drawings <= 1 && world.ends <= 1, "twice");
    world.must(world.drawing == (state.drawing == State::Drawing::open), "the drawing differs");
    world.must(world.exercise == state.begun, "the exercise differs");
    world.must((world.ends == 1) == (state.ended && state.begun), "the end differs");
    world.must(state.phase < script.phases.size(), "no such phase");
    for (const auto& rating : state.ratings) {
        world.must(!rating || (*rating >= 0 && *rating <= 10), "a rating out of range");
    }
    const Phase& phase = script.phases[state.phase];
    world.must(state.extended_ms <= phase.most_ms - phase.usual_ms, "longer than its most");
    world.must(state.ended || state.phase_ns < phase.most_ms * 1'000'000, "it lasts too long");
}

/// The person ends gently, and does nothing more: how long until the end, in seconds.
std::optional<int> seconds_to_the_end(const Script& script, State state) {
    const Phase& closing = script.phases[script.closing()];
    const auto most_s =
        static_cast<int>((closing.most_ms + script.phases.back().most_ms) / 1000) + 1;
    const auto say = [&](const What& what) {
        state =
            step(script, state, {.time_ns = state.clock_ns, .by = By::person, .what = what}).state;
    };
    if (!state.ended) {
        say(EndGently{});
    }
    for (int i = 0; i <= most_s; ++i) {
        if (state.ended) {
            return i;
        }
        const std::int64_t now_ns = state.clock_ns > 0 ? 0 : state.clock_ns;
        state.clock_ns = now_ns; // wherever the clock was
        state = step(script, state, {.time_ns = now_ns + second_ns, .what = Tick{}}).state;
    }
    return std::nullopt;
}

/// As long as each may last for what is left of the events.
void walk(const Script& script, std::uint64_t seed, int events) {
    Chance chance(seed);
    while (events > 0) {
        World world;
        State state;
        std::set<std::size_t> entered{0};
        const auto take = [&](const Step& next) {
            state = next.state;
            for (const Effect& effect : next.effects) {
                std::visit(world, effect);
            }
            check(script, state, world);
        };
        take(begin(script, static_cast<std::int64_t>(chance.below(1'000'000)) * second_ns));
        for (int after_end = 0; events > 0 && after_end < 20; --events) {
            const Event event = chance.event(state);
            const State before = state;
            take(step(script, state, event));
            ASSERT_EQ(world.fault, "")
                << encode_state(script, before) << " event " << event.what.index();
            if (state.entered != before.entered) {
                if (std::holds_alternative<Back>(event.what)) { // asked for
                    entered.erase(entered.lower_bound(state.phase), entered.end());
                }
                ASSERT_TRUE(entered.insert(state.phase).second) << "entered twice";
            }
            after_end += state.ended ? 1 : 0;
            if (events % 101 == 0) {
                ASSERT_TRUE(seconds_to_the_end(script, state)) << encode_state(script, state);
            }
        }
    }
}

TEST(GuidedSessionWalk, NothingThatMayHappenBreaksAnInvariant) {
    walk(script(), 20'261'130, 100'000);
}

TEST(GuidedSessionWalk, NorInTheShortForm) {
    walk(script("bilateral_drawing_short"), 7, 100'000);
}

TEST(GuidedSessionWalk, EveryEventInEveryStateLeavesAWayOut) {
    const Script whole = script();
    Chance chance(42);
    std::set<std::string> seen;
    State state = begin(whole, 0).state;
    for (int i = 0; i < 60'000; ++i) {
        state = state.ended ? begin(whole, 0).state : step(whole, state, chance.event(state)).state;
        // What a state is, but for its times and counts.
        State kind = state;
        kind.clock_ns = kind.phase_ns = kind.active_ns = kind.worn_ns = 0;
        kind.breaks = kind.entered = 0;
        kind.extended_ms = 0;
        kind.ratings = {};
        if (!seen.insert(encode_state(whole, kind)).second) {
            continue;
        }
        for (const What& what : everything()) {
            for (const By by : {By::person, By::facilitator, By::program}) {
                const Event event{.time_ns = state.clock_ns, .by = by, .what = what};
                const State next = step(whole, state, event).state;
                ASSERT_TRUE(seconds_to_the_end(whole, next)) << encode_state(whole, next);
            }
        }
    }
    EXPECT_GT(seen.size(), 500U) << "few states were reached";
}

TEST(GuidedSessionWalk, WhatIsRefusedChangesNothing) {
    const Script whole = script();
    Chance chance(3);
    State state = begin(whole, 0).state;
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        const Event event = chance.event(state);
        const Step next = step(whole, state, event);
        for (const Effect& effect : next.effects) {
            if (std::holds_alternative<Refused>(effect)) {
                const Event tick{.time_ns = event.time_ns, .by = event.by, .what = Tick{}};
                ASSERT_EQ(next.state, step(whole, state, tick).state);
                ++refused;
            }
        }
        state = next.state.ended ? begin(whole, 0).state : next.state;
    }
    EXPECT_GT(refused, 1000);
}

TEST(GuidedSessionWalk, TheSameEventsGiveTheSameStatesToTheByte) {
    const Script whole = script();
    Chance chance(99);
    std::vector<Event> events;
    std::string first;
    State state = begin(whole, 0).state;
    for (int i = 0; i < 5'000; ++i) {
        events.push_back(chance.event(state));
        state = step(whole, state, events.back()).state;
        first += encode_state(whole, state);
    }
    std::string second;
    State again = begin(whole, 0).state;
    for (const Event& event : events) {
        again = step(whole, again, event).state;
        second += encode_state(whole, again);
    }
    EXPECT_EQ(first, second);
    EXPECT_EQ(state, again);
}

} // namespace
} // namespace haven::exercise
