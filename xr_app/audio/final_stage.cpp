#include "xr_app/audio/final_stage.hpp"

#include "environments/soundscape/score.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/output_device.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace haven::audio {
namespace {

constexpr float ceiling = 0.63F; ///< -4 dBFS
constexpr float release_s = 0.25F;
constexpr float smooth_s = 0.012F;
/// How far what is followed goes each sample.
constexpr float smooth_step = 1.0F / (smooth_s * soundscape::sample_rate_hz);
constexpr float release_step = 1.0F / (release_s * soundscape::sample_rate_hz);

float ear(const Hearing& hearing, float volume) {
    return std::clamp(hearing.volume, 0.0F, 1.0F) * std::clamp(volume, 0.0F, 1.0F);
}

} // namespace

FinalStage::FinalStage(const Hearing& hearing)
    : hearing_(hearing), left_(ear(hearing, hearing.left)), right_(ear(hearing, hearing.right)),
      mono_(hearing.mono ? 1.0F : 0.0F) {
    gains_.fill(1.0F);
}

/// The gain for the frame that leaves now: the lowest needed by any frame that waits, averaged over
/// them, so that it is reached just when its peak leaves.
float FinalStage::limit(float left, float right) {
    const float peak = std::max(std::abs(left), std::abs(right));
    const float needed = peak > ceiling ? ceiling / peak : 1.0F;
    if (needed <= held_) {
        held_ = needed;
        hold_left_ = ahead_frames;
    } else if (hold_left_ > 0) {
        --hold_left_;
    } else {
        held_ += release_step * (1.0F - held_);
    }
    gain_sum_ += static_cast<double>(held_) - static_cast<double>(gains_[at_]);
    gains_[at_] = held_;
    return static_cast<float>(gain_sum_ / ahead_frames);
}

void FinalStage::apply(Block& block) {
    const float to_left = ear(hearing_, hearing_.left);
    const float to_right = ear(hearing_, hearing_.right);
    for (std::size_t i = 0; i < block.size(); i += 2) {
        opening_ += smooth_step * ((open_ ? 1.0F : 0.0F) - opening_);
        left_ += smooth_step * (to_left - left_);
        right_ += smooth_step * (to_right - right_);
        mono_ += smooth_step * ((hearing_.mono ? 1.0F : 0.0F) - mono_);
        const float gain = opening_ * limit(block[i], block[i + 1]);
        const float left = gain * waiting_[2 * at_];
        const float right = gain * waiting_[2 * at_ + 1];
        waiting_[2 * at_] = block[i];
        waiting_[2 * at_ + 1] = block[i + 1];
        at_ = (at_ + 1) % ahead_frames;
        const float both = 0.5F * (left + right);
        block[i] = left_ * (mono_ * both + (1.0F - mono_) * left);
        block[i + 1] = right_ * (mono_ * both + (1.0F - mono_) * right);
    }
}

} // namespace haven::audio
