#pragma once

#include "environments/soundscape/filters.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace haven::soundscape {

/// The air and the trees around something far: four delays that feed each other through a
/// Householder reflection, each darker at every turn (Jot and Chaigne 1991).
class Echo {
  public:
    struct Shape {
        float decay_s = 1.0F;      ///< by 60 dB
        float size = 1.0F;         ///< times delays of 31 to 89 ms
        float bright_hz = 3000.0F; ///< what is above is lost first
    };
    explicit Echo(Shape shape);
    /// The echo alone; about as loud as what goes in.
    [[nodiscard]] float next(float in);

  private:
    struct Line {
        std::vector<float> samples; ///< never resized
        std::size_t at = 0;
        float gain = 0.0F;
        OnePole damping{3000.0F};
    };
    std::array<Line, 4> lines_;
};

} // namespace haven::soundscape
