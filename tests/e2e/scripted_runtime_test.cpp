// The layer between an application and the runtime is trusted by other tests, so it is tested
// first: what the script says is what an application sees, and the validation layer beside it
// stays silent.

#include "bilateral/pose.hpp"
#include "tests/e2e/openxr_probe.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openxr/openxr.h>

namespace haven::test {
namespace {

constexpr Milliseconds patience{10'000};
constexpr XrSpaceLocationFlags valid =
    XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
constexpr XrSpaceLocationFlags tracked =
    XR_SPACE_LOCATION_POSITION_TRACKED_BIT | XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT;
constexpr const char* hand_interaction = "/interaction_profiles/ext/hand_interaction_ext";

class Scripted : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto service = MonadoService::start();
        ASSERT_TRUE(service.has_value()) << service.error();
        runtime.emplace(std::move(*service));
        script.emplace();
        Environment environment = runtime->client_environment();
        environment.merge(script->environment(true));
        auto probe = OpenXrProbe::start(environment, patience);
        ASSERT_TRUE(probe.has_value()) << probe.error() << "\n" << runtime->log();
        application.emplace(std::move(*probe));
    }
    static void TearDownTestSuite() {
        application.reset();
        runtime.reset();
        script.reset();
    }
    void SetUp() override { ASSERT_TRUE(application.has_value()); }
    void TearDown() override {
        script->say("head tracked\ncontroller both tracked\nfingers both tracked\n"
                    "profile both runtime\nspace STAGE whole\nspace LOCAL whole\ngaze off");
        drain();
    }

    static XrSpace reference_space(XrReferenceSpaceType type) {
        const XrReferenceSpaceCreateInfo info{
            .type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO,
            .referenceSpaceType = type,
            .poseInReferenceSpace = {.orientation = {0, 0, 0, 1}}};
        XrSpace space = XR_NULL_HANDLE;
        EXPECT_EQ(xrCreateReferenceSpace(application->session(), &info, &space), XR_SUCCESS);
        return space;
    }
    static XrSpaceLocation locate(XrSpace space, XrSpace base) {
        XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
        EXPECT_EQ(xrLocateSpace(space, base, application->now(), &location), XR_SUCCESS);
        return location;
    }
    static XrSpaceLocation locate_in_stage(XrSpace space) {
        static const XrSpace stage = reference_space(XR_REFERENCE_SPACE_TYPE_STAGE);
        return locate(space, stage);
    }
    static XrSpaceLocation head_in_stage() {
        static const XrSpace view = reference_space(XR_REFERENCE_SPACE_TYPE_VIEW);
        return locate_in_stage(view);
    }
    static std::vector<XrEventDataBuffer> drain() {
        std::vector<XrEventDataBuffer> events;
        while (const auto event = application->next_event()) {
            events.push_back(*event);
        }
        return events;
    }
    static std::vector<XrEventDataBuffer> say(std::string_view lines) {
        script->say(lines);
        return drain(); // the script is read with the first poll
    }
    static std::array<SeenHand, 2> look() {
        const auto seen = application->look();
        EXPECT_TRUE(seen.has_value()) << seen.error();
        return seen.value_or(std::array<SeenHand, 2>{});
    }

    static inline std::optional<MonadoService> runtime;
    static inline std::optional<ScriptedRuntime> script;
    static inline std::optional<OpenXrProbe> application;
};

template <typename Event>
std::optional<Event> event_of(const std::vector<XrEventDataBuffer>& events, XrStructureType type) {
    const auto found = std::ranges::find(events, type, &XrEventDataBuffer::type);
    return found == events.end() ? std::nullopt
                                 : std::optional(reinterpret_cast<const Event&>(*found));
}

TEST_F(Scripted, WithoutALineEverythingIsAsTheRuntimeSays) {
    say("");
    EXPECT_EQ(head_in_stage().locationFlags, valid | tracked);
    EXPECT_NEAR(head_in_stage().pose.position.y, 1.6F, 1e-4F);
    EXPECT_TRUE(look()[0].pose_active);
}

TEST_F(Scripted, AnUnlocatableSpaceIsThereAndIsNeverLocated) {
    say("space STAGE unlocatable");
    EXPECT_EQ(head_in_stage().locationFlags, 0U);
    EXPECT_TRUE(std::isnan(head_in_stage().pose.position.x));
    say("space STAGE whole");
    EXPECT_EQ(head_in_stage().locationFlags, valid | tracked);
}

TEST_F(Scripted, AMissingSpaceIsNotEnumeratedAndCannotBeMade) {
    say("space LOCAL missing");
    std::uint32_t count = 0;
    std::array<XrReferenceSpaceType, 16> types{};
    ASSERT_EQ(
        xrEnumerateReferenceSpaces(application->session(), types.size(), &count, types.data()),
        XR_SUCCESS);
    EXPECT_FALSE(
        std::ranges::contains(std::span(types).first(count), XR_REFERENCE_SPACE_TYPE_LOCAL));
    const XrReferenceSpaceCreateInfo info{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO,
                                          .referenceSpaceType = XR_REFERENCE_SPACE_TYPE_LOCAL,
                                          .poseInReferenceSpace = {.orientation = {0, 0, 0, 1}}};
    XrSpace space = XR_NULL_HANDLE;
    EXPECT_EQ(xrCreateReferenceSpace(application->session(), &info, &space),
              XR_ERROR_REFERENCE_SPACE_UNSUPPORTED);
}

TEST_F(Scripted, TheHeadIsInferredOrHasNoPositionOrNoNumbersOrNothing) {
    say("head inferred");
    EXPECT_EQ(head_in_stage().locationFlags, valid);
    say("head orientation");
    EXPECT_EQ(head_in_stage().locationFlags & valid,
              XrSpaceLocationFlags{XR_SPACE_LOCATION_ORIENTATION_VALID_BIT});
    EXPECT_TRUE(std::isnan(head_in_stage().pose.position.y));
    EXPECT_FALSE(std::isnan(head_in_stage().pose.orientation.w));
    say("head nonsense");
    EXPECT_EQ(head_in_stage().locationFlags, valid | tracked);
    EXPECT_TRUE(std::isnan(head_in_stage().pose.position.y));
    say("head lost");
    EXPECT_EQ(head_in_stage().locationFlags, 0U);
}

TEST_F(Scripted, AControllerIsInferredOrAtZeroOrInactiveWhileTheOtherIsNot) {
    say("controller left inferred");
    EXPECT_EQ(locate_in_stage(application->grip(0)).locationFlags, valid);
    EXPECT_EQ(locate_in_stage(application->grip(1)).locationFlags, valid | tracked);
    say("controller left zero");
    const XrSpaceLocation zero = locate_in_stage(application->grip(0));
    EXPECT_EQ(zero.locationFlags, valid | tracked);
    EXPECT_EQ(
        glm::length(glm::vec3(zero.pose.position.x, zero.pose.position.y, zero.pose.position.z)),
        0.0F);
    say("controller left inactive");
    EXPECT_FALSE(look()[0].pose_active);
    EXPECT_TRUE(look()[1].pose_active);
}

TEST_F(Scripted, AControllerThatIsStillStaysActiveWhereItWasWhileTheFingersMove) {
    auto remote = runtime->connect();
    ASSERT_TRUE(remote.has_value()) << remote.error();
    ASSERT_TRUE(remote->send({}).has_value());
    const auto finger_x = [] { return look()[0].index_tip_m.x; };
    ASSERT_TRUE(await(patience, [&] { return look()[0].fingers_active; }));
    const float finger_before = finger_x();
    say("controller both still");
    const float grip_before = locate_in_stage(application->grip(0)).pose.position.x;
    RemoteState moved;
    moved.hands[0].tracking_from_grip.position_m.x += 0.3F;
    ASSERT_TRUE(remote->send(moved).has_value());
    EXPECT_TRUE(await(patience, [&] { return std::abs(finger_x() - finger_before) > 0.2F; }));
    EXPECT_EQ(locate_in_stage(application->grip(0)).pose.position.x, grip_before);
    EXPECT_TRUE(look()[0].pose_active);
    say("controller both tracked");
    EXPECT_NEAR(locate_in_stage(application->grip(0)).pose.position.x, grip_before + 0.3F, 1e-3F);
}

TEST_F(Scripted, ACallThatIsToFailOnceFailsOnce) {
    say("fail xrLocateSpace XR_ERROR_TIME_INVALID");
    const XrSpace view = reference_space(XR_REFERENCE_SPACE_TYPE_VIEW);
    XrSpaceLocation location{.type = XR_TYPE_SPACE_LOCATION};
    EXPECT_EQ(xrLocateSpace(view, application->grip(0), application->now(), &location),
              XR_ERROR_TIME_INVALID);
    EXPECT_EQ(xrLocateSpace(view, application->grip(0), application->now(), &location), XR_SUCCESS);
}

TEST_F(Scripted, ARecenterMovesLocalFromItsChangeTimeOnAndSaysByHowMuch) {
    const XrSpace local = reference_space(XR_REFERENCE_SPACE_TYPE_LOCAL);
    const XrSpaceLocation before = locate_in_stage(local);
    const auto events = say("recenter 1 0 -0.5 90 in 300");
    const auto change = event_of<XrEventDataReferenceSpaceChangePending>(
        events, XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING);
    ASSERT_TRUE(change.has_value());
    EXPECT_EQ(change->poseValid, XR_TRUE);
    EXPECT_EQ(change->poseInPreviousSpace.position.x, 1.0F);
    EXPECT_GT(change->changeTime, application->now() - 5'000'000'000);
    ASSERT_TRUE(await(patience, [&] { return application->now() > change->changeTime; }));
    const XrSpaceLocation after = locate_in_stage(local);
    EXPECT_NEAR(after.pose.position.x, before.pose.position.x + 1.0F, 1e-4F);
    EXPECT_NEAR(after.pose.position.z, before.pose.position.z - 0.5F, 1e-4F);
    EXPECT_NEAR(std::abs(after.pose.orientation.y), std::sqrt(0.5F), 1e-4F);
    // And back: seen from LOCAL, the stage has moved the other way.
    static const XrSpace stage = reference_space(XR_REFERENCE_SPACE_TYPE_STAGE);
    const XrSpaceLocation stage_in_local = locate(stage, local);
    EXPECT_NEAR(stage_in_local.pose.position.y, -after.pose.position.y, 1e-4F);
    say("recenter -0.5 0 -1 -90"); // as it was
    EXPECT_NEAR(locate_in_stage(local).pose.position.x, before.pose.position.x, 1e-4F);
}

TEST_F(Scripted, AStateThatTheScriptSaysComesAsAnEventAndTakesTheInputAway) {
    const auto events = say("state visible");
    const auto changed =
        event_of<XrEventDataSessionStateChanged>(events, XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED);
    ASSERT_TRUE(changed.has_value());
    EXPECT_EQ(changed->state, XR_SESSION_STATE_VISIBLE);
    EXPECT_FALSE(look()[0].pose_active);
    say("state focused");
    EXPECT_TRUE(look()[0].pose_active);
}

TEST_F(Scripted, AnotherProfileIsReportedAndActionsItDoesNotBindAreInactive) {
    const auto events = say(std::string("profile left ") + hand_interaction);
    EXPECT_TRUE(event_of<XrEventDataInteractionProfileChanged>(
        events, XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED));
    XrInteractionProfileState profile{.type = XR_TYPE_INTERACTION_PROFILE_STATE};
    ASSERT_EQ(
        xrGetCurrentInteractionProfile(application->session(), application->hand_path(0), &profile),
        XR_SUCCESS);
    EXPECT_EQ(application->text_of(profile.interactionProfile), hand_interaction);
    EXPECT_FALSE(look()[0].pose_active); // the probe suggests nothing for it
    EXPECT_TRUE(look()[1].pose_active);
    say("profile left runtime");
    EXPECT_TRUE(look()[0].pose_active);
}

TEST_F(Scripted, AnInputHasTheValueThatTheScriptGives) {
    say("input right /input/trigger/value 0.75");
    EXPECT_EQ(look()[1].trigger, 0.75F);
    EXPECT_NE(look()[0].trigger, 0.75F);
    say("input right /input/trigger/value runtime");
    EXPECT_NE(look()[1].trigger, 0.75F);
}

TEST_F(Scripted, PresenceAndLossComeAsEvents) {
    const auto events = say("presence off\ninstance_loss_pending");
    const auto presence = event_of<XrEventDataUserPresenceChangedEXT>(
        events, XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT);
    ASSERT_TRUE(presence.has_value());
    EXPECT_EQ(presence->isUserPresent, XR_FALSE);
    EXPECT_TRUE(
        event_of<XrEventDataInstanceLossPending>(events, XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING));
}

/// The last of the file: nothing comes after it.
TEST_F(Scripted, ZALostSessionIsLostForEveryCall) {
    say("lose_session");
    const XrActionsSyncInfo sync{.type = XR_TYPE_ACTIONS_SYNC_INFO};
    EXPECT_EQ(xrSyncActions(application->session(), &sync), XR_ERROR_SESSION_LOST);
    EXPECT_EQ(xrRequestExitSession(application->session()), XR_ERROR_SESSION_LOST);
}

} // namespace
} // namespace haven::test
