#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace haven {

/// A button that ends things only when it is held a while, so that a touch by accident ends
/// nothing; and that may mean something else when it is soon let go.
class HoldTimer {
  public:
    static constexpr std::int64_t hold_ns = 1'000'000'000;

    /// True once for each hold, at the moment it has lasted long enough.
    constexpr bool update(bool pressed, std::int64_t now_ns) {
        tapped_ = !pressed && since_ns_ && !fired_ && was_up_before_;
        if (!pressed) {
            was_up_ = true;
            since_ns_.reset();
            fired_ = false;
            share_ = 0.0F;
            return false;
        }
        if (!since_ns_) {
            since_ns_ = now_ns;
            was_up_before_ = was_up_;
        }
        const std::int64_t held_ns = now_ns - *since_ns_;
        share_ = std::clamp(static_cast<float>(held_ns) / static_cast<float>(hold_ns), 0.0F, 1.0F);
        const bool fires = held_ns >= hold_ns && !fired_;
        fired_ = fired_ || fires;
        return fires;
    }
    [[nodiscard]] constexpr float share() const { return share_; }
    [[nodiscard]] constexpr bool fired() const { return fired_; }
    /// The last update saw it let go that early. Not where it was never seen up before.
    [[nodiscard]] constexpr bool tapped() const { return tapped_; }

  private:
    std::optional<std::int64_t> since_ns_;
    bool fired_ = false;
    bool tapped_ = false;
    bool was_up_ = false;
    bool was_up_before_ = false; ///< what is pressed now
    float share_ = 0.0F;
};

} // namespace haven
