#pragma once

#include "bilateral/pose.hpp"
#include "tests/support/openxr_layer/script.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define XR_USE_TIMESPEC
#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>

namespace haven::test::layer {

/// The functions of the runtime below, or of the layer before it, or null where it has none.
struct Next {
    PFN_xrGetInstanceProcAddr get_instance_proc_addr = nullptr;
    PFN_xrDestroyInstance destroy_instance = nullptr;
    PFN_xrPollEvent poll_event = nullptr;
    PFN_xrPathToString path_to_string = nullptr;
    PFN_xrStringToPath string_to_path = nullptr;
    PFN_xrGetSystem get_system = nullptr;
    PFN_xrGetSystemProperties get_system_properties = nullptr;
    PFN_xrCreateSession create_session = nullptr;
    PFN_xrDestroySession destroy_session = nullptr;
    PFN_xrBeginSession begin_session = nullptr;
    PFN_xrEndSession end_session = nullptr;
    PFN_xrRequestExitSession request_exit_session = nullptr;
    PFN_xrWaitFrame wait_frame = nullptr;
    PFN_xrBeginFrame begin_frame = nullptr;
    PFN_xrEndFrame end_frame = nullptr;
    PFN_xrEnumerateReferenceSpaces enumerate_reference_spaces = nullptr;
    PFN_xrCreateReferenceSpace create_reference_space = nullptr;
    PFN_xrCreateActionSpace create_action_space = nullptr;
    PFN_xrDestroySpace destroy_space = nullptr;
    PFN_xrLocateSpace locate_space = nullptr;
    PFN_xrLocateSpaces locate_spaces = nullptr;
    PFN_xrLocateSpacesKHR locate_spaces_khr = nullptr;
    PFN_xrLocateViews locate_views = nullptr;
    PFN_xrCreateHandTrackerEXT create_hand_tracker_ext = nullptr;
    PFN_xrLocateHandJointsEXT locate_hand_joints_ext = nullptr;
    PFN_xrSuggestInteractionProfileBindings suggest_interaction_profile_bindings = nullptr;
    PFN_xrGetCurrentInteractionProfile get_current_interaction_profile = nullptr;
    PFN_xrSyncActions sync_actions = nullptr;
    PFN_xrGetActionStateBoolean get_action_state_boolean = nullptr;
    PFN_xrGetActionStateFloat get_action_state_float = nullptr;
    PFN_xrGetActionStatePose get_action_state_pose = nullptr;
    PFN_xrAcquireSwapchainImage acquire_swapchain_image = nullptr;
    PFN_xrWaitSwapchainImage wait_swapchain_image = nullptr;
    PFN_xrReleaseSwapchainImage release_swapchain_image = nullptr;
    PFN_xrConvertTimespecTimeToTimeKHR convert_timespec_time_to_time_khr = nullptr;
    void load(XrInstance instance);
};

/// What the layer knows of a space that the application made.
struct KnownSpace {
    std::optional<XrReferenceSpaceType> reference; ///< none: an action's
    XrAction action = XR_NULL_HANDLE;
    std::optional<std::size_t> hand; ///< of an action's space
    Pose offset;                     ///< poseInReferenceSpace, poseInActionSpace
};

/// Everything between the application and the runtime, one a process: one instance and one session
/// at a time. Locked by whoever uses it; no call down needs it unlocked but those that block.
class State {
  public:
    static State& get();
    std::mutex mutex;

    // ---- what is below ----
    Next next;
    XrInstance instance = XR_NULL_HANDLE;
    XrSession session = XR_NULL_HANDLE;
    XrSpace view = XR_NULL_HANDLE; ///< VIEW, of the layer's own

    // ---- what the application made ----
    std::map<XrSpace, KnownSpace> spaces;
    std::map<XrHandTrackerEXT, std::size_t> trackers;
    std::map<std::string, std::vector<std::pair<XrAction, std::string>>> bindings; ///< by profile

    // ---- what the script says ----
    std::map<XrReferenceSpaceType, SpaceIs> space_is;
    Tracking head = Tracking::runtime;
    std::array<std::array<Tracking, 2>, 2> hands{}; ///< by Device, then hand
    std::array<std::string, 2> profiles;
    struct Input {
        float value = 0.0F;
        XrTime since = 0;
    };
    std::map<std::pair<std::size_t, std::string>, Input> inputs; ///< by hand and path
    std::map<std::string, Fail, std::less<>> failures;
    SetDisplayTime display_time;
    std::optional<std::int64_t> display_period_ns;
    std::optional<XrSessionState> forced; ///< the runtime thinks otherwise
    bool ended_here = false;              ///< the session, without the runtime's knowing
    bool session_lost = false;
    SetGaze gaze;
    bool gaze_offered = false;
    std::optional<bool> present;
    std::deque<XrEventDataBuffer> events;
    /// Where a thing stood still, by what was located (a space, or a joint's address).
    std::map<std::pair<std::uint64_t, XrSpace>, XrPosef> still;

    // ---- time ----
    std::uint64_t frames = 0;
    XrTime last_display_time = 0; ///< the true one
    /// What the application was told, and the truth.
    std::deque<std::pair<XrTime, XrTime>> told_times;
    [[nodiscard]] XrTime truth_of(XrTime time) const;
    [[nodiscard]] XrTime now() const;

    /// Reads what was added to the script, and does it as far as nothing is awaited.
    void advance();
    void runtime_is(XrSessionState state) { runtime_state_ = state; }
    [[nodiscard]] XrSessionState session_state() const { return forced.value_or(runtime_state_); }

    /// The result that a call is to give instead of being made.
    [[nodiscard]] std::optional<XrResult> failure(std::string_view call);

    /// Where a reference space's origin is at a time, in the runtime's space of that type.
    [[nodiscard]] Pose runtime_from_origin(XrReferenceSpaceType type, XrTime time) const;
    [[nodiscard]] std::string text_of(XrPath path) const;
    /// 0 or 1 for a path below /user/hand.
    [[nodiscard]] std::optional<std::size_t> hand_of(XrPath path) const;
    /// The path, without its hand, that the profile in force binds the action to; empty: none.
    [[nodiscard]] std::string bound_path(XrAction action, std::size_t hand) const;
    [[nodiscard]] bool is_gaze(XrAction action) const;
    /// The application's objects of a session are gone.
    void end_session();

    template <typename Event>
    void send(const Event& event) {
        static_assert(sizeof(Event) <= sizeof(XrEventDataBuffer));
        if (session == XR_NULL_HANDLE) {
            return; // nobody would know what it is about
        }
        XrEventDataBuffer buffer{.type = XR_TYPE_EVENT_DATA_BUFFER};
        std::memcpy(static_cast<void*>(&buffer), &event, sizeof event);
        events.push_back(buffer);
    }

  private:
    struct Origin {
        XrTime from = 0;
        Pose runtime_from_origin;
    };

    void read_script();
    void follow(const Instruction& instruction);
    void announce(const SetProfile& set);
    void announce(const Redefine& redefine);
    void announce(const SetState& set);
    void announce(const SetPresence& set);
    void announce(const InstanceLossPending& set);
    [[nodiscard]] std::string runtime_profile(std::size_t hand) const;

    std::map<XrReferenceSpaceType, std::vector<Origin>> origins_;
    XrSessionState runtime_state_ = XR_SESSION_STATE_UNKNOWN;
    std::size_t script_read_ = 0; ///< bytes
    std::deque<Instruction> waiting_;
};

[[nodiscard]] Pose inverse(const Pose& a_from_b);
[[nodiscard]] Pose pose_of(const XrPosef& pose);
[[nodiscard]] XrPosef xr_pose_of(const Pose& pose);
/// What a runtime may leave in a pose that it calls not valid.
[[nodiscard]] XrPosef undefined_pose();

struct Intercept {
    std::string_view name;
    PFN_xrVoidFunction function = nullptr;
};
[[nodiscard]] std::span<const Intercept> session_intercepts();
[[nodiscard]] std::span<const Intercept> space_intercepts();
[[nodiscard]] std::span<const Intercept> input_intercepts();

template <typename Function>
[[nodiscard]] Intercept intercept(std::string_view name, Function function) {
    return {name, reinterpret_cast<PFN_xrVoidFunction>(function)};
}

} // namespace haven::test::layer
