// What the headset's outbox sends, against the server it is for.
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/codec.hpp"
#include "net/api/limits.hpp"
#include "net/api/paths.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/drawing_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using std::chrono::steady_clock;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using uploader::Courier;
using uploader::CourierConfig;

class OutboxAndServer : public testing::Test {
  public:
    static void post(Courier& courier, uploader::Event event) {
        ASSERT_TRUE(await(20s, [&] { return courier.post(std::move(event)); }));
    }

  protected:
    CourierConfig config(const TestServer& at, const std::string& token) const {
        return {.outbox_file = folder.path() / "outbox.sqlite",
                .http = uploader::HttpConfig{.server_url = at.url()},
                .token = token,
                .backoff = {.first = 1ms, .most = 20ms}};
    }

    static std::unique_ptr<Courier> start(const CourierConfig& config) {
        auto courier = Courier::start(config);
        if (!courier) {
            throw std::runtime_error(courier.error());
        }
        return *std::move(courier);
    }

    static void draw(Courier& courier, const outbox::DrawingBegin& begin) {
        post(courier, uploader::DrawingBegun{begin});
        for (std::uint32_t i = 0; i < 4; ++i) {
            post(courier, uploader::StrokeFinished{begin.drawing_id, numbered_stroke(i)});
        }
        const std::string trace = trace_bytes(200);
        const auto* bytes = reinterpret_cast<const std::byte*>(trace.data());
        post(courier, uploader::TraceBytes{begin.drawing_id, {bytes, bytes + trace.size()}});
        post(courier, uploader::MetricsMeasured{begin.drawing_id, {R"({"format":1})"}});
        post(courier, uploader::DrawingFinished{begin.drawing_id, end_of(begin)});
    }

    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    TempDirectory folder;
    TestServer server;
};

TEST_F(OutboxAndServer, EachKindOfRequestGetsItsReceiptAndNothingIsLeft) {
    const HttpClient user = server.new_user();
    const auto courier = start(config(server, user.token));
    draw(*courier, numbered_drawing(1));
    const uploader::DrainResult left = courier->drain(steady_clock::now() + 60s);
    EXPECT_EQ(left.requests_pending, 0);
    EXPECT_EQ(left.requests_refused, 0);
    const uploader::CourierStatus status = courier->status();
    EXPECT_EQ(status.requests_acknowledged, 9) << status.last_error;
    EXPECT_EQ(status.link, uploader::Link::reachable);
    EXPECT_EQ(sql("SELECT stroke_count || ' ' || user_id FROM bilateral_drawings"), "4 " + user.id);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "1");
    EXPECT_EQ(sql("SELECT status FROM exercises"), "completed");
    EXPECT_EQ(sql("SELECT (performance_metrics IS NOT NULL AND ended_at IS NOT NULL)::text "
                  "FROM vr_sessions"),
              "true");
}

TEST_F(OutboxAndServer, WhatHappenedInAnExerciseIsInItsSessionOnceAndInItsOrder) {
    HttpClient user = server.new_user();
    outbox::DrawingBegin begin = numbered_drawing(1);
    begin.recorded = false;
    begin.exercise.opening_prompt = "free_scribble";
    begin.exercise.guideposts_json = R"(["free_scribble","mirror_drawing"])";
    begin.exercise.grounding_close = "closing";
    constexpr std::uint32_t events = 12;
    {
        CourierConfig nowhere = config(server, user.token);
        nowhere.http.reset();
        const auto courier = start(nowhere);
        post(*courier, uploader::DrawingBegun{begin});
        for (std::uint32_t i = 0; i < events; ++i) {
            post(*courier,
                 uploader::EventTold{begin.drawing_id,
                                     numbered_id(9, i),
                                     {.session_id = begin.session_id,
                                      .event_data_json = std::format(R"({{"step":{}}})", i),
                                      .happened_at = begin.began_at + i}});
        }
        post(*courier, uploader::DrawingFinished{
                           begin.drawing_id,
                           {.exercise = {.status = "abandoned", .completed_at = begin.began_at}}});
        (void)courier->drain(steady_clock::now() + 60s);
    }
    // One is there already: its answer was lost.
    ASSERT_EQ(
        user.put("/v1/sessions/" + to_string(begin.session_id), api::encode(*begin.session)).status,
        201);
    const api::SessionEvent first{.session_id = begin.session_id,
                                  .event_data_json = R"({"step":0})",
                                  .happened_at = begin.began_at};
    ASSERT_EQ(user.put(api::session_event_path(numbered_id(9, 0)), api::encode(first)).status, 201);
    const auto courier = start(config(server, user.token));
    const uploader::DrainResult left = courier->drain(steady_clock::now() + 60s);
    EXPECT_EQ(left.requests_pending, 0) << courier->status().last_error;
    EXPECT_EQ(left.requests_refused, 0) << courier->status().refused_because;
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'step', ' ' ORDER BY created_at, id) FROM "
                  "session_events WHERE event_data ? 'step'"),
              "0 1 2 3 4 5 6 7 8 9 10 11");
    EXPECT_EQ(sql("SELECT concat_ws(' ', status, opening_prompt, guideposts, grounding_close) "
                  "FROM exercises"),
              "abandoned free_scribble {free_scribble,mirror_drawing} closing");
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "0");
}

TEST_F(OutboxAndServer, MotionThatNobodyAgreedToIsKeptNowhereAndTheDrawingIs) {
    const HttpClient user = server.new_user(false);
    const auto courier = start(config(server, user.token));
    draw(*courier, numbered_drawing(1));
    const uploader::DrainResult left = courier->drain(steady_clock::now() + 60s);
    EXPECT_EQ(left.requests_pending, 0) << courier->status().last_error;
    EXPECT_EQ(left.requests_refused, 0) << courier->status().last_error;
    EXPECT_EQ(courier->status().requests_acknowledged, 7);
    EXPECT_EQ(courier->status().traces_dropped, 1);
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
}

TEST(OutboxAndServerLimits, AHeadsetCountsOnNothingThatAServerDoesNotGrant) {
    const http::Limits limits;
    EXPECT_EQ(static_cast<std::int64_t>(limits.body_rate_min_bytes_per_s),
              api::body_rate_min_bytes_per_s);
    EXPECT_EQ(limits.admission_wait_max, api::admission_wait_max);
}

TEST_F(OutboxAndServer, WhatTheServerHasAlreadyIsAcknowledgedAgain) {
    const HttpClient user = server.new_user();
    for (int i = 0; i < 2; ++i) { // the second time as after a crash before the receipts came
        std::filesystem::remove_all(folder.path());
        const auto courier = start(config(server, user.token));
        outbox::DrawingBegin begin = numbered_drawing(1);
        post(*courier, uploader::DrawingBegun{begin});
        post(*courier, uploader::StrokeFinished{begin.drawing_id, numbered_stroke(0)});
        post(*courier, uploader::DrawingFinished{begin.drawing_id, end_of(begin)});
        EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
        EXPECT_EQ(courier->status().requests_acknowledged, 6) << courier->status().last_error;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "1");
}

// ---- what one drawing may hold ----

/// Both hands' ink, as long as a headset may let it become: strokes of many points.
void draw_to_the_limit(Courier& courier, const outbox::DrawingBegin& begin,
                       std::int64_t ink_bytes_max) {
    OutboxAndServer::post(courier, uploader::DrawingBegun{begin});
    std::int64_t bytes = 0;
    for (std::uint32_t number = 0;; ++number) {
        Stroke stroke = numbered_stroke(number);
        stroke.points.clear();
        for (int i = 0; i < 20'000; ++i) { // a zigzag: no point of it can be left out
            stroke.points.push_back(
                {.time_ns = std::int64_t{number} * 300'000'000'000 + std::int64_t{i} * 11'000'000,
                 .position_m = {i % 2 == 0 ? -9.0F : 9.0F, i % 3 == 0 ? -8.5F : 8.5F, -0.5F},
                 .pressure = i % 2 == 0 ? 0.5F : 1.0F});
        }
        const std::int64_t more = std::ssize(encode_ink_stroke(stroke)) + 1;
        if (bytes + more > ink_bytes_max) {
            break;
        }
        bytes += more;
        OutboxAndServer::post(courier, uploader::StrokeFinished{.drawing_id = begin.drawing_id,
                                                                .stroke = std::move(stroke)});
    }
    EXPECT_GT(bytes, ink_bytes_max * 3 / 4); // to a stroke
    OutboxAndServer::post(courier, uploader::DrawingFinished{begin.drawing_id, end_of(begin)});
}

TEST_F(OutboxAndServer, ADrawingAtTheLimitIsTakenByAServerThatIsNotSetOtherwise) {
    const HttpClient user = server.new_user();
    const auto courier = start(config(server, user.token));
    draw_to_the_limit(*courier, numbered_drawing(1), api::ink_bytes_max);
    const auto left = courier->drain(steady_clock::now() + 120s);
    EXPECT_EQ(left.requests_pending, 0) << courier->status().last_error;
    EXPECT_EQ(left.requests_refused, 0);
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "1");
}

TEST_F(OutboxAndServer, AServerThatIsSetSmallerIsSaidAndTheDrawingWaits) {
    const TempDirectory directory;
    ServerConfig smaller = TestServer::fresh_config(directory);
    smaller.body_bytes_max = std::uint64_t{1} << 20U;
    std::string token;
    {
        const TestServer small({}, smaller);
        token = small.new_user().token;
        const auto courier = start(config(small, token));
        draw_to_the_limit(*courier, numbered_drawing(1), std::int64_t{2} << 20U);
        EXPECT_TRUE(await(60s, [&] { return courier->status().requests_acknowledged == 3; }));
        EXPECT_TRUE(await(60s, [&] { return courier->status().last_error.contains("413"); }))
            << courier->status().last_error;
        const auto left = courier->drain(steady_clock::now());
        EXPECT_EQ(left.requests_refused, 0);
        EXPECT_EQ(left.requests_pending, 3); // the drawing, and what comes after it
    }
    smaller.body_bytes_max = api::drawing_body_bytes_max; // somebody has set it
    const TestServer larger({}, smaller);
    const auto courier = start(config(larger, token));
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(sql_text(smaller.database_url, "SELECT count(*) FROM bilateral_drawings"), "1");
}

// ---- whose it is ----

TEST_F(OutboxAndServer, WhatOnePersonDrewIsNeverStoredInTheAccountOfTheNext) {
    const HttpClient anna = server.new_user();
    const HttpClient ben = server.new_user();
    CourierConfig away = config(server, anna.token);
    away.http.reset(); // the server is away
    {
        const auto courier = start(away);
        draw(*courier, numbered_drawing(1));
        EXPECT_EQ(courier->drain(steady_clock::now() + 60s).events_unsaved, 0);
    }
    {
        const auto courier = start(config(server, ben.token));
        draw(*courier, numbered_drawing(2));
        const auto left = courier->drain(steady_clock::now() + 60s);
        EXPECT_EQ(left.requests_pending, 0);
        EXPECT_TRUE(courier->status().waiting_for.starts_with("1 drawing: "))
            << courier->status().waiting_for;
        EXPECT_EQ(sql("SELECT string_agg(DISTINCT user_id::text, ' ') FROM bilateral_drawings"),
                  ben.id);
        EXPECT_EQ(sql("SELECT count(*) FROM sessions WHERE user_id = '" + anna.id + "'"), "0");
    }
    const auto courier = start(config(server, anna.token));
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(courier->status().waiting_for, "");
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings WHERE user_id = '" + anna.id + "'"),
              "1");
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings WHERE user_id = '" + ben.id + "'"), "1");
}

TEST_F(OutboxAndServer, WhatWaitsForOneServerIsNotBroughtToAnother) {
    const TestServer elsewhere;
    const HttpClient anna = server.new_user();
    const HttpClient anna_elsewhere = elsewhere.new_user();
    {
        const auto courier = start(config(server, anna.token));
        EXPECT_TRUE(
            await(20s, [&] { return courier->status().link == uploader::Link::reachable; }));
    }
    {
        CourierConfig away = config(server, anna.token);
        away.http.reset();
        const auto courier = start(away);
        draw(*courier, numbered_drawing(1));
        EXPECT_EQ(courier->drain(steady_clock::now() + 60s).events_unsaved, 0);
    }
    {
        const auto courier = start(config(elsewhere, anna_elsewhere.token));
        EXPECT_TRUE(
            await(20s, [&] { return courier->status().link == uploader::Link::reachable; }));
        EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
        EXPECT_EQ(sql_text(elsewhere.config().database_url, "SELECT count(*) FROM sessions"), "0");
    }
    const auto courier = start(config(server, anna.token));
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "1");
}

TEST_F(OutboxAndServer, ASessionThatIsAnothersKeepsTheDrawingHere) {
    HttpClient anna = server.new_user();
    const HttpClient ben = server.new_user();
    outbox::DrawingBegin begin = numbered_drawing(1);
    begin.session.reset(); // --session, of Anna's
    ASSERT_EQ(anna.put("/v1/sessions/" + to_string(begin.session_id), session_body()).status, 201);
    for (int i = 0; i < 2; ++i) { // and asked again at the next start
        const auto courier = start(config(server, ben.token));
        if (i == 0) {
            draw(*courier, begin);
        }
        const auto left = courier->drain(steady_clock::now() + 60s);
        EXPECT_EQ(left.requests_refused, 2); // the exercise and the VR session
        EXPECT_EQ(left.requests_pending + left.requests_refused, 8);
        EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "0");
    }
}

TEST_F(OutboxAndServer, ATokenTellsItsBearerAndTheServerAndNoMore) {
    HttpClient user = server.new_user();
    const Reply told = user.get("/v1/auth/tokens/current");
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.headers.at("cache-control"), "no-store");
    EXPECT_EQ(told.member("bearer"), "user");
    EXPECT_EQ(told.member("bearer_id"), user.id);
    EXPECT_EQ(told.member("server_id"), sql("SELECT id FROM server_identity"));
    EXPECT_EQ(told.body.find('@'), std::string::npos);
    HttpClient doctor = server.new_clinician("reviewer");
    EXPECT_EQ(doctor.get("/v1/auth/tokens/current").member("bearer"), "clinician");
    HttpClient nobody = server.client();
    EXPECT_EQ(nobody.get("/v1/auth/tokens/current").status, 401);
}

} // namespace
} // namespace haven::test
