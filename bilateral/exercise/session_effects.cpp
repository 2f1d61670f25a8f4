#include "bilateral/exercise/session_effects.hpp"

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"

#include <algorithm>
#include <cstdint>
#include <format>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace haven::exercise {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

Form form_of(const Hands& hands) {
    if (hands.left && hands.right) {
        return hands.in_turns ? Form::alternate : Form::both;
    }
    return hands.left || hands.right ? Form::one_hand : Form::none;
}

bool is_for(const Prompt& prompt, Form form) {
    const bool one = form == Form::alternate || form == Form::one_hand;
    return prompt.whom == PromptFor::everybody || (prompt.whom == PromptFor::one) == one;
}

std::string prompt_of(const Phase& phase, const State& state, Form form) {
    if (state.offered) {
        return phase.offer->prompt;
    }
    std::string id;
    for (const Prompt& prompt : phase.prompts) {
        if (prompt.at_ms * ns_per_ms <= state.phase_ns && is_for(prompt, form)) {
            id = prompt.id;
        }
    }
    return id;
}

/// Of one hand: its own, or where it has none the other's in the mirror.
std::vector<Target> targets_of_hand(const std::vector<Target>& targets, Hand hand) {
    std::vector<Target> own;
    std::ranges::copy_if(targets, std::back_inserter(own),
                         [&](const Target& target) { return target.hand == hand; });
    if (own.empty()) {
        std::ranges::transform(targets, std::back_inserter(own), mirrored);
    }
    return own;
}

BeginExercise exercise_of(const Script& script, const State& state) {
    BeginExercise exercise{.technique = script.technique,
                           .opening_prompt = script.opening_prompt,
                           .grounding_close = script.grounding_close};
    std::string phases;
    for (const Phase& phase : script.phases) {
        phases += std::format(R"({}"{}")", phases.empty() ? "" : ",", phase.id);
        if (phase.kind == PhaseKind::guided) {
            exercise.guideposts.push_back(phase.prompts.front().id);
        }
    }
    exercise.config_json =
        std::format(R"({{"form":"{}","phases":[{}],"script":"{}","script_version":{}}})",
                    to_string(shown(script, state).form), phases, script.id, script.version);
    return exercise;
}

void add_shown(std::vector<Effect>& effects, const std::optional<Shown>& before,
               const Shown& after) {
    if (!before || before->symmetry != after.symmetry) {
        effects.emplace_back(SetSymmetry{after.symmetry});
    }
    if (after.brush_width_m && (!before || before->brush_width_m != after.brush_width_m)) {
        effects.emplace_back(SetBrushWidth{*after.brush_width_m});
    }
    if (before ? before->turn != after.turn : after.turn.has_value()) {
        effects.emplace_back(ShowTurn{after.turn});
    }
    if (before ? before->targets != after.targets : !after.targets.empty()) {
        effects.emplace_back(ShowTargets{after.targets});
    }
    if (!before || before->prompt != after.prompt || before->form != after.form) {
        effects.emplace_back(ShowPrompt{.prompt = after.prompt, .form = after.form});
    }
}

} // namespace

Shown shown(const Script& script, const State& state) {
    Shown result{.form = form_of(state.hands)};
    if (state.ended) {
        return result;
    }
    const Phase& phase = script.phases[state.phase];
    result.prompt = prompt_of(phase, state, result.form);
    result.symmetry = phase.symmetry;
    result.brush_width_m = phase.brush_width_m;
    if (state.offered || result.form == Form::none) {
        return result;
    }
    result.targets = phase.targets;
    if (result.form == Form::alternate) {
        const std::int64_t turns = state.phase_ns / (script.turn_ms * ns_per_ms);
        result.turn = turns % 2 == 0 ? Hand::left : Hand::right;
        result.targets = targets_of_hand(phase.targets, *result.turn);
    } else if (result.form == Form::one_hand) {
        result.targets =
            targets_of_hand(phase.targets, state.hands.left ? Hand::left : Hand::right);
        result.symmetry = phase.ink ? SymmetryMode::mirror_copy : phase.symmetry;
    }
    // Who ends is in the closing words, which have no ink.
    result.ink = phase.ink && state.consent == State::Consented::given &&
                 state.drawing == State::Drawing::open && state.runs();
    return result;
}

std::vector<Effect> first_effects(const Script& script, const State& state) {
    std::vector<Effect> effects{SetInk{false}};
    add_shown(effects, std::nullopt, shown(script, state));
    return effects;
}

std::vector<Effect> effects_between(const Script& script, const State& before, const State& after,
                                    std::vector<Effect> told) {
    const Shown was = shown(script, before);
    const Shown is = shown(script, after);
    std::vector<Effect> effects;
    const bool drawing_began =
        before.drawing == State::Drawing::none && after.drawing != State::Drawing::none;
    const bool drawing_ended =
        before.drawing != State::Drawing::ended && after.drawing == State::Drawing::ended;
    if (was.ink && (!is.ink || drawing_ended)) {
        effects.emplace_back(SetInk{false});
    }
    if (before.in_safe_place != after.in_safe_place) {
        effects.emplace_back(ShowSafePlace{after.in_safe_place});
    }
    if (after.begun && !before.begun) {
        effects.emplace_back(exercise_of(script, after));
    }
    if (drawing_began) {
        effects.emplace_back(BeginDrawing{});
    }
    if (drawing_ended) {
        effects.emplace_back(EndDrawing{});
    }
    std::ranges::move(told, std::back_inserter(effects));
    if (after.entered != before.entered && !after.ended &&
        script.phases[after.phase].bell != Bell::none) {
        effects.emplace_back(RingBell{script.phases[after.phase].bell});
    }
    add_shown(effects, was, is);
    if (is.ink && !was.ink) {
        effects.emplace_back(SetInk{true});
    }
    if (after.ended && !before.ended && after.begun) {
        effects.emplace_back(EndExercise{.completed = after.closed,
                                         .duration_s = after.active_ns / (1000 * ns_per_ms)});
    }
    return effects;
}

} // namespace haven::exercise
