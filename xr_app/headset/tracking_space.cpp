#include "xr_app/headset/tracking_space.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_pose.hpp"

#include <glm/common.hpp>
#include <glm/vector_relational.hpp>
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

/// The bounds of one STAGE, said twice, differ by less.
constexpr float bounds_apart_m = 0.02F;

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

/// Where a space that nobody has moved yet lies in the tracking space. LOCAL's floor is where STAGE
/// says it; it stays level and where it is.
Pose begins_at(XrReferenceSpaceType type, const std::optional<Pose>& stage_from_candidate) {
    Pose tracking_from_candidate;
    if (type == XR_REFERENCE_SPACE_TYPE_LOCAL) {
        tracking_from_candidate.position_m.y =
            stage_from_candidate ? stage_from_candidate->position_m.y : assumed_eye_height_m;
    }
    return tracking_from_candidate;
}

/// How high the floor that a STAGE says lies in the tracking space.
float floor_in(const Pose& stage_from_tracking) {
    return inverse(stage_from_tracking).position_m.y;
}

/// The STAGE that has these bounds may be that room's: of the same system, it is not another one.
bool may_be(const KnownRoom& room, const std::optional<glm::vec2>& bounds_m) {
    return !room.bounds_m || !bounds_m ||
           glm::all(glm::lessThan(glm::abs(*room.bounds_m - *bounds_m), glm::vec2(bounds_apart_m)));
}

} // namespace

bool TrackingSpace::Located::oriented() const {
    return (flags & XR_SPACE_LOCATION_ORIENTATION_VALID_BIT) != 0;
}

bool TrackingSpace::Located::whole() const {
    return oriented() && (flags & XR_SPACE_LOCATION_POSITION_VALID_BIT) != 0;
}

std::expected<TrackingSpace, HeadsetError> TrackingSpace::create(XrSession session,
                                                                 Beginning beginning) {
    TrackingSpace self;
    self.session_ = session;
    self.system_ = std::move(beginning.system);
    self.room_number_ = beginning.room;
    if (beginning.before && beginning.before->system == self.system_) {
        self.before_ = std::move(beginning.before);
    }
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

std::optional<Pose> TrackingSpace::stage_from_candidate(XrTime time) const {
    if (!stage_) {
        return std::nullopt;
    }
    const Located located =
        locate(candidates_.at(current_).space.get(), candidates_.at(*stage_).space.get(), time);
    return located.whole() ? std::optional(located.pose) : std::nullopt;
}

std::optional<glm::vec2> TrackingSpace::bounds_of_stage() const {
    XrExtent2Df bounds{};
    const bool told = xrGetReferenceSpaceBoundsRect(session_, XR_REFERENCE_SPACE_TYPE_STAGE,
                                                    &bounds) == XR_SUCCESS;
    return told && bounds.width > 0.0F && bounds.height > 0.0F
               ? std::optional(glm::vec2(bounds.width, bounds.height))
               : std::nullopt;
}

void TrackingSpace::expect(const XrEventDataReferenceSpaceChangePending& change) {
    spdlog::info("the runtime gives {} another origin",
                 change.referenceSpaceType == XR_REFERENCE_SPACE_TYPE_STAGE ? "its stage"
                                                                            : "its local space");
    if (changes_.size() == changes_max) {
        changes_.erase(changes_.begin());
    }
    // Each builds on those that come before it, whenever they were heard.
    changes_.insert(std::ranges::upper_bound(changes_, change.changeTime, {}, &Change::at),
                    {.type = change.referenceSpaceType,
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

std::expected<TrackingSpace::Step, HeadsetError> TrackingSpace::update(XrTime time,
                                                                       Clock::time_point now) {
    failure_ = XR_SUCCESS;
    apply_changes(time, now);
    if (!settled_) {
        settle(time);
    } else if (!changes_wait()) {
        if (position_open_) {
            place_position(time);
        }
        if (!position_open_) { // the room is told by where the space lies
            find_room_later(time, now);
        }
    }
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
        position_seen_ = true;
    }
    return Step{.head = head_, .recentered = std::exchange(recentered_, false)};
}

std::optional<XrTime> TrackingSpace::take_replaced_from() {
    return std::exchange(replaced_from_, std::nullopt);
}

bool TrackingSpace::take_moved() {
    return std::exchange(moved_, false);
}

void TrackingSpace::replaced(XrTime from) {
    replaced_from_ = std::min(replaced_from_.value_or(from), from);
}

/// The first time that the head is seen in it: where the floor is, and where the room.
void TrackingSpace::settle(XrTime time) {
    const Candidate& current = candidates_.at(current_);
    if (!head_in_candidate(current_, time).oriented() ||
        XR_FAILED(rebuild(begins_at(current.type, stage_from_candidate(time))))) {
        return;
    }
    settled_ = true;
    spdlog::info("located in {}", current.name);
    std::ignore = find_room(time);
}

bool TrackingSpace::find_room(XrTime time) {
    const auto stage = stage_from_candidate(time);
    if (!stage) {
        return false;
    }
    const auto bounds_m = bounds_of_stage();
    const bool same = before_ && may_be(*before_, bounds_m);
    if (same) {
        if (XR_FAILED(rebuild(inverse(before_->stage_from_tracking) * *stage))) {
            return false; // tried again
        }
        room_ = std::move(before_);
        room_->bounds_m = bounds_m ? bounds_m : room_->bounds_m;
        room_number_ = room_->number;
        spdlog::info("located where it was before in the room");
    } else {
        const Pose stage_from_tracking = *stage * inverse(tracking_from_candidate_);
        const bool told = candidates_.at(current_).type == XR_REFERENCE_SPACE_TYPE_LOCAL;
        room_ = {.number = room_number_,
                 .system = system_,
                 .bounds_m = bounds_m,
                 .stage_from_tracking = stage_from_tracking,
                 .floor_m = told ? floor_in(stage_from_tracking) : floor_m_};
    }
    before_.reset();
    floor_m_ = room_->floor_m;
    return same;
}

/// A runtime may know its STAGE only after a while. Until then the person draws as in any room.
void TrackingSpace::find_room_later(XrTime time, Clock::time_point now) {
    if (room_ || !stage_ || (stage_asked_at_ && now - *stage_asked_at_ < stage_step)) {
        return;
    }
    stage_asked_at_ = now;
    if (find_room(time)) {
        replaced(time);
    }
}

/// Where a reference space that has another origin now is in the tracking space: by the stage,
/// which has not moved, or by the head, which has not moved far since the last frame. `otherwise`
/// has the position that a head without one cannot tell. None: the head is not seen.
std::optional<Pose> TrackingSpace::place_by_room(const std::optional<Pose>& stage_from_tracking,
                                                 const Pose& otherwise, XrTime time) {
    const auto stage = stage_from_tracking ? stage_from_candidate(time) : std::nullopt;
    if (stage) {
        moved_ = std::exchange(position_open_, false) || moved_;
        return inverse(*stage_from_tracking) * *stage;
    }
    const Located head = head_in_candidate(current_, time);
    if (!head.oriented()) {
        return std::nullopt;
    }
    // Level: gravity is the same in both.
    const Pose& before = head_.tracking_from_head;
    Pose placed{.position_m = otherwise.position_m,
                .orientation = turned_by(level_yaw_rad(before.orientation) -
                                         level_yaw_rad(head.pose.orientation))};
    if (head.whole() && position_seen_) {
        placed.position_m = before.position_m - placed.orientation * head.pose.position_m;
    }
    position_open_ = position_seen_ && (position_open_ || !head.whole());
    return placed;
}

/// Where the stage says it, or the head that said how it is turned and says where it is, too: where
/// the person was seen last. How high it lies is known of all but LOCAL.
void TrackingSpace::place_position(XrTime time) {
    Pose placed = tracking_from_candidate_;
    const auto stage = room_ ? stage_from_candidate(time) : std::nullopt;
    if (stage) {
        placed = inverse(room_->stage_from_tracking) * *stage;
    } else {
        const Located head = head_in_candidate(current_, time);
        if (!head.whole()) {
            return;
        }
        placed.position_m =
            head_.tracking_from_head.position_m - placed.orientation * head.pose.position_m;
        if (candidates_.at(current_).type != XR_REFERENCE_SPACE_TYPE_LOCAL) {
            placed.position_m.y = tracking_from_candidate_.position_m.y;
        }
    }
    if (XR_FAILED(rebuild(placed))) {
        return;
    }
    position_open_ = false;
    moved_ = true;
    replaced(time);
    if (!stage) { // they may have walked meanwhile: where it lies in the room is asked anew
        room_.reset();
        stage_asked_at_.reset();
    }
}

void TrackingSpace::apply_changes(XrTime time, Clock::time_point now) {
    for (Change& change : changes_) {
        // A moment that never comes is a moment that has passed.
        change.come = change.come || change.at <= time || now - change.heard_at > patience;
    }
    if (changes_wait()) {
        apply(time);
    }
}

bool TrackingSpace::changes_wait() const {
    return std::ranges::any_of(changes_, &Change::come);
}

/// Where the tracking space is in the STAGE that is after the changes.
std::optional<Pose> TrackingSpace::in_changed_stage(const std::optional<KnownRoom>& known) const {
    std::optional<Pose> stage_from_tracking;
    if (known) {
        stage_from_tracking = known->stage_from_tracking;
    }
    for (const Change& change : changes_) {
        if (!change.come || change.type != XR_REFERENCE_SPACE_TYPE_STAGE || !stage_from_tracking) {
            continue;
        }
        if (change.previous_from_new) {
            stage_from_tracking = inverse(*change.previous_from_new) * *stage_from_tracking;
        } else {
            stage_from_tracking.reset();
        }
    }
    return stage_from_tracking;
}

/// All at once: whatever is located now is located after the last of them. What cannot be made yet
/// is tried again.
void TrackingSpace::apply(XrTime time) {
    const XrReferenceSpaceType current = candidates_.at(current_).type;
    std::optional<Pose> placed = tracking_from_candidate_; // as far as the runtime says it
    bool redefined = false;
    for (const Change& change : changes_) {
        if (change.come && change.type == current) {
            const auto& moved = change.previous_from_new;
            placed = placed && moved ? std::optional(*placed * *moved) : std::nullopt;
            redefined = true;
        }
    }
    if (redefined && settled_) {
        if (!placed) {
            placed = place_by_room(in_changed_stage(room_), tracking_from_candidate_, time);
        }
        if (!placed || XR_FAILED(rebuild(*placed))) {
            return;
        }
    }
    take_in(current);
}

/// The space lies right in what is there after the changes that have come, and was made of `type`
/// before: the known rooms follow, and they are done.
void TrackingSpace::take_in(XrReferenceSpaceType type) {
    const auto follow = [&](std::optional<KnownRoom>& known) {
        const auto stage_from_tracking = in_changed_stage(known);
        if (!stage_from_tracking) {
            known.reset();
            return;
        }
        if (type == XR_REFERENCE_SPACE_TYPE_LOCAL) { // its floor is where STAGE tells it
            known->floor_m += floor_in(*stage_from_tracking) - floor_in(known->stage_from_tracking);
        }
        known->stage_from_tracking = *stage_from_tracking;
    };
    follow(before_);
    follow(room_);
    floor_m_ = room_ ? room_->floor_m : floor_m_;
    for (const Change& change : changes_) {
        if (change.come && change.type == type && settled_) {
            replaced(change.at);
        }
        recentered_ =
            recentered_ ||
            (change.come && (change.type == type || change.type == XR_REFERENCE_SPACE_TYPE_LOCAL ||
                             change.type == XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR));
    }
    std::erase_if(changes_, &Change::come);
    stage_asked_at_.reset();
}

void TrackingSpace::give_up(XrTime time) {
    const std::size_t before = current_;
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
        if (candidate == before || !head_in_candidate(candidate, time).oriented()) {
            continue;
        }
        current_ = candidate;
        if (!settled_) {
            settle(time);
        } else {
            const auto placed =
                place_by_room(in_changed_stage(room_),
                              begins_at(candidates_.at(candidate).type, std::nullopt), time);
            if (!placed || XR_FAILED(rebuild(*placed))) {
                current_ = before; // the next frame tries it again
                return;
            }
            take_in(candidates_.at(before).type); // it was located after them
        }
        spdlog::warn("the headset cannot be located in {}; it is located in {} from now on",
                     candidates_.at(before).name, candidates_.at(candidate).name);
        replaced(time);
        lost_since_.reset();
        return;
    }
}

} // namespace haven
