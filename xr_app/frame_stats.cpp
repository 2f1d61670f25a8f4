#include "xr_app/frame_stats.hpp"

#include "xr_app/json_text.hpp"
#include "xr_app/log_histogram.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haven {

namespace {

/// The share of the newest interval in the shown frame rate; the old ones fade within a second at
/// 60 Hz.
constexpr double recent_share = 0.05;

constexpr std::int64_t period_min_ns = 1'000'000;
constexpr std::int64_t period_max_ns = 1'000'000'000;
/// Nobody looks at one frame for longer: the clock was moved, or the machine slept.
constexpr std::int64_t interval_max_ns = 10'000'000'000;

double ms_of(std::int64_t ns) {
    return std::round(static_cast<double>(ns) / 1e3) / 1e3; // to the microsecond
}

double rounded(double value) {
    return std::round(value * 1e3) / 1e3;
}

void add_times(const JsonText& json, const char* key, const LogHistogram& histogram) {
    if (histogram.count() == 0) {
        json.add_null(key);
        return;
    }
    const JsonText times = json.nested(key);
    times.add("p50", ms_of(histogram.percentile_ns(0.50)));
    times.add("p95", ms_of(histogram.percentile_ns(0.95)));
    times.add("p99", ms_of(histogram.percentile_ns(0.99)));
    times.add("max", ms_of(histogram.max_ns()));
}

std::optional<double> told(float rate_hz) {
    return rate_hz > 0.0F ? std::optional(rounded(static_cast<double>(rate_hz))) : std::nullopt;
}

} // namespace

void FrameSystem::note_headset(double at_s, const std::string& its_space,
                               float its_refresh_rate_hz) {
    space = its_space;
    refresh_rate_hz = its_refresh_rate_hz;
    if (!headset_states.empty() && headset_states.back().space == its_space &&
        headset_states.back().refresh_rate_hz == its_refresh_rate_hz) {
        return;
    }
    if (headset_states.size() < headset_states_max) {
        headset_states.push_back(
            {.from_s = at_s, .space = its_space, .refresh_rate_hz = its_refresh_rate_hz});
    }
}

bool FrameStats::is_period(std::int64_t display_period_ns) {
    return display_period_ns >= period_min_ns && display_period_ns <= period_max_ns;
}

void FrameStats::add(const FrameTiming& said) {
    // What a runtime says of times may be nonsense; what is not possible is not counted.
    FrameTiming timing = said;
    if (!is_period(timing.display_period_ns)) {
        timing.display_period_ns = 0;
    }
    if (timing.prediction_ns && std::abs(static_cast<double>(*timing.prediction_ns)) >
                                    static_cast<double>(interval_max_ns)) {
        timing.prediction_ns.reset();
    }
    frames_ += 1;
    cpu_.add_ns(timing.cpu_ns);
    if (timing.gpu_ns) {
        gpu_.add_ns(*timing.gpu_ns);
    }
    if (timing.prediction_ns) {
        prediction_.add_ns(*timing.prediction_ns);
    }
    if (timing.display_time_ns <= 0) {
        last_.reset();
        return;
    }
    if (last_ && timing.display_time_ns > last_->display_time_ns &&
        timing.display_time_ns - last_->display_time_ns <= interval_max_ns) {
        const std::int64_t interval_ns = timing.display_time_ns - last_->display_time_ns;
        interval_.add_ns(interval_ns);
        count_dropped(*last_, interval_ns);
        const auto interval = static_cast<double>(interval_ns);
        recent_interval_ns_ =
            recent_interval_ns_ == 0.0
                ? interval
                : recent_interval_ns_ + recent_share * (interval - recent_interval_ns_);
    }
    last_ = timing;
}

/// `late` is the frame after which displays went by without a new one.
void FrameStats::count_dropped(const FrameTiming& late, std::int64_t interval_ns) {
    if (late.display_period_ns <= 0) {
        return;
    }
    const double periods =
        static_cast<double>(interval_ns) / static_cast<double>(late.display_period_ns);
    const auto missed = std::llround(periods) - 1;
    if (missed <= 0) {
        return;
    }
    const auto count = static_cast<std::uint64_t>(missed);
    if (late.cpu_ns > late.display_period_ns) {
        dropped_.cpu += count;
    } else if (late.gpu_ns.value_or(0) > late.display_period_ns) {
        dropped_.gpu += count;
    } else {
        dropped_.runtime += count;
    }
}

double FrameStats::recent_fps() const {
    return recent_interval_ns_ == 0.0 ? 0.0 : 1e9 / recent_interval_ns_;
}

double FrameStats::fps() const {
    return interval_.count() == 0 ? 0.0 : 1e9 / interval_.mean_ns();
}

std::string FrameStats::to_json(const FrameSystem& system) const {
    const JsonText json;
    json.add("format", std::int64_t{1});
    json.add("frames", frames_);
    json.add("fps", rounded(fps()));
    add_times(json, "frame_ms", interval_);
    add_times(json, "cpu_ms", cpu_);
    add_times(json, "gpu_ms", gpu_);

    const JsonText dropped = json.nested("dropped_frames");
    dropped.add("total", dropped_.total());
    dropped.add("cpu", dropped_.cpu);
    dropped.add("gpu", dropped_.gpu);
    dropped.add("runtime_or_unknown", dropped_.runtime);

    add_times(json, "prediction_ms", prediction_);
    // Nobody measures photons here: it is what the runtime predicts, from the hand's sample to its
    // display.
    std::optional<double> latency_ms;
    if (prediction_.count() > 0) {
        latency_ms = ms_of(prediction_.percentile_ns(0.50));
    }
    json.add("latency_estimate_ms", latency_ms);
    json.add("latency_estimate_method",
             std::string_view("median of predicted display time minus sampling time"));
    json.add("refresh_rate_hz", told(system.refresh_rate_hz));
    json.add("runtime", std::string_view(system.runtime));
    json.add("system", std::string_view(system.system));
    json.add("gpu", std::string_view(system.gpu));
    json.add("reference_space", std::string_view(system.space));
    const JsonText eye = json.nested("eye_size_px");
    eye.add("width", std::uint64_t{system.eye_width_px});
    eye.add("height", std::uint64_t{system.eye_height_px});
    json.add("tracking_losses", system.tracking_losses);
    json.add("runtime_losses", system.runtime_losses);
    json.add_empty_list("quality_steps");
    for (const FrameSystem::QualityChange& change : system.quality_steps) {
        const JsonText step = json.item_of("quality_steps");
        step.add("at_s", rounded(change.at_s));
        step.add("from", std::uint64_t{change.step.from});
        step.add("to", std::uint64_t{change.step.to});
        step.add("gpu_p95_ms", rounded(static_cast<double>(change.step.gpu_p95_ms)));
        step.add("budget_ms", rounded(static_cast<double>(change.step.budget_ms)));
        step.add("late_frames", std::uint64_t{change.step.missed});
    }
    for (const HeadsetState& one : system.headset_states) {
        const JsonText state = json.item_of("headset_states");
        state.add("from_s", rounded(one.from_s));
        state.add("reference_space", std::string_view(one.space));
        state.add("refresh_rate_hz", told(one.refresh_rate_hz));
    }
    for (const PlaceVisit& visit : system.places) {
        const JsonText place = json.item_of("places");
        place.add("environment_id", std::string_view(visit.environment_id));
        place.add("from_s", rounded(visit.from_s));
        place.add_raw("environment_config", visit.environment_config_json);
    }
    return json.written();
}

} // namespace haven
