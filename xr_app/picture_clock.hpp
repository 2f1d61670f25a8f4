#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace haven {

/// The moment that a picture shows: the one at which it is displayed, in seconds since the program
/// began. Goes as evenly as the display does, however unevenly its frames are made, and never back.
class PictureClock {
  public:
    /// `expected_s`: by our own clock, when this picture is displayed. A display whose time is
    /// elsewhere (another headset, a jump) is followed from where our own clock is.
    [[nodiscard]] double at(std::int64_t display_time_ns, double expected_s) {
        const double display_s = 1e-9 * static_cast<double>(display_time_ns);
        if (!(std::abs(display_s + program_from_display_s_ - expected_s) <= stray_s_max)) {
            program_from_display_s_ = expected_s - display_s;
        }
        last_s_ = std::max(last_s_, display_s + program_from_display_s_);
        return last_s_;
    }

  private:
    static constexpr double stray_s_max = 0.25;
    double program_from_display_s_ = std::numeric_limits<double>::quiet_NaN();
    double last_s_ = 0.0;
};

} // namespace haven
