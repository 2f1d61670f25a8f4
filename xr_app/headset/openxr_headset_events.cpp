#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/refresh_rate.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/headset/tracking_space.hpp"
#include "xr_app/input/hand_sampler.hpp"

#include <openxr/openxr.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

/// What the runtime says between frames, and what the session does on it.
namespace haven {

namespace {

/// How long a runtime may take to answer xrRequestExitSession before we leave by ourselves.
constexpr std::chrono::seconds exit_patience{3};

/// What comes during one frame; more waits in the runtime.
constexpr std::size_t events_per_frame_max = 64;

std::optional<SessionEvent> event_of(XrSessionState state) {
    switch (state) {
    case XR_SESSION_STATE_IDLE:
        return SessionEvent::runtime_idle;
    case XR_SESSION_STATE_READY:
        return SessionEvent::runtime_ready;
    case XR_SESSION_STATE_SYNCHRONIZED:
        return SessionEvent::runtime_synchronized;
    case XR_SESSION_STATE_VISIBLE:
        return SessionEvent::runtime_visible;
    case XR_SESSION_STATE_FOCUSED:
        return SessionEvent::runtime_focused;
    case XR_SESSION_STATE_STOPPING:
        return SessionEvent::runtime_stopping;
    case XR_SESSION_STATE_LOSS_PENDING:
        return SessionEvent::runtime_loss_pending;
    case XR_SESSION_STATE_EXITING:
        return SessionEvent::runtime_exiting;
    default:
        return std::nullopt;
    }
}

} // namespace

void OpenxrHeadset::handle(SessionEvent event) {
    const SessionStep step = next_phase(phase_, event);
    if (step.phase != phase_) {
        spdlog::info("session {}: {}", name(step.phase), sentence(step.phase));
    }
    phase_ = step.phase;
    if (sampler_ != nullptr) {
        sampler_->listen(takes_input(phase_));
    }
    perform(step.actions);
}

void OpenxrHeadset::perform(const SessionActions& actions) {
    news_.pause_input = news_.pause_input || actions.pause_input;
    XrResult result = XR_SUCCESS;
    if (actions.begin_session) {
        const XrSessionBeginInfo info{.type = XR_TYPE_SESSION_BEGIN_INFO,
                                      .primaryViewConfigurationType =
                                          XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO};
        result = xrBeginSession(session_.get(), &info);
    }
    if (actions.request_exit) {
        result = xrRequestExitSession(session_.get());
    }
    if (actions.end_session) {
        result = xrEndSession(session_.get());
    }
    if (XR_FAILED(result)) {
        std::ignore = failed("changing the session", result);
    }
}

/// In the middle of a frame: a space may have another origin by now. The rest waits for poll().
void OpenxrHeadset::read_space_changes() {
    while (later_.size() < events_per_frame_max) {
        XrEventDataBuffer event{.type = XR_TYPE_EVENT_DATA_BUFFER};
        if (xrPollEvent(instance_->get(), &event) != XR_SUCCESS) {
            return;
        }
        if (event.type == XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING) {
            handle(event);
        } else {
            later_.push_back(event);
        }
    }
}

HeadsetNews OpenxrHeadset::poll() {
    taken_.clear();
    taken_parted_ = 0;
    for (const XrEventDataBuffer& event : std::exchange(later_, {})) {
        if (phase_ != SessionPhase::absent && phase_ != SessionPhase::over) {
            handle(event);
        }
    }
    for (std::size_t i = 0;
         i < events_per_frame_max && phase_ != SessionPhase::absent && phase_ != SessionPhase::over;
         ++i) {
        XrEventDataBuffer event{.type = XR_TYPE_EVENT_DATA_BUFFER};
        const XrResult result = xrPollEvent(instance_->get(), &event);
        if (result == XR_EVENT_UNAVAILABLE) {
            break;
        }
        if (XR_FAILED(result)) {
            std::ignore = failed("xrPollEvent", result);
            break;
        }
        handle(event);
    }
    if (exit_asked_at_ && std::chrono::steady_clock::now() - *exit_asked_at_ > exit_patience) {
        handle(SessionEvent::exit_timed_out);
    }
    HeadsetNews news = std::exchange(news_, {});
    news.phase = phase_;
    if (sampler_ != nullptr) {
        const HandSampler::State before = std::exchange(hands_, sampler_->state());
        news.samples = taken_samples(); // what came before belongs to whatever ends now
        news.finish_wished = hands_.finish_wished;
        news.menu_held_share = hands_.menu_held_share;
        if (hands_.menu_taps > before.menu_taps) {
            news.menu_wished = hands_.menu_hand;
        }
        for (const Hand hand : {Hand::left, Hand::right}) {
            const auto i = static_cast<std::size_t>(hand);
            if (hands_.undos.at(i) > before.undos.at(i)) { // a new sampler begins at 0
                news.undo_wished = news.undo_wished | only(hand);
            }
        }
    }
    return news;
}

void OpenxrHeadset::handle(const XrEventDataBuffer& event) {
    switch (event.type) {
    case XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED: {
        const auto& changed = reinterpret_cast<const XrEventDataSessionStateChanged&>(event);
        if (const auto what = event_of(changed.state); what && changed.session == session_.get()) {
            handle(*what);
        }
        break;
    }
    case XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING:
        handle(SessionEvent::runtime_loss_pending);
        break;
    case XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING:
        tracking_->expect(reinterpret_cast<const XrEventDataReferenceSpaceChangePending&>(event));
        break;
    case XR_TYPE_EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR:
        news_.hidden_area_changed = true;
        break;
    case XR_TYPE_EVENT_DATA_DISPLAY_REFRESH_RATE_CHANGED_FB:
        info_.refresh_rate_hz = read_refresh_rate(*instance_, session_.get());
        break;
    case XR_TYPE_EVENT_DATA_EVENTS_LOST:
        spdlog::warn("the runtime dropped {} events",
                     reinterpret_cast<const XrEventDataEventsLost&>(event).lostEventCount);
        news_.hidden_area_changed = true; // what can be asked is asked again
        info_.refresh_rate_hz = read_refresh_rate(*instance_, session_.get());
        break;
    default:
        break;
    }
}

void OpenxrHeadset::request_exit() {
    if (!exit_asked_at_) {
        exit_asked_at_ = std::chrono::steady_clock::now();
        handle(SessionEvent::exit_asked);
    }
}

} // namespace haven
