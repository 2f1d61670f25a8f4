#include "bilateral/exercise/guided_session.hpp"

#include "bilateral/exercise/script.hpp"
#include "bilateral/exercise/session_effects.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haven::exercise {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
/// A clock that jumps, or a machine that slept, takes nobody through a phase.
constexpr std::int64_t step_ns_max = 1'000'000'000;
constexpr int rating_max = 10;

std::int64_t step_ns(std::int64_t from_ns, std::int64_t to_ns) {
    if (to_ns <= from_ns) {
        return 0;
    }
    const std::uint64_t apart =
        static_cast<std::uint64_t>(to_ns) - static_cast<std::uint64_t>(from_ns);
    return static_cast<std::int64_t>(std::min(apart, static_cast<std::uint64_t>(step_ns_max)));
}

class Session {
  public:
    Session(const Script& script, const State& state, By by)
        : script_(script), state_(state), by_(by) {}

    void pass_time(std::int64_t time_ns) {
        const std::int64_t passed_ns = step_ns(state_.clock_ns, time_ns);
        state_.clock_ns = time_ns;
        if (state_.ended) {
            return;
        }
        const By by = std::exchange(by_, By::program);
        state_.worn_ns += passed_ns;
        if (state_.worn_ns >= (state_.breaks + 1) * script_.break_after_ms * ns_per_ms) {
            ++state_.breaks;
            told_.emplace_back(Notice{.prompt = script_.break_prompt, .by = By::program});
            write("exercise_break_proposed");
        }
        if (state_.runs()) {
            state_.phase_ns += passed_ns;
            state_.active_ns += state_.consent == State::Consented::given ? passed_ns : 0;
            if (state_.phase_ns >= limit_ms() * ns_per_ms) {
                time_is_up();
            }
        }
        by_ = by;
    }

    void operator()(Tick) {}

    void operator()(GoOn) {
        if (blocked()) {
            return;
        }
        if (state_.offered) {
            state_.offered = false;
            state_.phase_ns = 0;
            write_phase("taken");
        } else if (phase().waits()) {
            return refuse("answer_wanted");
        } else if (state_.phase_ns >= phase().least_ms * ns_per_ms) {
            leave("done");
        } else if (phase().skippable) {
            leave("skipped");
        } else {
            return refuse("too_early");
        }
        tell("go_on");
    }

    void operator()(Skip) {
        if (blocked()) {
            return;
        }
        if (state_.offered) {
            leave("passed");
        } else if (phase().skippable) {
            leave("skipped");
        } else {
            return refuse("not_skippable");
        }
        tell("skip");
    }

    void operator()(Back) {
        if (blocked()) {
            return;
        }
        // The first phase asks for consent, and what is over is not drawn anew.
        if (state_.phase <= 1 || state_.ending || state_.drawing == State::Drawing::ended ||
            state_.phase >= script_.closing()) {
            return refuse("no_way_back");
        }
        write_phase("back");
        enter(state_.phase - 1);
        tell("back");
    }

    void operator()(Pause) {
        bool& paused = by_ == By::person ? state_.paused_by_person : state_.paused_by_other;
        if (state_.ended || state_.ending || paused) {
            return refuse(state_.ended ? "ended" : state_.ending ? "ending" : "already");
        }
        paused = true;
        write("exercise_pause");
        tell("pause");
    }

    void operator()(Resume) {
        if (!state_.paused()) {
            return refuse("not_paused");
        }
        if (by_ != By::person && state_.paused_by_person) {
            return refuse("paused_by_person");
        }
        state_.paused_by_person = state_.paused_by_other = false;
        write("exercise_resume");
        tell("resume");
    }

    void operator()(Extend) {
        if (blocked()) {
            return;
        }
        const std::int64_t room_ms = phase().most_ms - phase().usual_ms - state_.extended_ms;
        if (phase().waits() || state_.offered || state_.ending || room_ms <= 0) {
            return refuse("at_most");
        }
        state_.extended_ms += std::min(script_.extend_ms, room_ms);
        write("exercise_extend");
        tell("extend");
    }

    void operator()(Rate rate) {
        if (blocked()) {
            return;
        }
        if (phase().kind != PhaseKind::rating || by_ == By::program) {
            return refuse("not_asked");
        }
        if (rate.value < 0 || rate.value > rating_max) {
            return refuse("out_of_range");
        }
        state_.ratings.at(static_cast<std::size_t>(phase().moment)) = rate.value;
        write("exercise_rating",
              std::format(R"(,"phase":"{}","rating":{})", phase().id, rate.value));
        leave("done");
        tell("rate");
    }

    void operator()(Consent consent) {
        const bool passed_on = consent.given && consent.spoken && by_ == By::facilitator;
        if (by_ != By::person && !passed_on) {
            return refuse("person_only");
        }
        if (!consent.given) {
            return withdraw();
        }
        if (blocked()) {
            return;
        }
        if (phase().kind != PhaseKind::consent) {
            return refuse("not_asked");
        }
        state_.consent = State::Consented::given;
        state_.begun = true;
        write("exercise_begin",
              std::format(R"(,"motion":{},"spoken":{})", consent.motion, consent.spoken));
        leave("done");
    }

    void operator()(Title title) {
        if (blocked()) {
            return;
        }
        if (phase().kind != PhaseKind::title || by_ == By::program) {
            return refuse("not_asked");
        }
        state_.title_given = title.given;
        leave(title.given ? "done" : "skipped");
        tell("title");
    }

    void operator()(Focus focus) {
        if (focus.here != state_.focused) {
            state_.focused = focus.here;
            write("exercise_focus", std::format(R"(,"here":{})", focus.here));
        }
    }

    void operator()(SafePlace place) {
        if (!place.inside && by_ != By::person) {
            return refuse("person_only");
        }
        if (place.inside == state_.in_safe_place) {
            return refuse("already");
        }
        state_.in_safe_place = place.inside;
        write(place.inside ? "safe_place_enter" : "safe_place_leave");
        tell("safe_place");
    }

    void operator()(const Hands& hands) {
        if (hands != state_.hands) {
            state_.hands = hands;
            write("exercise_hands",
                  std::format(R"(,"form":"{}")", to_string(shown(script_, state_).form)));
        }
    }

    void operator()(EndGently) {
        if (state_.ended) {
            return refuse("ended");
        }
        write("exercise_end_asked");
        tell("end");
        end_gently();
    }

    [[nodiscard]] const State& state() const { return state_; }
    std::vector<Effect> told() { return std::move(told_); }

    void enter(std::size_t place) {
        state_.phase = place;
        state_.phase_ns = 0;
        state_.extended_ms = 0;
        ++state_.entered;
        state_.offered = phase().offer.has_value();
        const bool closing = phase().kind == PhaseKind::closing;
        if (phase().drawing == DrawingMark::begin && state_.drawing == State::Drawing::none) {
            state_.drawing = State::Drawing::open;
        }
        if (phase().drawing == DrawingMark::end || closing) {
            end_drawing();
        }
        state_.closed = state_.closed || (closing && !state_.ending);
        write_phase("begun");
    }

  private:
    [[nodiscard]] const Phase& phase() const { return script_.phases[state_.phase]; }

    [[nodiscard]] std::int64_t limit_ms() const {
        if (state_.offered) {
            return phase().offer->most_ms;
        }
        return phase().waits() ? phase().most_ms : phase().usual_ms + state_.extended_ms;
    }

    void time_is_up() {
        if (phase().kind == PhaseKind::consent) {
            return withdraw();
        }
        leave(state_.offered ? "passed" : phase().waits() ? "skipped" : "done");
    }

    /// Whether this is not the moment for it; then it is refused.
    bool blocked() {
        std::string_view why;
        if (state_.ended) {
            why = "ended";
        } else if (state_.in_safe_place) {
            why = "in_safe_place";
        } else if (!state_.focused && by_ == By::person) {
            why = "not_focused";
        } else if (state_.paused()) {
            why = "paused";
        }
        if (!why.empty()) {
            refuse(why);
        }
        return !why.empty();
    }

    void leave(std::string_view how) {
        write_phase(how);
        std::size_t next = state_.phase + 1;
        while (next < script_.phases.size() && script_.phases[next].kind == PhaseKind::rating &&
               state_.consent != State::Consented::given) {
            ++next; // nothing is asked of somebody who said no
        }
        if (next < script_.phases.size()) {
            enter(next);
        } else {
            end();
        }
    }

    void withdraw() {
        if (state_.consent == State::Consented::refused || state_.ended) {
            return refuse("already");
        }
        write("exercise_consent_withdrawn");
        state_.consent = State::Consented::refused;
        state_.ending = false; // it may have been gentle already: it is shorter now
        end_gently();
        if (phase().kind != PhaseKind::closing && !state_.ended) {
            end();
        }
    }

    void end_gently() {
        if (state_.ending) {
            return end();
        }
        state_.ending = true;
        state_.paused_by_person = state_.paused_by_other = false;
        if (state_.consent == State::Consented::asked) {
            state_.consent = State::Consented::refused;
        }
        if (state_.phase < script_.closing()) {
            write_phase("left");
            enter(script_.closing());
        }
    }

    void end_drawing() {
        if (state_.drawing == State::Drawing::open) {
            state_.drawing = State::Drawing::ended;
        }
    }

    void end() {
        write("exercise_end",
              std::format(R"(,"status":"{}")", state_.closed ? "completed" : "abandoned"));
        end_drawing();
        state_.ended = true;
        state_.offered = false;
        state_.paused_by_person = state_.paused_by_other = false;
    }

    void refuse(std::string_view why) { told_.emplace_back(Refused{why}); }

    /// What somebody else does to their session the person is told.
    void tell(std::string_view act) {
        if (by_ == By::facilitator) {
            told_.emplace_back(
                Notice{.prompt = "notice.facilitator_" + std::string(act), .by = by_});
        }
    }

    void write_phase(std::string_view how) {
        write("exercise_phase", std::format(R"(,"how":"{}","phase":"{}")", how, phase().id));
    }

    void write(std::string_view action, const std::string& more = "") {
        if (state_.begun && !state_.ended) {
            told_.emplace_back(WriteEvent{std::format(
                R"({{"action":"{}","active_s":{},"by":"{}","script":"{}"{}}})", action,
                state_.active_ns / (1000 * ns_per_ms), to_string(by_), script_.id, more)});
        }
    }

    const Script& script_;
    State state_;
    By by_;
    std::vector<Effect> told_; ///< what does not follow from the states before and after
};

} // namespace

Step begin(const Script& script, std::int64_t time_ns, const Hands& hands) {
    State nothing;
    nothing.clock_ns = time_ns;
    nothing.hands = hands;
    Session session(script, nothing, By::program);
    session.enter(0);
    Step step{.state = session.state()};
    step.effects = first_effects(script, step.state);
    return step;
}

Step step(const Script& script, const State& state, const Event& event) {
    Session session(script, state, event.by);
    session.pass_time(event.time_ns);
    std::visit(session, event.what);
    Step step{.state = session.state()};
    step.effects = effects_between(script, state, step.state, session.told());
    return step;
}

} // namespace haven::exercise
