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
    float ink_tolerance_px = 0.35F; ///< between ink and what is drawn of it
    float sprite_share = 1.0F;      ///< of the embers, drops and motes in the air
    bool plain_light = false;       ///< no gloss and no relief; a scene prepared anew
    bool multisampled = true;       ///< where the images are; another is a scene prepared anew
    float render_scale = 1.0F;      ///< of the eye's width and height
    bool lean = false;              ///< light on vertices: a scene prepared anew
    friend bool operator==(const Quality&, const Quality&) = default;
};

/// From all there is downward, each rung cheaper than the one before: ink and sprites, light,
/// samples, resolution, which is never under 85 %, and at last the place's own detail.
[[nodiscard]] std::span<const Quality> quality_rungs();
inline constexpr float render_scale_min = 0.85F;

/// What the compositor needs of each display's period, of the GPU.
inline constexpr float compositor_ms = 2.0F;
/// The GPU's time for a picture; at least half of the period.
[[nodiscard]] float gpu_budget_ms(float period_ms);

/// A step taken, for the log and the metrics.
struct QualityStep {
    std::size_t from = 0; ///< index into quality_rungs()
    std::size_t to = 0;
    float gpu_p95_ms = 0.0F;
    float budget_ms = 0.0F;
    std::size_t missed = 0; ///< frames of the window that came later than their display
};
/// "quality 0 -> 1: GPU p95 11.9 ms of 9.1 ms, 3 frames late"
[[nodiscard]] std::string to_string(const QualityStep& step);

/// Chooses the rung by the 95th percentile of the GPU's time over the last frames, and by how many
/// of them missed their display. Goes down soon, up late, and later each time a rung proved too
/// much; so it settles instead of swinging. Pure: no clock of its own, allocates nothing.
///
///     if (const auto step = ladder.add(now_s, ring.gpu_times().whole_ms, gpu_budget_ms(period_ms),
///                                      missed)) {
///         renderer.set_quality(ladder.quality());
///         log->info("{}", to_string(*step));
///     }
class QualityLadder {
  public:
    static constexpr std::size_t window_frames = 120;
    static constexpr std::size_t down_frames_min = 20; ///< a slow picture need not fill the window
    static constexpr float down_share = 0.90F; ///< of the budget: over this a rung is given up
    static constexpr float up_share = 0.60F;   ///< under this the next better one is tried
    static constexpr float missed_share_max = 0.05F; ///< of the frames: over this, too
    static constexpr float missed_share_up = 0.01F;  ///< at most, where a better one is tried
    static constexpr double down_dwell_s = 2.0;
    static constexpr double up_dwell_s = 15.0;
    static constexpr double up_dwell_max_s = 240.0;
    static constexpr double regret_s = 20.0; ///< down again so soon after going up: it was too much

    /// One frame; `missed_display`: a display went by without a new picture, and it was not for
    /// want of the CPU. Times that are no positive number are left out.
    std::optional<QualityStep> add(double time_s, float gpu_ms, float budget_ms,
                                   bool missed_display = false);
    /// Instead of add(), while the rung's scene is not shown yet: it is judged from when it is.
    void hold(double time_s);
    [[nodiscard]] std::size_t rung() const { return rung_; }
    [[nodiscard]] const Quality& quality() const { return quality_rungs()[rung_]; }
    [[nodiscard]] std::uint32_t step_count() const { return step_count_; }
    /// Of the newest frames since the last step; nothing before there are enough to go down.
    [[nodiscard]] std::optional<float> gpu_p95_ms() const;

  private:
    QualityStep step_to(std::size_t rung, double time_s, float p95_ms);
    [[nodiscard]] std::size_t missed() const;

    std::array<float, window_frames> window_{};
    std::array<bool, window_frames> missed_{};
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
