// What is drawn survives: the client killed, the server killed, the runtime gone, the focus lost.

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/ink_path.hpp"
#include "tests/e2e/stored_drawing.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr Milliseconds patience{60'000};
constexpr std::array both_hands{Hand::left, Hand::right};

/// The ids of every stroke of every drawing in the database, as often as they are there.
std::vector<std::string> stored_stroke_ids(const House& house) {
    std::string list = house.sql(
        "SELECT coalesce(string_agg(stroke ->> 'id', ' '), '') FROM bilateral_drawings d, "
        "LATERAL (VALUES (left_hand_strokes), (right_hand_strokes)) h(document), "
        "LATERAL jsonb_array_elements(document -> 'strokes') stroke");
    std::vector<std::string> ids;
    for (std::size_t begin = 0; begin < list.size(); begin += 37) {
        ids.push_back(list.substr(begin, 36));
    }
    std::ranges::sort(ids);
    return ids;
}

bool each_once(const std::vector<std::string>& sorted) {
    return std::ranges::adjacent_find(sorted) == sorted.end();
}

TEST(ClientKilled, EveryStrokeThatWasSavedIsInTheDatabaseExactlyOnceAfterARestart) {
    House house;
    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    const MotionScript script = script_named("fences");
    std::atomic<bool> killed_now = false;
    constexpr double fourth_strokes_s = 3.6; // in the middle of both hands'
    Player player(house.runtime(), script,
                  together(house.gates(script), {{.at_s = fourth_strokes_s,
                                                  .until = "the client is killed",
                                                  .open = [&] { return killed_now.load(); }}}));
    ASSERT_TRUE(player.await_at(fourth_strokes_s)) << house.client_log();
    ASSERT_TRUE(house.await_saved(6)) << "three strokes of each hand:\n" << house.client_log();
    const ClientEnd killed = house.kill_client();
    EXPECT_EQ(complaints_in(killed.log), "");
    const std::vector<std::string> saved = house.strokes_saved_on_disk();
    EXPECT_GE(saved.size(), 6U) << "fewer than the client had noticed as saved";
    player.stop();
    killed_now = true;
    EXPECT_EQ(player.wait(), "");
    EXPECT_EQ(house.sql("SELECT count(*) FROM bilateral_drawings"), "0");

    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(end.member("drawings_recovered"), "1");
    EXPECT_EQ(end.member("pending"), "0");
    EXPECT_EQ(end.member("refused"), "0");
    EXPECT_EQ(house.sql("SELECT count(*) FROM exercise_artifacts a JOIN bilateral_drawings d ON "
                        "d.exercise_id = a.exercise_id WHERE d.stroke_count > 0"),
              "1")
        << "its motion";
    EXPECT_EQ(stored_stroke_ids(house), saved);
    EXPECT_EQ(
        house.sql("SELECT e.status FROM exercises e JOIN bilateral_drawings d ON d.exercise_id "
                  "= e.id WHERE d.stroke_count > 0"),
        "abandoned");
}

TEST(ServerKilled, WhatIsDrawnMeanwhileIsDeliveredExactlyOnceWhenItIsBack) {
    House house;
    const MotionScript script = script_named("fences");
    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    std::atomic<bool> killed = false;
    constexpr double second_strokes_s = 1.5; // in the middle of both hands'
    Player player(house.runtime(), script,
                  together(house.gates(script), {{.at_s = second_strokes_s,
                                                  .until = "the server is killed",
                                                  .open = [&] { return killed.load(); }}}));
    ASSERT_TRUE(player.await_at(second_strokes_s)) << house.client_log();
    house.kill_server();
    killed = true;
    EXPECT_EQ(player.wait(), "");
    house.start_server();
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(complaints_in(end.log), "");
    EXPECT_EQ(end.member("pending"), "0");
    const std::vector<std::string> ids = stored_stroke_ids(house);
    EXPECT_EQ(ids.size(), 12U);
    EXPECT_TRUE(each_once(ids));
    EXPECT_EQ(house.sql("SELECT count(*) FROM bilateral_drawings"), "1");
    EXPECT_EQ(house.sql("SELECT count(*) FROM exercise_artifacts"), "1");
}

TEST(RuntimeLost, TheClientWaitsQuietlyAndGoesOnWithTheSameDrawing) {
    House house;
    const MotionScript script = script_named("two_hands");
    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    {
        constexpr double first_strokes_s = 1.5; // both hands are in them
        Player player(house.runtime(), script,
                      together(house.gates(script), {{.at_s = first_strokes_s,
                                                      .until = "the runtime is killed",
                                                      .open = [] { return false; }}}));
        ASSERT_TRUE(player.await_at(first_strokes_s)) << house.client_log();
        house.runtime().kill();
        EXPECT_NE(player.wait(), ""); // the driver died with it
    }
    ASSERT_TRUE(await(patience, [&] { return house.times_logged("is not there yet") >= 2; }))
        << "the client asks again:\n"
        << house.client_log();
    EXPECT_EQ(house.times_logged("the headset is gone"), 1U) << "it says so once";

    ASSERT_TRUE(house.runtime().restart().has_value());
    ASSERT_TRUE(await(patience, [&] { return house.times_logged("drawing in") == 2; }))
        << house.client_log();

    Player again(house.runtime(), script, house.gates(script));
    EXPECT_EQ(again.wait(), "");
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(complaints_in(end.log), "");
    EXPECT_EQ(end.member("runtime_losses"), "1");
    EXPECT_EQ(house.sql("SELECT count(*) FROM bilateral_drawings"), "1");
    const std::string drawing = end.member("drawing_id");
    for (const Hand hand : both_hands) {
        const std::vector<Path> paths = pressed_paths(script, hand);
        const std::vector<Stroke> strokes = stored_strokes(house, drawing, hand);
        // The stroke that was cut off, on its curve as far as it went, and after it the whole
        // script.
        ASSERT_EQ(strokes.size(), 3U) << to_string(hand);
        EXPECT_EQ(strokes[0].end, StrokeEnd::paused);
        for (const StrokePoint& point : strokes[0].points) {
            EXPECT_LT(distance_m(paths[0], glm::dvec3(point.position_m)), 1e-3);
        }
        EXPECT_EQ(ink_fault(paths[0], strokes[1], demand_of(house, drawing)), "");
        EXPECT_EQ(ink_fault(paths[1], strokes[2], demand_of(house, drawing)), "");
        EXPECT_GT(strokes[1].points.front().time_ns, strokes[0].points.back().time_ns);
    }
}

TEST(DisplayTimesThatJump, WhatIsDrawnMeanwhileIsStoredWholeAndTheServerTakesEveryNumber) {
    ScriptedRuntime jumps;
    House house({.script = &jumps});
    house.start_client({"--symmetry", "off"});
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    const auto jump = [&](double at_s, const char* lines) {
        return Gate{.at_s = at_s,
                    .until = "the jump is said",
                    .open = [&jumps, lines, said = false]() mutable {
                        if (!std::exchange(said, true)) {
                            jumps.say(lines);
                        }
                        return true;
                    }};
    };
    const MotionScript script = script_named("two_hands");
    // Before, in the middle of both hands' strokes, and between them.
    Player player(house.runtime(), script,
                  together(house.gates(script),
                           {jump(0.1, "display_time by -7200 frames 2"),
                            jump(1.3, "display_time by 7200 frames 3\ndisplay_period at -1"),
                            jump(2.8, "display_time at -5 frames 2\ndisplay_period at 0"),
                            jump(3.8, "display_time by 7200")}));
    EXPECT_EQ(player.wait(), "");
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(complaints_in(end.log), "");
    EXPECT_EQ(end.member("pending"), "0");
    EXPECT_EQ(end.member("refused"), "0");
    const std::string drawing = end.member("drawing_id");
    for (const Hand hand : both_hands) {
        const std::vector<Path> paths = pressed_paths(script, hand);
        const std::vector<Stroke> strokes = stored_strokes(house, drawing, hand);
        ASSERT_EQ(strokes.size(), paths.size()) << to_string(hand);
        for (std::size_t i = 0; i < paths.size(); ++i) {
            EXPECT_EQ(ink_fault(paths[i], strokes[i], demand_of(house, drawing)), "")
                << to_string(hand) << " stroke " << i;
        }
    }
    EXPECT_EQ(house.sql("SELECT duration_seconds BETWEEN 4 AND 600 FROM bilateral_drawings"), "t");
}

/// The last word the client's log says about its session.
bool session_is(const House& house, std::string_view phase) {
    const std::string log = house.client_log();
    const auto last = log.rfind("info session ");
    return last != std::string::npos && std::string_view(log).substr(last + 13).starts_with(phase);
}

TEST(FocusLost, NothingIsDrawnWhileAnotherApplicationHasTheHands) {
    House house;
    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    // One round of the circles, triggers held: drawn, away, drawn again. The hands wait between.
    const MotionScript script = script_named("held");
    constexpr double away_s = 2.0;
    constexpr double back_s = 3.5;
    constexpr double end_s = 4.5;
    std::atomic<bool> is_away = false;
    const auto both_pressed = [&](std::size_t times) {
        return house.times_logged("seen: left pressed") >= times &&
               house.times_logged("seen: right pressed") >= times;
    };
    Player player(house.runtime(), script,
                  together(house.gates(script),
                           {{.at_s = away_s,
                             .until = "another application has the hands",
                             .open = [&] { return is_away.load(); }},
                            {.at_s = back_s,
                             .until = "both hands draw again",
                             .open = [&] { return both_pressed(2); }},
                            {.at_s = end_s, .until = "the end", .open = [] { return false; }}}));
    ASSERT_TRUE(player.await_at(away_s)) << house.client_log();
    auto other = house.start_other_client();
    ASSERT_TRUE(await(
        patience, [&] { return house.runtime().client_id(other.pid()).has_value(); },
        Milliseconds{100}))
        << other.errors();
    ASSERT_TRUE(house.runtime().make_primary(*house.runtime().client_id(other.pid())));
    ASSERT_TRUE(await(patience, [&] { return session_is(house, "synchronized"); }))
        << house.client_log();
    is_away = true; // the hands go on
    ASSERT_TRUE(player.await_at(back_s));
    ASSERT_TRUE(house.runtime().make_primary(*house.runtime().client_id(house.client().pid())));
    ASSERT_TRUE(player.await_at(end_s)) << house.client_log();
    const ClientEnd end = house.end_client();
    player.stop();
    EXPECT_EQ(player.wait(), "");
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(complaints_in(end.log), "");
    for (const Hand hand : both_hands) {
        const std::vector<Stroke> strokes = stored_strokes(house, end.member("drawing_id"), hand);
        ASSERT_EQ(strokes.size(), 2U) << to_string(hand);
        EXPECT_EQ(strokes[0].end, StrokeEnd::paused);
        EXPECT_EQ(strokes[1].end, StrokeEnd::drawing_ended);
        const double from_s = presses(script, hand, PressBy::trigger, 0.2).front().from_s;
        const Path before = path_of(script, hand, from_s, away_s, controller_tip_m);
        const Path after = path_of(script, hand, back_s, end_s, controller_tip_m);
        for (const StrokePoint& point : strokes[0].points) {
            EXPECT_LT(distance_m(before, glm::dvec3(point.position_m)), 1e-3);
        }
        for (const StrokePoint& point : strokes[1].points) {
            EXPECT_LT(distance_m(after, glm::dvec3(point.position_m)), 1e-3);
        }
    }
}

TEST(NoRuntime, TheClientSaysSoAndWhatToDo) {
    constexpr const char* program = HAVEN_BINARY_DIR "/haven-xr";
    constexpr const char* assets = HAVEN_SOURCE_DIR "/assets";
    const TempDirectory directory;
    auto client = Process::start(
        {.argv = {program, "--no-mirror", "--assets", assets, "--data",
                  (directory.path() / "data").string(), "--seconds", "1"},
         .environment = {{"XR_RUNTIME_JSON", (directory.path() / "no-such-runtime.json").string()},
                         {"XDG_RUNTIME_DIR", directory.path().string()}},
         .output_stem = directory.path() / "client"});
    ASSERT_TRUE(client.has_value()) << client.error();
    const auto ended = client->wait(patience);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(*ended, (Ended{.exit_status = 2}));
    EXPECT_TRUE(client->errors().contains("OpenXR")) << client->errors();
    EXPECT_TRUE(client->errors().contains("--desktop")) << client->errors();
}

} // namespace
} // namespace haven::test
