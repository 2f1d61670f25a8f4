#pragma once

#include "bilateral/hand_sample.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/mirror/desk.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

namespace haven {

struct DesktopOptions {
    std::optional<std::pair<std::uint32_t, std::uint32_t>> eye_size;
};

/// No headset: mouse and keyboard move head and hands, and the window shows what one eye would see.
/// Everything after the hands' readings is the same as with a headset.
class DesktopHeadset final : public Headset {
  public:
    DesktopHeadset(const Desk& desk, DesktopOptions options);

    [[nodiscard]] const HeadsetInfo& info() const override { return info_; }
    [[nodiscard]] std::string_view hint() const override {
        return "The mouse moves both hands: its left button draws with the right hand, its right "
               "button with the left hand. The wheel reaches farther; W A S D walk, Q and E turn; "
               "hold C to have the place before you again. Ctrl+Z takes back what was drawn last, "
               "Ctrl+Y brings it back, Ctrl+Backspace clears; with Shift the right hand's alone, "
               "with Alt the left hand's. M opens and closes the menu. To end, close this window: "
               "the drawing "
               "is saved.";
    }
    [[nodiscard]] std::uint32_t sample_period_us() const override { return 0; }
    [[nodiscard]] std::expected<void, HeadsetError> attach(gpu::Device& device,
                                                           const ImagesDecided& decided) override;
    void detach() override;
    [[nodiscard]] HeadsetNews poll() override;
    void request_exit() override;
    [[nodiscard]] std::expected<HeadsetFrame, HeadsetError> wait_frame() override;
    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire() override;

  private:
    using Clock = std::chrono::steady_clock;

    const Desk& desk_;
    DesktopOptions options_;
    HeadsetInfo info_;
    SessionPhase phase_ = SessionPhase::absent;
    DesktopDriver driver_;
    std::array<HandReader, 2> readers_{HandReader{Hand::left, InteractionChoice::controller},
                                       HandReader{Hand::right, InteractionChoice::controller}};
    std::array<HandSample, 2> samples_;
    std::array<gpu::Image, gpu::frames_in_flight> images_;
    renderer::StereoTarget target_;
    std::size_t index_ = 0;
    Clock::time_point next_frame_;
    Clock::time_point last_frame_;
};

} // namespace haven
