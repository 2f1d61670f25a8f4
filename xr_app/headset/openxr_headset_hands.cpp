#include "bilateral/hand_sample.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/headset/tracking_space.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/hand_sampler.hpp"
#include "xr_app/input/sample_grid.hpp"

#include <openxr/openxr.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
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
    const auto undos = hands_.undos; // told by poll() alone
    const auto menu_taps = hands_.menu_taps;
    hands_ = sampler_->state();
    hands_.undos = undos;
    hands_.menu_taps = menu_taps;
    if (hands_.samples_lost != samples_lost_logged_) {
        samples_lost_logged_ = hands_.samples_lost;
        spdlog::warn("the frames did not come for so long that {} samples of the hands were lost",
                     samples_lost_logged_);
    }
    give_samples(frame);
    frame.pressed_since_ns = hands_.pressed_since;
    for (std::size_t hand = 0; hand < frame.shown.size(); ++hand) {
        frame.shown.at(hand) = sampler_->shown(hands_, hand, tracking_->get(), shown_at_);
        frame.aims.at(hand) = sampler_->aim(hands_, hand, frame.shown.at(hand),
                                            frame.tracking_from_head, tracking_->get(), shown_at_);
    }
    return {};
}

void OpenxrHeadset::give_samples(HeadsetFrame& frame) {
    const std::span<const HandSample> all = taken_samples();
    frame.samples_before = all.first(taken_parted_);
    frame.samples = all.subspan(taken_parted_);
}

std::span<const HandSample> OpenxrHeadset::taken_samples() {
    take_samples(sampler_->hold());
    samples_.clear();
    std::ranges::transform(taken_, std::back_inserter(samples_), &LocatedSample::sample);
    return samples_;
}

/// What was located in a space for a moment at which it was not right is left out: in a new one
/// before, and in the old one after the runtime's change.
void OpenxrHeadset::take_samples(const std::unique_lock<std::mutex>& held) {
    const std::size_t before = taken_.size();
    sampler_->take_all(taken_);
    const auto fresh = taken_.begin() + static_cast<std::ptrdiff_t>(before);
    taken_.erase(std::remove_if(fresh, taken_.end(),
                                [this](const LocatedSample& one) {
                                    return samples_from_ns_ && one.from_ns < *samples_from_ns_;
                                }),
                 taken_.end());
    if (const auto until = tracking_->right_until()) {
        leave_out_samples(replaced_at(sampler_->host_time_ns(*until, held), host_now_ns()));
    }
}

void OpenxrHeadset::leave_out_samples(std::int64_t from_ns) {
    const auto misplaced = [&](const LocatedSample& one) { return one.until_ns >= from_ns; };
    const auto parted = taken_.begin() + static_cast<std::ptrdiff_t>(taken_parted_);
    taken_parted_ -= static_cast<std::size_t>(std::count_if(taken_.begin(), parted, misplaced));
    std::erase_if(taken_, misplaced);
}

/// The space was replaced by another, from that time on: what was located in the one of before is
/// right until then, what is located in the new one from then on.
void OpenxrHeadset::part_samples_at(XrTime replaced_from,
                                    const std::unique_lock<std::mutex>& held) {
    take_samples(held);
    samples_from_ns_ = replaced_at(sampler_->host_time_ns(replaced_from, held), host_now_ns());
    leave_out_samples(*samples_from_ns_);
    taken_parted_ = taken_.size();
}

} // namespace haven
