// What runtimes do and Monado cannot be made to do, end to end: the client goes on, with the same
// drawing.

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "tests/e2e/lone_client.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

class Conduct : public testing::Test {
  protected:
    void SetUp() override {
        auto started = MonadoService::start();
        ASSERT_TRUE(started.has_value()) << started.error();
        runtime.emplace(std::move(*started));
        auto connected = runtime->connect();
        ASSERT_TRUE(connected.has_value()) << connected.error();
        remote.emplace(std::move(*connected));
    }
    void hold_triggers(bool held) {
        RemoteState state;
        for (RemoteHand& hand : state.hands) {
            hand.trigger = held ? 0.9F : 0.0F;
        }
        ASSERT_TRUE(remote->send(state).has_value());
    }
    /// Both triggers pressed and let go, each time when the client has seen it: its `times`th time.
    void draw_dots(LoneClient& client, std::size_t times) {
        for (const bool held : {true, false}) {
            hold_triggers(held);
            for (const char* hand : {"left", "right"}) {
                const std::string seen =
                    std::format("seen: {} {}", hand, held ? "pressed" : "released");
                ASSERT_TRUE(client.await_log(seen, times)) << client.log();
            }
        }
    }
    /// Ends the client; what it recorded, with the validation layers silent.
    static Trace recorded(LoneClient& client) {
        auto trace = client.end();
        EXPECT_TRUE(trace.has_value()) << client.log();
        EXPECT_EQ(client.ended(), (Ended{.exit_status = 0})) << client.log();
        EXPECT_EQ(complaints_in(client.log()), "");
        return std::move(trace).value_or(Trace{});
    }

    std::optional<MonadoService> runtime;
    std::optional<MonadoRemote> remote;
};

/// `dots` strokes of each hand, one after another, at times that a server takes.
void expect_legal_dots(const Trace& trace, std::size_t dots) {
    constexpr std::int64_t hour_ns = 3'600'000'000'000;
    std::array<std::vector<Stroke>, 2> strokes;
    for (Stroke& stroke : replay_trace(trace)) {
        strokes.at(static_cast<std::size_t>(stroke.hand)).push_back(std::move(stroke));
    }
    for (const std::vector<Stroke>& of_hand : strokes) {
        EXPECT_EQ(of_hand.size(), dots);
        std::int64_t before_ns = 0;
        for (const Stroke& stroke : of_hand) {
            ASSERT_FALSE(stroke.points.empty());
            EXPECT_GE(stroke.points.front().time_ns, before_ns);
            before_ns = stroke.points.back().time_ns;
        }
        EXPECT_LT(before_ns, hour_ns);
    }
    for (const HandSample& sample : trace.samples) {
        ASSERT_GE(sample.time_ns, 0);
        ASSERT_LT(sample.time_ns, hour_ns);
    }
}

/// Frames come, and the headset is still there.
void expect_drawing_goes_on(LoneClient& client) {
    EXPECT_TRUE(client.next_picture().has_value()) << client.log();
    EXPECT_EQ(client.count_in_log("the headset is gone"), 0U) << client.log();
}

TEST_F(Conduct, ASpaceThatIsThereButNeverLocatedIsGivenUpForTheNext) {
    LoneClient client(*runtime, "space LOCAL_FLOOR unlocatable");
    ASSERT_TRUE(client.await_ready()) << client.log();
    EXPECT_EQ(client.count_in_log("cannot be located in local_floor; it is located in local"), 1U)
        << client.log();
    const auto picture = client.next_picture();
    ASSERT_TRUE(picture.has_value());
    EXPECT_GT(picture->brightness(), 5.0);
    std::ignore = recorded(client);
}

TEST_F(Conduct, AStageThatIsNeverLocatedIsNotNeeded) {
    LoneClient client(*runtime, "space STAGE unlocatable\nspace LOCAL_FLOOR missing");
    ASSERT_TRUE(client.await_ready()) << client.log();
    const auto picture = client.next_picture();
    ASSERT_TRUE(picture.has_value());
    EXPECT_GT(picture->brightness(), 5.0);
    std::ignore = recorded(client);
}

TEST_F(Conduct, OnlyAStageIsEnough) {
    LoneClient client(*runtime, "space LOCAL missing\nspace LOCAL_FLOOR missing");
    ASSERT_TRUE(client.await_ready()) << client.log();
    EXPECT_TRUE(client.log().contains("located in stage")) << client.log();
    std::ignore = recorded(client);
}

TEST_F(Conduct, TheHeightOfLocalIsMeasuredWhereTheStageTellsIt) {
    // LOCAL lies 1.2 m above the floor instead of 1.6.
    LoneClient client(*runtime, "space LOCAL_FLOOR missing\nredefine LOCAL 0 -0.4 0 0 silent");
    hold_triggers(true);
    ASSERT_TRUE(client.await_ready()) << client.log();
    ASSERT_TRUE(client.next_picture().has_value());
    const std::vector<Stroke> strokes = replay_trace(recorded(client));
    ASSERT_GE(strokes.size(), 2U);
    // The hand's height above the floor, as the runtime's own stage says it.
    const float drawn_m = strokes.front().points.front().position_m.y;
    EXPECT_NEAR(drawn_m, RemoteState{}.hands[0].tracking_from_grip.position_m.y, 0.05F);
}

TEST_F(Conduct, WithoutAPositionThePictureTurnsWithTheHeadInsteadOfBeingBlack) {
    LoneClient client(*runtime, "head orientation");
    ASSERT_TRUE(client.await_log("the place appears after")) << client.log();
    const auto picture = client.next_picture();
    ASSERT_TRUE(picture.has_value());
    EXPECT_GT(picture->brightness(), 5.0);
    client.say("head tracked");
    ASSERT_TRUE(client.await_log("the place is around the person")) << client.log();
    client.say("head orientation");
    const auto held = client.next_picture();
    ASSERT_TRUE(held.has_value());
    EXPECT_GT(held->brightness(), 5.0);
    std::ignore = recorded(client);
}

TEST_F(Conduct, PosesThatAreNoNumbersPlaceNobodyAndDrawNothing) {
    LoneClient client(*runtime,
                      "head nonsense\ncontroller both nonsense\nfingers both nonsense\n"
                      "await focused\nawait frames 20\n"
                      "head tracked\ncontroller both tracked\nfingers both tracked",
                      {"--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    const auto picture = client.next_picture();
    ASSERT_TRUE(picture.has_value()) << client.log();
    EXPECT_GT(picture->brightness(), 5.0);
    draw_dots(client, 1);
    expect_legal_dots(recorded(client), 1);
}

TEST_F(Conduct, ACallThatFailsOnceCostsAFrameAndNotTheHeadset) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say("fail xrLocateViews XR_ERROR_TIME_INVALID");
    ASSERT_TRUE(client.await_log("a frame is left out")) << client.log();
    expect_drawing_goes_on(client);
    client.say("fail xrLocateSpace XR_ERROR_TIME_INVALID times 3");
    expect_drawing_goes_on(client);
    EXPECT_EQ(replay_trace(recorded(client)).size(), 2U); // the strokes went on, too
}

TEST_F(Conduct, AnImageThatIsNotFreeInTimeCostsItsFrameAndIsWaitedForAgain) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say("fail xrWaitSwapchainImage XR_TIMEOUT_EXPIRED times 3");
    ASSERT_TRUE(client.await_log("a frame is skipped")) << client.log();
    expect_drawing_goes_on(client);
    EXPECT_EQ(replay_trace(recorded(client)).size(), 2U);
}

TEST_F(Conduct, ARuntimeThatRefusesPicturesWithTheirDepthGetsThemWithoutIt) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    ASSERT_TRUE(client.next_picture().has_value());
    client.say("fail xrEndFrame XR_ERROR_LAYER_INVALID times 3");
    ASSERT_TRUE(client.await_log("a frame is skipped")) << client.log();
    if (client.count_in_log("a pixel, with depth") > 0) {
        ASSERT_TRUE(client.await_log("they go without it")) << client.log();
    }
    expect_drawing_goes_on(client);
    std::ignore = recorded(client);
}

TEST_F(Conduct, SyncsThatFailForAMomentCostNeitherTheHandsNorTheHeadset) {
    LoneClient client(*runtime, "", {"--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    draw_dots(client, 1);
    client.say("fail xrSyncActions XR_ERROR_ACTIONSET_NOT_ATTACHED times 5");
    ASSERT_TRUE(client.await_log("the hands are left out for a moment")) << client.log();
    expect_drawing_goes_on(client);
    draw_dots(client, 2);
    expect_legal_dots(recorded(client), 2);
}

TEST_F(Conduct, APressThatPassesFromADeviceToABareHandEndsItsStrokeAndBeginsNone) {
    LoneClient client(
        *runtime, "fingers both inactive",
        {"--interaction-mode", "controller", "--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    const auto await_both = [&](const char* what, std::size_t times) {
        return client.await_log(std::format("seen: left {}", what), times) &&
               client.await_log(std::format("seen: right {}", what), times);
    };
    ASSERT_TRUE(await_both("pressed", 1)) << client.log();
    client.say("input both /input/pinch_ext/value 0.9\n"
               "profile both /interaction_profiles/ext/hand_interaction_ext");
    ASSERT_TRUE(await_both("released", 1)) << client.log();
    expect_drawing_goes_on(client);
    EXPECT_EQ(client.count_in_log("pressed"), 2U) << client.log();
    client.say("input both /input/pinch_ext/value 0\nawait frames 5\n"
               "input both /input/pinch_ext/value 0.9");
    ASSERT_TRUE(await_both("pressed", 2)) << client.log();
    const Trace trace = recorded(client);
    EXPECT_EQ(replay_trace(trace).size(), 4U);
    EXPECT_EQ(trace.samples.front().source, InteractionMode::controller);
    EXPECT_EQ(trace.samples.back().source, InteractionMode::hand_tracking);
}

TEST_F(Conduct, DisplayTimesThatJumpCostNothing) {
    LoneClient client(*runtime, "", {"--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    constexpr std::array jumps{"display_time by 7200 frames 3",
                               "display_time by -7200 frames 3",
                               "display_time at 0 frames 1",
                               "display_time at -5 frames 2",
                               "display_time at 0",
                               "display_time at -7200000000000",
                               "display_period at 0\ndisplay_time by 10 frames 2",
                               "display_period at -1",
                               "display_time by 7200",
                               "display_period true\ndisplay_time true"};
    for (std::size_t i = 0; i < jumps.size(); ++i) {
        client.say(jumps.at(i));
        expect_drawing_goes_on(client);
        draw_dots(client, i + 1);
    }
    expect_legal_dots(recorded(client), jumps.size());
}

TEST_F(Conduct, ARecenterAnnouncedForHoursAheadLosesNoStroke) {
    LoneClient client(*runtime, "", {"--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    ASSERT_TRUE(client.await_log("the place is around the person")) << client.log();
    client.say("recenter 0.2 0 0 10 in 7200000");
    ASSERT_TRUE(client.await_log("the place is around the person", 2)) << client.log();
    draw_dots(client, 1);
    expect_legal_dots(recorded(client), 1);
}

TEST_F(Conduct, ASpaceGivenUpAtADisplayTimeHoursAheadLosesNoStroke) {
    LoneClient client(*runtime, "space LOCAL_FLOOR unlocatable\ndisplay_time by 7200",
                      {"--log-level", "debug", "--symmetry", "off"});
    ASSERT_TRUE(client.await_log("cannot be located in local_floor")) << client.log();
    ASSERT_TRUE(client.await_ready()) << client.log();
    draw_dots(client, 1);
    expect_legal_dots(recorded(client), 1);
}

/// What a runtime says or answers when it has lost its session or itself.
class Lost : public Conduct, public testing::WithParamInterface<const char*> {};

TEST_P(Lost, TheClientComesBackWithTheSameDrawingInTheSameRoom) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say(GetParam());
    ASSERT_TRUE(client.await_log("the headset is gone")) << client.log();
    ASSERT_TRUE(client.await_log("where it was before in the room")) << client.log();
    ASSERT_TRUE(client.next_picture().has_value()) << client.log();
    const std::vector<Stroke> strokes = replay_trace(recorded(client));
    ASSERT_GE(strokes.size(), 4U) << client.log(); // what was cut off, and what went on
    for (const Hand hand : {Hand::left, Hand::right}) {
        const std::vector<Stroke> its = of_hand(strokes, hand);
        ASSERT_GE(its.size(), 2U);
        for (const Stroke& stroke : its) {
            EXPECT_LT(
                glm::distance(stroke.points.front().position_m, its[0].points.front().position_m),
                0.001F);
        }
    }
    EXPECT_EQ(client.count_in_log("the headset is gone"), 1U) << client.log();
}

INSTANTIATE_TEST_SUITE_P(Runtime, Lost,
                         testing::Values("state loss_pending", "instance_loss_pending",
                                         "lose_session",
                                         "recenter 1 0 0 90\nawait frames 10\nlose_session"));

TEST_F(Conduct, AStageThatIsKnownOnlyAWhileAfterALossBringsTheHandsBackToWhatTheyDrew) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say("recenter 1 0 0 90\nawait frames 10\nspace STAGE unlocatable\nlose_session");
    ASSERT_TRUE(client.await_log("the headset is gone")) << client.log();
    // At the first focus, at the recenter, and now as in any room.
    ASSERT_TRUE(client.await_log("the place is around the person", 3)) << client.log();
    ASSERT_TRUE(client.next_picture().has_value()) << client.log();
    client.say("space STAGE whole");
    ASSERT_TRUE(client.await_log("where it was before in the room")) << client.log();
    ASSERT_TRUE(client.next_picture().has_value()) << client.log();
    const std::vector<Stroke> strokes = replay_trace(recorded(client));
    for (const Hand hand : {Hand::left, Hand::right}) {
        const std::vector<Stroke> its = of_hand(strokes, hand);
        ASSERT_GE(its.size(), 4U) << client.log();
        const glm::vec3 first_m = its.front().points.front().position_m;
        const glm::vec3 meanwhile_m = its.at(its.size() - 2).points.front().position_m;
        const glm::vec3 last_m = its.back().points.front().position_m;
        EXPECT_GT(glm::distance(meanwhile_m, first_m), 0.1F);
        EXPECT_LT(glm::distance(last_m, first_m), 0.001F);
    }
}

TEST_F(Conduct, ASessionWhoseTimeIsOverWaitsForNoHeadset) {
    LoneClient client(*runtime,
                      "await focused\nawait frames 5\n"
                      "fail xrCreateSession XR_ERROR_LIMIT_REACHED times 1000000\nlose_session",
                      {"--seconds", "10"});
    ASSERT_TRUE(client.await_log("the headset is gone")) << client.log();
    EXPECT_EQ(client.process().wait(Milliseconds{120'000}), (Ended{.exit_status = 0}))
        << client.log();
    EXPECT_EQ(client.count_in_log("the session ends:"), 1U) << client.log();
}

TEST_F(Conduct, WhoeverWaitsForAHeadsetWaitsForNoPlaceThatCannotBeUsed) {
    LoneClient client(*runtime, "", {"--wait", "--environment", "nowhere"});
    EXPECT_EQ(client.process().wait(Milliseconds{120'000}), (Ended{.exit_status = 2}))
        << client.log();
    EXPECT_EQ(client.count_in_log("waiting for a headset"), 0U) << client.log();
    EXPECT_GE(client.count_in_log("nowhere"), 1U) << client.log();
}

TEST_F(Conduct, WhileItIsOnlyVisibleNothingIsDrawnAndThePictureGoesOn) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    hold_triggers(true);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say("state visible");
    ASSERT_TRUE(client.await_log("session visible")) << client.log();
    const auto picture = client.next_picture();
    ASSERT_TRUE(picture.has_value());
    EXPECT_GT(picture->brightness(), 5.0);
    const std::size_t focused = client.count_in_log("session focused");
    client.say("state focused");
    ASSERT_TRUE(client.await_log("session focused", focused + 1)) << client.log();
    ASSERT_TRUE(client.next_picture().has_value());
    EXPECT_EQ(replay_trace(recorded(client)).size(), 4U); // before, and after
}

TEST_F(Conduct, ASessionThatStopsAndBeginsAgainGoesOn) {
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    for (std::size_t turn = 1; turn <= 5; ++turn) {
        const std::size_t focused = client.count_in_log("session focused");
        client.say("state stopping\nstate idle\nstate ready\nstate synchronized\nstate visible\n"
                   "state focused");
        ASSERT_TRUE(client.await_log("session focused", focused + 1)) << client.log();
    }
    expect_drawing_goes_on(client);
    std::ignore = recorded(client);
}

} // namespace
} // namespace haven::test
