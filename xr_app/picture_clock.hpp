#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace haven {

/// How long after now a picture is displayed, in seconds: the runtime's prediction, or else one
/// period, where they can be true. A runtime may say anything.
[[nodiscard]] inline double display_lead_s(std::optional<std::int64_t> prediction_ns,
                                           std::int64_t display_period_ns) {
    constexpr std::int64_t lead_ns_max = 1'000'000'000;
    for (const std::int64_t said : {prediction_ns.value_or(-1), display_period_ns}) {
        if (said >= 0 && said <= lead_ns_max) {
            return 1e-9 * static_cast<double>(said);
        }
    }
    return 0.0;
}

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
