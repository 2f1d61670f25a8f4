#include "xr_app/headset/session_phase.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <set>
#include <string_view>

namespace haven {
namespace {

constexpr std::array all_phases{SessionPhase::absent,   SessionPhase::idle,
                                SessionPhase::ready,    SessionPhase::synchronized,
                                SessionPhase::visible,  SessionPhase::focused,
                                SessionPhase::stopping, SessionPhase::over};
constexpr std::array all_events{SessionEvent::runtime_idle,         SessionEvent::runtime_ready,
                                SessionEvent::runtime_synchronized, SessionEvent::runtime_visible,
                                SessionEvent::runtime_focused,      SessionEvent::runtime_stopping,
                                SessionEvent::runtime_loss_pending, SessionEvent::runtime_exiting,
                                SessionEvent::session_made,         SessionEvent::session_lost,
                                SessionEvent::exit_asked,           SessionEvent::exit_timed_out};

/// Follows the machine and keeps the runtime's own books, as a conforming runtime would.
struct Runtime {
    SessionPhase phase = SessionPhase::absent;
    int begun = 0;
    int ended = 0;
    int paused = 0;
    int rebuilt = 0;
    bool left = false;

    void tell(SessionEvent event) {
        const SessionStep step = next_phase(phase, event);
        phase = step.phase;
        begun += step.actions.begin_session ? 1 : 0;
        ended += step.actions.end_session ? 1 : 0;
        paused += step.actions.pause_input ? 1 : 0;
        rebuilt += step.actions.rebuild ? 1 : 0;
        left = left || step.actions.leave;
    }
    void wear() {
        for (const SessionEvent event :
             {SessionEvent::runtime_ready, SessionEvent::runtime_synchronized,
              SessionEvent::runtime_visible, SessionEvent::runtime_focused}) {
            tell(event);
        }
    }
    void take_off() {
        for (const SessionEvent event :
             {SessionEvent::runtime_visible, SessionEvent::runtime_synchronized,
              SessionEvent::runtime_stopping, SessionEvent::runtime_idle}) {
            tell(event);
        }
    }
};

TEST(SessionPhase, TakesInputOnlyWhenFocused) {
    for (const SessionPhase phase : all_phases) {
        EXPECT_EQ(takes_input(phase), phase == SessionPhase::focused) << name(phase);
    }
}

TEST(SessionPhase, RunsFramesFromReadyUntilItIsAskedToStop) {
    const std::set<SessionPhase> running{SessionPhase::ready, SessionPhase::synchronized,
                                         SessionPhase::visible, SessionPhase::focused};
    for (const SessionPhase phase : all_phases) {
        EXPECT_EQ(runs_frames(phase), running.contains(phase)) << name(phase);
    }
}

TEST(SessionPhase, EachPhaseHasASentenceOfItsOwn) {
    std::set<std::string_view> sentences;
    std::set<std::string_view> names;
    for (const SessionPhase phase : all_phases) {
        sentences.insert(sentence(phase));
        names.insert(name(phase));
        EXPECT_TRUE(sentence(phase).ends_with('.')) << sentence(phase);
    }
    EXPECT_EQ(sentences.size(), all_phases.size());
    EXPECT_EQ(names.size(), all_phases.size());
}

TEST(SessionPhase, LosingFocusPausesInputOnceAndKeepsRendering) {
    const SessionStep step = next_phase(SessionPhase::focused, SessionEvent::runtime_visible);
    EXPECT_EQ(step.phase, SessionPhase::visible);
    EXPECT_EQ(step.actions, SessionActions{.pause_input = true});
    EXPECT_TRUE(runs_frames(step.phase));
    const SessionStep further = next_phase(step.phase, SessionEvent::runtime_synchronized);
    EXPECT_EQ(further.actions, SessionActions{});
}

TEST(SessionPhase, WornAndTakenOffAHundredTimesBeginsAndEndsAHundredSessions) {
    Runtime runtime;
    runtime.tell(SessionEvent::session_made);
    runtime.tell(SessionEvent::runtime_idle);
    for (int round = 0; round < 100; ++round) {
        runtime.wear();
        EXPECT_EQ(runtime.phase, SessionPhase::focused);
        runtime.take_off();
        EXPECT_EQ(runtime.phase, SessionPhase::idle);
    }
    EXPECT_EQ(runtime.begun, 100);
    EXPECT_EQ(runtime.ended, 100);
    EXPECT_EQ(runtime.paused, 100);
    EXPECT_EQ(runtime.rebuilt, 0);
    EXPECT_FALSE(runtime.left);
}

TEST(SessionPhase, StoppingStraightFromFocusPausesInputAndEnds) {
    EXPECT_EQ(next_phase(SessionPhase::focused, SessionEvent::runtime_stopping),
              (SessionStep{.phase = SessionPhase::stopping,
                           .actions = {.pause_input = true, .end_session = true}}));
}

TEST(SessionPhase, TheSessionIsBegunOnlyOnReady) {
    for (const SessionPhase phase : all_phases) {
        for (const SessionEvent event : all_events) {
            const SessionStep step = next_phase(phase, event);
            EXPECT_EQ(step.actions.begin_session,
                      phase == SessionPhase::idle && event == SessionEvent::runtime_ready);
        }
    }
}

TEST(SessionPhase, ExitIsAskedOfTheRuntimeOnlyWhileTheSessionRuns) {
    for (const SessionPhase phase : all_phases) {
        const SessionStep step = next_phase(phase, SessionEvent::exit_asked);
        EXPECT_EQ(step.actions.request_exit, runs_frames(phase)) << name(phase);
        const bool nobody_to_ask = phase == SessionPhase::absent || phase == SessionPhase::idle;
        EXPECT_EQ(step.actions.leave, nobody_to_ask) << name(phase);
    }
}

TEST(SessionPhase, ARequestedExitEndsTheSessionBeforeItLeaves) {
    Runtime runtime;
    runtime.tell(SessionEvent::session_made);
    runtime.wear();
    runtime.tell(SessionEvent::exit_asked);
    EXPECT_FALSE(runtime.left);
    runtime.take_off();
    EXPECT_EQ(runtime.ended, 1);
    EXPECT_FALSE(runtime.left);
    runtime.tell(SessionEvent::runtime_exiting);
    EXPECT_TRUE(runtime.left);
    EXPECT_EQ(runtime.phase, SessionPhase::over);
}

TEST(SessionPhase, ARuntimeThatDiesMidStrokePausesInputAndIsRebuiltOnce) {
    Runtime runtime;
    runtime.tell(SessionEvent::session_made);
    runtime.wear();
    runtime.tell(SessionEvent::session_lost);
    runtime.tell(SessionEvent::session_lost);
    EXPECT_EQ(runtime.phase, SessionPhase::absent);
    EXPECT_EQ(runtime.paused, 1);
    EXPECT_EQ(runtime.rebuilt, 1);
    EXPECT_EQ(runtime.ended, 0) << "xrEndSession on a lost session is an error";
    runtime.tell(SessionEvent::session_made);
    runtime.wear();
    EXPECT_EQ(runtime.phase, SessionPhase::focused);
}

TEST(SessionPhase, NothingHappensOnceItIsOver) {
    for (const SessionEvent event : all_events) {
        EXPECT_EQ(next_phase(SessionPhase::over, event), SessionStep{.phase = SessionPhase::over});
    }
}

TEST(SessionPhase, ARunningPhaseIsNeverEnteredWithoutBeginning) {
    for (const SessionPhase phase :
         {SessionPhase::absent, SessionPhase::idle, SessionPhase::stopping}) {
        for (const SessionEvent event : all_events) {
            const SessionStep step = next_phase(phase, event);
            EXPECT_TRUE(!runs_frames(step.phase) || step.actions.begin_session)
                << name(phase) << " to " << name(step.phase);
        }
    }
}

} // namespace
} // namespace haven
