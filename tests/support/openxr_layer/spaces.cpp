#include "bilateral/pose.hpp"
#include "tests/support/openxr_layer/script.hpp"
#include "tests/support/openxr_layer/state.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test::layer {

namespace {

constexpr XrSpaceLocationFlags position_flags =
    XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_POSITION_TRACKED_BIT;
constexpr XrSpaceLocationFlags tracked_flags =
    XR_SPACE_LOCATION_POSITION_TRACKED_BIT | XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT;
constexpr XrSpaceLocationFlags all_flags =
    tracked_flags | XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;

/// Hand interaction, where the runtime has none: from the grip.
struct BorrowedPose {
    std::string_view path;
    glm::vec3 in_grip_m;
};
constexpr std::array borrowed_poses{
    BorrowedPose{"/input/grip/pose", {0.0F, 0.0F, 0.0F}},
    BorrowedPose{"/input/aim/pose", {0.0F, 0.0F, 0.0F}},
    BorrowedPose{"/input/pinch_ext/pose", {0.0F, 0.0F, -0.08F}},
    BorrowedPose{"/input/poke_ext/pose", {0.0F, 0.0F, -0.10F}},
};

struct Located {
    XrSpaceLocationFlags flags = 0;
    XrPosef pose{};
};

Located apply(Tracking tracking, Located located) {
    switch (tracking) {
    case Tracking::runtime:
    case Tracking::still:
        return located;
    case Tracking::inferred:
        located.flags &= ~tracked_flags;
        return located;
    case Tracking::orientation_only:
        located.flags &= ~position_flags;
        located.pose.position = undefined_pose().position;
        return located;
    case Tracking::nonsense:
        return {.flags = all_flags, .pose = undefined_pose()};
    case Tracking::zero:
        return {.flags = all_flags, .pose = xr_pose_of({})};
    case Tracking::lost:
    case Tracking::inactive:
        break;
    }
    return {.flags = 0, .pose = undefined_pose()};
}

const KnownSpace* known(const State& state, XrSpace space) {
    const auto found = state.spaces.find(space);
    return found == state.spaces.end() ? nullptr : &found->second;
}

bool is_view(const KnownSpace* space) {
    return space != nullptr && space->reference == XR_REFERENCE_SPACE_TYPE_VIEW;
}

bool unlocatable(const State& state, const KnownSpace* space) {
    if (space == nullptr || !space->reference) {
        return false;
    }
    const auto found = state.space_is.find(*space->reference);
    return found != state.space_is.end() && found->second != SpaceIs::whole;
}

/// What the space's pose has to be multiplied with, where its reference space got another origin.
Pose runtime_from_space(const State& state, const KnownSpace* space, XrTime time) {
    if (space == nullptr || !space->reference) {
        return {};
    }
    return inverse(space->offset) * state.runtime_from_origin(*space->reference, time) *
           space->offset;
}

/// As the script says; `time` is the true one.
Located altered(State& state, XrSpace space, XrSpace base, XrTime time, Located located) {
    const KnownSpace* of = known(state, space);
    const KnownSpace* in = known(state, base);
    if (unlocatable(state, of) || unlocatable(state, in)) {
        return apply(Tracking::lost, located);
    }
    if (is_view(of) != is_view(in)) {
        located = apply(state.head, located);
    }
    if (of != nullptr && of->hand) {
        const Tracking tracking =
            state.hands.at(static_cast<std::size_t>(Device::controller)).at(*of->hand);
        located = apply(tracking, located);
        if (tracking == Tracking::still) {
            const auto key = std::pair{reinterpret_cast<std::uint64_t>(space), base};
            located.pose = state.still.try_emplace(key, located.pose).first->second;
        }
    }
    if ((located.flags & XR_SPACE_LOCATION_ORIENTATION_VALID_BIT) != 0) {
        located.pose = xr_pose_of(inverse(runtime_from_space(state, in, time)) *
                                  pose_of(located.pose) * runtime_from_space(state, of, time));
    }
    return located;
}

/// A space of an action that only the script's profile binds, from what the runtime does have.
std::optional<Located> borrowed(State& state, XrSpace space, XrSpace base, XrTime time) {
    const KnownSpace* of = known(state, space);
    if (of == nullptr || of->action == XR_NULL_HANDLE) {
        return std::nullopt;
    }
    const auto locate = [&](XrSpace which) {
        XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
        state.next.locate_space(which, base, time, &location);
        return Located{location.locationFlags, location.pose};
    };
    const auto placed = [&](Located located, const Pose& in_it) {
        located.pose = xr_pose_of(pose_of(located.pose) * in_it * of->offset);
        return located;
    };
    if (!of->hand) {
        const bool eyes = state.is_gaze(of->action);
        return eyes && state.gaze.head_from_gaze
                   ? std::optional(placed(locate(state.view), *state.gaze.head_from_gaze))
                   : std::nullopt;
    }
    if (state.profiles.at(*of->hand).empty()) {
        return std::nullopt;
    }
    const std::string path = state.bound_path(of->action, *of->hand);
    const auto* const lent = std::ranges::find(borrowed_poses, path, &BorrowedPose::path);
    if (lent == borrowed_poses.end()) {
        return std::nullopt;
    }
    for (const auto& [other, its] : state.spaces) {
        if (other == space || its.hand != of->hand || its.action == of->action) {
            continue;
        }
        const Located grip = locate(other);
        if (grip.flags != 0) {
            Located undone = grip;
            undone.pose = xr_pose_of(pose_of(grip.pose) * inverse(its.offset));
            return placed(undone, {.position_m = lent->in_grip_m});
        }
    }
    return std::nullopt;
}

/// As the script says, and as every runtime does where there is no such time.
std::optional<XrResult> refusal(State& state, std::string_view call, XrTime time) {
    const auto failed = state.failure(call);
    return failed || time > 0 ? failed : XR_ERROR_TIME_INVALID;
}

XrResult XRAPI_CALL enumerate_spaces(XrSession session, std::uint32_t capacity,
                                     std::uint32_t* count, XrReferenceSpaceType* types) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    std::uint32_t there = 0;
    XrResult result = state.next.enumerate_reference_spaces(session, 0, &there, nullptr);
    std::vector<XrReferenceSpaceType> all(there);
    if (XR_SUCCEEDED(result)) {
        result = state.next.enumerate_reference_spaces(session, there, &there, all.data());
    }
    std::erase_if(all, [&](XrReferenceSpaceType type) {
        const auto found = state.space_is.find(type);
        return found != state.space_is.end() && found->second == SpaceIs::missing;
    });
    *count = static_cast<std::uint32_t>(all.size());
    if (XR_SUCCEEDED(result) && capacity > 0) {
        if (capacity < all.size()) {
            return XR_ERROR_SIZE_INSUFFICIENT;
        }
        std::ranges::copy(all, types);
    }
    return result;
}

XrResult XRAPI_CALL create_reference_space(XrSession session,
                                           const XrReferenceSpaceCreateInfo* info, XrSpace* space) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = state.failure("xrCreateReferenceSpace")) {
        return *failed;
    }
    const auto is = state.space_is.find(info->referenceSpaceType);
    if (is != state.space_is.end() && is->second == SpaceIs::missing) {
        return XR_ERROR_REFERENCE_SPACE_UNSUPPORTED;
    }
    const XrResult result = state.next.create_reference_space(session, info, space);
    if (XR_SUCCEEDED(result)) {
        state.spaces[*space] = {.reference = info->referenceSpaceType,
                                .offset = pose_of(info->poseInReferenceSpace)};
    }
    return result;
}

XrResult XRAPI_CALL create_action_space(XrSession session, const XrActionSpaceCreateInfo* info,
                                        XrSpace* space) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    const XrResult result = state.next.create_action_space(session, info, space);
    if (XR_SUCCEEDED(result)) {
        state.spaces[*space] = {.action = info->action,
                                .hand = state.hand_of(info->subactionPath),
                                .offset = pose_of(info->poseInActionSpace)};
    }
    return result;
}

XrResult XRAPI_CALL destroy_space(XrSpace space) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    state.spaces.erase(space);
    return state.next.destroy_space(space);
}

XrResult XRAPI_CALL locate_space(XrSpace space, XrSpace base, XrTime time,
                                 XrSpaceLocation* location) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = refusal(state, "xrLocateSpace", time)) {
        return *failed;
    }
    const XrTime true_time = state.truth_of(time);
    const XrResult result = state.next.locate_space(space, base, true_time, location);
    if (XR_FAILED(result)) {
        return result;
    }
    Located located{location->locationFlags, location->pose};
    if (located.flags == 0) {
        located = borrowed(state, space, base, true_time).value_or(located);
    }
    located = altered(state, space, base, true_time, located);
    location->locationFlags = located.flags;
    location->pose = located.pose;
    if (auto* velocity = static_cast<XrSpaceVelocity*>(location->next);
        velocity != nullptr && velocity->type == XR_TYPE_SPACE_VELOCITY && located.flags == 0) {
        velocity->velocityFlags = 0;
    }
    return result;
}

XrResult locate_spaces_by(PFN_xrLocateSpaces next, XrSession session,
                          const XrSpacesLocateInfo* info, XrSpaceLocations* locations) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = refusal(state, "xrLocateSpaces", info->time)) {
        return *failed;
    }
    XrSpacesLocateInfo true_info = *info;
    true_info.time = state.truth_of(info->time);
    const XrResult result = next(session, &true_info, locations);
    for (std::uint32_t i = 0; XR_SUCCEEDED(result) && i < info->spaceCount; ++i) {
        XrSpaceLocationData& location = locations->locations[i];
        Located located{location.locationFlags, location.pose};
        if (located.flags == 0) {
            located =
                borrowed(state, info->spaces[i], info->baseSpace, true_info.time).value_or(located);
        }
        located = altered(state, info->spaces[i], info->baseSpace, true_info.time, located);
        location = {located.flags, located.pose};
    }
    return result;
}

XrResult XRAPI_CALL locate_spaces(XrSession session, const XrSpacesLocateInfo* info,
                                  XrSpaceLocations* locations) {
    return locate_spaces_by(State::get().next.locate_spaces, session, info, locations);
}

XrResult XRAPI_CALL locate_spaces_khr(XrSession session, const XrSpacesLocateInfo* info,
                                      XrSpaceLocations* locations) {
    return locate_spaces_by(State::get().next.locate_spaces_khr, session, info, locations);
}

XrResult XRAPI_CALL locate_views(XrSession session, const XrViewLocateInfo* info,
                                 XrViewState* view_state, std::uint32_t capacity,
                                 std::uint32_t* count, XrView* views) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = refusal(state, "xrLocateViews", info->displayTime)) {
        return *failed;
    }
    XrViewLocateInfo true_info = *info;
    true_info.displayTime = state.truth_of(info->displayTime);
    const XrResult result =
        state.next.locate_views(session, &true_info, view_state, capacity, count, views);
    if (XR_FAILED(result) || capacity == 0) {
        return result;
    }
    // The bits of XrViewStateFlags are those of XrSpaceLocationFlags.
    const XrViewStateFlags before = view_state->viewStateFlags;
    for (std::uint32_t i = 0; i < *count; ++i) {
        const Located located =
            altered(state, state.view, info->space, true_info.displayTime, {before, views[i].pose});
        view_state->viewStateFlags = located.flags;
        views[i].pose = located.pose;
    }
    return result;
}

XrResult XRAPI_CALL create_hand_tracker(XrSession session, const XrHandTrackerCreateInfoEXT* info,
                                        XrHandTrackerEXT* tracker) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    const XrResult result = state.next.create_hand_tracker_ext(session, info, tracker);
    if (XR_SUCCEEDED(result)) {
        state.trackers[*tracker] = info->hand == XR_HAND_RIGHT_EXT ? 1 : 0;
    }
    return result;
}

XrResult XRAPI_CALL locate_hand_joints(XrHandTrackerEXT tracker,
                                       const XrHandJointsLocateInfoEXT* info,
                                       XrHandJointLocationsEXT* locations) {
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    if (const auto failed = refusal(state, "xrLocateHandJointsEXT", info->time)) {
        return *failed;
    }
    XrHandJointsLocateInfoEXT true_info = *info;
    true_info.time = state.truth_of(info->time);
    const XrResult result = state.next.locate_hand_joints_ext(tracker, &true_info, locations);
    if (XR_FAILED(result)) {
        return result;
    }
    const Tracking tracking =
        state.hands.at(static_cast<std::size_t>(Device::fingers)).at(state.trackers[tracker]);
    if (tracking == Tracking::inactive) {
        locations->isActive = XR_FALSE;
    }
    for (std::uint32_t i = 0; i < locations->jointCount; ++i) {
        XrHandJointLocationEXT& joint = locations->jointLocations[i];
        Located located = apply(tracking, {joint.locationFlags, joint.pose});
        if (tracking == Tracking::still) {
            const auto key =
                std::pair{reinterpret_cast<std::uint64_t>(tracker) ^ (std::uint64_t{i} << 56U),
                          info->baseSpace};
            located.pose = state.still.try_emplace(key, located.pose).first->second;
        }
        located = altered(state, XR_NULL_HANDLE, info->baseSpace, true_info.time, located);
        joint.locationFlags = located.flags;
        joint.pose = located.pose;
    }
    return result;
}

} // namespace

std::span<const Intercept> space_intercepts() {
    static const std::array list{
        intercept("xrEnumerateReferenceSpaces", &enumerate_spaces),
        intercept("xrCreateReferenceSpace", &create_reference_space),
        intercept("xrCreateActionSpace", &create_action_space),
        intercept("xrDestroySpace", &destroy_space),
        intercept("xrLocateSpace", &locate_space),
        intercept("xrLocateSpaces", &locate_spaces),
        intercept("xrLocateSpacesKHR", &locate_spaces_khr),
        intercept("xrLocateViews", &locate_views),
        intercept("xrCreateHandTrackerEXT", &create_hand_tracker),
        intercept("xrLocateHandJointsEXT", &locate_hand_joints),
    };
    return list;
}

} // namespace haven::test::layer
