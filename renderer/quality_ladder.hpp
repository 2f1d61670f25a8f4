#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace haven::renderer {

/// What can be given up when a GPU does not keep up. Recorded data never is.
struct Quality {
    float ink_tolerance_px = 0.35F; ///< StereoRenderer::set_ink_tolerance_px
    float sprite_share = 1.0F;      ///< of the embers, drops and motes in the air
    bool lean = false;              ///< light on vertices: a scene prepared anew
    float render_scale = 1.0F;      ///< of the eye's width and height
    friend bool operator==(const Quality&, const Quality&) = default;
};

/// From all there is downward, each rung cheaper than the one before. Resolution goes last and
/// never under 85 %.
[[nodiscard]] std::span<const Quality> quality_rungs();
inline constexpr float render_scale_min = 0.85F;

/// A step taken, for the log and the metrics.
struct QualityStep {
    std::size_t from = 0; ///< index into quality_rungs()
    std::size_t to = 0;
    float gpu_p95_ms = 0.0F;
    float budget_ms = 0.0F;
};
/// "quality 0 -> 1: GPU p95 11.9 ms of 11.1 ms"
[[nodiscard]] std::string to_string(const QualityStep& step);

/// Chooses the rung by the 95th percentile of the GPU's time over the last frames. Goes down soon,
/// up late, and later each time a rung proved too much; so it settles instead of swinging. Pure: no
/// clock of its own, allocates nothing.
///
///     if (const auto step = ladder.add(now_s, ring.gpu_times().whole_ms, budget_ms)) {
///         renderer.set_quality(ladder.quality());
///         log->info("{}", to_string(*step));
///     }
class QualityLadder {
  public:
    static constexpr std::size_t window_frames = 120;
    static constexpr std::size_t down_frames_min = 20; ///< a slow picture need not fill the window
    static constexpr float down_share = 0.90F; ///< of the budget: over this a rung is given up
    static constexpr float up_share = 0.60F;   ///< under this the next better one is tried
    static constexpr double down_dwell_s = 2.0;
    static constexpr double up_dwell_s = 15.0;
    static constexpr double up_dwell_max_s = 240.0;
    static constexpr double regret_s = 20.0; ///< down again so soon after going up: it was too much

    /// One frame. `budget_ms` is the display's period less what the runtime needs. Times that are
    /// no positive number are left out.
    std::optional<QualityStep> add(double time_s, float gpu_ms, float budget_ms);
    [[nodiscard]] std::size_t rung() const { return rung_; }
    [[nodiscard]] const Quality& quality() const { return quality_rungs()[rung_]; }
    [[nodiscard]] std::uint32_t step_count() const { return step_count_; }
    /// Of the newest frames since the last step; nothing before there are enough to go down.
    [[nodiscard]] std::optional<float> gpu_p95_ms() const;

  private:
    QualityStep step_to(std::size_t rung, double time_s, float p95_ms);

    std::array<float, window_frames> window_{};
    std::size_t filled_ = 0;
    std::size_t next_ = 0;
    std::size_t rung_ = 0;
    float budget_ms_ = 0.0F;
    std::optional<double> stepped_s_;
    std::optional<double> rose_s_;
    double up_wait_s_ = up_dwell_s;
    std::uint32_t step_count_ = 0;
};

} // namespace haven::renderer
