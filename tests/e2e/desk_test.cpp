// A window whose display stands still costs the eyes nothing: their frames go on, what is drawn is
// kept, and the session ends.

#include "bilateral/hand_sample.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/stored_drawing.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"
#include "tests/support/xvfb.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace haven::test {
namespace {

constexpr Milliseconds patience{120'000};

bool await_log(const House& house, std::string_view text, std::size_t times = 1) {
    return await(patience, [&] { return house.times_logged(text) >= times; });
}

/// Starts the client, until its desk has shown a picture.
bool desk_shows(House& house) {
    house.start_client({"--symmetry", "off"});
    return house.await_ready() && await_log(house, "the desk sees the first picture");
}

/// Both hands' strokes, seen by the client, and the session's end: all of it arrives.
void expect_drawing_is_kept(House& house) {
    const MotionScript script = script_named("two_hands");
    Player player(house.runtime(), script, house.gates(script));
    EXPECT_EQ(player.wait(), "");
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << to_string(end.ended) << end.log;
    EXPECT_EQ(complaints_in(end.log), "");
    EXPECT_EQ(end.member("vulkan_validation_messages"), "0");
    EXPECT_EQ(end.member("all_saved"), "true");
    EXPECT_EQ(end.member("pending"), "0");
    for (const Hand hand : {Hand::left, Hand::right}) {
        EXPECT_EQ(stored_strokes(house, end.member("drawing_id"), hand).size(), 2U);
    }
}

TEST(Desk, IsShownAndClosedWithTheSession) {
    const Xvfb display;
    House house({.display = display.name()});
    ASSERT_TRUE(desk_shows(house)) << house.client_log();
    expect_drawing_is_kept(house);
    EXPECT_EQ(house.times_logged("left behind"), 0U) << house.client_log();
}

TEST(Desk, WhoseDisplayStandsStillDelaysNoEyeFrameAndNoEnd) {
    Xvfb display;
    ScriptedRuntime runtime;
    House house({.display = display.name(), .script = &runtime});
    ASSERT_TRUE(desk_shows(house)) << house.client_log();
    display.stand_still();
    // After a hundred more of the eyes' frames one is left out, and that is told.
    runtime.say("await frames 100\nfail xrLocateViews XR_ERROR_TIME_INVALID");
    ASSERT_TRUE(await_log(house, "a frame is left out")) << house.client_log();
    expect_drawing_is_kept(house);
    EXPECT_EQ(house.times_logged("left behind"), 1U) << "it did stand:\n" << house.client_log();
}

TEST(Desk, GoesOnWhenItsDisplayDoes) {
    Xvfb display;
    ScriptedRuntime runtime;
    House house({.display = display.name(), .script = &runtime});
    ASSERT_TRUE(desk_shows(house)) << house.client_log();
    display.stand_still();
    runtime.say("await frames 30\nfail xrLocateViews XR_ERROR_TIME_INVALID");
    ASSERT_TRUE(await_log(house, "a frame is left out")) << house.client_log();
    display.go_on();
    const std::size_t seen = house.times_logged("the desk has seen");
    ASSERT_TRUE(await_log(house, "the desk has seen", seen + 2)) << house.client_log();
    expect_drawing_is_kept(house);
    EXPECT_EQ(house.times_logged("left behind"), 0U) << house.client_log();
}

TEST(Desk, GoesOnSayingHowItStandsWhileTheHeadsetIsAway) {
    const Xvfb display;
    ScriptedRuntime runtime;
    House house({.display = display.name(), .script = &runtime});
    ASSERT_TRUE(desk_shows(house)) << house.client_log();
    const std::size_t before = house.times_logged("the desk goes on without pictures");
    runtime.say("fail xrCreateSession XR_ERROR_LIMIT_REACHED times 3\nlose_session");
    ASSERT_TRUE(await_log(house, "the headset is gone")) << house.client_log();
    ASSERT_TRUE(await_log(house, "the desk goes on without pictures", before + 1))
        << house.client_log();
    const std::size_t seen = house.times_logged("the desk has seen");
    ASSERT_TRUE(await_log(house, "the desk has seen", seen + 1)) << house.client_log();
    expect_drawing_is_kept(house);
}

TEST(Desk, WhoseDisplayNeverAnswersIsDoneWithout) {
    Xvfb display;
    display.stand_still();
    House house({.display = display.name()});
    house.start_client({"--symmetry", "off"});
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    EXPECT_EQ(house.times_logged("no window on the desk: its display does not answer"), 1U)
        << house.client_log();
    expect_drawing_is_kept(house);
}

} // namespace
} // namespace haven::test
