#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

/// Both hands on smooth curves, for tests and benches. It is no recorded data, so it may use the
/// library's sines.
namespace haven::testing {

struct ScriptedMotion {
    double rate_hz = 90.0;
    double tremor_m = 0.0;           ///< a fast second motion on top
    double strokes_per_second = 0.0; ///< 0: the trigger stays pressed

    [[nodiscard]] HandSample sample(Hand hand, std::int64_t frame) const {
        const double t = static_cast<double>(frame) / rate_hz;
        const double side = hand == Hand::left ? -1.0 : 1.0;
        const double tremor = tremor_m * std::sin(t * 57.0);
        HandSample s;
        s.time_ns = static_cast<std::int64_t>(std::llround(t * 1e9));
        s.hand = hand;
        s.tracked = true;
        s.drawing = strokes_per_second == 0.0 || std::fmod(t * strokes_per_second, 1.0) < 0.75;
        s.pressure = static_cast<float>(0.6 + 0.3 * std::sin(t * 1.1 + side));
        s.tracking_from_tip.position_m = {
            static_cast<float>(side * (0.3 + 0.2 * std::sin(t * 2.0)) + tremor),
            static_cast<float>(1.3 + 0.2 * std::sin(t * 3.0 + 0.4) + tremor),
            static_cast<float>(-0.5 + 0.05 * std::sin(t * 1.3))};
        const double tilt = 0.5 * std::sin(t * 1.7);
        const double turn = 0.8 * std::sin(t * 0.9 + side);
        s.tracking_from_tip.orientation =
            glm::normalize(glm::angleAxis(static_cast<float>(turn), glm::vec3{0.0F, 1.0F, 0.0F}) *
                           glm::angleAxis(static_cast<float>(tilt), glm::vec3{1.0F, 0.0F, 0.0F}));
        return snap_to_grid(s);
    }

    /// Both hands, `frames` frames, left first in each.
    [[nodiscard]] std::vector<HandSample> samples(std::int64_t frames) const {
        std::vector<HandSample> all;
        all.reserve(static_cast<std::size_t>(frames) * 2);
        for (std::int64_t frame = 0; frame < frames; ++frame) {
            all.push_back(sample(Hand::left, frame));
            all.push_back(sample(Hand::right, frame));
        }
        return all;
    }
};

inline RecordingStart recording_start() {
    RecordingStart start;
    start.drawing_id = *parse_uuid("018f3a4b-1c2d-7e3f-8a5b-6c7d8e9fa0b1");
    start.brushes = {Brush{.colour_linear = {0.8F, 0.3F, 0.1F}, .width_m = 0.006F},
                     Brush{.colour_linear = {0.1F, 0.4F, 0.7F}, .width_m = 0.008F}};
    return start;
}

inline TraceHeader trace_header() {
    return {.start_unix_us = 1'795'000'000'000'000, .recording = recording_start()};
}

} // namespace haven::testing
