#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "renderer/stereo_renderer.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/frame_loop.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/surroundings.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <utility>

/// How the place comes around the person: the frame loop's part that knows where they stand.
namespace haven {

/// The spot of the place comes under the person's feet, and its view before their eyes, when they
/// first have their hands here and whenever they ask for it.
void FrameLoop::place_person(const HeadsetFrame& frame) {
    ClientState& state = parts_.state;
    if (parts_.surroundings == nullptr) {
        return;
    }
    if (frame.recentered || recenter_wished()) {
        placement_due_ = Placement::Reason::recentered;
    } else if (takes_input(phase_) && !had_focus_ &&
               !(state.tracking_from_person && frame.same_room)) {
        placement_due_ = Placement::Reason::first_focus;
    }
    had_focus_ = had_focus_ || takes_input(phase_);
    if (frame.head_valid) {
        state.drawing.see_head(frame.stage_from_head);
    }
    if (placement_due_ && frame.head_valid) {
        place_around(frame.stage_from_head, *std::exchange(placement_due_, std::nullopt));
    } else if (!state.tracking_from_person && frame.eyes_valid) {
        state.tracking_from_person = stance_of(frame.stage_from_head); // until it is known
        show_ink_in_place();
    }
}

bool FrameLoop::recenter_wished() {
    const bool held = parts_.desk != nullptr && parts_.desk->input().recenter;
    return recenter_held_.update(held,
                                 std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

void FrameLoop::place_around(const Pose& tracking_from_head, Placement::Reason reason) {
    parts_.state.drawing.recenter();
    parts_.state.tracking_from_person = stance_of(tracking_from_head);
    show_ink_in_place();
    tell_placement(reason);
    spdlog::info("the place is around the person; what was drawn stays where it is in the room");
}

/// The trace knows what the person saw around their hands.
void FrameLoop::tell_placement(Placement::Reason reason) {
    DrawingSession& drawing = parts_.state.drawing;
    if (parts_.surroundings != nullptr && drawing.begun() && !drawing.finished()) {
        const Pose placed = world_from_tracking(parts_.surroundings->home());
        drawing.tell(Placement{.place_from_tracking_m = placed.position_m,
                               .yaw_rad = level_yaw_rad(placed.orientation),
                               .reason = reason});
    }
}

Pose FrameLoop::world_from_tracking(const Pose& world_from_person) const {
    return world_from_person * inverse(parts_.state.tracking_from_person.value_or(Pose{}));
}

/// The ink lies in the room; what the place is to the room has changed.
void FrameLoop::show_ink_in_place() {
    const Pose placed = world_from_tracking(parts_.surroundings->home());
    if (parts_.graphics == nullptr || parts_.ink->placed_at(placed)) {
        return;
    }
    DrawingSession& drawing = parts_.state.drawing;
    drawing.pause(); // what is being drawn ends here
    renderer::InkCanvas& ink = parts_.graphics->renderer->ink();
    ink.clear(renderer::InkHand::left);
    ink.clear(renderer::InkHand::right);
    CanvasSink canvas(ink);
    *parts_.ink = InkFeed(placed);
    parts_.ink->refill(drawing.shown(), drawing.strokes(), canvas);
}

} // namespace haven
