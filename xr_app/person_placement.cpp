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

void PersonPlacement::begin_headset() {
    due_.reset();
    had_focus_ = false;
}

bool PersonPlacement::update(const HeadsetFrame& frame, bool has_focus, bool recenter_wished) {
    if (frame.recentered || recenter_wished) {
        due_ = Placement::Reason::recentered;
    } else if (has_focus && !had_focus_ && !(tracking_from_person_ && frame.same_room)) {
        due_ = Placement::Reason::first_focus;
    }
    had_focus_ = had_focus_ || has_focus;
    if (frame.head_valid) {
        drawing_.see_head(frame.tracking_from_head);
    }
    if (due_ && frame.head_valid) {
        drawing_.recenter();
        tracking_from_person_ = stance_of(frame.tracking_from_head);
        record(*std::exchange(due_, std::nullopt));
        spdlog::info(
            "the place is around the person; what was drawn stays where it is in the room");
        return true;
    }
    if (!tracking_from_person_ && frame.eyes_valid) {
        tracking_from_person_ = stance_of(frame.tracking_from_head); // until it is known
        return true;
    }
    return false;
}

void PersonPlacement::record(Placement::Reason reason) {
    if (drawing_.begun() && !drawing_.finished()) {
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
