#pragma once

#include "bilateral/pose_trace.hpp"
#include "xr_app/headset/headset.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace haven {

/// Hands that move as a recorded trace says, as fast as they are asked for. Draws nothing.
class ReplayHeadset final : public Headset {
  public:
    explicit ReplayHeadset(const Trace& trace); ///< observed; must outlive this

    [[nodiscard]] const HeadsetInfo& info() const override { return info_; }
    [[nodiscard]] std::string_view hint() const override { return ""; }
    [[nodiscard]] bool draws() const override { return false; }
    [[nodiscard]] std::expected<void, HeadsetError> attach(gpu::Device& device) override;
    [[nodiscard]] renderer::RendererOptions renderer_options() const override { return {}; }
    void detach() override {}
    [[nodiscard]] HeadsetNews poll() override;
    void ask_exit() override { phase_ = SessionPhase::over; }
    /// Each frame is the next event, or the next sample.
    [[nodiscard]] std::expected<HeadsetFrame, HeadsetError> wait_frame() override;
    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire() override;

  private:
    const Trace& trace_;
    HeadsetInfo info_;
    SessionPhase phase_ = SessionPhase::focused;
    std::size_t next_sample_ = 0;
    std::size_t next_event_ = 0;
};

} // namespace haven
