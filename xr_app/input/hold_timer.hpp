#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace haven {

/// A button that means something only when it is held a while, so that a touch by accident means
/// nothing.
class HoldTimer {
  public:
    static constexpr std::int64_t hold_ns = 1'000'000'000;

    /// True once for each hold, at the moment it has lasted long enough.
    constexpr bool update(bool pressed, std::int64_t now_ns) {
        if (!pressed) {
            since_ns_.reset();
            fired_ = false;
            share_ = 0.0F;
            return false;
        }
        if (!since_ns_) {
            since_ns_ = now_ns;
        }
        const std::int64_t held_ns = now_ns - *since_ns_;
        share_ = std::clamp(static_cast<float>(held_ns) / static_cast<float>(hold_ns), 0.0F, 1.0F);
        const bool fires = held_ns >= hold_ns && !fired_;
        fired_ = fired_ || fires;
        return fires;
    }
    [[nodiscard]] constexpr float share() const { return share_; }
    [[nodiscard]] constexpr bool fired() const { return fired_; }

  private:
    std::optional<std::int64_t> since_ns_;
    bool fired_ = false;
    float share_ = 0.0F;
};

} // namespace haven
