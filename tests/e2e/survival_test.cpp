// What is drawn survives: the client killed, the server killed, the runtime gone, the focus lost.

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/ink_path.hpp"
#include "tests/e2e/stored_drawing.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using Clock = std::chrono::steady_clock;
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
    Player player(house.runtime(), script_named("fences"));
    std::this_thread::sleep_for(Milliseconds{3'600}); // in the middle of both hands' fourth strokes
    const ClientEnd killed = house.kill_client();
    EXPECT_EQ(complaints_in(killed.log), "");
    const std::vector<std::string> saved = house.strokes_saved_on_disk();
    // Two strokes a hand ended more than a second ago: those must be durable.
    EXPECT_GE(saved.size(), 4U);
    player.stop();
    EXPECT_EQ(player.wait(), "");
    EXPECT_EQ(house.sql("SELECT count(*) FROM bilateral_drawings"), "0");

    house.start_client();
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << end.log;
    EXPECT_EQ(end.member("drawings_recovered"), "1");
    EXPECT_EQ(end.member("pending"), "0");
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
    Player player(house.runtime(), script);
    std::this_thread::sleep_for(Milliseconds{1'500});
    house.kill_server();
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
        Player player(house.runtime(), script);
        std::this_thread::sleep_for(Milliseconds{1'500}); // both hands are in their first strokes
        house.runtime().kill();
        EXPECT_NE(player.wait(), ""); // the driver died with it
    }
    ASSERT_TRUE(await(Milliseconds{5'000}, [&] {
        return house.client_log().contains("the headset is gone");
    })) << house.client_log();

    constexpr Milliseconds watched{2'000};
    const Milliseconds before = processor_time(house.client().pid());
    std::this_thread::sleep_for(watched);
    const Milliseconds used = processor_time(house.client().pid()) - before;
    EXPECT_LT(used.count() * 100 / watched.count(), 20) << "percent of a processor while waiting";

    ASSERT_TRUE(house.runtime().restart().has_value());
    const auto back = Clock::now();
    ASSERT_TRUE(await(Milliseconds{20'000}, [&] {
        return std::ranges::count(house.client_log(), '\n') > 0 &&
               house.client_log().rfind("drawing in") >
                   house.client_log().find("the headset is gone");
    })) << house.client_log();
    EXPECT_LT(Clock::now() - back, std::chrono::seconds{5});

    Player again(house.runtime(), script);
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
    Player player(house.runtime(), script_named("held"));
    auto other = house.start_other_client();
    ASSERT_TRUE(await(
        Milliseconds{30'000}, [&] { return house.runtime().client_id(other.pid()).has_value(); },
        Milliseconds{100}))
        << other.errors();
    ASSERT_TRUE(house.runtime().make_primary(*house.runtime().client_id(other.pid())));
    ASSERT_TRUE(await(Milliseconds{10'000}, [&] { return session_is(house, "synchronized"); }))
        << house.client_log();
    std::this_thread::sleep_for(Milliseconds{1'000}); // the hands go on, with the triggers held
    ASSERT_TRUE(house.runtime().make_primary(*house.runtime().client_id(house.client().pid())));
    ASSERT_TRUE(await(Milliseconds{10'000}, [&] { return session_is(house, "focused"); }))
        << house.client_log();
    std::this_thread::sleep_for(Milliseconds{1'000});
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
        const std::int64_t away_ns =
            strokes[1].points.front().time_ns - strokes[0].points.back().time_ns;
        EXPECT_GE(away_ns, 1'000'000'000);
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
    const auto ended = client->wait(Milliseconds{30'000});
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(*ended, (Ended{.exit_status = 2}));
    EXPECT_TRUE(client->errors().contains("OpenXR")) << client->errors();
    EXPECT_TRUE(client->errors().contains("--desktop")) << client->errors();
}

} // namespace
} // namespace haven::test
