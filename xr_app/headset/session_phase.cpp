#include "xr_app/headset/session_phase.hpp"

#include <string_view>
#include <utility>

namespace haven {

namespace {

bool is_running(SessionPhase phase) {
    switch (phase) {
    case SessionPhase::ready:
    case SessionPhase::synchronized:
    case SessionPhase::visible:
    case SessionPhase::focused:
    case SessionPhase::stopping:
        return true;
    case SessionPhase::absent:
    case SessionPhase::idle:
    case SessionPhase::over:
        return false;
    }
    std::unreachable();
}

SessionStep unchanged(SessionPhase phase) {
    return {.phase = phase};
}

/// A step between the running phases; leaving `focused` is what the person notices.
SessionStep move_while_running(SessionPhase from, SessionPhase to) {
    if (!is_running(from) || from == SessionPhase::stopping) {
        return unchanged(from);
    }
    const bool loses_focus = from == SessionPhase::focused && to != SessionPhase::focused;
    return {.phase = to, .actions = {.pause_input = loses_focus}};
}

SessionStep stop(SessionPhase from) {
    if (!is_running(from) || from == SessionPhase::stopping) {
        return unchanged(from);
    }
    return {.phase = SessionPhase::stopping,
            .actions = {.pause_input = from == SessionPhase::focused, .end_session = true}};
}

SessionStep lose(SessionPhase from) {
    if (from == SessionPhase::absent) {
        return unchanged(from);
    }
    return {.phase = SessionPhase::absent,
            .actions = {.pause_input = from == SessionPhase::focused, .rebuild = true}};
}

SessionStep finish(SessionPhase from) {
    return {.phase = SessionPhase::over,
            .actions = {.pause_input = from == SessionPhase::focused, .leave = true}};
}

/// xrRequestExitSession is an error unless the session runs (spec 9.3); without one there is nobody
/// to ask.
SessionStep ask_to_exit(SessionPhase from) {
    if (from == SessionPhase::stopping) {
        return unchanged(from);
    }
    if (!is_running(from)) {
        return finish(from);
    }
    return {.phase = from, .actions = {.request_exit = true}};
}

} // namespace

SessionStep next_phase(SessionPhase phase, SessionEvent event) {
    if (phase == SessionPhase::over) {
        return unchanged(phase);
    }
    switch (event) {
    case SessionEvent::session_made:
    case SessionEvent::runtime_idle:
        return phase == SessionPhase::absent || phase == SessionPhase::stopping
                   ? SessionStep{.phase = SessionPhase::idle}
                   : unchanged(phase);
    case SessionEvent::runtime_ready:
        return phase == SessionPhase::idle
                   ? SessionStep{.phase = SessionPhase::ready, .actions = {.begin_session = true}}
                   : unchanged(phase);
    case SessionEvent::runtime_synchronized:
        return move_while_running(phase, SessionPhase::synchronized);
    case SessionEvent::runtime_visible:
        return move_while_running(phase, SessionPhase::visible);
    case SessionEvent::runtime_focused:
        return move_while_running(phase, SessionPhase::focused);
    case SessionEvent::runtime_stopping:
        return stop(phase);
    case SessionEvent::runtime_loss_pending:
    case SessionEvent::session_lost:
        return lose(phase);
    case SessionEvent::runtime_exiting:
    case SessionEvent::exit_timed_out:
        return finish(phase);
    case SessionEvent::exit_asked:
        return ask_to_exit(phase);
    }
    std::unreachable();
}

bool runs_frames(SessionPhase phase) {
    return is_running(phase) && phase != SessionPhase::stopping;
}

bool takes_input(SessionPhase phase) {
    return phase == SessionPhase::focused;
}

std::string_view sentence(SessionPhase phase) {
    switch (phase) {
    case SessionPhase::absent:
        return "No headset. Connect it; what was drawn is kept, and drawing goes on when it is "
               "back.";
    case SessionPhase::idle:
        return "The headset rests. Put it on to go on.";
    case SessionPhase::ready:
        return "The headset is starting Haven.";
    case SessionPhase::synchronized:
        return "The headset shows something else. Choose Haven in its menu.";
    case SessionPhase::visible:
        return "Paused: the headset's own menu is open. Close it to go on.";
    case SessionPhase::focused:
        return "Ready to draw.";
    case SessionPhase::stopping:
        return "The headset is closing Haven.";
    case SessionPhase::over:
        return "The session has ended.";
    }
    std::unreachable();
}

std::string_view name(SessionPhase phase) {
    switch (phase) {
    case SessionPhase::absent:
        return "absent";
    case SessionPhase::idle:
        return "idle";
    case SessionPhase::ready:
        return "ready";
    case SessionPhase::synchronized:
        return "synchronized";
    case SessionPhase::visible:
        return "visible";
    case SessionPhase::focused:
        return "focused";
    case SessionPhase::stopping:
        return "stopping";
    case SessionPhase::over:
        return "over";
    }
    std::unreachable();
}

} // namespace haven
