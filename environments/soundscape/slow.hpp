#pragma once
// What changes slowly: looked at once a chunk, so that a minute of it costs next to nothing. All of
// it is walked by chance and comes back to nothing: there is no period to hear.

#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/voice.hpp"

#include <cstddef>

namespace haven::soundscape {

/// 0 to 1 without a corner at either end.
[[nodiscard]] constexpr float ease(float t) {
    return t * t * (3.0F - 2.0F * t);
}

/// Wanders between two values: from one chance target to the next, each within a time of its own.
class Drift {
  public:
    struct Shape {
        float low = 0.0F;
        float high = 1.0F;
        float least_s = 4.0F; ///< from one target to the next
        float most_s = 12.0F;
    };
    Drift(std::uint32_t seed, Shape shape);
    /// The value one chunk later.
    [[nodiscard]] float next();

  private:
    void aim();

    Chance chance_;
    Shape shape_;
    float from_ = 0.0F;
    float to_ = 0.0F;
    float progress_ = 0.0F;
    float step_ = 0.0F;
};

/// A gain that goes in a straight line through each chunk, so that its steps are never heard.
class Gain {
  public:
    explicit Gain(float value = 0.0F) : value_(value) {}
    /// Reaches `target` at the end of this chunk.
    void aim(float target) { step_ = (target - value_) / static_cast<float>(chunk_samples); }
    [[nodiscard]] float next() {
        value_ += step_;
        return value_;
    }

  private:
    float value_;
    float step_ = 0.0F;
};

/// Counts down to things that happen once in a while, to the sample.
class Countdown {
  public:
    explicit Countdown(float first_s) : left_s_(first_s) {}
    /// Whether it ends within this chunk; then `offset` says where. Set it again with `again`.
    [[nodiscard]] bool due(std::size_t& offset);
    /// From the moment it ended.
    void again(float in_s) { left_s_ += in_s; }
    /// After all that is due in a chunk has been taken.
    void pass() { left_s_ -= chunk_s; }

  private:
    float left_s_;
};

} // namespace haven::soundscape
