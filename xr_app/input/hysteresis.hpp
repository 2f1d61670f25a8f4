#pragma once

#include <cassert>

namespace haven {

/// A switch with two thresholds (a Schmitt trigger), so that a value that trembles around one does
/// not stutter. `on` above `off`: closes as the value rises. `on` below `off`: closes as it falls
/// (a pinch).
class Hysteresis {
  public:
    constexpr Hysteresis(float on, float off) : on_(on), off_(off) { assert(on != off); }

    /// Feeds one value. NaN opens the switch.
    constexpr bool update(float value) {
        const bool rises = on_ > off_;
        if (value != value) {
            closed_ = false;
        } else if (closed_) {
            closed_ = rises ? value > off_ : value < off_;
        } else {
            closed_ = rises ? value >= on_ : value <= on_;
        }
        return closed_;
    }
    constexpr void open() { closed_ = false; }
    [[nodiscard]] constexpr bool closed() const { return closed_; }

  private:
    float on_;
    float off_;
    bool closed_ = false;
};

} // namespace haven
