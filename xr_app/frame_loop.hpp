#pragma once

#include "renderer/gpu/error.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/input_router.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/picture_clock.hpp"
#include "xr_app/presenter.hpp"
#include "xr_app/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace haven {

/// One headset's frames from its first to its last: wait, sample, draw, end. Does no file or
/// network I/O, holds no lock, and allocates nothing once warm, except where a stroke ends or has
/// gone on for ten seconds, a window shows or pictures are captured.
class FrameLoop {
  public:
    enum class End : std::uint8_t {
        over, ///< nothing more will come
        lost, ///< the headset or the GPU is gone; the drawing is not
    };
    /// All must outlive this. `desk`: nullptr where there is no window.
    FrameLoop(Headset& headset, Session& session, Presenter& presenter, Desk* desk);
    [[nodiscard]] End run();

  private:
    using Clock = std::chrono::steady_clock;

    enum class FrameResult : std::uint8_t {
        done,
        skipped, ///< a call failed; the next frame may do
        lost,    ///< the headset or the GPU is gone
    };
    void take_news();
    void leave_when_over();
    [[nodiscard]] FrameResult frame();
    [[nodiscard]] FrameResult draw_and_end(const HeadsetFrame& frame);
    [[nodiscard]] FrameResult draw(const HeadsetFrame& frame, std::optional<EyeImages>& images);
    [[nodiscard]] FrameResult failed(const HeadsetError& error);
    [[nodiscard]] FrameResult failed(const gpu::Error& error);
    void count(const HeadsetFrame& frame);

    Headset& headset_;
    Session& session_;
    Presenter& presenter_;
    InputRouter router_;
    SessionPhase phase_ = SessionPhase::absent;
    int frames_skipped_ = 0; ///< without one that was done between them
    PictureClock picture_clock_;
    Presenter::Shown shown_;
    Clock::duration work_{};      ///< of ours in this frame
    bool missed_display_ = false; ///< since the GPU's time was counted, not for want of the CPU
};

} // namespace haven
