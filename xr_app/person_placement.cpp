#include "xr_app/person_placement.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/headset/headset.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

namespace haven {

bool PersonPlacement::update(const HeadsetFrame& frame, bool has_focus, bool recenter_wished) {
    const bool elsewhere = std::exchange(room_, frame.room).value_or(frame.room) != frame.room;
    if (elsewhere || frame.moved) {
        drawing_.pause(); // what comes lies elsewhere than what was drawn so far
    }
    if (frame.recentered || recenter_wished) {
        due_ = Placement::Reason::recentered;
    } else if (has_focus && frame.head_valid &&
               (placed_in_ != frame.room || lies_in_ != frame.room)) {
        due_ = Placement::Reason::first_focus;
    }
    if (frame.head_valid) {
        drawing_.see_head(frame.tracking_from_head);
    }
    if (due_ && frame.head_valid) {
        drawing_.recenter();
        lie_around(frame);
        placed_in_ = has_focus ? frame.room : placed_in_;
        record(*std::exchange(due_, std::nullopt));
        spdlog::info(
            "the place is around the person; what was drawn stays where it is in the room");
        return true;
    }
    if (!tracking_from_person_ && frame.eyes_valid) {
        lie_around(frame); // until it is known
        return true;
    }
    return lie_on_floor(frame);
}

void PersonPlacement::lie_around(const HeadsetFrame& frame) {
    Pose stance = stance_of(frame.tracking_from_head);
    stance.position_m.y = frame.floor_m;
    tracking_from_person_ = stance;
    lies_in_ = frame.room;
}

/// A floor that is known only now: the place goes up or down to it, and turns nowhere. A headset
/// that sees nothing yet, or lies in another room, says nothing of this one's.
bool PersonPlacement::lie_on_floor(const HeadsetFrame& frame) {
    if (!frame.head_valid || !tracking_from_person_ || lies_in_ != frame.room ||
        tracking_from_person_->position_m.y == frame.floor_m) {
        return false;
    }
    tracking_from_person_->position_m.y = frame.floor_m;
    record(Placement::Reason::recentered);
    return true;
}

void PersonPlacement::record(Placement::Reason reason) {
    if (drawing_.records()) {
        const Pose placed = ink();
        drawing_.record(Placement{.place_from_tracking_m = placed.position_m,
                                  .yaw_rad = level_yaw_rad(placed.orientation),
                                  .reason = reason});
    }
}

Pose PersonPlacement::world_from_tracking(const Pose& world_from_person) const {
    return world_from_person * inverse(tracking_from_person_.value_or(Pose{}));
}

} // namespace haven
