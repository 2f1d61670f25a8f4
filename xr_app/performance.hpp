#pragma once

#include "xr_app/frame_stats.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace haven {

/// What one run of the program is measured by, over every headset it has.
struct Performance {
    using Clock = std::chrono::steady_clock;

    FrameStats stats;
    FrameSystem system;
    Clock::time_point started_at; ///< the program
    std::optional<Clock::time_point> first_frame_at;
    std::optional<Clock::time_point> first_stroke_at;
    /// From the press that ended a tour to the first picture at rest, when it is shown.
    std::optional<std::int64_t> tour_stop_ns;
};

} // namespace haven
