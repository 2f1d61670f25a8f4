#include "bilateral/hand_sample.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/headset/tracking_space.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/hand_sampler.hpp"
#include "xr_app/input/sample_grid.hpp"

#include <openxr/openxr.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

/// The OpenXR headset's hands: what its sampler recorded, and what a frame shows of them.
namespace haven {

std::expected<void, HeadsetError> OpenxrHeadset::take_hands(HeadsetFrame& frame) {
    if (!takes_input(phase_)) {
        return {};
    }
    if (auto failure = sampler_->failure()) {
        return std::unexpected(std::move(*failure));
    }
    hands_ = sampler_->state();
    if (hands_.samples_lost != samples_lost_logged_) {
        samples_lost_logged_ = hands_.samples_lost;
        spdlog::warn("the frames did not come for so long that {} samples of the hands were lost",
                     samples_lost_logged_);
    }
    give_samples(frame);
    frame.pressed_since_ns = hands_.pressed_since;
    for (std::size_t hand = 0; hand < frame.shown.size(); ++hand) {
        frame.shown.at(hand) =
            sampler_->shown(hands_, hand, tracking_->get(), frame.display_time_ns);
    }
    return {};
}

void OpenxrHeadset::give_samples(HeadsetFrame& frame) {
    take_samples();
    const std::span<const HandSample> all = samples_;
    frame.samples_before = all.first(samples_parted_);
    frame.samples = all.subspan(samples_parted_);
}

/// What was located in a new space for a moment before it was right is left out.
void OpenxrHeadset::take_samples() {
    const std::size_t before = samples_.size();
    if (sampler_ != nullptr) {
        sampler_->take_all(samples_);
    }
    const auto fresh = samples_.begin() + static_cast<std::ptrdiff_t>(before);
    samples_.erase(std::remove_if(fresh, samples_.end(),
                                  [this](const HandSample& sample) {
                                      return samples_from_ns_ && sample.time_ns < *samples_from_ns_;
                                  }),
                   samples_.end());
}

/// The space was replaced by another, from that time on: what was located in the one of before is
/// right until then, what is located in the new one from then on.
void OpenxrHeadset::part_samples_at(XrTime replaced_from,
                                    const std::unique_lock<std::mutex>& held) {
    samples_from_ns_.reset();
    take_samples();
    samples_from_ns_ = replaced_at(sampler_->host_time_ns(replaced_from, held), host_now_ns());
    std::erase_if(samples_, [from_ns = *samples_from_ns_](const HandSample& sample) {
        return sample.time_ns >= from_ns;
    });
    samples_parted_ = samples_.size();
}

} // namespace haven
