#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <string_view>

namespace haven::exercise {

namespace {

std::string text_or_null(std::optional<std::string_view> value) {
    return value ? std::format(R"("{}")", *value) : "null";
}

std::string number_or_null(std::optional<int> value) {
    return value ? std::to_string(*value) : "null";
}

std::string_view name_of(State::Consented consent) {
    constexpr std::array<std::string_view, 3> names{"asked", "given", "refused"};
    return names.at(static_cast<std::size_t>(consent));
}

std::string_view name_of(State::Drawing drawing) {
    constexpr std::array<std::string_view, 3> names{"none", "open", "ended"};
    return names.at(static_cast<std::size_t>(drawing));
}

} // namespace

std::string_view to_string(By by) {
    constexpr std::array<std::string_view, 3> names{"person", "facilitator", "program"};
    return names.at(static_cast<std::size_t>(by));
}

std::string_view to_string(PhaseKind kind) {
    constexpr std::array<std::string_view, 5> names{"consent", "rating", "guided", "title",
                                                    "closing"};
    return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(Form form) {
    constexpr std::array<std::string_view, 4> names{"none", "both", "alternate", "one_hand"};
    return names.at(static_cast<std::size_t>(form));
}

std::string encode_state(const Script& script, const State& state) {
    const Shown now = shown(script, state);
    const auto turn = now.turn.transform(
        [](Hand hand) -> std::string_view { return hand == Hand::left ? "left" : "right"; });
    const auto phase = state.ended ? std::optional<std::string_view>()
                                   : std::optional<std::string_view>(script.phases[state.phase].id);
    constexpr std::int64_t ns_per_ms = 1'000'000;
    // In the order of their names.
    return std::format(
        R"({{"active_ms":{},"breaks":{},"closed":{},"consent":"{}","drawing":"{}","ended":{},)"
        R"("ending":{},"extended_ms":{},"focused":{},"form":"{}","ink":{},"offered":{},)"
        R"("paused_by_other":{},"paused_by_person":{},"phase":{},"phase_ms":{},"prompt":"{}",)"
        R"("rating_after":{},"rating_before":{},"runs":{},"safe_place":{},"script":"{}",)"
        R"("title_given":{},"turn":{},"worn_ms":{}}})",
        state.active_ns / ns_per_ms, state.breaks, state.closed, name_of(state.consent),
        name_of(state.drawing), state.ended, state.ending, state.extended_ms, state.focused,
        to_string(now.form), now.ink, state.offered, state.paused_by_other, state.paused_by_person,
        text_or_null(phase), state.phase_ns / ns_per_ms, now.prompt,
        number_or_null(state.ratings[1]), number_or_null(state.ratings[0]), state.runs(),
        state.in_safe_place, script.id,
        state.title_given ? (*state.title_given ? "true" : "false") : "null", text_or_null(turn),
        state.worn_ns / ns_per_ms);
}

} // namespace haven::exercise
