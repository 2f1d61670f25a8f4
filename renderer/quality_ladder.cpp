#include "renderer/quality_ladder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <format>
#include <optional>
#include <span>
#include <string>

namespace haven::renderer {
namespace {

constexpr std::array rungs{
    Quality{},
    Quality{.ink_tolerance_px = 1.0F, .sprite_share = 0.25F},
    Quality{.ink_tolerance_px = 1.0F, .sprite_share = 0.25F, .plain_light = true},
    Quality{.ink_tolerance_px = 1.0F,
            .sprite_share = 0.25F,
            .plain_light = true,
            .multisampled = false},
    Quality{.ink_tolerance_px = 1.0F,
            .sprite_share = 0.25F,
            .plain_light = true,
            .multisampled = false,
            .render_scale = 0.92F},
    Quality{.ink_tolerance_px = 1.0F,
            .sprite_share = 0.25F,
            .plain_light = true,
            .multisampled = false,
            .render_scale = render_scale_min},
    Quality{.ink_tolerance_px = 1.0F,
            .sprite_share = 0.25F,
            .plain_light = true,
            .multisampled = false,
            .render_scale = render_scale_min,
            .lean = true}};

} // namespace

float gpu_budget_ms(float period_ms) {
    return std::max(period_ms - compositor_ms, 0.5F * period_ms);
}

std::span<const Quality> quality_rungs() {
    return rungs;
}

std::string to_string(const QualityStep& step) {
    return std::format("quality {} -> {}: GPU p95 {:.1f} ms of {:.1f} ms{}", step.from, step.to,
                       step.gpu_p95_ms, step.budget_ms,
                       step.missed == 0 ? "" : std::format(", {} frames late", step.missed));
}

std::optional<float> QualityLadder::gpu_p95_ms() const {
    if (filled_ < down_frames_min) {
        return std::nullopt;
    }
    std::array<float, window_frames> copy = window_;
    const auto sorted = std::span(copy).first(filled_);
    const std::size_t at = (filled_ * 95 + 99) / 100 - 1;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(at));
    return sorted[at];
}

std::size_t QualityLadder::missed() const {
    return static_cast<std::size_t>(std::ranges::count(std::span(missed_).first(filled_), true));
}

QualityStep QualityLadder::step_to(std::size_t rung, double time_s, float p95_ms) {
    const QualityStep step{.from = rung_,
                           .to = rung,
                           .gpu_p95_ms = p95_ms,
                           .budget_ms = budget_ms_,
                           .missed = missed()};
    if (rung > rung_) {
        if (rose_s_ && time_s - *rose_s_ < regret_s) {
            up_wait_s_ = std::min(2.0 * up_wait_s_, up_dwell_max_s);
        }
        rose_s_.reset();
    } else {
        rose_s_ = time_s;
    }
    rung_ = rung;
    stepped_s_ = time_s;
    filled_ = next_ = 0; // what was measured on another rung says nothing of this one
    ++step_count_;
    return step;
}

void QualityLadder::hold(double time_s) {
    filled_ = next_ = 0;
    if (stepped_s_) {
        stepped_s_ = time_s;
    }
    if (rose_s_ && time_s - *rose_s_ < regret_s) {
        rose_s_ = time_s;
    }
}

std::optional<QualityStep> QualityLadder::add(double time_s, float gpu_ms, float budget_ms,
                                              bool missed_display) {
    if (!std::isfinite(gpu_ms) || gpu_ms <= 0.0F || !std::isfinite(budget_ms) ||
        budget_ms <= 0.0F) {
        return std::nullopt;
    }
    if (budget_ms != budget_ms_) { // another refresh rate
        budget_ms_ = budget_ms;
        filled_ = next_ = 0;
    }
    if (!stepped_s_) {
        stepped_s_ = time_s;
    }
    window_.at(next_) = gpu_ms;
    missed_.at(next_) = missed_display;
    next_ = (next_ + 1) % window_frames;
    filled_ = std::min(filled_ + 1, window_frames);
    const auto p95_ms = gpu_p95_ms();
    if (!p95_ms) {
        return std::nullopt;
    }
    const double rested_s = time_s - *stepped_s_;
    const float missed_share = static_cast<float>(missed()) / static_cast<float>(filled_);
    const bool too_much = *p95_ms > down_share * budget_ms_ || missed_share > missed_share_max;
    if (too_much && rung_ + 1 < rungs.size() && rested_s >= down_dwell_s) {
        return step_to(rung_ + 1, time_s, *p95_ms);
    }
    const bool room = *p95_ms < up_share * budget_ms_ && missed_share <= missed_share_up;
    if (room && rung_ > 0 && rested_s >= up_wait_s_ && filled_ == window_frames) {
        return step_to(rung_ - 1, time_s, *p95_ms);
    }
    return std::nullopt;
}

} // namespace haven::renderer
