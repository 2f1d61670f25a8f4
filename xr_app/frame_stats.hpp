#pragma once

#include "renderer/quality_ladder.hpp"
#include "xr_app/log_histogram.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haven {

/// One frame's clocks.
struct FrameTiming {
    std::int64_t display_time_ns = 0;   ///< on the headset's clock
    std::int64_t display_period_ns = 0; ///< 0: the headset does not tell
    std::int64_t cpu_ns = 0;            ///< our own work, without waiting for headset or GPU
    std::optional<std::int64_t> gpu_ns; ///< of the newest frame whose clocks could be read
    std::optional<std::int64_t>
        prediction_ns; ///< display time minus the moment the hands were located
};

/// A place the person was in.
struct PlaceVisit {
    std::string environment_id;
    std::string environment_config_json;
    double from_s = 0.0; ///< since the client started
};

/// What a headset was made of for a while.
struct HeadsetState {
    double from_s = 0.0; ///< since the client started
    std::string space;
    float refresh_rate_hz = 0.0F; ///< 0: not told
};

/// What else performance_metrics tells.
struct FrameSystem {
    std::string runtime;
    std::string system;
    std::string gpu;
    std::string space;            ///< the last one
    float refresh_rate_hz = 0.0F; ///< the last one; 0: not told
    std::uint32_t eye_width_px = 0;
    std::uint32_t eye_height_px = 0;
    std::uint64_t tracking_losses = 0;
    std::uint64_t runtime_losses = 0;
    struct QualityChange {
        double at_s = 0.0; ///< since the client started
        renderer::QualityStep step;
    };
    std::vector<QualityChange> quality_steps; ///< at most quality_steps_max, the first ones
    static constexpr std::size_t quality_steps_max = 200;
    void note(const QualityChange& change) {
        if (quality_steps.size() < quality_steps_max) {
            quality_steps.push_back(change);
        }
    }
    /// In order, at most headset_states_max, the first ones.
    std::vector<HeadsetState> headset_states;
    static constexpr std::size_t headset_states_max = 100;
    /// In each frame; a state that is another one is kept.
    void note_headset(double at_s, const std::string& its_space, float its_refresh_rate_hz);
    /// In order, at most places_max, the first ones; the first is the VR session's own.
    std::vector<PlaceVisit> places;
    static constexpr std::size_t places_max = 100;
    void note(PlaceVisit visit) {
        if (places.size() < places_max) {
            places.push_back(std::move(visit));
        }
    }
};

/// Counts frames: bounded, never allocates. Frame thread.
class FrameStats {
  public:
    struct Dropped {
        std::uint64_t cpu = 0;     ///< our own work took longer than a period
        std::uint64_t gpu = 0;     ///< the GPU's did
        std::uint64_t runtime = 0; ///< neither: the runtime or the machine was late
        [[nodiscard]] std::uint64_t total() const { return cpu + gpu + runtime; }
    };

    void add(const FrameTiming& said);
    /// Whether a display can have it: runtimes have said nonsense.
    [[nodiscard]] static bool is_period(std::int64_t display_period_ns);
    /// The next frame does not follow the last one: frames were not wanted in between.
    void interrupt() { last_.reset(); }

    [[nodiscard]] std::uint64_t frames() const { return frames_; }
    [[nodiscard]] const Dropped& dropped() const { return dropped_; }
    [[nodiscard]] const LogHistogram& intervals() const { return interval_; }
    [[nodiscard]] const LogHistogram& cpu() const { return cpu_; }
    [[nodiscard]] const LogHistogram& gpu() const { return gpu_; }
    /// Frames a second over the last second or so; 0 before there are any.
    [[nodiscard]] double recent_fps() const;
    /// Frames a second over all the time in which frames were wanted.
    [[nodiscard]] double fps() const;

    /// The document of vr_sessions.performance_metrics, format 1.
    [[nodiscard]] std::string to_json(const FrameSystem& system) const;

  private:
    void count_dropped(const FrameTiming& late, std::int64_t interval_ns);

    LogHistogram interval_;
    LogHistogram cpu_;
    LogHistogram gpu_;
    LogHistogram prediction_;
    Dropped dropped_;
    std::optional<FrameTiming> last_;
    std::uint64_t frames_ = 0;
    double recent_interval_ns_ = 0.0; ///< fading mean; 0: none yet
};

} // namespace haven
