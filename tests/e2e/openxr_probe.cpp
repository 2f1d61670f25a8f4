#include "tests/e2e/openxr_probe.hpp"

#include "bilateral/pose.hpp"
#include "tests/support/process.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <stdlib.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <cstdlib>
#include <time.h>   // NOLINT(modernize-deprecated-headers): POSIX, not in <ctime>

#define XR_USE_TIMESPEC
#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>

namespace haven::test {

namespace {

/// Inside this file only: start() and look() turn it into their unexpected value.
void check(XrResult result, const char* what) {
    if (XR_FAILED(result)) {
        throw std::runtime_error(
            std::format("{} failed with XrResult {}", what, static_cast<int>(result)));
    }
}

template <std::size_t Size>
void copy_name(char (&into)[Size], std::string_view name) {
    std::strncpy(into, std::string(name).c_str(), Size - 1);
}

Pose to_pose(const XrPosef& pose) {
    return {.position_m = {pose.position.x, pose.position.y, pose.position.z},
            .orientation = glm::quat(pose.orientation.w, pose.orientation.x, pose.orientation.y,
                                     pose.orientation.z)};
}

constexpr XrPosef identity{.orientation = {0.0F, 0.0F, 0.0F, 1.0F}, .position = {}};
constexpr XrSpaceLocationFlags tracked_flags =
    XR_SPACE_LOCATION_POSITION_TRACKED_BIT | XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT;

} // namespace

struct OpenXrProbe::Impl {
    XrInstance instance = XR_NULL_HANDLE;
    XrSession session = XR_NULL_HANDLE;
    XrSpace stage = XR_NULL_HANDLE;
    XrActionSet actions = XR_NULL_HANDLE;
    XrAction grip = XR_NULL_HANDLE;
    XrAction trigger = XR_NULL_HANDLE;
    std::array<XrPath, 2> paths{};
    std::array<XrSpace, 2> grips{};
    std::array<XrHandTrackerEXT, 2> trackers{};
    PFN_xrConvertTimespecTimeToTimeKHR to_time = nullptr;
    PFN_xrLocateHandJointsEXT locate_joints = nullptr;
    PFN_xrDestroyHandTrackerEXT destroy_tracker = nullptr;
    XrSessionState state = XR_SESSION_STATE_UNKNOWN;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        for (const XrHandTrackerEXT tracker : trackers) {
            if (tracker != XR_NULL_HANDLE) {
                destroy_tracker(tracker);
            }
        }
        if (instance != XR_NULL_HANDLE) {
            xrDestroyInstance(instance); // and everything made of it
        }
    }

    template <typename Function>
    void load(const char* name, Function& into) {
        PFN_xrVoidFunction function = nullptr;
        check(xrGetInstanceProcAddr(instance, name, &function), name);
        into = reinterpret_cast<Function>(function);
    }
    [[nodiscard]] XrPath path(const char* text) const {
        XrPath made = XR_NULL_PATH;
        check(xrStringToPath(instance, text, &made), text);
        return made;
    }
    void make_session();
    void make_actions();
    void make_trackers();
    void poll();
    [[nodiscard]] SeenHand look(std::size_t hand, XrTime now) const;
};

void OpenXrProbe::Impl::make_session() {
    const std::array<const char*, 3> extensions{XR_MND_HEADLESS_EXTENSION_NAME,
                                                XR_KHR_CONVERT_TIMESPEC_TIME_EXTENSION_NAME,
                                                XR_EXT_HAND_TRACKING_EXTENSION_NAME};
    XrInstanceCreateInfo create{.type = XR_TYPE_INSTANCE_CREATE_INFO};
    copy_name(create.applicationInfo.applicationName, "haven-probe");
    create.applicationInfo.apiVersion = XR_MAKE_VERSION(1, 0, 0);
    create.enabledExtensionCount = extensions.size();
    create.enabledExtensionNames = extensions.data();
    check(xrCreateInstance(&create, &instance), "xrCreateInstance");
    load("xrConvertTimespecTimeToTimeKHR", to_time);
    load("xrLocateHandJointsEXT", locate_joints);
    load("xrDestroyHandTrackerEXT", destroy_tracker);
    const XrSystemGetInfo want{.type = XR_TYPE_SYSTEM_GET_INFO,
                               .formFactor = XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY};
    XrSystemId system = XR_NULL_SYSTEM_ID;
    check(xrGetSystem(instance, &want, &system), "xrGetSystem");
    const XrSessionCreateInfo session_info{.type = XR_TYPE_SESSION_CREATE_INFO, .systemId = system};
    check(xrCreateSession(instance, &session_info, &session), "xrCreateSession");
    const XrReferenceSpaceCreateInfo space{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO,
                                           .referenceSpaceType = XR_REFERENCE_SPACE_TYPE_STAGE,
                                           .poseInReferenceSpace = identity};
    check(xrCreateReferenceSpace(session, &space, &stage), "xrCreateReferenceSpace");
}

void OpenXrProbe::Impl::make_actions() {
    XrActionSetCreateInfo set{.type = XR_TYPE_ACTION_SET_CREATE_INFO};
    copy_name(set.actionSetName, "probe");
    copy_name(set.localizedActionSetName, "Probe");
    check(xrCreateActionSet(instance, &set, &actions), "xrCreateActionSet");
    paths = {path("/user/hand/left"), path("/user/hand/right")};
    const auto make = [&](const char* name, XrActionType type) {
        XrActionCreateInfo info{.type = XR_TYPE_ACTION_CREATE_INFO, .actionType = type};
        copy_name(info.actionName, name);
        copy_name(info.localizedActionName, name);
        info.countSubactionPaths = 2;
        info.subactionPaths = paths.data();
        XrAction action = XR_NULL_HANDLE;
        check(xrCreateAction(actions, &info, &action), "xrCreateAction");
        return action;
    };
    grip = make("grip", XR_ACTION_TYPE_POSE_INPUT);
    trigger = make("trigger", XR_ACTION_TYPE_FLOAT_INPUT);
    const std::array<XrActionSuggestedBinding, 4> bindings{
        XrActionSuggestedBinding{grip, path("/user/hand/left/input/grip/pose")},
        XrActionSuggestedBinding{grip, path("/user/hand/right/input/grip/pose")},
        XrActionSuggestedBinding{trigger, path("/user/hand/left/input/trigger/value")},
        XrActionSuggestedBinding{trigger, path("/user/hand/right/input/trigger/value")}};
    const XrInteractionProfileSuggestedBinding suggested{
        .type = XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING,
        .interactionProfile = path("/interaction_profiles/valve/index_controller"),
        .countSuggestedBindings = bindings.size(),
        .suggestedBindings = bindings.data()};
    check(xrSuggestInteractionProfileBindings(instance, &suggested), "suggesting bindings");
    const XrSessionActionSetsAttachInfo attach{.type = XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO,
                                               .countActionSets = 1,
                                               .actionSets = &actions};
    check(xrAttachSessionActionSets(session, &attach), "xrAttachSessionActionSets");
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const XrActionSpaceCreateInfo info{.type = XR_TYPE_ACTION_SPACE_CREATE_INFO,
                                           .action = grip,
                                           .subactionPath = paths.at(hand),
                                           .poseInActionSpace = identity};
        check(xrCreateActionSpace(session, &info, &grips.at(hand)), "xrCreateActionSpace");
    }
}

void OpenXrProbe::Impl::make_trackers() {
    PFN_xrCreateHandTrackerEXT create = nullptr;
    load("xrCreateHandTrackerEXT", create);
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const XrHandTrackerCreateInfoEXT info{.type = XR_TYPE_HAND_TRACKER_CREATE_INFO_EXT,
                                              .hand =
                                                  hand == 0 ? XR_HAND_LEFT_EXT : XR_HAND_RIGHT_EXT,
                                              .handJointSet = XR_HAND_JOINT_SET_DEFAULT_EXT};
        check(create(session, &info, &trackers.at(hand)), "xrCreateHandTrackerEXT");
    }
}

void OpenXrProbe::Impl::poll() {
    for (;;) {
        XrEventDataBuffer event{.type = XR_TYPE_EVENT_DATA_BUFFER};
        const XrResult result = xrPollEvent(instance, &event);
        check(result, "xrPollEvent");
        if (result == XR_EVENT_UNAVAILABLE) {
            return;
        }
        if (event.type != XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED) {
            continue;
        }
        XrEventDataSessionStateChanged changed{};
        std::memcpy(&changed, &event, sizeof changed);
        state = changed.state;
        if (state == XR_SESSION_STATE_READY) {
            const XrSessionBeginInfo begin{.type = XR_TYPE_SESSION_BEGIN_INFO,
                                           .primaryViewConfigurationType =
                                               XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO};
            check(xrBeginSession(session, &begin), "xrBeginSession");
        }
    }
}

SeenHand OpenXrProbe::Impl::look(std::size_t hand, XrTime now) const {
    SeenHand seen;
    XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
    check(xrLocateSpace(grips.at(hand), stage, now, &location), "xrLocateSpace");
    seen.pose_tracked = (location.locationFlags & tracked_flags) == tracked_flags;
    seen.tracking_from_grip = to_pose(location.pose);
    const XrActionStateGetInfo get_grip{
        .type = XR_TYPE_ACTION_STATE_GET_INFO, .action = grip, .subactionPath = paths.at(hand)};
    XrActionStatePose pose{.type = XR_TYPE_ACTION_STATE_POSE};
    check(xrGetActionStatePose(session, &get_grip, &pose), "xrGetActionStatePose");
    seen.pose_active = pose.isActive == XR_TRUE;
    const XrActionStateGetInfo get_trigger{
        .type = XR_TYPE_ACTION_STATE_GET_INFO, .action = trigger, .subactionPath = paths.at(hand)};
    XrActionStateFloat value{.type = XR_TYPE_ACTION_STATE_FLOAT};
    check(xrGetActionStateFloat(session, &get_trigger, &value), "xrGetActionStateFloat");
    seen.trigger = value.currentState;

    std::array<XrHandJointLocationEXT, XR_HAND_JOINT_COUNT_EXT> joints{};
    XrHandJointLocationsEXT located{.type = XR_TYPE_HAND_JOINT_LOCATIONS_EXT,
                                    .jointCount = joints.size(),
                                    .jointLocations = joints.data()};
    const XrHandJointsLocateInfoEXT locate{
        .type = XR_TYPE_HAND_JOINTS_LOCATE_INFO_EXT, .baseSpace = stage, .time = now};
    check(locate_joints(trackers.at(hand), &locate, &located), "xrLocateHandJointsEXT");
    seen.fingers_active = located.isActive == XR_TRUE;
    seen.thumb_tip_m = to_pose(joints[XR_HAND_JOINT_THUMB_TIP_EXT].pose).position_m;
    seen.index_tip_m = to_pose(joints[XR_HAND_JOINT_INDEX_TIP_EXT].pose).position_m;
    return seen;
}

OpenXrProbe::OpenXrProbe(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OpenXrProbe::OpenXrProbe(OpenXrProbe&&) noexcept = default;
OpenXrProbe& OpenXrProbe::operator=(OpenXrProbe&&) noexcept = default;
OpenXrProbe::~OpenXrProbe() = default;

std::expected<OpenXrProbe, std::string> OpenXrProbe::start(const Environment& environment,
                                                           Milliseconds deadline) {
    for (const auto& [name, value] : environment) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    try {
        auto impl = std::make_unique<Impl>();
        impl->make_session();
        impl->make_actions();
        impl->make_trackers();
        const bool focused = await(deadline, [&] {
            impl->poll();
            return impl->state == XR_SESSION_STATE_FOCUSED;
        });
        if (!focused) {
            return std::unexpected(std::format("the session did not get the focus; its state is {}",
                                               static_cast<int>(impl->state)));
        }
        return OpenXrProbe(std::move(impl));
    } catch (const std::runtime_error& problem) {
        return std::unexpected(std::string(problem.what()));
    }
}

std::expected<std::array<SeenHand, 2>, std::string> OpenXrProbe::look() {
    try {
        impl_->poll();
        const XrActiveActionSet active{.actionSet = impl_->actions, .subactionPath = XR_NULL_PATH};
        const XrActionsSyncInfo sync{.type = XR_TYPE_ACTIONS_SYNC_INFO,
                                     .countActiveActionSets = 1,
                                     .activeActionSets = &active};
        check(xrSyncActions(impl_->session, &sync), "xrSyncActions");
        const XrTime now = this->now();
        return std::array<SeenHand, 2>{impl_->look(0, now), impl_->look(1, now)};
    } catch (const std::runtime_error& problem) {
        return std::unexpected(std::string(problem.what()));
    }
}

XrSession OpenXrProbe::session() const {
    return impl_->session;
}

XrAction OpenXrProbe::trigger() const {
    return impl_->trigger;
}

XrSpace OpenXrProbe::grip(std::size_t hand) const {
    return impl_->grips.at(hand);
}

XrPath OpenXrProbe::hand_path(std::size_t hand) const {
    return impl_->paths.at(hand);
}

XrTime OpenXrProbe::now() const {
    timespec clock{};
    ::clock_gettime(CLOCK_MONOTONIC, &clock);
    XrTime now = 0;
    check(impl_->to_time(impl_->instance, &clock, &now), "xrConvertTimespecTimeToTimeKHR");
    return now;
}

std::string OpenXrProbe::text_of(XrPath path) const {
    std::array<char, XR_MAX_PATH_LENGTH> text{};
    std::uint32_t length = 0;
    check(xrPathToString(impl_->instance, path, text.size(), &length, text.data()),
          "xrPathToString");
    return text.data();
}

std::optional<XrEventDataBuffer> OpenXrProbe::next_event() {
    XrEventDataBuffer event{.type = XR_TYPE_EVENT_DATA_BUFFER};
    return xrPollEvent(impl_->instance, &event) == XR_SUCCESS ? std::optional(event) : std::nullopt;
}

} // namespace haven::test
