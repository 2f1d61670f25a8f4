#include "tests/support/openxr_layer/script.hpp"
#include "tests/support/openxr_layer/state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::test::layer {

namespace {

XrResult XRAPI_CALL suggest_bindings(XrInstance instance,
                                     const XrInteractionProfileSuggestedBinding* suggested) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    const XrResult result = state.next.suggest_interaction_profile_bindings(instance, suggested);
    std::vector<std::pair<XrAction, std::string>>& bound =
        state.bindings[state.text_of(suggested->interactionProfile)];
    bound.clear();
    for (std::uint32_t i = 0; XR_SUCCEEDED(result) && i < suggested->countSuggestedBindings; ++i) {
        const XrActionSuggestedBinding& one = suggested->suggestedBindings[i];
        bound.emplace_back(one.action, state.text_of(one.binding));
    }
    return result;
}

XrResult XRAPI_CALL current_profile(XrSession session, XrPath top_level,
                                    XrInteractionProfileState* profile) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    const XrResult result = state.next.get_current_interaction_profile(session, top_level, profile);
    const auto hand = state.hand_of(top_level);
    if (XR_SUCCEEDED(result) && hand && !state.profiles.at(*hand).empty()) {
        state.next.string_to_path(state.instance, state.profiles.at(*hand).c_str(),
                                  &profile->interactionProfile);
    }
    return result;
}

XrResult XRAPI_CALL sync_actions(XrSession session, const XrActionsSyncInfo* info) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    state.advance();
    if (const auto failed = state.failure("xrSyncActions")) {
        return *failed;
    }
    const XrResult result = state.next.sync_actions(session, info);
    const bool focused = state.session_state() == XR_SESSION_STATE_FOCUSED;
    return XR_SUCCEEDED(result) && !focused ? XR_SESSION_NOT_FOCUSED : result;
}

/// Whether an action is active, and the value of its input where the script gives one.
struct Scripted {
    std::optional<bool> active; ///< none: as the runtime says
    std::optional<State::Input> input;
};

Scripted scripted(const State& state, const XrActionStateGetInfo& get) {
    if (state.forced && *state.forced != XR_SESSION_STATE_FOCUSED) {
        return {.active = false};
    }
    const auto hand = state.hand_of(get.subactionPath);
    if (!hand) {
        return state.is_gaze(get.action) ? Scripted{.active = state.gaze.head_from_gaze.has_value()}
                                         : Scripted{};
    }
    if (state.hands.at(static_cast<std::size_t>(Device::controller)).at(*hand) ==
        Tracking::inactive) {
        return {.active = false};
    }
    Scripted scripted;
    const bool other_profile = !state.profiles.at(*hand).empty();
    if (!other_profile && state.inputs.empty()) {
        return scripted;
    }
    const std::string path = state.bound_path(get.action, *hand);
    if (other_profile) {
        scripted.active = !path.empty();
    }
    if (const auto found = state.inputs.find({*hand, path}); found != state.inputs.end()) {
        scripted = {.active = true, .input = found->second};
    }
    return scripted;
}

/// Shared by the kinds of states that have a value.
template <typename ActionState, typename Value>
void lay_over(State& state, const XrActionStateGetInfo& get, ActionState& action, Value value_of) {
    const Scripted said = scripted(state, get);
    const bool was_active = action.isActive == XR_TRUE;
    if (said.active) {
        action.isActive = *said.active ? XR_TRUE : XR_FALSE;
    }
    if (action.isActive == XR_FALSE || (said.active && !was_active && !said.input)) {
        action.currentState = {};
        action.changedSinceLastSync = XR_FALSE;
        action.lastChangeTime = 0;
    }
    if (action.isActive == XR_TRUE && said.input) {
        action.currentState = value_of(said.input->value);
        action.lastChangeTime = said.input->since;
    }
}

XrResult XRAPI_CALL action_boolean(XrSession session, const XrActionStateGetInfo* get,
                                   XrActionStateBoolean* action) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = state.failure("xrGetActionStateBoolean")) {
        return *failed;
    }
    const XrResult result = state.next.get_action_state_boolean(session, get, action);
    lay_over(state, *get, *action, [](float value) { return value >= 0.5F ? XR_TRUE : XR_FALSE; });
    return result;
}

XrResult XRAPI_CALL action_float(XrSession session, const XrActionStateGetInfo* get,
                                 XrActionStateFloat* action) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = state.failure("xrGetActionStateFloat")) {
        return *failed;
    }
    const XrResult result = state.next.get_action_state_float(session, get, action);
    lay_over(state, *get, *action, [](float value) { return value; });
    return result;
}

XrResult XRAPI_CALL action_pose(XrSession session, const XrActionStateGetInfo* get,
                                XrActionStatePose* action) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = state.failure("xrGetActionStatePose")) {
        return *failed;
    }
    const XrResult result = state.next.get_action_state_pose(session, get, action);
    if (const auto active = scripted(state, *get).active) {
        action->isActive = *active ? XR_TRUE : XR_FALSE;
    }
    return result;
}

} // namespace

std::span<const Intercept> input_intercepts() {
    static const std::array list{
        intercept("xrSuggestInteractionProfileBindings", &suggest_bindings),
        intercept("xrGetCurrentInteractionProfile", &current_profile),
        intercept("xrSyncActions", &sync_actions),
        intercept("xrGetActionStateBoolean", &action_boolean),
        intercept("xrGetActionStateFloat", &action_float),
        intercept("xrGetActionStatePose", &action_pose),
    };
    return list;
}

} // namespace haven::test::layer
