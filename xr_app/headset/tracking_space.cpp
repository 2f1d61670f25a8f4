#include "xr_app/headset/tracking_space.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_pose.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace haven {

namespace {

/// A standing person's eyes, where nobody knows the floor.
constexpr float assumed_eye_height_m = 1.6F;

/// Changes that are announced and have not come yet; a runtime has four kinds of spaces.
constexpr std::size_t changes_max = 16;

struct Kind {
    XrReferenceSpaceType type;
    std::string_view name;
};
constexpr std::array kinds{Kind{XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR, "local_floor"},
                           Kind{XR_REFERENCE_SPACE_TYPE_LOCAL, "local"},
                           Kind{XR_REFERENCE_SPACE_TYPE_STAGE, "stage"}};

std::vector<XrReferenceSpaceType> spaces_of(XrSession session) {
    std::uint32_t count = 0;
    std::vector<XrReferenceSpaceType> there;
    if (XR_SUCCEEDED(xrEnumerateReferenceSpaces(session, 0, &count, nullptr))) {
        there.resize(count);
        if (XR_FAILED(xrEnumerateReferenceSpaces(session, count, &count, there.data()))) {
            there.clear();
        }
    }
    return there;
}

XrResult make_space(XrSession session, XrReferenceSpaceType type, const Pose& in_it,
                    XrSpaceHandle& space) {
    const XrReferenceSpaceCreateInfo info{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO,
                                          .referenceSpaceType = type,
                                          .poseInReferenceSpace = xr_pose_of(in_it)};
    return xrCreateReferenceSpace(session, &info, space.out());
}

} // namespace

bool TrackingSpace::Located::oriented() const {
    return (flags & XR_SPACE_LOCATION_ORIENTATION_VALID_BIT) != 0;
}

bool TrackingSpace::Located::whole() const {
    return oriented() && (flags & XR_SPACE_LOCATION_POSITION_VALID_BIT) != 0;
}

std::expected<TrackingSpace, HeadsetError>
TrackingSpace::create(XrSession session, const std::optional<Pose>& stage_from_tracking) {
    TrackingSpace self;
    self.session_ = session;
    self.stage_from_tracking_ = stage_from_tracking;
    self.head_.tracking_from_head.position_m.y = assumed_eye_height_m;
    self.changes_.reserve(changes_max);
    const std::vector<XrReferenceSpaceType> there = spaces_of(session);
    for (const Kind& kind : kinds) {
        XrSpaceHandle space;
        if (std::ranges::contains(there, kind.type) &&
            XR_SUCCEEDED(make_space(session, kind.type, {}, space))) {
            if (kind.type == XR_REFERENCE_SPACE_TYPE_STAGE) {
                self.stage_ = self.candidates_.size();
            }
            self.candidates_.push_back(
                {.type = kind.type, .name = kind.name, .space = std::move(space)});
        }
    }
    if (self.candidates_.empty()) {
        return std::unexpected(HeadsetError{.kind = HeadsetError::Kind::unsupported,
                                            .message = "The runtime offers no reference space."});
    }
    XrResult result = make_space(session, XR_REFERENCE_SPACE_TYPE_VIEW, {}, self.view_);
    if (XR_SUCCEEDED(result)) {
        result = self.rebuild({});
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrCreateReferenceSpace", result));
    }
    return self;
}

std::string_view TrackingSpace::name() const {
    return candidates_.at(current_).name;
}

XrResult TrackingSpace::rebuild(const Pose& tracking_from_candidate) {
    XrSpaceHandle space;
    const XrResult result = make_space(session_, candidates_.at(current_).type,
                                       inverse(tracking_from_candidate), space);
    if (XR_SUCCEEDED(result)) {
        space_ = std::move(space);
        tracking_from_candidate_ = tracking_from_candidate;
    } else {
        failure_ = result;
    }
    return result;
}

TrackingSpace::Located TrackingSpace::locate(XrSpace space, XrSpace base, XrTime time) {
    XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
    Located located{.result = xrLocateSpace(space, base, time, &location)};
    if (XR_FAILED(located.result)) {
        return located;
    }
    constexpr XrSpaceLocationFlags parts =
        XR_SPACE_LOCATION_ORIENTATION_VALID_BIT | XR_SPACE_LOCATION_POSITION_VALID_BIT;
    const auto orientation = usable(location.pose.orientation);
    const auto position_m = usable(location.pose.position);
    if (orientation && (location.locationFlags & XR_SPACE_LOCATION_ORIENTATION_VALID_BIT) != 0) {
        located.flags |= XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
        located.pose.orientation = *orientation;
    }
    if (position_m && (location.locationFlags & parts) == parts) {
        located.flags |= XR_SPACE_LOCATION_POSITION_VALID_BIT;
        located.pose.position_m = *position_m;
    }
    return located;
}

TrackingSpace::Located TrackingSpace::head_in_candidate(std::size_t candidate, XrTime time) const {
    return locate(view_.get(), candidates_.at(candidate).space.get(), time);
}

std::optional<Pose> TrackingSpace::stage_from(XrSpace space, XrTime time) const {
    if (!stage_) {
        return std::nullopt;
    }
    const Located located = locate(space, candidates_.at(*stage_).space.get(), time);
    return located.whole() ? std::optional(located.pose) : std::nullopt;
}

void TrackingSpace::expect(const XrEventDataReferenceSpaceChangePending& change) {
    spdlog::info("the runtime gives {} another origin",
                 change.referenceSpaceType == XR_REFERENCE_SPACE_TYPE_STAGE ? "its stage"
                                                                            : "its local space");
    if (changes_.size() == changes_max) {
        changes_.erase(changes_.begin());
    }
    changes_.push_back({.type = change.referenceSpaceType,
                        .at = change.changeTime,
                        .previous_from_new = change.poseValid == XR_TRUE
                                                 ? usable(change.poseInPreviousSpace)
                                                 : std::nullopt,
                        .heard_at = Clock::now()});
}

std::optional<XrTime> TrackingSpace::right_until() const {
    std::optional<XrTime> earliest;
    for (const Change& change : changes_) {
        if (change.type == candidates_.at(current_).type) {
            earliest = std::min(change.at, earliest.value_or(change.at));
        }
    }
    return earliest;
}

std::expected<TrackingSpace::Step, HeadsetError>
TrackingSpace::update(XrTime time, XrTime changes_until, Clock::time_point now) {
    failure_ = XR_SUCCESS;
    if (!settled_) {
        settle(time);
    }
    apply_changes(time, changes_until, now);
    Located head = locate(view_.get(), space_.get(), time);
    if (head.oriented()) {
        lost_since_.reset();
    } else if (XR_SUCCEEDED(head.result)) {
        lost_since_ = lost_since_.value_or(now);
        if (now - *lost_since_ >= patience) {
            give_up(time);
            head = locate(view_.get(), space_.get(), time);
        }
    }
    for (const XrResult result : {head.result, failure_}) {
        if (XR_FAILED(result)) {
            return std::unexpected(xr_failure("locating the head", result));
        }
    }
    head_.orientation_valid = head.oriented();
    head_.position_valid = head.whole();
    if (head.oriented()) {
        head_.tracking_from_head.orientation = head.pose.orientation;
    }
    if (head.whole()) {
        head_.tracking_from_head.position_m = head.pose.position_m;
    }
    return Step{.head = head_, .recentered = std::exchange(recentered_, false)};
}

std::optional<XrTime> TrackingSpace::take_replaced_from() {
    return std::exchange(replaced_from_, std::nullopt);
}

void TrackingSpace::replaced(XrTime from) {
    replaced_from_ = std::min(replaced_from_.value_or(from), from);
}

/// The first time that the head is seen in it: where the floor is, and where the room.
void TrackingSpace::settle(XrTime time) {
    const Candidate& current = candidates_.at(current_);
    if (!head_in_candidate(current_, time).oriented()) {
        return;
    }
    settled_ = true;
    const auto stage_from_candidate = stage_from(current.space.get(), time);
    Pose tracking_from_candidate;
    if (stage_from_tracking_ && stage_from_candidate) {
        tracking_from_candidate = inverse(*stage_from_tracking_) * *stage_from_candidate;
        same_as_before_ = true;
    } else if (current.type == XR_REFERENCE_SPACE_TYPE_LOCAL) {
        // Only its height: it stays level and where it is.
        tracking_from_candidate.position_m.y =
            stage_from_candidate ? stage_from_candidate->position_m.y : assumed_eye_height_m;
    }
    if (XR_SUCCEEDED(rebuild(tracking_from_candidate))) {
        stage_from_tracking_ = stage_from(space_.get(), time);
    }
    spdlog::info("located in {}{}", current.name,
                 same_as_before_ ? ", where it was before in the room" : "");
}

/// Where a reference space that has another origin now is in the tracking space: by the stage,
/// which has not moved, or by the head, which has not moved far since the last frame.
Pose TrackingSpace::place_by_room(XrTime time) const {
    const Candidate& current = candidates_.at(current_);
    if (stage_from_tracking_) {
        if (const auto stage_from_candidate = stage_from(current.space.get(), time)) {
            return inverse(*stage_from_tracking_) * *stage_from_candidate;
        }
    }
    const Located head = head_in_candidate(current_, time);
    if (!head.oriented()) {
        return tracking_from_candidate_;
    }
    // Level: gravity is the same in both.
    const Pose& before = head_.tracking_from_head;
    Pose placed{.orientation = turned_by(level_yaw_rad(before.orientation) -
                                         level_yaw_rad(head.pose.orientation))};
    if (head.whole()) {
        placed.position_m = before.position_m - placed.orientation * head.pose.position_m;
    }
    return placed;
}

/// In their order: one that cannot be made yet holds up those that build on it.
void TrackingSpace::apply_changes(XrTime time, XrTime changes_until, Clock::time_point now) {
    for (auto change = changes_.begin(); change != changes_.end();) {
        // A moment that never comes is a moment that has passed.
        if (change->at > changes_until && now - change->heard_at <= patience) {
            ++change;
        } else if (apply(*change, time)) {
            change = changes_.erase(change);
        } else {
            return;
        }
    }
}

bool TrackingSpace::apply(const Change& change, XrTime time) {
    const bool of_stage = change.type == XR_REFERENCE_SPACE_TYPE_STAGE;
    const bool of_current = change.type == candidates_.at(current_).type;
    if (of_stage && !change.previous_from_new) {
        stage_from_tracking_.reset();
    }
    if (of_current) {
        const Pose placed = change.previous_from_new
                                ? tracking_from_candidate_ * *change.previous_from_new
                                : place_by_room(time);
        if (XR_FAILED(rebuild(placed))) {
            return false;
        }
        replaced(change.at);
    }
    if (of_stage && change.previous_from_new && stage_from_tracking_) {
        stage_from_tracking_ = inverse(*change.previous_from_new) * *stage_from_tracking_;
    }
    if ((of_stage || of_current) && !stage_from_tracking_) {
        stage_from_tracking_ = stage_from(space_.get(), time);
    }
    recentered_ = recentered_ || of_current || !of_stage;
    return true;
}

void TrackingSpace::give_up(XrTime time) {
    const std::size_t before = current_;
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
        if (candidate == before || !head_in_candidate(candidate, time).oriented()) {
            continue;
        }
        current_ = candidate;
        spdlog::warn("the headset cannot be located in {}; it is located in {} from now on",
                     candidates_.at(before).name, candidates_.at(candidate).name);
        if (!settled_) {
            settle(time);
        } else if (XR_FAILED(rebuild(place_by_room(time)))) {
            current_ = before; // the next frame tries it again
            return;
        }
        replaced(time);
        lost_since_.reset();
        return;
    }
}

} // namespace haven
