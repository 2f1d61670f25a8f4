#pragma once

#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"

#include <glm/vec2.hpp>
#include <openxr/openxr.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
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
/// was. Where the headset before this one had a room, and STAGE says that this is the same, it lies
/// as it did there: from the start on, or from when STAGE can be located. Frame thread.
class TrackingSpace {
  public:
    using Clock = std::chrono::steady_clock;
    /// One that cannot be located for so long is given up for another that can.
    static constexpr std::chrono::seconds patience{1};

    /// How often a STAGE that cannot be located is asked again.
    static constexpr std::chrono::milliseconds stage_step{200};

    struct Beginning {
        std::string system;              ///< the headset
        std::uint32_t room = 0;          ///< the room's number, unless it is the one of before
        std::optional<KnownRoom> before; ///< the room before a headset was lost
    };
    [[nodiscard]] static std::expected<TrackingSpace, HeadsetError> create(XrSession session,
                                                                           Beginning beginning);

    /// Holds until take_replaced_from() says that it was replaced.
    [[nodiscard]] XrSpace get() const { return space_.get(); }
    /// What it is made of: local_floor, local or stage.
    [[nodiscard]] std::string_view name() const;
    /// For the next headset: where it lies in the room, or where one before it did that was not
    /// found again. None: nobody can tell.
    [[nodiscard]] const std::optional<KnownRoom>& room() const { return room_ ? room_ : before_; }
    [[nodiscard]] std::uint32_t room_number() const { return room_number_; }
    /// How high the floor lies in it: where it is only known since a while, not at its origin.
    [[nodiscard]] float floor_m() const { return floor_m_; }

    /// A reference space will get another origin.
    void expect(const XrEventDataReferenceSpaceChangePending& change);

    /// From that time on what is located in get() is wrong, until update() has replaced it: the
    /// earliest change that is to come.
    [[nodiscard]] std::optional<XrTime> right_until() const;

    struct Step {
        LocatedHead head;
        /// Since the last update that succeeded the person chose a new forward.
        bool recentered = false;
    };
    /// Once a frame, before anything is located for `time`: the changes until then have come.
    [[nodiscard]] std::expected<Step, HeadsetError> update(XrTime time, Clock::time_point now);
    /// Once for each time that get() became another one: from that time on the old one was wrong.
    /// After update(), whether or not that could locate the head.
    [[nodiscard]] std::optional<XrTime> take_replaced_from();
    /// Likewise, once each time that it came to lie elsewhere in the same room, as far as anybody
    /// can tell: what goes on from there is not joined to what was before.
    [[nodiscard]] bool take_moved();

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
        bool come = false; ///< and not in yet
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
    /// How the runtime's own space that it is made of lies in STAGE.
    [[nodiscard]] std::optional<Pose> stage_from_candidate(XrTime time) const;
    [[nodiscard]] std::optional<glm::vec2> bounds_of_stage() const;
    [[nodiscard]] Located head_in_candidate(std::size_t candidate, XrTime time) const;
    void apply_changes(XrTime time, Clock::time_point now);
    [[nodiscard]] std::optional<Pose> in_changed_stage(const std::optional<KnownRoom>& known) const;
    void apply(XrTime time);
    void take_in(XrReferenceSpaceType type);
    [[nodiscard]] bool changes_wait() const;
    [[nodiscard]] std::optional<Pose> place_by_room(const std::optional<Pose>& stage_from_tracking,
                                                    const Pose& otherwise, XrTime time);
    void place_position(XrTime time);
    void settle(XrTime time);
    /// Whether it is another space now.
    bool find_room(XrTime time);
    void find_room_later(XrTime time, Clock::time_point now);
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
    bool settled_ = false;             ///< it was located once
    bool position_open_ = false;       ///< it was placed by a head that had no position
    bool position_seen_ = false;       ///< the head's, at all
    std::string system_;
    std::optional<KnownRoom> before_; ///< until it is known whether this is the same
    std::optional<KnownRoom> room_;   ///< this one, once STAGE was located
    std::uint32_t room_number_ = 0;
    float floor_m_ = 0.0F;
    std::optional<Clock::time_point> stage_asked_at_;
    std::vector<Change> changes_; ///< not in yet, by their times
    bool recentered_ = false;     ///< and not told yet
    bool moved_ = false;          ///< likewise
    std::optional<XrTime> replaced_from_;
    LocatedHead head_; ///< the last that was located
    std::optional<Clock::time_point> lost_since_;
    XrResult failure_ = XR_SUCCESS;
};

} // namespace haven
