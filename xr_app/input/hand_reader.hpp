#pragma once

#include "bilateral/hand_sample.hpp"
#include "xr_app/input/hysteresis.hpp"

#include <cstdint>

namespace haven {

/// Which of a hand's two ways to draw counts.
enum class InteractionChoice : std::uint8_t {
    automatic, ///< the controller while it is there, else the bare hand
    controller,
    hand_tracking,
};

/// A controller in one frame, located at its predicted display time.
struct ControllerReading {
    bool active = false;  ///< the runtime gives this hand a pose
    bool tracked = false; ///< position and orientation are valid and tracked
    bool is_hand = false; ///< the profile is a bare hand's (hand_interaction), not a device's
    Pose stage_from_grip;
    float draw = 0.0F; ///< trigger, or a pinch the runtime measured; 0 to 1
};

/// A bare hand's fingers in one frame, located at its predicted display time.
struct FingerReading {
    bool active = false;
    bool tracked = false; ///< both tips are valid and tracked
    Pose stage_from_thumb_tip;
    Pose stage_from_index_tip;
};

/// Where the pen's tip is in the controller. Zero until a pen is drawn in the hand: the ink leaves
/// the grip itself.
inline constexpr Pose grip_from_tip{};

inline constexpr float trigger_on = 0.15F;
inline constexpr float trigger_off = 0.08F;
inline constexpr float pinch_on_m = 0.020F;
inline constexpr float pinch_off_m = 0.035F;
inline constexpr float pinch_full_m = 0.010F; ///< as near as the tips of a closed pinch come

/// 0 at pinch_off_m and beyond, 1 at pinch_full_m and nearer.
[[nodiscard]] float pinch_strength(float distance_m);

/// Makes one hand's sample of what the runtime says of it. Keeps only the switches' state; one for
/// each hand.
class HandReader {
  public:
    explicit HandReader(Hand hand) : hand_(hand) {}

    [[nodiscard]] HandSample read(std::int64_t time_ns, const ControllerReading& controller,
                                  const FingerReading& fingers, InteractionChoice choice);

  private:
    [[nodiscard]] HandSample read_controller(const ControllerReading& controller);
    [[nodiscard]] HandSample read_fingers(const FingerReading& fingers);

    Hand hand_;
    Hysteresis trigger_{trigger_on, trigger_off};
    Hysteresis pinch_{pinch_on_m, pinch_off_m};
};

} // namespace haven
