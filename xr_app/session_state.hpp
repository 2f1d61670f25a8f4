#pragma once

#include <cstdint>

namespace haven {

/// Where the session stands; the same for whoever shows it.
struct SessionState {
    enum class Phase : std::uint8_t { waiting, drawing, ended };
    Phase phase = Phase::waiting;
    double drawing_s = 0.0; ///< how long the drawing is, or was
    double used = 0.0;      ///< the share of what one drawing may hold
    bool rests = false;     ///< nothing is recorded until what waits is saved

    [[nodiscard]] bool nearly_full() const { return used >= 0.85; }
    [[nodiscard]] bool drawing() const { return phase == Phase::drawing; }
};

} // namespace haven
