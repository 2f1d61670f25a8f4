#pragma once

#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"

#include <openxr/openxr.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

namespace haven {

/// Where the head is in the tracking space.
struct LocatedHead {
    Pose tracking_from_head; ///< a position that is not valid is the last one that was
    bool orientation_valid = false;
    bool position_valid = false;
};

/// The space that everything is located and recorded in: +Y up, its origin on the floor, at rest in
/// the room. It is made of LOCAL_FLOOR, of LOCAL with the floor where STAGE tells it, or of STAGE:
/// the first that can be located. When the runtime gives that another origin, it stays where it
/// was. Frame thread.
class TrackingSpace {
  public:
    using Clock = std::chrono::steady_clock;
    /// One that cannot be located for so long is given up for another that can.
    static constexpr std::chrono::seconds patience{1};

    /// `stage_from_tracking` is where it was before the runtime was lost.
    [[nodiscard]] static std::expected<TrackingSpace, HeadsetError>
    create(XrSession session, const std::optional<Pose>& stage_from_tracking);

    /// Holds until take_replaced_from() says that it was replaced.
    [[nodiscard]] XrSpace get() const { return space_.get(); }
    /// What it is made of: local_floor, local or stage.
    [[nodiscard]] std::string_view name() const;
    /// Where it is in STAGE, which outlives the runtime; none where nobody can tell.
    [[nodiscard]] const std::optional<Pose>& stage_from_tracking() const {
        return stage_from_tracking_;
    }
    /// It is where it was before the runtime was lost.
    [[nodiscard]] bool same_as_before() const { return same_as_before_; }

    /// A reference space will get another origin.
    void expect(const XrEventDataReferenceSpaceChangePending& change);

    /// From that time on what is located in get() is wrong, until update() has replaced it: the
    /// earliest change that is to come.
    [[nodiscard]] std::optional<XrTime> right_until() const;

    struct Step {
        LocatedHead head;
        /// The person chose a new forward, since the last update that succeeded.
        bool recentered = false;
    };
    /// Once a frame, before anything is located for `time`. The changes of `changes_until` and
    /// before have come: the same moment, unless the runtime's display times are nonsense.
    [[nodiscard]] std::expected<Step, HeadsetError> update(XrTime time, XrTime changes_until,
                                                           Clock::time_point now);
    /// Once for each time that get() became another one: from that time on the old one was wrong.
    /// After update(), whether or not that could locate the head.
    [[nodiscard]] std::optional<XrTime> take_replaced_from();

  private:
    struct Candidate {
        XrReferenceSpaceType type;
        std::string_view name;
        XrSpaceHandle space; ///< as the runtime defines it
    };
    struct Change {
        XrReferenceSpaceType type;
        XrTime at;
        std::optional<Pose> previous_from_new;
        Clock::time_point heard_at;
    };
    struct Located {
        XrResult result = XR_SUCCESS;
        XrSpaceLocationFlags flags = 0;
        Pose pose;
        [[nodiscard]] bool whole() const;
        [[nodiscard]] bool oriented() const;
    };

    TrackingSpace() = default;
    [[nodiscard]] static Located locate(XrSpace space, XrSpace base, XrTime time);
    [[nodiscard]] std::optional<Pose> stage_from(XrSpace space, XrTime time) const;
    [[nodiscard]] Located head_in_candidate(std::size_t candidate, XrTime time) const;
    void apply_changes(XrTime time, XrTime changes_until, Clock::time_point now);
    /// False: it could not be made, and is to be tried again.
    [[nodiscard]] bool apply(const Change& change, XrTime time);
    [[nodiscard]] Pose place_by_room(XrTime time) const;
    void settle(XrTime time);
    void give_up(XrTime time);
    void replaced(XrTime from);
    [[nodiscard]] XrResult rebuild(const Pose& tracking_from_candidate);

    XrSession session_ = XR_NULL_HANDLE;
    XrSpaceHandle view_;
    XrSpaceHandle space_;
    std::vector<Candidate> candidates_; ///< in the order of preference
    std::size_t current_ = 0;
    std::optional<std::size_t> stage_; ///< which of them it is
    Pose tracking_from_candidate_;     ///< of the current one
    std::optional<Pose> stage_from_tracking_;
    bool settled_ = false; ///< it was located once
    bool same_as_before_ = false;
    std::vector<Change> changes_; ///< to come
    bool recentered_ = false;     ///< and not told yet
    std::optional<XrTime> replaced_from_;
    LocatedHead head_; ///< the last that was located
    std::optional<Clock::time_point> lost_since_;
    XrResult failure_ = XR_SUCCESS;
};

} // namespace haven
