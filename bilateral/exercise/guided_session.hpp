#pragma once

#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The guided session as a pure function: state and event in, state and effects out. The same
/// events give the same states, to the byte. It knows no words, no clock and no headset; allocates.
/// The script must be that of the state.
namespace haven::exercise {

enum class By : std::uint8_t { person, facilitator, program };
[[nodiscard]] std::string_view to_string(By by);

// What happens.
struct Tick {};  ///< at least once a second; a longer step counts as one second
struct GoOn {};  ///< the phase is done; or what is offered is taken
struct Skip {};  ///< the phase is left out
struct Back {};  ///< to the phase before, while the drawing is not over
struct Pause {}; ///< until Resume; what the person paused only the person resumes
struct Resume {};
struct Extend {}; ///< some more of this phase
struct Rate {
    int value = 0;
}; ///< 0 to 10
struct Consent {
    bool given = false;
    bool motion = false; ///< how the hands move may be kept, too
    bool spoken = false; ///< a yes said aloud, which whoever is at the desk passes on
}; ///< the person's alone; no is withdrawal, at any time
struct Title {
    bool given = false;
}; ///< or left; the words are kept elsewhere
struct Focus {
    bool here = true;
}; ///< what the headset shows is the exercise, and input is for it
struct SafePlace {
    bool inside = true;
}; ///< from anywhere, after the end too
struct Hands {
    bool left = true;
    bool right = true;
    bool in_turns = false; ///< the person would rather use one at a time
    friend bool operator==(const Hands&, const Hands&) = default;
};
struct EndGently {}; ///< closing words, then the end; said again: the end at once

using What = std::variant<Tick, GoOn, Skip, Back, Pause, Resume, Extend, Rate, Consent, Title,
                          Focus, SafePlace, Hands, EndGently>;
struct Event {
    std::int64_t time_ns = 0; ///< of any clock; one that stands, jumps or goes back is borne
    By by = By::person;
    What what;
};

struct State {
    enum class Consented : std::uint8_t { asked, given, refused };
    enum class Drawing : std::uint8_t { none, open, ended };
    std::size_t phase = 0;
    bool ended = false;
    bool offered = false; ///< the phase waits to be taken
    bool ending = false;  ///< gently, and nothing stops its time
    bool closed = false;  ///< its closing words were reached by the script's own way
    bool begun = false;   ///< there is an exercise to be kept: the person had said yes
    Consented consent = Consented::asked;
    Drawing drawing = Drawing::none;
    bool paused_by_person = false;
    bool paused_by_other = false;
    bool focused = true;
    bool in_safe_place = false;
    Hands hands;
    std::int64_t clock_ns = 0;
    std::int64_t phase_ns = 0; ///< how long the phase went on
    std::int64_t extended_ms = 0;
    std::int64_t active_ns = 0;                ///< since the yes, without pauses
    std::int64_t worn_ns = 0;                  ///< since the beginning, with them
    std::uint32_t breaks = 0;                  ///< so often was a break proposed
    std::uint32_t entered = 0;                 ///< phases
    std::array<std::optional<int>, 2> ratings; ///< by RatingMoment
    std::optional<bool> title_given;

    [[nodiscard]] bool paused() const { return paused_by_person || paused_by_other; }
    /// The phase's time goes on.
    [[nodiscard]] bool runs() const {
        return !ended && (ending || (!paused() && focused && !in_safe_place));
    }
    friend bool operator==(const State&, const State&) = default;
};

/// What holds in a state; for whoever comes in the middle.
struct Shown {
    std::string prompt; ///< "" after the end
    Form form = Form::both;
    std::optional<Hand> turn; ///< whose it is, where they take turns
    std::vector<Target> targets;
    SymmetryMode symmetry = SymmetryMode::free;
    std::optional<float> brush_width_m;
    bool ink = false; ///< may be drawn
    friend bool operator==(const Shown&, const Shown&) = default;
};
[[nodiscard]] Shown shown(const Script& script, const State& state);

// What is to be done.
struct ShowPrompt {
    std::string prompt;
    Form form = Form::both;
}; ///< shown and said
struct Notice {
    std::string prompt;
    By by = By::program;
}; ///< besides the phase's prompt
struct ShowTurn {
    std::optional<Hand> hand;
};
struct ShowTargets {
    std::vector<Target> targets;
};
struct SetSymmetry {
    SymmetryMode mode = SymmetryMode::free;
};
struct SetBrushWidth {
    float width_m = 0.0F;
};
struct SetInk {
    bool allowed = false;
};
struct RingBell {
    Bell bell = Bell::none;
};
struct ShowSafePlace {
    bool inside = false;
};
struct BeginDrawing {};
struct EndDrawing {};
/// A row of `exercises`, ids of prompts where it has words.
struct BeginExercise {
    std::string technique;
    std::string config_json;
    std::string opening_prompt;
    std::vector<std::string> guideposts;
    std::string grounding_close;
};
struct EndExercise {
    bool completed = false; ///< or abandoned
    std::int64_t duration_s = 0;
};
/// A session event of the type user_interaction. There is none of somebody who did not say yes.
struct WriteEvent {
    std::string data_json;
};
struct Refused {
    std::string_view why;
}; ///< nothing changed; a literal

using Effect = std::variant<ShowPrompt, Notice, ShowTurn, ShowTargets, SetSymmetry, SetBrushWidth,
                            SetInk, RingBell, ShowSafePlace, BeginDrawing, EndDrawing,
                            BeginExercise, EndExercise, WriteEvent, Refused>;

struct Step {
    State state;
    std::vector<Effect> effects; ///< in the order in which they are to be done
};

[[nodiscard]] Step begin(const Script& script, std::int64_t time_ns, const Hands& hands = {});
[[nodiscard]] Step step(const Script& script, const State& state, const Event& event);

/// For panels, mirror and live channel; the same bytes for the same state.
[[nodiscard]] std::string encode_state(const Script& script, const State& state);

} // namespace haven::exercise
