#include "tests/support/openxr_layer/state.hpp"

#include "bilateral/pose.hpp"
#include "tests/support/openxr_layer/script.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <iterator>
#include <limits>
#include <optional>
#include <print>
#include <string>
#include <string_view>
#include <time.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <ctime>
#include <type_traits>
#include <utility>
#include <variant>

namespace haven::test::layer {

namespace {

constexpr const char* script_variable = "HAVEN_OPENXR_SCRIPT";
constexpr std::array<std::string_view, 2> hand_paths{"/user/hand/left", "/user/hand/right"};

template <typename Function>
void find(const Next& next, XrInstance instance, const char* name, Function& function) {
    PFN_xrVoidFunction found = nullptr;
    const bool there = XR_SUCCEEDED(next.get_instance_proc_addr(instance, name, &found));
    function = there ? reinterpret_cast<Function>(found) : nullptr;
}

} // namespace

void Next::load(XrInstance instance) {
    const auto find = [&](XrInstance of, const char* name, auto& function) {
        layer::find(*this, of, name, function);
    };
    find(instance, "xrDestroyInstance", destroy_instance);
    find(instance, "xrPollEvent", poll_event);
    find(instance, "xrPathToString", path_to_string);
    find(instance, "xrGetSystem", get_system);
    find(instance, "xrGetSystemProperties", get_system_properties);
    find(instance, "xrCreateSession", create_session);
    find(instance, "xrDestroySession", destroy_session);
    find(instance, "xrBeginSession", begin_session);
    find(instance, "xrEndSession", end_session);
    find(instance, "xrRequestExitSession", request_exit_session);
    find(instance, "xrWaitFrame", wait_frame);
    find(instance, "xrBeginFrame", begin_frame);
    find(instance, "xrEndFrame", end_frame);
    find(instance, "xrEnumerateReferenceSpaces", enumerate_reference_spaces);
    find(instance, "xrCreateReferenceSpace", create_reference_space);
    find(instance, "xrCreateActionSpace", create_action_space);
    find(instance, "xrDestroySpace", destroy_space);
    find(instance, "xrLocateSpace", locate_space);
    find(instance, "xrLocateSpaces", locate_spaces);
    find(instance, "xrLocateSpacesKHR", locate_spaces_khr);
    find(instance, "xrLocateViews", locate_views);
    find(instance, "xrCreateHandTrackerEXT", create_hand_tracker_ext);
    find(instance, "xrLocateHandJointsEXT", locate_hand_joints_ext);
    find(instance, "xrSuggestInteractionProfileBindings", suggest_interaction_profile_bindings);
    find(instance, "xrGetCurrentInteractionProfile", get_current_interaction_profile);
    find(instance, "xrSyncActions", sync_actions);
    find(instance, "xrGetActionStateBoolean", get_action_state_boolean);
    find(instance, "xrGetActionStateFloat", get_action_state_float);
    find(instance, "xrGetActionStatePose", get_action_state_pose);
    find(instance, "xrAcquireSwapchainImage", acquire_swapchain_image);
    find(instance, "xrWaitSwapchainImage", wait_swapchain_image);
    find(instance, "xrReleaseSwapchainImage", release_swapchain_image);
    find(instance, "xrConvertTimespecTimeToTimeKHR", convert_timespec_time_to_time_khr);
    find(instance, "xrStringToPath", string_to_path);
}

State& State::get() {
    static State state;
    return state;
}

XrTime State::truth_of(XrTime time) const {
    const auto told = std::ranges::find(told_times, time, &std::pair<XrTime, XrTime>::first);
    return told == told_times.end() ? time : told->second;
}

XrTime State::now() const {
    timespec clock{};
    XrTime time = last_display_time;
    if (next.convert_timespec_time_to_time_khr != nullptr &&
        clock_gettime(CLOCK_MONOTONIC, &clock) == 0) {
        next.convert_timespec_time_to_time_khr(instance, &clock, &time);
    }
    return time;
}

void State::advance() {
    read_script();
    while (!waiting_.empty()) {
        if (auto* await = std::get_if<Await>(&waiting_.front())) {
            if (await->what == Await::What::frames && await->until == 0) {
                await->until = frames + await->frames;
            }
            const bool reached = await->what == Await::What::focused
                                     ? session_state() == XR_SESSION_STATE_FOCUSED
                                     : frames >= await->until;
            if (!reached) {
                return;
            }
        } else {
            follow(waiting_.front());
        }
        waiting_.pop_front();
    }
}

/// Whole lines only: the last one may still be written.
void State::read_script() {
    const char* const file = std::getenv(script_variable);
    if (file == nullptr) {
        return;
    }
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(script_read_));
    const std::string added{std::istreambuf_iterator<char>(stream), {}};
    for (std::size_t begin = 0;;) {
        const std::size_t end = added.find('\n', begin);
        if (end == std::string::npos) {
            script_read_ += begin;
            return;
        }
        const std::string_view line = std::string_view(added).substr(begin, end - begin);
        auto parsed = parse_line(line);
        if (!parsed) {
            std::println(stderr, "scripted runtime: {}", parsed.error());
            std::abort(); // a test with a wrong script must not look like one that passed
        }
        if (*parsed) {
            waiting_.push_back(std::move(**parsed));
        }
        begin = end + 1;
    }
}

void State::follow(const Instruction& instruction) {
    std::visit(
        [&](const auto& set) {
            using Set = std::remove_cvref_t<decltype(set)>;
            if constexpr (std::is_same_v<Set, SetSpace>) {
                space_is[set.type] = set.is;
            } else if constexpr (std::is_same_v<Set, SetHead>) {
                head = set.tracking;
            } else if constexpr (std::is_same_v<Set, SetHand>) {
                still.clear();
                for (std::size_t hand = 0; hand < 2; ++hand) {
                    Tracking& tracking = hands.at(static_cast<std::size_t>(set.device)).at(hand);
                    tracking = set.hands.at(hand) ? set.tracking : tracking;
                }
            } else if constexpr (std::is_same_v<Set, SetInput>) {
                for (std::size_t hand = 0; hand < 2; ++hand) {
                    if (set.hands.at(hand)) {
                        inputs.erase({hand, set.path});
                    }
                    if (set.hands.at(hand) && set.value) {
                        inputs[{hand, set.path}] = {.value = *set.value, .since = now()};
                    }
                }
            } else if constexpr (std::is_same_v<Set, Fail>) {
                failures[set.call] = set;
            } else if constexpr (std::is_same_v<Set, SetDisplayTime>) {
                display_time = set;
            } else if constexpr (std::is_same_v<Set, SetDisplayPeriod>) {
                display_period_ns = set.ns;
            } else if constexpr (std::is_same_v<Set, LoseSession>) {
                session_lost = true;
            } else if constexpr (std::is_same_v<Set, SetGaze>) {
                gaze = set;
                gaze_offered = true;
            } else if constexpr (!std::is_same_v<Set, Await>) {
                announce(set);
            }
        },
        instruction);
}

void State::announce(const SetProfile& set) {
    for (std::size_t hand = 0; hand < 2; ++hand) {
        if (set.hands.at(hand)) {
            profiles.at(hand) = set.path;
        }
    }
    send(XrEventDataInteractionProfileChanged{
        .type = XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED, .session = session});
}

void State::announce(const Redefine& redefine) {
    const XrTime change_time = now() + redefine.in_ns;
    for (const XrReferenceSpaceType type : redefine.types) {
        const Pose before = runtime_from_origin(type, std::numeric_limits<XrTime>::max());
        origins_[type].push_back(
            {.from = change_time, .runtime_from_origin = before * redefine.previous_from_new});
        if (redefine.announced) {
            send(XrEventDataReferenceSpaceChangePending{
                .type = XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING,
                .session = session,
                .referenceSpaceType = type,
                .changeTime = change_time,
                .poseValid = redefine.said ? 1U : 0U,
                .poseInPreviousSpace =
                    redefine.said ? xr_pose_of(redefine.previous_from_new) : undefined_pose()});
        }
    }
}

void State::announce(const SetState& set) {
    forced = set.state;
    if (set.state == runtime_state_ && !ended_here) {
        forced.reset();
    }
    send(XrEventDataSessionStateChanged{.type = XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED,
                                        .session = session,
                                        .state = set.state,
                                        .time = now()});
}

void State::announce(const SetPresence& set) {
    present = set.present;
    send(XrEventDataUserPresenceChangedEXT{.type = XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT,
                                           .session = session,
                                           .isUserPresent = set.present ? 1U : 0U});
}

void State::announce(const InstanceLossPending& /*set*/) {
    send(XrEventDataInstanceLossPending{.type = XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING,
                                        .lossTime = now()});
}

std::optional<XrResult> State::failure(std::string_view call) {
    if (session_lost) {
        return XR_ERROR_SESSION_LOST;
    }
    const auto found = failures.find(call);
    if (found == failures.end()) {
        return std::nullopt;
    }
    const XrResult result = found->second.result;
    if (--found->second.times == 0) {
        failures.erase(found);
    }
    return result;
}

Pose State::runtime_from_origin(XrReferenceSpaceType type, XrTime time) const {
    Pose origin;
    if (const auto found = origins_.find(type); found != origins_.end()) {
        for (const Origin& one : found->second) {
            origin = one.from <= time ? one.runtime_from_origin : origin;
        }
    }
    return origin;
}

std::string State::text_of(XrPath path) const {
    std::array<char, XR_MAX_PATH_LENGTH> text{};
    std::uint32_t length = 0;
    if (path == XR_NULL_PATH ||
        XR_FAILED(next.path_to_string(instance, path, static_cast<std::uint32_t>(text.size()),
                                      &length, text.data()))) {
        return "";
    }
    return text.data();
}

std::optional<std::size_t> State::hand_of(XrPath path) const {
    const std::string text = text_of(path);
    for (std::size_t hand = 0; hand < hand_paths.size(); ++hand) {
        if (text.starts_with(hand_paths.at(hand))) {
            return hand;
        }
    }
    return std::nullopt;
}

std::string State::bound_path(XrAction action, std::size_t hand) const {
    std::string profile = profiles.at(hand);
    if (profile.empty()) {
        profile = runtime_profile(hand);
    }
    if (const auto found = bindings.find(profile); found != bindings.end()) {
        for (const auto& [bound, path] : found->second) {
            if (bound == action && path.starts_with(hand_paths.at(hand))) {
                return path.substr(hand_paths.at(hand).size());
            }
        }
    }
    return "";
}

bool State::is_gaze(XrAction action) const {
    const auto found = bindings.find("/interaction_profiles/ext/eye_gaze_interaction");
    return found != bindings.end() &&
           std::ranges::contains(found->second, action, &std::pair<XrAction, std::string>::first);
}

void State::end_session() {
    spaces.clear();
    trackers.clear();
    still.clear();
    events.clear();
    told_times.clear();
    forced.reset();
    ended_here = false;
    session_lost = false;
    session = XR_NULL_HANDLE;
    view = XR_NULL_HANDLE;
    runtime_state_ = XR_SESSION_STATE_UNKNOWN;
}

std::string State::runtime_profile(std::size_t hand) const {
    XrPath path = XR_NULL_PATH;
    XrInteractionProfileState state{.type = XR_TYPE_INTERACTION_PROFILE_STATE};
    const std::string text(hand_paths.at(hand));
    if (XR_FAILED(next.string_to_path(instance, text.c_str(), &path)) ||
        XR_FAILED(next.get_current_interaction_profile(session, path, &state))) {
        return "";
    }
    return text_of(state.interactionProfile);
}

Pose inverse(const Pose& a_from_b) {
    const glm::quat turned = glm::conjugate(a_from_b.orientation);
    return {.position_m = turned * -a_from_b.position_m, .orientation = turned};
}

Pose pose_of(const XrPosef& pose) {
    return {.position_m = {pose.position.x, pose.position.y, pose.position.z},
            .orientation = glm::quat(pose.orientation.w, pose.orientation.x, pose.orientation.y,
                                     pose.orientation.z)};
}

XrPosef xr_pose_of(const Pose& pose) {
    return {.orientation = {pose.orientation.x, pose.orientation.y, pose.orientation.z,
                            pose.orientation.w},
            .position = {pose.position_m.x, pose.position_m.y, pose.position_m.z}};
}

XrPosef undefined_pose() {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    return {.orientation = {nan, nan, nan, nan}, .position = {nan, nan, nan}};
}

} // namespace haven::test::layer
