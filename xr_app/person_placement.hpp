#pragma once

#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/surroundings.hpp"

#include <cstdint>
#include <optional>

namespace haven {

/// How the place lies around the person: the spot of the place comes under their feet, and its view
/// before their eyes, when they first have their hands here, in each room, and whenever they ask
/// for it. What was drawn stays where it is in the room. Outlives a lost headset. Frame thread.
class PersonPlacement {
  public:
    /// Both must outlive this.
    PersonPlacement(const Surroundings& surroundings, DrawingSession& drawing)
        : surroundings_(surroundings), drawing_(drawing) {}

    /// Another headset: the person is looked for again, unless it is in the same room.
    void begin_headset() { due_.reset(); }
    /// In each frame, before its samples. Whether the place lies around the person otherwise than
    /// before.
    bool update(const HeadsetFrame& frame, bool has_focus, bool recenter_wished);
    /// The trace knows what the person saw around their hands.
    void record(Placement::Reason reason);

    [[nodiscard]] Pose world_from_tracking(const Pose& world_from_person) const;
    /// With the person at the place's spot: where ink lies.
    [[nodiscard]] Pose ink() const { return world_from_tracking(surroundings_.home()); }

  private:
    void lie_around(const HeadsetFrame& frame);
    bool lie_on_floor(const HeadsetFrame& frame);

    const Surroundings& surroundings_;
    DrawingSession& drawing_;
    /// Where the person stood and looked, level, when the place came around them.
    std::optional<Pose> tracking_from_person_;
    std::optional<std::uint32_t> lies_in_; ///< the room that this was taken in
    /// Why the place has to come around the person as soon as it is known where they are.
    std::optional<Placement::Reason> due_;
    std::optional<std::uint32_t> room_;      ///< that the tracking space was in, in the last frame
    std::optional<std::uint32_t> placed_in_; ///< a room, with the hands here
};

} // namespace haven
