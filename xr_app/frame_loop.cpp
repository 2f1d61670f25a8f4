#include "xr_app/frame_loop.hpp"

#include "renderer/gpu/error.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/picture_clock.hpp"
#include "xr_app/presenter.hpp"
#include "xr_app/session.hpp"
#include "xr_app/thread_priority.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

namespace haven {

namespace {

/// How long to rest when the headset wants no frames; it is woken soon enough, and costs nothing.
constexpr std::chrono::milliseconds rest{20};

/// How long to wait for the frame in which the last picture can be taken.
constexpr std::chrono::seconds last_picture_patience{1};

/// More of them in a row is a headset that must be built anew.
constexpr int frames_skipped_max = 50;

} // namespace

FrameLoop::FrameLoop(Headset& headset, Session& session, Presenter& presenter, Desk* desk)
    : headset_(headset), session_(session), presenter_(presenter), router_(headset, session, desk) {
    session.placement.begin_headset();
}

FrameLoop::End FrameLoop::run() {
    const BeforeOthers in_time(Urgency::frames);
    while (true) {
        take_news();
        if (phase_ == SessionPhase::over) {
            return End::over;
        }
        if (phase_ == SessionPhase::absent || frames_skipped_ > frames_skipped_max) {
            session_.drawing.pause();
            return End::lost;
        }
        if (!runs_frames(phase_)) {
            session_.performance.stats.interrupt();
            session_.keep();
            shown_.hands = router_.hands();
            presenter_.show_at_the_desk(headset_, phase_, shown_, false);
            std::this_thread::sleep_for(rest);
            continue;
        }
        switch (frame()) {
        case FrameResult::done:
            frames_skipped_ = 0;
            break;
        case FrameResult::skipped:
            frames_skipped_ += 1;
            session_.performance.stats.interrupt();
            std::this_thread::sleep_for(rest); // the call that failed did not wait
            break;
        case FrameResult::lost:
            frames_skipped_ = frames_skipped_max + 1;
            break;
        }
    }
}

void FrameLoop::take_news() {
    router_.poll_desk();
    const HeadsetNews news = headset_.poll();
    phase_ = news.phase;
    if (news.hidden_area_changed) {
        presenter_.set_hidden_area(headset_.hidden_area());
    }
    router_.take(news, shown_.time_s);
    if (session_.guide) {
        session_.guide->tick(takes_input(phase_), host_now_ns());
    }
    session_.director.update(Clock::now());
    if (const auto place = session_.director.take_place_wish()) {
        presenter_.change_place(*place);
    }
    leave_when_over();
}

/// One more picture, of the finished drawing, is taken on the way out.
void FrameLoop::leave_when_over() {
    const auto ended_at = session_.director.ended_at();
    if (!ended_at) {
        return;
    }
    const bool picture_comes = session_.capture && !presenter_.last_picture_taken() &&
                               runs_frames(phase_) &&
                               Clock::now() - *ended_at <= last_picture_patience;
    if (!picture_comes) {
        headset_.request_exit();
    }
}

FrameLoop::FrameResult FrameLoop::frame() {
    work_ = {};
    if (const auto begun = presenter_.begin_frame(); !begun) {
        return failed(begun.error());
    }
    const auto frame = headset_.wait_frame();
    if (!frame) {
        std::ignore = headset_.end_frame({}); // if it was begun at all
        return failed(frame.error());
    }
    const auto began = Clock::now();
    const std::chrono::duration<double> now_s = began - session_.performance.started_at;
    const HeadsetInfo& info = headset_.info();
    session_.performance.system.note_headset(now_s.count(), info.space, info.refresh_rate_hz);
    shown_.time_s = picture_clock_.at(
        frame->display_time_ns,
        now_s.count() + display_lead_s(frame->prediction_ns, frame->display_period_ns));
    router_.take_samples_before(*frame, shown_.time_s);
    if (session_.placement.update(*frame, takes_input(phase_), router_.recenter_wished())) {
        presenter_.place_ink();
    }
    router_.take(*frame, shown_.time_s);
    session_.keep();
    shown_.hands = router_.hands();
    shown_.hands_visible = takes_input(phase_) && !session_.director.ended_at();
    work_ += Clock::now() - began;
    const FrameResult result = draw_and_end(*frame);
    if (result == FrameResult::done) {
        count(*frame);
    }
    return result;
}

/// Whatever becomes of the picture, a frame that was begun is ended.
FrameLoop::FrameResult FrameLoop::draw_and_end(const HeadsetFrame& frame) {
    std::optional<EyeImages> drawn;
    FrameResult result = FrameResult::done;
    if (frame.should_render && frame.eyes_valid) {
        result = draw(frame, drawn);
    }
    const auto extent = drawn.transform([](const EyeImages& images) { return images.drawn; });
    if (const auto ended = headset_.end_frame(extent); !ended) {
        return failed(ended.error());
    }
    presenter_.show_at_the_desk(headset_, phase_, shown_, drawn.has_value());
    return result;
}

FrameLoop::FrameResult FrameLoop::draw(const HeadsetFrame& frame,
                                       std::optional<EyeImages>& images) {
    auto acquired = headset_.acquire();
    if (!acquired) {
        return failed(acquired.error());
    }
    const auto began = Clock::now();
    if (const auto done = presenter_.draw(headset_, frame, *acquired, shown_); !done) {
        return failed(done.error());
    }
    work_ += Clock::now() - began;
    images = *acquired;
    presenter_.follow_up(*images, session_.director.ended_at().has_value());
    return FrameResult::done;
}

FrameLoop::FrameResult FrameLoop::failed(const HeadsetError& error) {
    if (error.kind == HeadsetError::Kind::lost) {
        return FrameResult::lost;
    }
    spdlog::log(frames_skipped_ == 0 ? spdlog::level::warn : spdlog::level::debug,
                "a frame is skipped: {}", error.message);
    return FrameResult::skipped;
}

/// What was recorded and not submitted is missing from then on: all is built anew.
FrameLoop::FrameResult FrameLoop::failed(const gpu::Error& error) {
    spdlog::error("GPU: {}", error.what);
    return FrameResult::lost;
}

void FrameLoop::count(const HeadsetFrame& frame) {
    const FrameTiming timing{
        .display_time_ns = frame.display_time_ns,
        .display_period_ns = frame.display_period_ns,
        .cpu_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(work_).count(),
        .gpu_ns = presenter_.take_gpu_ns(),
        .prediction_ns = frame.prediction_ns};
    FrameStats& stats = session_.performance.stats;
    const FrameStats::Dropped before = stats.dropped();
    stats.add(timing);
    if (!frame.should_render) {
        stats.interrupt(); // no picture is wanted: a runtime may come as seldom as it likes
    }
    const FrameStats::Dropped& now = stats.dropped();
    missed_display_ = missed_display_ || now.total() - now.cpu > before.total() - before.cpu;
    if (timing.gpu_ns && FrameStats::is_period(frame.display_period_ns)) {
        presenter_.keep_pace(static_cast<float>(frame.display_period_ns) / 1e6F,
                             std::exchange(missed_display_, false));
    }
}

} // namespace haven
