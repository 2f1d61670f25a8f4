#include "net/uploader/courier.hpp"

#include "bilateral/stroke.hpp"
#include "courier_fixture.hpp"
#include "drawing_fixture.hpp"
#include "net/api/paths.hpp"
#include "net/api/problem.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/event_queue.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace haven::uploader {
namespace {

using std::chrono::steady_clock;
using test::await;
using test::end_of;
using test::numbered_drawing;
using test::numbered_stroke;
using test::ScriptedServer;
using testing::HasSubstr;
using testing::IsEmpty;
using std::chrono_literals::operator""s;

class CourierTest : public CourierFixture {
  protected:
    /// Posts a drawing of `strokes` strokes, and its end if `ends`.
    static void draw(Courier& courier, std::uint32_t strokes, bool ends) {
        const outbox::DrawingBegin begin = numbered_drawing(1);
        post(courier, DrawingBegun{begin});
        for (std::uint32_t i = 0; i < strokes; ++i) {
            post(courier, StrokeFinished{begin.drawing_id, numbered_stroke(i)});
            post(courier, TraceBytes{begin.drawing_id, test::some_bytes(100)});
        }
        if (ends) {
            post(courier, MetricsMeasured{begin.drawing_id, {R"({"format":1})"}});
            post(courier, DrawingFinished{begin.drawing_id, end_of(begin)});
        }
    }

    /// A guided session: an event, a stroke, an event, and its end.
    static void be_led(Courier& courier) {
        outbox::DrawingBegin begin = numbered_drawing(1);
        begin.recorded = false;
        const auto tell = [&](std::uint32_t number) {
            post(courier, EventTold{begin.drawing_id,
                                    test::numbered_id(9, number),
                                    {.session_id = begin.session_id,
                                     .event_data_json = R"({"action":"exercise_pause"})",
                                     .happened_at = begin.began_at + number}});
        };
        post(courier, DrawingBegun{begin});
        tell(1);
        post(courier, RecordingBegun{begin.drawing_id, {.began_at = begin.began_at}});
        post(courier, StrokeFinished{begin.drawing_id, numbered_stroke(0)});
        tell(2);
        post(courier, DrawingFinished{begin.drawing_id, end_of(begin)});
    }
    static std::vector<std::string> told(const ScriptedServer& server) {
        std::vector<std::string> paths;
        std::ranges::copy_if(server.seen_paths(), std::back_inserter(paths), [](const auto& path) {
            return path.starts_with("/v1/session-events/");
        });
        return paths;
    }

    static std::set<Uuid> drawing_put(const ScriptedServer& server) {
        std::set<Uuid> ids;
        for (const ScriptedServer::Seen& request : server.seen()) {
            if (const auto strokes = test::strokes_of(request.body)) {
                for (const Stroke& stroke : *strokes) {
                    EXPECT_TRUE(ids.insert(stroke.id).second) << to_string(stroke.id);
                }
            }
        }
        return ids;
    }
};

TEST_F(CourierTest, WholeDrawingArrivesAndNothingIsLeft) {
    const ScriptedServer server;
    auto courier = start(online(server));
    draw(*courier, 5, true);
    const DrainResult left = courier->drain(steady_clock::now() + 20s);
    EXPECT_EQ(left.events_unsaved, 0);
    EXPECT_EQ(left.requests_pending, 0);
    EXPECT_EQ(drawing_put(server).size(), 5U);
    EXPECT_EQ(server.seen().size(), 9U);
    const CourierStatus status = courier->status();
    EXPECT_EQ(status.strokes_posted, 5);
    EXPECT_EQ(status.strokes_saved, 5);
    EXPECT_EQ(status.requests_acknowledged, 9);
    EXPECT_EQ(status.link, Link::reachable);
}

TEST_F(CourierTest, WhatHappenedIsToldOfflineTooAndInItsOrder) {
    {
        auto courier = start(offline());
        be_led(*courier);
        EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 8);
    }
    // The first event's answer is lost, and it is told again.
    const ScriptedServer server({{}, {}, {}, {.hang_up = true}});
    auto courier = start(online(server));
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_pending == 0; }));
    const std::string first = api::session_event_path(test::numbered_id(9, 1));
    EXPECT_EQ(told(server),
              (std::vector{first, first, api::session_event_path(test::numbered_id(9, 2))}));
    EXPECT_EQ(drawing_put(server).size(), 1U);
}

TEST_F(CourierTest, EventsThatAServerDoesNotTakeAreKeptAndTheInkIsSent) {
    const auto problem = [](int status, const char* type) {
        return ScriptedServer::Answer{
            .status = status,
            .body = std::format(R"({{"type":"/problems/{}","title":"No","status":{},"detail":"",)"
                                R"("request_id":"r"}})",
                                type, status),
            .headers = {"Content-Type: application/problem+json"}};
    };
    const ScriptedServer server({{}, {}, {}, problem(404, "not-found"), problem(409, "conflict")});
    auto courier = start(online(server));
    be_led(*courier);
    const DrainResult left = courier->drain(steady_clock::now() + 20s);
    EXPECT_EQ(left.requests_pending, 0);
    EXPECT_EQ(left.requests_refused, 2) << courier->status().refused_because;
    EXPECT_EQ(drawing_put(server).size(), 1U);
}

TEST_F(CourierTest, WithoutAServerEverythingStaysAndGoesWhenThereIsOne) {
    {
        auto courier = start(offline());
        draw(*courier, 3, true);
        const DrainResult left = courier->drain(steady_clock::now() + 20s);
        EXPECT_EQ(left.events_unsaved, 0);
        EXPECT_EQ(left.requests_pending, 9);
        EXPECT_EQ(courier->status().link, Link::offline);
        EXPECT_EQ(courier->status().strokes_saved, 3);
    }
    const ScriptedServer server;
    auto courier = start(online(server));
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_pending == 0; }));
    EXPECT_EQ(drawing_put(server).size(), 3U);
}

TEST_F(CourierTest, StrokesAreSavedWhileARequestHangs) {
    ScriptedServer server({{.hold = true}});
    auto courier = start(online(server));
    draw(*courier, 0, false);
    ASSERT_TRUE(await(20s, [&] { return server.seen().size() == 1; }));
    draw(*courier, 3, false);
    EXPECT_TRUE(saved(*courier, 3));
    EXPECT_EQ(courier->status().requests_acknowledged, 0);
    server.release();
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_acknowledged == 3; }));
}

TEST_F(CourierTest, ServerThatComesBackGetsEverythingOnce) {
    const ScriptedServer server({{.status = 503},
                                 {.hang_up = true},
                                 {.status = 201},
                                 {.status = 500},
                                 {.hang_up = true},
                                 {.status = 429}});
    auto courier = start(online(server));
    draw(*courier, 4, true);
    const DrainResult left = courier->drain(steady_clock::now() + 20s);
    EXPECT_EQ(left.requests_pending, 0);
    EXPECT_EQ(courier->status().requests_acknowledged, 9);
    EXPECT_EQ(server.seen().size(), 9U + 5U);
    EXPECT_EQ(drawing_put(server).size(), 4U);
}

TEST_F(CourierTest, RefusedTokenIsSaidAndANewOneGoesOn) {
    const ScriptedServer server(
        {{.status = 401,
          .body = api::encode(
              api::Problem{.type = std::string(api::problem_type::unauthorized), .status = 401}),
          .headers = {"Content-Type: application/problem+json"}}});
    auto courier = start(online(server));
    draw(*courier, 1, true);
    EXPECT_TRUE(await(20s, [&] { return courier->status().link == Link::token_refused; }));
    EXPECT_THAT(courier->status().last_error, HasSubstr("log in again"));
    CourierConfig again = online(server);
    again.token = "a newer one";
    courier.reset();
    courier = start(again);
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_acknowledged == 9; }));
}

TEST_F(CourierTest, DrainGivesUpAtItsDeadlineAndLosesNothing) {
    const ScriptedServer server({{.hold = true}});
    auto courier = start(online(server));
    draw(*courier, 2, true);
    ASSERT_TRUE(await(20s, [&] { return courier->status().requests_pending == 9; }));
    const DrainResult left = courier->drain(steady_clock::now());
    EXPECT_EQ(left.events_unsaved, 0);
    EXPECT_EQ(left.requests_pending, 9);
}

TEST_F(CourierTest, DestructionStoresWhatWasPosted) {
    {
        auto courier = start(offline());
        draw(*courier, 7, false);
    }
    EXPECT_EQ(stroke_count(1), 7);
}

TEST_F(CourierTest, DrawingLeftOpenByACrashIsSentOnTheNextStart) {
    {
        auto courier = start(offline());
        draw(*courier, 2, false);
    }
    const ScriptedServer server;
    auto courier = start(online(server));
    EXPECT_EQ(courier->status().drawings_recovered, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 0);
    EXPECT_EQ(drawing_put(server).size(), 2U);
    EXPECT_THAT(server.seen().back().body, HasSubstr("abandoned"));
}

TEST_F(CourierTest, FullDiskIsSaidAndNothingIsShownAsSavedThatIsNot) {
    CourierConfig config = offline();
    config.outbox.bytes_max = 104 * 1024;
    std::int64_t shown = 0;
    {
        auto courier = start(config);
        draw(*courier, 0, false);
        for (std::uint32_t i = 0; i < 200; ++i) {
            post(*courier, StrokeFinished{numbered_drawing(1).drawing_id, numbered_stroke(i)});
        }
        ASSERT_TRUE(await(20s, [&] { return !courier->status().disk_error.empty(); }));
        EXPECT_THAT(courier->status().disk_error, HasSubstr("no space left"));
        shown = courier->status().strokes_saved;
        EXPECT_GT(shown, 0);
        EXPECT_LT(shown, 200);
        EXPECT_GT(courier->drain(steady_clock::now()).events_unsaved, 0);
    }
    EXPECT_EQ(stroke_count(1), shown);
}

TEST_F(CourierTest, StrokeOfADrawingThatWasNeverBegunDoesNotBlockTheRest) {
    auto courier = start(offline());
    post(*courier, StrokeFinished{numbered_drawing(9).drawing_id, numbered_stroke(0)});
    draw(*courier, 2, false);
    EXPECT_TRUE(saved(*courier, 2));
    EXPECT_EQ(courier->status().events_set_aside, 1);
    EXPECT_THAT(courier->status().disk_error, IsEmpty());
}

TEST_F(CourierTest, SecondClientOnTheSameFileIsTold) {
    const auto first = start(offline());
    const auto second = Courier::start(offline());
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error(), HasSubstr("in use by another client"));
}

// ---- kill -9 ----

TEST_F(CourierTest, EveryStrokeShownAsSavedIsSentExactlyOnceAfterKill9) {
    constexpr int rounds = 8;
    for (int round = 0; round < rounds; ++round) {
        const std::filesystem::path outbox = folder.path() / std::to_string(round);
        auto client = test::Process::start(
            {.argv = {HAVEN_BINARY_DIR "/net_drawing_client", outbox.string()},
             .output_stem = folder.path() / ("client" + std::to_string(round))});
        ASSERT_TRUE(client) << client.error();
        const auto shown = [&] { return std::ranges::count(client->output(), '\n'); };
        ASSERT_TRUE(await(30s, [&] { return shown() > std::ptrdiff_t{3} * round; }))
            << client->errors();
        client->kill();
        const std::int64_t said = shown();

        const ScriptedServer server({{.status = 503}});
        CourierConfig config = online(server);
        config.outbox_file = outbox;
        auto courier = start(config);
        EXPECT_EQ(courier->status().drawings_recovered, 1);
        EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 0);
        const std::set<Uuid> sent = drawing_put(server);
        for (std::uint32_t i = 0; i < said; ++i) {
            EXPECT_TRUE(sent.contains(numbered_stroke(i).id)) << i << " of " << said;
        }
    }
}

// ---- the queue ----

TEST(EventQueue, FullQueueLeavesTheEventWhereItIs) {
    EventQueue<std::unique_ptr<int>> queue(2);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    auto third = std::make_unique<int>(3);
    EXPECT_TRUE(queue.push(first));
    EXPECT_TRUE(queue.push(second));
    EXPECT_FALSE(queue.push(third));
    ASSERT_NE(third, nullptr);
    EXPECT_EQ(**queue.pop(), 1);
    EXPECT_TRUE(queue.push(third));
    EXPECT_EQ(**queue.pop(), 2);
    EXPECT_EQ(**queue.pop(), 3);
    EXPECT_FALSE(queue.pop());
}

TEST(EventQueue, KeepsOrderBetweenTwoThreads) {
    constexpr int count = 200'000;
    EventQueue<int> queue(64);
    std::thread sender([&queue] {
        for (int i = 0; i < count; ++i) {
            int value = i;
            while (!queue.push(value)) {
                std::this_thread::yield();
            }
        }
    });
    int expected = 0;
    while (expected < count) {
        if (const auto value = queue.pop()) {
            ASSERT_EQ(*value, expected++);
        } else {
            std::this_thread::yield();
        }
    }
    sender.join();
}

} // namespace
} // namespace haven::uploader
