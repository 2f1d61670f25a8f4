#include "xr_app/headset/replay_headset.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <cstddef>
#include <expected>

namespace haven {

namespace {

HeadsetError draws_nothing() {
    return {.kind = HeadsetError::Kind::unsupported, .message = "A replayed trace draws nothing."};
}

} // namespace

ReplayHeadset::ReplayHeadset(const Trace& trace)
    : trace_(trace), info_{.runtime = "replay", .system = "recorded trace", .space = "stage"} {}

std::expected<void, HeadsetError> ReplayHeadset::attach(gpu::Device& /*device*/) {
    return std::unexpected(draws_nothing());
}

HeadsetNews ReplayHeadset::poll() {
    if (next_sample_ == trace_.samples.size() && next_event_ == trace_.events.size()) {
        phase_ = SessionPhase::over;
    }
    return {.phase = phase_};
}

std::expected<HeadsetFrame, HeadsetError> ReplayHeadset::wait_frame() {
    HeadsetFrame frame;
    if (next_event_ < trace_.events.size() &&
        trace_.events.at(next_event_).before_sample <= next_sample_) {
        frame.told = {&trace_.events.at(next_event_).event, 1};
        next_event_ += 1;
        return frame;
    }
    const HandSample& sample = trace_.samples.at(next_sample_);
    frame.display_time_ns = sample.time_ns;
    frame.hands.at(static_cast<std::size_t>(sample.hand)) = sample;
    next_sample_ += 1;
    return frame;
}

std::expected<EyeImages, HeadsetError> ReplayHeadset::acquire() {
    return std::unexpected(draws_nothing());
}

} // namespace haven
