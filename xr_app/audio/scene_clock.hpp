#pragma once

#include "environments/soundscape/score.hpp"
#include "xr_app/audio/output_device.hpp"

#include <cmath>

namespace haven::audio {

/// Which of the scene's moments a block of sound belongs to. Blocks are made in bursts and a device
/// tells its delay in steps, so what is measured is followed slowly; where it is far off, sound has
/// stopped or a device has come, it is taken as it is.
class SceneClock {
  public:
    /// For the next block, which should be heard at the scene's `measured_s`.
    [[nodiscard]] double next_block(double measured_s) {
        const double off_s = measured_s - next_s_;
        next_s_ += std::abs(off_s) > far_off_s ? off_s : follow * off_s;
        const double this_s = next_s_;
        next_s_ += static_cast<double>(block_frames) / soundscape::sample_rate_hz;
        return this_s;
    }

  private:
    static constexpr double far_off_s = 0.04;
    static constexpr double follow = 0.02; ///< of what it is off, a block: half a second
    double next_s_ = 0.0;
};

} // namespace haven::audio
