#include "xr_app/input/openxr_input.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/openxr_pose.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/profile_table.hpp"

#include <glm/geometric.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace haven {

namespace {

constexpr std::array<std::string_view, 2> hand_path_texts{"/user/hand/left", "/user/hand/right"};

// Short and weak: felt, never startling.
constexpr float tick_amplitude = 0.25F;
constexpr XrDuration tick_duration_ns = 15'000'000;

constexpr XrSpaceLocationFlags position_and_orientation =
    XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
constexpr XrSpaceLocationFlags tracked_flags = position_and_orientation |
                                               XR_SPACE_LOCATION_POSITION_TRACKED_BIT |
                                               XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT;

/// A pose, as far as the runtime knows it.
struct KnownPose {
    PoseQuality quality = PoseQuality::none;
    Pose pose;
};

KnownPose known_pose(XrSpaceLocationFlags flags, const XrPosef& said) {
    const auto pose = (flags & position_and_orientation) == position_and_orientation ? usable(said)
                                                                                     : std::nullopt;
    if (!pose) {
        return {};
    }
    const bool tracked = (flags & tracked_flags) == tracked_flags;
    return {.quality = tracked ? PoseQuality::tracked : PoseQuality::inferred, .pose = *pose};
}

KnownPose known_pose(const XrHandJointLocationEXT& joint) {
    return known_pose(joint.locationFlags, joint.pose);
}

bool is_offered(const InteractionProfile& profile, const OpenxrInstance& instance) {
    switch (profile.origin) {
    case ProfileOrigin::core_1_0:
        return true;
    case ProfileOrigin::core_1_1:
        return instance.has_core_1_1() ||
               (!profile.extension.empty() && instance.has_extension(profile.extension));
    case ProfileOrigin::extension:
        return instance.has_extension(profile.extension);
    }
    return false;
}

} // namespace

OpenxrInput::OpenxrInput(const OpenxrInstance& instance, XrSession session)
    : instance_(instance), session_(session) {}

std::expected<std::unique_ptr<OpenxrInput>, HeadsetError>
OpenxrInput::create(const OpenxrInstance& instance, XrSession session) {
    std::unique_ptr<OpenxrInput> self(new OpenxrInput(instance, session));
    for (std::size_t hand = 0; hand < 2; ++hand) {
        self->hand_paths_.at(hand) = xr_path(instance.get(), hand_path_texts.at(hand));
    }
    if (auto made = self->create_actions(); !made) {
        return std::unexpected(made.error());
    }
    self->suggest_bindings();
    XrActionSet set = self->action_set_.get();
    const XrSessionActionSetsAttachInfo attach{
        .type = XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO, .countActionSets = 1, .actionSets = &set};
    if (const XrResult result = xrAttachSessionActionSets(session, &attach); XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrAttachSessionActionSets", result));
    }
    if (auto made = self->create_spaces(); !made) {
        return std::unexpected(made.error());
    }
    self->create_trackers();
    return self;
}

OpenxrInput::~OpenxrInput() {
    for (XrHandTrackerEXT tracker : trackers_) {
        if (tracker != XR_NULL_HANDLE) {
            destroy_tracker_(tracker);
        }
    }
}

XrResult OpenxrInput::add_action(XrActionType type, const char* name, const char* shown,
                                 XrAction& action) {
    XrActionCreateInfo info{.type = XR_TYPE_ACTION_CREATE_INFO};
    info.actionType = type;
    std::strncpy(static_cast<char*>(info.actionName), name, XR_MAX_ACTION_NAME_SIZE - 1);
    std::strncpy(static_cast<char*>(info.localizedActionName), shown,
                 XR_MAX_LOCALIZED_ACTION_NAME_SIZE - 1);
    info.countSubactionPaths = static_cast<std::uint32_t>(hand_paths_.size());
    info.subactionPaths = hand_paths_.data();
    return xrCreateAction(action_set_.get(), &info, &action);
}

std::expected<void, HeadsetError> OpenxrInput::create_actions() {
    const XrActionSetCreateInfo info{.type = XR_TYPE_ACTION_SET_CREATE_INFO,
                                     .actionSetName = "drawing",
                                     .localizedActionSetName = "Drawing",
                                     .priority = 0};
    XrResult result = xrCreateActionSet(instance_.get(), &info, action_set_.out());
    const auto add = [&](XrActionType type, const char* name, const char* shown, XrAction& to) {
        if (XR_SUCCEEDED(result)) {
            result = add_action(type, name, shown, to);
        }
    };
    add(XR_ACTION_TYPE_POSE_INPUT, "tip_pose", "Where the hand draws", tip_);
    add(XR_ACTION_TYPE_POSE_INPUT, "aim_pose", "Where the hand points", aim_);
    add(XR_ACTION_TYPE_FLOAT_INPUT, "draw", "Draw", draw_);
    add(XR_ACTION_TYPE_BOOLEAN_INPUT, "finish", "The menu; hold to finish the drawing", menu_);
    add(XR_ACTION_TYPE_BOOLEAN_INPUT, "undo", "Take back what this hand drew last", undo_);
    add(XR_ACTION_TYPE_BOOLEAN_INPUT, "press", "Stop being moved", press_);
    add(XR_ACTION_TYPE_VIBRATION_OUTPUT, "tick", "Feel a stroke begin and end", haptic_);
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("making the actions", result));
    }
    return {};
}

void OpenxrInput::suggest_bindings() {
    for (const InteractionProfile& profile : interaction_profiles()) {
        if (!is_offered(profile, instance_)) {
            continue;
        }
        // A runtime that knows one button less must not lose the others.
        if (XrResult result = suggest(profile, true); XR_FAILED(result)) {
            result = suggest(profile, false);
            if (XR_FAILED(result)) {
                spdlog::debug("the runtime does not know {}: {}", profile.path, to_string(result));
            }
        }
    }
}

XrResult OpenxrInput::suggest(const InteractionProfile& profile, bool with_press) {
    std::vector<XrActionSuggestedBinding> bindings;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const auto bind = [&](XrAction action, std::string_view path) {
            if (!path.empty()) {
                const std::string whole =
                    std::string(hand_path_texts.at(hand)) + "/" + std::string(path);
                bindings.push_back({action, xr_path(instance_.get(), whole)});
            }
        };
        bind(tip_, profile.pose);
        for (const auto path : std::views::split(profile.draw, ' ')) {
            bind(draw_, std::string_view(path));
        }
        bind(menu_, hand == 0 ? profile.menu_left : profile.menu_right);
        bind(haptic_, profile.haptic);
        const std::string_view presses = hand == 0 ? profile.press_left : profile.press_right;
        for (const auto path : std::views::split(with_press ? presses : "", ' ')) {
            bind(press_, std::string_view(path));
        }
        bind(aim_, with_press ? InteractionProfile::aim : std::string_view{});
        bind(undo_, with_press ? profile.undo(hand) : std::string_view{});
    }
    const XrInteractionProfileSuggestedBinding suggestion{
        .type = XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING,
        .interactionProfile = xr_path(instance_.get(), profile.path),
        .countSuggestedBindings = static_cast<std::uint32_t>(bindings.size()),
        .suggestedBindings = bindings.data()};
    return xrSuggestInteractionProfileBindings(instance_.get(), &suggestion);
}

std::expected<void, HeadsetError> OpenxrInput::create_spaces() {
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const auto make = [&](XrAction action, XrSpaceHandle& space) {
            const XrActionSpaceCreateInfo info{.type = XR_TYPE_ACTION_SPACE_CREATE_INFO,
                                               .action = action,
                                               .subactionPath = hand_paths_.at(hand),
                                               .poseInActionSpace = identity_pose};
            return xrCreateActionSpace(session_, &info, space.out());
        };
        XrResult result = make(tip_, tip_spaces_.at(hand));
        if (XR_SUCCEEDED(result)) {
            result = make(aim_, aim_spaces_.at(hand));
        }
        if (XR_FAILED(result)) {
            return std::unexpected(xr_failure("xrCreateActionSpace", result));
        }
    }
    return {};
}

void OpenxrInput::create_trackers() {
    if (!instance_.has_hand_tracking()) {
        return;
    }
    const auto create = instance_.function<PFN_xrCreateHandTrackerEXT>("xrCreateHandTrackerEXT");
    destroy_tracker_ = instance_.function<PFN_xrDestroyHandTrackerEXT>("xrDestroyHandTrackerEXT");
    locate_joints_ = instance_.function<PFN_xrLocateHandJointsEXT>("xrLocateHandJointsEXT");
    if (create == nullptr || destroy_tracker_ == nullptr || locate_joints_ == nullptr) {
        return;
    }
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const XrHandTrackerCreateInfoEXT info{.type = XR_TYPE_HAND_TRACKER_CREATE_INFO_EXT,
                                              .hand =
                                                  hand == 0 ? XR_HAND_LEFT_EXT : XR_HAND_RIGHT_EXT,
                                              .handJointSet = XR_HAND_JOINT_SET_DEFAULT_EXT};
        const XrResult result = create(session_, &info, &trackers_.at(hand));
        if (XR_FAILED(result)) {
            spdlog::warn("bare hands cannot be tracked: {}", to_string(result));
            trackers_.at(hand) = XR_NULL_HANDLE;
        }
    }
}

void OpenxrInput::look_up_profiles() {
    for (std::size_t hand = 0; hand < 2; ++hand) {
        XrInteractionProfileState state{.type = XR_TYPE_INTERACTION_PROFILE_STATE};
        if (XR_FAILED(xrGetCurrentInteractionProfile(session_, hand_paths_.at(hand), &state)) ||
            state.interactionProfile == profile_paths_.at(hand)) {
            continue;
        }
        profile_paths_.at(hand) = state.interactionProfile;
        std::array<char, XR_MAX_PATH_LENGTH> text{};
        std::uint32_t length = 0;
        if (state.interactionProfile != XR_NULL_PATH) {
            xrPathToString(instance_.get(), state.interactionProfile,
                           static_cast<std::uint32_t>(text.size()), &length, text.data());
        }
        profiles_.at(hand) = profile_at(text.data());
        spdlog::debug("{} holds {}", hand_path_texts.at(hand), text.data());
    }
}

std::expected<bool, HeadsetError> OpenxrInput::sync() {
    const XrActiveActionSet active{.actionSet = action_set_.get(), .subactionPath = XR_NULL_PATH};
    const XrActionsSyncInfo sync{
        .type = XR_TYPE_ACTIONS_SYNC_INFO, .countActiveActionSets = 1, .activeActionSets = &active};
    const XrResult result = xrSyncActions(session_, &sync);
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrSyncActions", result));
    }
    return result != XR_SESSION_NOT_FOCUSED;
}

XrActionStateGetInfo OpenxrInput::asked(XrAction action, std::size_t hand) const {
    return {.type = XR_TYPE_ACTION_STATE_GET_INFO,
            .action = action,
            .subactionPath = hand_paths_.at(hand)};
}

HandActions OpenxrInput::read_actions(std::size_t hand) const {
    const InteractionProfile* const profile = profiles_.at(hand);
    HandActions actions{.profile = profile,
                        .is_hand = profile != nullptr && profile->is_hand,
                        .menu = pressed_since(menu_, hand).has_value(),
                        .undo = pressed_since(undo_, hand).has_value(),
                        .pressed_since = pressed_since(press_, hand)};
    XrActionStateGetInfo get = asked(tip_, hand);
    XrActionStatePose pose{.type = XR_TYPE_ACTION_STATE_POSE};
    actions.active =
        XR_SUCCEEDED(xrGetActionStatePose(session_, &get, &pose)) && pose.isActive == XR_TRUE;
    get = asked(draw_, hand);
    XrActionStateFloat draw{.type = XR_TYPE_ACTION_STATE_FLOAT};
    if (XR_SUCCEEDED(xrGetActionStateFloat(session_, &get, &draw)) && draw.isActive == XR_TRUE) {
        actions.draw = draw.currentState;
        actions.draw_changed = draw.lastChangeTime;
    }
    return actions;
}

std::optional<XrTime> OpenxrInput::pressed_since(XrAction action, std::size_t hand) const {
    const XrActionStateGetInfo get = asked(action, hand);
    XrActionStateBoolean state{.type = XR_TYPE_ACTION_STATE_BOOLEAN};
    if (XR_FAILED(xrGetActionStateBoolean(session_, &get, &state)) || state.isActive == XR_FALSE ||
        state.currentState == XR_FALSE) {
        return std::nullopt;
    }
    return state.lastChangeTime;
}

ControllerReading OpenxrInput::locate_controller(std::size_t hand, XrSpace base,
                                                 XrTime time) const {
    const InteractionProfile* const profile = profiles_.at(hand);
    ControllerReading reading{
        .active = true, .profile = profile, .is_hand = profile != nullptr && profile->is_hand};
    XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
    // Without its profile nobody knows where the controller's tip is.
    if (profile != nullptr &&
        XR_SUCCEEDED(xrLocateSpace(tip_spaces_.at(hand).get(), base, time, &location))) {
        const KnownPose known = known_pose(location.locationFlags, location.pose);
        reading.quality = known.quality;
        reading.tracking_from_grip = known.pose;
    }
    if (reading.quality != PoseQuality::none) {
        reading.grip_from_tip = profile->pose_from_tip(hand);
    }
    return reading;
}

std::optional<Pose> OpenxrInput::locate_aim(std::size_t hand, XrSpace base, XrTime time) const {
    XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
    if (XR_FAILED(xrLocateSpace(aim_spaces_.at(hand).get(), base, time, &location))) {
        return std::nullopt;
    }
    const KnownPose known = known_pose(location.locationFlags, location.pose);
    return known.quality == PoseQuality::none ? std::nullopt : std::optional(known.pose);
}

FingerReading OpenxrInput::locate_fingers(std::size_t hand, XrSpace base, XrTime time) const {
    if (!tracks_fingers(hand)) {
        return {};
    }
    std::array<XrHandJointLocationEXT, XR_HAND_JOINT_COUNT_EXT> joints{};
    const XrHandJointsLocateInfoEXT info{
        .type = XR_TYPE_HAND_JOINTS_LOCATE_INFO_EXT, .baseSpace = base, .time = time};
    XrHandJointLocationsEXT located{.type = XR_TYPE_HAND_JOINT_LOCATIONS_EXT,
                                    .jointCount = static_cast<std::uint32_t>(joints.size()),
                                    .jointLocations = joints.data()};
    if (XR_FAILED(locate_joints_(trackers_.at(hand), &info, &located)) ||
        located.isActive != XR_TRUE) {
        return {};
    }
    const KnownPose thumb = known_pose(joints.at(XR_HAND_JOINT_THUMB_TIP_EXT));
    const KnownPose index = known_pose(joints.at(XR_HAND_JOINT_INDEX_TIP_EXT));
    const KnownPose little = known_pose(joints.at(XR_HAND_JOINT_LITTLE_TIP_EXT));
    FingerReading reading{.active = true,
                          .quality = std::min(thumb.quality, index.quality),
                          .tracking_from_thumb_tip = thumb.pose,
                          .tracking_from_index_tip = index.pose};
    if (thumb.quality != PoseQuality::none && little.quality != PoseQuality::none) {
        reading.thumb_to_little_m = glm::distance(thumb.pose.position_m, little.pose.position_m);
    }
    return reading;
}

void OpenxrInput::tick(Hand hand) {
    const XrHapticVibration vibration{.type = XR_TYPE_HAPTIC_VIBRATION,
                                      .duration = tick_duration_ns,
                                      .frequency = XR_FREQUENCY_UNSPECIFIED,
                                      .amplitude = tick_amplitude};
    const XrHapticActionInfo info{.type = XR_TYPE_HAPTIC_ACTION_INFO,
                                  .action = haptic_,
                                  .subactionPath = hand_paths_.at(static_cast<std::size_t>(hand))};
    xrApplyHapticFeedback(session_, &info, reinterpret_cast<const XrHapticBaseHeader*>(&vibration));
}

} // namespace haven
