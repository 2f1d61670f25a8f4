#pragma once

#include <cstdint>
#include <string_view>

namespace haven {

/// Where the session with the headset's runtime stands: OpenXR's session states (spec section 9.3),
/// and the two that only an application knows: nothing there (no runtime, or it died) and over
/// (nothing more will come).
enum class SessionPhase : std::uint8_t {
    absent,
    idle,
    ready,
    synchronized,
    visible,
    focused,
    stopping,
    over,
};

/// What can happen to a session. The first group is the runtime's word (XrSessionState), the second
/// is ours.
enum class SessionEvent : std::uint8_t {
    runtime_idle,
    runtime_ready,
    runtime_synchronized,
    runtime_visible,
    runtime_focused,
    runtime_stopping,
    runtime_loss_pending,
    runtime_exiting,

    session_made,   ///< xrCreateSession succeeded
    session_lost,   ///< a call answered INSTANCE_LOST or SESSION_LOST, or the GPU's device was lost
    exit_asked,     ///< the person, the window, a signal or the clock asks to end
    exit_timed_out, ///< the runtime never answered xrRequestExitSession
};

/// What the caller must do on the way, in this order.
struct SessionActions {
    bool begin_session = false; ///< xrBeginSession
    bool pause_input = false;   ///< end running strokes as paused, hide the hands
    bool request_exit = false;  ///< xrRequestExitSession
    bool end_session = false;   ///< xrEndSession
    bool rebuild = false;       ///< destroy everything of the runtime's and try again every second
    bool leave = false;         ///< destroy everything of the runtime's and finish
    friend bool operator==(const SessionActions&, const SessionActions&) = default;
};

struct SessionStep {
    SessionPhase phase = SessionPhase::absent;
    SessionActions actions;
    friend bool operator==(const SessionStep&, const SessionStep&) = default;
};

/// The whole state machine. Total: an event that has no place in a phase changes nothing and asks
/// for nothing.
[[nodiscard]] SessionStep next_phase(SessionPhase phase, SessionEvent event);

/// The runtime wants xrWaitFrame, xrBeginFrame and xrEndFrame to be called.
[[nodiscard]] bool runs_frames(SessionPhase phase);

/// The person's hands mean something to this application.
[[nodiscard]] bool takes_input(SessionPhase phase);

/// One plain sentence for whoever stands at the desk: what is, and what to do about it. Log and
/// mirror.
[[nodiscard]] std::string_view sentence(SessionPhase phase);

/// One word, for the log and the mirror.
[[nodiscard]] std::string_view name(SessionPhase phase);

} // namespace haven
