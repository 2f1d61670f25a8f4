#pragma once

#include "bilateral/pose.hpp"

#include <cstdint>

namespace haven {

enum class Hand : std::uint8_t { left = 0, right = 1 };

/// The values of vr_sessions.interaction_mode.
enum class InteractionMode : std::uint8_t { controller = 0, hand_tracking = 1, gaze = 2 };

/// One hand at one instant. Both hands share one clock; every sample says whose it is.
struct HandSample {
    std::int64_t time_ns = 0; ///< since the drawing began; the hand was there then
    Hand hand = Hand::left;
    InteractionMode source = InteractionMode::controller;
    bool tracked = false;   ///< position and orientation are valid
    bool inferred = false;  ///< valid, but not tracked: the runtime's guess while it sees no hand
    bool drawing = false;   ///< the input says ink should flow (trigger or pinch, after hysteresis)
    float pressure = 0.0F;  ///< 0 to 1
    Pose tracking_from_tip; ///< the pen's tip

    friend bool operator==(const HandSample&, const HandSample&) = default;
};

/// The sample on the grid every record of it uses: time to 1 us, position to 10 um, orientation to
/// a smallest-three quaternion of 15 bits a component, pressure to 1/1023. The trace is lossless
/// over this grid, and ink is made from snapped samples only, so a replayed trace gives the same
/// ink to the byte. Idempotent. NaN and infinities become an untracked sample at the origin.
[[nodiscard]] HandSample snap_to_grid(const HandSample& sample);

} // namespace haven
