#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/input/hysteresis.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace haven {

struct InteractionProfile;

/// Which of a hand's two ways to draw counts.
enum class InteractionChoice : std::uint8_t {
    automatic, ///< the one that is tracked and moved last
    controller,
    hand_tracking,
};

/// How a runtime knows a pose.
enum class PoseQuality : std::uint8_t {
    none,
    inferred, ///< valid, but not tracked: covered, or out of sight for a moment
    tracked,
};

/// A controller at one moment.
struct ControllerReading {
    bool active = false; ///< the runtime gives this hand a pose
    PoseQuality quality = PoseQuality::none;
    const InteractionProfile* profile = nullptr;
    bool is_hand = false; ///< the profile is a bare hand's (hand_interaction), not a device's
    Pose tracking_from_grip;
    Pose grip_from_tip; ///< where the ink comes out
    float draw = 0.0F;  ///< trigger, or a pinch the runtime measured; 0 to 1
    [[nodiscard]] Pose tracking_from_tip() const { return tracking_from_grip * grip_from_tip; }
};

/// A bare hand's fingers at one moment.
struct FingerReading {
    bool active = false;
    PoseQuality quality = PoseQuality::none; ///< the worse of the two tips'
    Pose tracking_from_thumb_tip;
    Pose tracking_from_index_tip;
    float thumb_to_little_m = 1.0F;
    /// Where thumb and index finger meet.
    [[nodiscard]] Pose tracking_from_tip() const {
        return {.position_m = 0.5F * (tracking_from_thumb_tip.position_m +
                                      tracking_from_index_tip.position_m),
                .orientation = tracking_from_index_tip.orientation};
    }
};

/// Both ways to draw of a hand, at one moment.
struct HandReadings {
    std::int64_t time_ns = 0;
    /// When what it is made of was located: the same moment, unless it lies between others.
    std::int64_t from_ns = 0;
    std::int64_t until_ns = 0;
    ControllerReading controller;
    FingerReading fingers;
};

/// The last readings of a hand, for a moment that was missed between them and the next.
class ReadingTrail {
  public:
    /// A reading so long before the gap tells how the hand's way bends.
    static constexpr std::int64_t bend_ns_max = 25'000'000;
    /// Without such a one the way is straight, and only for so long.
    static constexpr std::int64_t straight_ns_max = 12'500'000;

    void add(const HandReadings& readings); ///< later than the last
    void forget() { count_ = 0; }
    /// On the parabola through the newest reading, `after` and one before them, where the way to
    /// draw that is followed was there in all of them and is the same one. Its `draw` is the
    /// caller's to say. Nothing else is known of that moment.
    [[nodiscard]] std::optional<HandReadings> between(const HandReadings& after,
                                                      std::int64_t time_ns, bool by_fingers) const;

  private:
    std::array<HandReadings, 5> readings_; ///< oldest first
    std::size_t count_ = 0;
};

/// Whether the hand is seen at all. Runtimes have given exact zeros, marked valid, for hands that
/// they do not see: in a space of ours they are all fingers in one place.
[[nodiscard]] bool is_there(const ControllerReading& controller);
[[nodiscard]] bool is_there(const FingerReading& fingers);

/// There, and -Z points through the other point; nothing where the two are one.
[[nodiscard]] std::optional<Pose> aim_through(const glm::vec3& from_m, const glm::vec3& through_m);
/// At the hand's tip, as from the shoulder of that side, below a head.
[[nodiscard]] std::optional<Pose> aim_along_arm(Hand hand, const Pose& space_from_head,
                                                const glm::vec3& tip_m);

inline constexpr float trigger_on = 0.15F;
inline constexpr float trigger_off = 0.08F;
inline constexpr float pinch_on_m = 0.020F;
inline constexpr float pinch_off_m = 0.035F;
inline constexpr float pinch_full_m = 0.010F; ///< as near as the tips of a closed pinch come

/// 0 at pinch_off_m and beyond, 1 at pinch_full_m and nearer.
[[nodiscard]] float pinch_strength(float distance_m);

/// Makes one hand's samples of what the runtime says of it, moment by moment. Pure; one for each
/// hand.
///
/// While the hand is lost its sample is untracked, and still `drawing` as long as the pinch or
/// trigger may be held; that long a loss the recorder bridges. A pinch or trigger that was closed
/// while the hand was away, held by the other way to draw, or by another controller, draws nothing
/// until it opened.
class HandReader {
  public:
    static constexpr std::int64_t bridged_ns = 150'000'000;
    /// What moved less has rested: a controller on the table trembles by less than a millimetre.
    static constexpr float moved_m = 0.010F;
    static constexpr std::int64_t rest_ns = 500'000'000;
    /// A hand that is not there says so once, and then so often.
    static constexpr std::int64_t away_ns = 250'000'000;

    explicit HandReader(Hand hand, InteractionChoice choice = InteractionChoice::automatic)
        : hand_(hand), choice_(choice) {}

    /// Nothing: the hand is as far away as a moment ago. Times rise.
    [[nodiscard]] std::optional<HandSample>
    read(std::int64_t time_ns, const ControllerReading& controller, const FingerReading& fingers);

    /// The focus comes back, and with it the hands: what is held and drew goes on drawing, as
    /// another stroke.
    void restart();

    [[nodiscard]] bool by_fingers() const { return by_fingers_; }
    /// Thumb and little finger are held together: a bare hand's menu button.
    [[nodiscard]] bool finish_held() const { return by_fingers_ && finish_.closed(); }

  private:
    /// One way to draw: where it is, and when it moved.
    struct Way {
        std::optional<std::int64_t> seen_ns;
        std::optional<std::int64_t> moved_ns;
        glm::vec3 reference_m{0.0F};
        void see(std::int64_t time_ns, const glm::vec3& position_m);
        [[nodiscard]] bool there(std::int64_t time_ns) const;
        [[nodiscard]] bool moves(std::int64_t time_ns) const;
    };
    /// What tells one controller from another.
    struct Device {
        const InteractionProfile* profile = nullptr;
        bool is_hand = false;
        Pose grip_from_tip;
        friend bool operator==(const Device&, const Device&) = default;
    };
    [[nodiscard]] bool sees_another(const ControllerReading& controller);
    void follow(std::int64_t time_ns, const ControllerReading& controller,
                const FingerReading& fingers);
    [[nodiscard]] bool choose_fingers(std::int64_t time_ns, const ControllerReading& controller,
                                      const FingerReading& fingers) const;
    [[nodiscard]] HandSample read_controller(const ControllerReading& controller);
    [[nodiscard]] HandSample read_fingers(const FingerReading& fingers);
    void hold(std::int64_t time_ns, HandSample& sample);

    Hand hand_;
    InteractionChoice choice_;
    Hysteresis trigger_{trigger_on, trigger_off};
    Hysteresis pinch_{pinch_on_m, pinch_off_m};
    Hysteresis finish_{pinch_on_m, pinch_off_m};
    Way controller_;
    Way fingers_;
    bool by_fingers_ = false;
    std::optional<Device> device_; ///< the controller that was there last
    bool must_open_ = false;       ///< what is closed now draws nothing
    /// The controller is there beside the fingers, and was let go since they are followed.
    bool trigger_rests_ = false;
    bool was_drawing_ = false;
    bool seen_ = false; ///< at all
    std::optional<std::int64_t> lost_since_ns_;
    std::optional<std::int64_t> said_away_ns_;
};

} // namespace haven
