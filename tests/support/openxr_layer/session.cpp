#include "tests/support/openxr_layer/script.hpp"
#include "tests/support/openxr_layer/state.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

namespace haven::test::layer {

namespace {

constexpr std::size_t told_times_max = 64;

std::optional<XrResult> failure(std::string_view call) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    return state.failure(call);
}

XrResult XRAPI_CALL poll_event(XrInstance instance, XrEventDataBuffer* event) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    state.advance();
    if (!state.events.empty()) {
        *event = state.events.front();
        state.events.pop_front();
        return XR_SUCCESS;
    }
    const XrResult result = state.next.poll_event(instance, event);
    if (result == XR_SUCCESS && event->type == XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED) {
        state.runtime_is(reinterpret_cast<const XrEventDataSessionStateChanged&>(*event).state);
    }
    return result;
}

XrResult XRAPI_CALL get_system_properties(XrInstance instance, XrSystemId system,
                                          XrSystemProperties* properties) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    const XrResult result = state.next.get_system_properties(instance, system, properties);
    for (auto* one = static_cast<XrBaseOutStructure*>(properties->next); one != nullptr;
         one = one->next) {
        if (one->type == XR_TYPE_SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT && state.gaze_offered) {
            reinterpret_cast<XrSystemEyeGazeInteractionPropertiesEXT*>(one)
                ->supportsEyeGazeInteraction = XR_TRUE;
        }
        if (one->type == XR_TYPE_SYSTEM_USER_PRESENCE_PROPERTIES_EXT) {
            reinterpret_cast<XrSystemUserPresencePropertiesEXT*>(one)->supportsUserPresence =
                state.present ? XR_TRUE : XR_FALSE;
        }
    }
    return result;
}

XrResult XRAPI_CALL create_session(XrInstance instance, const XrSessionCreateInfo* info,
                                   XrSession* session) {
    if (const auto failed = failure("xrCreateSession")) {
        return *failed;
    }
    State& state = State::get();
    const XrResult result = state.next.create_session(instance, info, session);
    if (XR_FAILED(result)) {
        return result;
    }
    const std::scoped_lock lock(state.mutex);
    state.session = *session;
    const XrReferenceSpaceCreateInfo view{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO,
                                          .referenceSpaceType = XR_REFERENCE_SPACE_TYPE_VIEW,
                                          .poseInReferenceSpace = xr_pose_of({})};
    state.next.create_reference_space(*session, &view, &state.view);
    return result;
}

XrResult XRAPI_CALL destroy_session(XrSession session) {
    State& state = State::get();
    {
        const std::scoped_lock lock(state.mutex);
        state.end_session();
    }
    return state.next.destroy_session(session);
}

XrResult XRAPI_CALL begin_session(XrSession session, const XrSessionBeginInfo* info) {
    if (const auto failed = failure("xrBeginSession")) {
        return *failed;
    }
    State& state = State::get();
    {
        const std::scoped_lock lock(state.mutex);
        if (std::exchange(state.ended_here, false)) {
            return XR_SUCCESS; // the runtime never knew that it had ended
        }
    }
    return state.next.begin_session(session, info);
}

XrResult XRAPI_CALL end_session(XrSession session) {
    if (const auto failed = failure("xrEndSession")) {
        return *failed;
    }
    State& state = State::get();
    {
        const std::scoped_lock lock(state.mutex);
        if (state.forced == XR_SESSION_STATE_STOPPING) {
            state.ended_here = true;
            return XR_SUCCESS;
        }
    }
    return state.next.end_session(session);
}

XrResult XRAPI_CALL request_exit_session(XrSession session) {
    const auto failed = failure("xrRequestExitSession");
    return failed ? *failed : State::get().next.request_exit_session(session);
}

XrResult XRAPI_CALL wait_frame(XrSession session, const XrFrameWaitInfo* info,
                               XrFrameState* frame) {
    if (const auto failed = failure("xrWaitFrame")) {
        return *failed;
    }
    State& state = State::get();
    const XrResult result = state.next.wait_frame(session, info, frame);
    if (XR_FAILED(result)) {
        return result;
    }
    const std::scoped_lock lock(state.mutex);
    state.frames += 1;
    state.last_display_time = frame->predictedDisplayTime;
    state.advance();
    SetDisplayTime& set = state.display_time;
    if (set.kind == SetDisplayTime::Kind::by) {
        frame->predictedDisplayTime += set.ns;
    } else if (set.kind == SetDisplayTime::Kind::at) {
        frame->predictedDisplayTime = set.ns;
    }
    if (set.frames && --*set.frames == 0) {
        set = {};
    }
    state.told_times.emplace_front(frame->predictedDisplayTime, state.last_display_time);
    if (state.told_times.size() > told_times_max) {
        state.told_times.pop_back();
    }
    frame->predictedDisplayPeriod = state.display_period_ns.value_or(frame->predictedDisplayPeriod);
    return result;
}

XrResult XRAPI_CALL begin_frame(XrSession session, const XrFrameBeginInfo* info) {
    const auto failed = failure("xrBeginFrame");
    return failed ? *failed : State::get().next.begin_frame(session, info);
}

XrResult XRAPI_CALL end_frame(XrSession session, const XrFrameEndInfo* info) {
    State& state = State::get();
    XrFrameEndInfo true_info = *info;
    {
        const std::scoped_lock lock(state.mutex);
        if (const auto failed = state.failure("xrEndFrame")) {
            return *failed;
        }
        true_info.displayTime = state.truth_of(info->displayTime);
    }
    return state.next.end_frame(session, &true_info);
}

XrResult XRAPI_CALL acquire_image(XrSwapchain swapchain, const XrSwapchainImageAcquireInfo* info,
                                  std::uint32_t* index) {
    const auto failed = failure("xrAcquireSwapchainImage");
    return failed ? *failed : State::get().next.acquire_swapchain_image(swapchain, info, index);
}

XrResult XRAPI_CALL wait_image(XrSwapchain swapchain, const XrSwapchainImageWaitInfo* info) {
    const auto failed = failure("xrWaitSwapchainImage");
    return failed ? *failed : State::get().next.wait_swapchain_image(swapchain, info);
}

XrResult XRAPI_CALL release_image(XrSwapchain swapchain, const XrSwapchainImageReleaseInfo* info) {
    const auto failed = failure("xrReleaseSwapchainImage");
    return failed ? *failed : State::get().next.release_swapchain_image(swapchain, info);
}

} // namespace

std::span<const Intercept> session_intercepts() {
    static const std::array list{
        intercept("xrPollEvent", &poll_event),
        intercept("xrGetSystemProperties", &get_system_properties),
        intercept("xrCreateSession", &create_session),
        intercept("xrDestroySession", &destroy_session),
        intercept("xrBeginSession", &begin_session),
        intercept("xrEndSession", &end_session),
        intercept("xrRequestExitSession", &request_exit_session),
        intercept("xrWaitFrame", &wait_frame),
        intercept("xrBeginFrame", &begin_frame),
        intercept("xrEndFrame", &end_frame),
        intercept("xrAcquireSwapchainImage", &acquire_image),
        intercept("xrWaitSwapchainImage", &wait_image),
        intercept("xrReleaseSwapchainImage", &release_image),
    };
    return list;
}

} // namespace haven::test::layer
