// The guided session, one rule at a time.

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"
#include "tests/unit/bilateral/exercise_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haven::exercise {
namespace {

using testing::Played;
using testing::script;

TEST(GuidedSession, AsksForConsentFirstAndDoesNothingElse) {
    Played played(script());
    EXPECT_EQ(played.phase(), "consent");
    EXPECT_EQ(played.shown().prompt, "consent");
    EXPECT_FALSE(played.shown().ink);
    ASSERT_EQ(played.all<ShowPrompt>().size(), 1U);
    ASSERT_EQ(played.all<SetInk>().size(), 1U);
    EXPECT_FALSE(played.all<SetInk>().at(0).allowed);
    EXPECT_TRUE(played.all<WriteEvent>().empty());
}

TEST(GuidedSession, GoesThroughItsPhasesByItself) {
    Played played(script());
    played.say(Consent{true});
    std::vector<std::string> phases{played.phase()};
    for (int i = 0; i < 2400 && !played.state().ended; ++i) {
        played.wait(1);
        if (played.phase() != phases.back()) {
            phases.push_back(played.phase());
        }
    }
    // What is offered passes where nobody takes it.
    EXPECT_EQ(phases, (std::vector<std::string>{"rating_before", "grounding", "arm_circles",
                                                "free_scribble", "mirror_drawing", "figure_eight",
                                                "opposing_pattern", "look_and_title", "closing",
                                                "rating_after", ""}));
    EXPECT_EQ(played.all<BeginDrawing>().size(), 1U);
    EXPECT_EQ(played.all<EndDrawing>().size(), 1U);
    ASSERT_EQ(played.all<EndExercise>().size(), 1U);
    EXPECT_TRUE(played.all<EndExercise>().at(0).completed);
    EXPECT_EQ(played.all<EndExercise>().at(0).duration_s,
              60 + 90 + 60 + 240 + 150 + 150 + 30 + 180 + 45 + 60);
    std::vector<Bell> bells;
    for (const RingBell& ring : played.all<RingBell>()) {
        bells.push_back(ring.bell);
    }
    EXPECT_EQ(bells, (std::vector<Bell>{Bell::change, Bell::begin, Bell::change, Bell::change,
                                        Bell::change, Bell::end}));
}

TEST(GuidedSession, YesBeginsTheExerciseThatIsKept) {
    Played played(script());
    played.say(Consent{true});
    ASSERT_EQ(played.all<BeginExercise>().size(), 1U);
    const auto exercise = played.all<BeginExercise>().at(0);
    EXPECT_EQ(exercise.technique, "bilateral_drawing");
    EXPECT_EQ(exercise.opening_prompt, "grounding");
    EXPECT_EQ(exercise.grounding_close, "closing");
    EXPECT_EQ(exercise.guideposts,
              (std::vector<std::string>{"grounding", "arm_circles", "free_scribble",
                                        "mirror_drawing", "figure_eight", "opposing_pattern"}));
    EXPECT_EQ(exercise.config_json,
              R"({"form":"both","phases":["consent","rating_before","grounding","arm_circles",)"
              R"("free_scribble","mirror_drawing","figure_eight","opposing_pattern",)"
              R"("look_and_title","closing","rating_after"],"script":"bilateral_drawing",)"
              R"("script_version":1})");
    ASSERT_FALSE(played.all<WriteEvent>().empty());
    EXPECT_EQ(played.all<WriteEvent>().at(0).data_json,
              R"({"action":"exercise_begin","active_s":0,"by":"person",)"
              R"("script":"bilateral_drawing","motion":false,"spoken":false})");
}

TEST(GuidedSession, WhoSaysNoOrNothingLeavesNothingBehind) {
    for (const bool says : {true, false}) {
        Played played(script());
        if (says) {
            played.say(Consent{false});
            EXPECT_EQ(played.phase(), "closing");
        }
        played.wait(700);
        EXPECT_TRUE(played.state().ended);
        EXPECT_TRUE(played.all<WriteEvent>().empty());
        EXPECT_TRUE(played.all<BeginExercise>().empty());
        EXPECT_TRUE(played.all<EndExercise>().empty());
        EXPECT_TRUE(played.all<BeginDrawing>().empty());
        for (const ShowPrompt& shown : played.all<ShowPrompt>()) {
            EXPECT_FALSE(shown.prompt.starts_with("rating")) << "asked of somebody who said no";
        }
    }
}

TEST(GuidedSession, AYesSaidAloudIsPassedOnAndKeptAsThat) {
    Played played(script());
    played.say(Consent{.given = false, .spoken = true}, By::facilitator);
    EXPECT_EQ(played.refused(), "person_only") << "a no is never somebody else's";
    played.say(Consent{.given = true, .motion = true, .spoken = true}, By::program);
    EXPECT_EQ(played.refused(), "person_only");
    played.say(Consent{.given = true, .motion = true, .spoken = true}, By::facilitator);
    EXPECT_EQ(played.phase(), "rating_before");
    EXPECT_EQ(played.all<WriteEvent>().at(0).data_json,
              R"({"action":"exercise_begin","active_s":0,"by":"facilitator",)"
              R"("script":"bilateral_drawing","motion":true,"spoken":true})");
}

TEST(GuidedSession, OnlyThePersonConsents) {
    Played played(script());
    for (const By by : {By::facilitator, By::program}) {
        for (const bool given : {true, false}) {
            played.say(Consent{given}, by);
            EXPECT_EQ(played.refused(), "person_only");
        }
    }
    EXPECT_EQ(played.phase(), "consent");
    for (const What& what : {What{GoOn{}}, What{Skip{}}, What{Back{}}}) {
        played.say(what);
        EXPECT_NE(played.refused(), "");
        EXPECT_EQ(played.phase(), "consent");
    }
}

TEST(GuidedSession, WithdrawnConsentEndsAllButTheClosingWords) {
    Played played(script());
    played.come_to("mirror_drawing");
    EXPECT_TRUE(played.shown().ink);
    played.say(Consent{false});
    EXPECT_EQ(played.phase(), "closing");
    EXPECT_FALSE(played.shown().ink);
    EXPECT_EQ(played.all<EndDrawing>().size(), 1U);
    played.wait(45);
    EXPECT_TRUE(played.state().ended) << "without a rating";
    ASSERT_EQ(played.all<EndExercise>().size(), 1U);
    EXPECT_FALSE(played.all<EndExercise>().at(0).completed);
}

TEST(GuidedSession, RatingsAreFromZeroToTen) {
    Played played(script());
    played.come_to("rating_before");
    for (const int value : {-1, 11, std::numeric_limits<int>::max()}) {
        played.say(Rate{value});
        EXPECT_EQ(played.refused(), "out_of_range");
    }
    played.say(Rate{7});
    EXPECT_EQ(played.phase(), "grounding");
    played.say(Rate{3});
    EXPECT_EQ(played.refused(), "not_asked");
    played.come_to("rating_after");
    played.say(Rate{0});
    EXPECT_TRUE(played.state().ended);
    EXPECT_EQ(played.state().ratings[0], 7);
    EXPECT_EQ(played.state().ratings[1], 0);
    EXPECT_TRUE(played.all<WriteEvent>().at(0).data_json.ends_with(
        R"("script":"bilateral_drawing","phase":"rating_after","rating":0})"));
}

TEST(GuidedSession, GoingOnEarlyIsSkipping) {
    Played played(script());
    played.come_to("grounding");
    played.wait(29);
    played.say(GoOn{});
    EXPECT_TRUE(played.all<WriteEvent>().at(0).data_json.contains(R"("how":"skipped")"));
    EXPECT_EQ(played.phase(), "arm_circles");
    played.take();
    played.wait(20);
    played.say(GoOn{});
    EXPECT_TRUE(played.all<WriteEvent>().at(0).data_json.contains(R"("how":"done")"));
    EXPECT_EQ(played.phase(), "free_scribble");
}

TEST(GuidedSession, InkIsThereWhileADrawingPhaseRuns) {
    Played played(script());
    played.come_to("arm_circles");
    EXPECT_FALSE(played.shown().ink);
    played.say(Skip{});
    EXPECT_TRUE(played.shown().ink);
    EXPECT_EQ(played.state().drawing, State::Drawing::open);
    EXPECT_EQ(played.all<SetBrushWidth>().at(0).width_m, 0.01F);
    const std::vector<std::pair<What, What>> ways{{Pause{}, Resume{}},
                                                  {Focus{false}, Focus{true}},
                                                  {SafePlace{true}, SafePlace{false}},
                                                  {Hands{false, false}, Hands{true, true}}};
    for (const auto& [stop, go] : ways) {
        played.take();
        played.say(stop);
        EXPECT_FALSE(played.shown().ink);
        const auto stopped = played.take();
        EXPECT_FALSE(std::get<SetInk>(stopped.at(0)).allowed) << "before all else";
        const auto before_ns = played.state().phase_ns;
        played.wait(3);
        EXPECT_EQ(played.state().phase_ns == before_ns, !std::holds_alternative<Hands>(stop));
        played.take();
        played.say(go);
        EXPECT_TRUE(played.shown().ink);
        const auto gone_on = played.take();
        EXPECT_TRUE(std::get<SetInk>(gone_on.at(gone_on.size() - 1)).allowed) << "after all else";
    }
    played.come_to("look_and_title");
    EXPECT_FALSE(played.shown().ink);
    EXPECT_EQ(played.state().drawing, State::Drawing::ended);
}

TEST(GuidedSession, WhatThePersonPausedOnlyThePersonResumes) {
    Played played(script());
    played.come_to("grounding");
    played.say(Pause{});
    played.say(Pause{});
    EXPECT_EQ(played.refused(), "already");
    played.say(Resume{}, By::facilitator);
    EXPECT_EQ(played.refused(), "paused_by_person");
    played.say(GoOn{});
    EXPECT_EQ(played.refused(), "paused");
    played.say(Resume{});
    played.take();
    played.say(Pause{}, By::facilitator);
    ASSERT_EQ(played.all<Notice>().size(), 1U) << "the person is told";
    EXPECT_EQ(played.all<Notice>().at(0).prompt, "notice.facilitator_pause");
    played.say(Resume{});
    EXPECT_TRUE(played.state().runs());
}

TEST(GuidedSession, IsExtendedUpToItsMost) {
    Played played(script("bilateral_drawing_short"));
    played.come_to("free_scribble"); // 45 s, at most 90; 30 more at a time
    played.say(Extend{});
    EXPECT_EQ(played.state().extended_ms, 30'000);
    played.say(Extend{});
    EXPECT_EQ(played.state().extended_ms, 45'000);
    played.say(Extend{});
    EXPECT_EQ(played.refused(), "at_most");
    played.wait(89);
    EXPECT_EQ(played.phase(), "free_scribble");
    played.wait(1);
    EXPECT_EQ(played.phase(), "mirror_drawing");
}

TEST(GuidedSession, GoesBackWhileTheDrawingIsNotOver) {
    Played played(script());
    played.come_to("rating_before");
    played.say(Back{});
    EXPECT_EQ(played.refused(), "no_way_back") << "consent is not asked for twice";
    played.come_to("free_scribble");
    played.say(Back{});
    EXPECT_EQ(played.phase(), "arm_circles");
    EXPECT_EQ(played.state().drawing, State::Drawing::open);
    EXPECT_FALSE(played.shown().ink);
    played.say(Skip{});
    EXPECT_TRUE(played.shown().ink);
    EXPECT_TRUE(played.all<BeginDrawing>().empty()) << "it is the same one";
    played.come_to("look_and_title");
    played.say(Back{});
    EXPECT_EQ(played.refused(), "no_way_back");
}

TEST(GuidedSession, WhatIsOfferedIsTakenOrPasses) {
    Played played(script());
    played.come_to("figure_eight");
    played.say(Skip{});
    EXPECT_EQ(played.shown().prompt, "opposing_pattern_offer");
    EXPECT_FALSE(played.shown().ink);
    EXPECT_TRUE(played.shown().targets.empty());
    Played other = played;
    played.say(GoOn{});
    EXPECT_EQ(played.shown().prompt, "opposing_pattern");
    EXPECT_TRUE(played.shown().ink);
    EXPECT_EQ(played.shown().targets.size(), 2U);
    other.wait(30);
    EXPECT_EQ(other.phase(), "look_and_title");
}

TEST(GuidedSession, TheTitleIsGivenOrLeft) {
    for (const bool given : {true, false}) {
        Played played(script());
        played.come_to("look_and_title");
        played.say(Title{given});
        EXPECT_EQ(played.state().title_given, given);
        EXPECT_EQ(played.phase(), "closing");
    }
}

TEST(GuidedSession, TheSafePlaceIsThereFromAnywhere) {
    Played played(script());
    for (const char* const phase : {"consent", "rating_before", "free_scribble", "closing"}) {
        played.come_to(phase);
        played.say(Pause{});
        played.say(Focus{false});
        played.take();
        played.say(SafePlace{true});
        ASSERT_EQ(played.all<ShowSafePlace>().size(), 1U) << phase;
        played.say(SafePlace{false}, By::facilitator);
        EXPECT_EQ(played.refused(), "person_only");
        played.say(GoOn{}, By::facilitator);
        EXPECT_EQ(played.refused(), "in_safe_place");
        played.say(SafePlace{false});
        played.say(Focus{true});
        played.say(Resume{});
        EXPECT_EQ(played.phase(), phase);
    }
    played.say(EndGently{});
    played.say(EndGently{});
    ASSERT_TRUE(played.state().ended);
    played.take();
    played.say(SafePlace{true});
    EXPECT_EQ(played.all<ShowSafePlace>().size(), 1U);
}

TEST(GuidedSession, EndsGentlyWithClosingWordsAndARating) {
    Played played(script());
    played.come_to("figure_eight");
    played.say(SafePlace{true});
    played.say(EndGently{}, By::facilitator);
    EXPECT_EQ(played.phase(), "closing");
    EXPECT_TRUE(played.state().in_safe_place) << "nobody is taken out of it";
    EXPECT_EQ(played.state().drawing, State::Drawing::ended);
    played.wait(45);
    EXPECT_EQ(played.phase(), "rating_after");
    played.wait(60);
    EXPECT_TRUE(played.state().ended);
    EXPECT_FALSE(played.all<EndExercise>().at(0).completed);
    played.say(EndGently{});
    EXPECT_EQ(played.refused(), "ended");
}

TEST(GuidedSession, ABreakIsProposedAfterTwentyMinutesAndAgain) {
    Played played(script());
    played.come_to("grounding");
    played.say(Pause{}); // in the headset all the same
    played.wait(1199);
    EXPECT_TRUE(played.all<Notice>().empty());
    played.wait(1);
    ASSERT_EQ(played.all<Notice>().size(), 1U);
    EXPECT_EQ(played.all<Notice>().at(0).prompt, "break_reminder");
    played.wait(1200);
    EXPECT_EQ(played.all<Notice>().size(), 2U);
}

TEST(GuidedSession, NoClockTakesAnybodyThroughAPhase) {
    Played played(script());
    played.come_to("grounding");
    const std::int64_t now_ns = played.state().clock_ns;
    for (const std::int64_t time_ns :
         {now_ns, now_ns - 1, now_ns + 3'600'000'000'000, std::int64_t{0},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max()}) {
        played.at(time_ns);
    }
    EXPECT_EQ(played.phase(), "grounding");
    EXPECT_EQ(played.state().phase_ns, 3'000'000'000) << "three ways forward, a second each";
    played.at(now_ns);
    played.at(now_ns + 500'000'000);
    EXPECT_EQ(played.state().phase_ns, 3'500'000'000) << "it goes on from any time";
}

TEST(GuidedSession, OneHandHasAGhostThatMirrors) {
    Played played(script(), Hands{.left = true, .right = false});
    played.come_to("mirror_drawing");
    EXPECT_EQ(played.shown().form, Form::one_hand);
    EXPECT_EQ(played.shown().symmetry, SymmetryMode::mirror_copy);
    EXPECT_EQ(played.shown().prompt, "mirror_drawing_one_hand");
    ASSERT_EQ(played.shown().targets.size(), 1U);
    EXPECT_EQ(played.shown().targets[0].hand, Hand::left);
    played.take();
    played.say(Hands{});
    EXPECT_EQ(played.shown().form, Form::both);
    EXPECT_EQ(played.all<SetSymmetry>().at(0).mode, SymmetryMode::free);
    EXPECT_EQ(played.all<ShowTargets>().at(0).targets.size(), 2U);
    EXPECT_EQ(played.all<ShowPrompt>().at(0).prompt, "mirror_drawing");
}

TEST(GuidedSession, HandsTakeTurnsWhereThePersonWouldRather) {
    Played played(script(), Hands{.in_turns = true});
    played.come_to("mirror_drawing");
    EXPECT_EQ(played.shown().turn, Hand::left);
    ASSERT_EQ(played.shown().targets.size(), 1U);
    EXPECT_EQ(played.shown().targets[0].hand, Hand::left);
    played.wait(30);
    EXPECT_EQ(played.shown().turn, Hand::right);
    EXPECT_EQ(played.shown().targets[0].hand, Hand::right);
    ASSERT_EQ(played.all<ShowTurn>().size(), 1U);
    played.wait(30);
    EXPECT_EQ(played.shown().turn, Hand::left);
}

TEST(GuidedSession, SaysItsStateToTheByte) {
    Played played(script());
    played.come_to("rating_before");
    played.say(Rate{4});
    played.wait(2);
    EXPECT_EQ(encode_state(played.script(), played.state()),
              R"({"active_ms":2000,"breaks":0,"closed":false,"consent":"given","drawing":"none",)"
              R"("ended":false,"ending":false,"extended_ms":0,"focused":true,"form":"both",)"
              R"("ink":false,"offered":false,"paused_by_other":false,"paused_by_person":false,)"
              R"("phase":"grounding","phase_ms":2000,"prompt":"grounding","rating_after":null,)"
              R"("rating_before":4,"runs":true,"safe_place":false,"script":"bilateral_drawing",)"
              R"("title_given":null,"turn":null,"worn_ms":2000})");
}

} // namespace
} // namespace haven::exercise
