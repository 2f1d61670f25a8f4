// Every route once as it is meant to be used, and what it left in the database, read by SQL.
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

class HttpRoutes : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::string count(const std::string& table, const std::string& where) const {
        return sql(std::format("SELECT count(*) FROM {} WHERE {}", table, where));
    }

    TestServer server;
};

TEST_F(HttpRoutes, RegisteringStoresTheAccountAndBothConsents) {
    HttpClient client = server.client();
    const Reply reply = client.post("/v1/users", registration_body("Ada@Example.org", false));
    ASSERT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(count("users", "true"), "0") << "not before the address is confirmed";
    const std::string id = server.confirm("ada@example.org");
    EXPECT_EQ(sql("SELECT email || ' ' || status FROM users WHERE id = '" + id + "'"),
              "ada@example.org active");
    EXPECT_EQ(
        sql("SELECT string_agg(consent_type || '=' || consent_given || ' ' || consent_version "
            "|| ' ' || host(ip_address), ', ' ORDER BY consent_type) FROM consent_records "
            "WHERE user_id = '" +
            id + "'"),
        "data_processing=true v2.0 127.0.0.1, motion_trace=false v2.0 127.0.0.1");
    EXPECT_EQ(count("audit_logs", "action = 'register' AND response_status = 202"), "1");
}

TEST_F(HttpRoutes, OnlyTheTokensHashIsStoredAndLoggingOutEndsIt) {
    HttpClient client = server.new_user();
    EXPECT_EQ(count("access_tokens", "token_hash = sha256(convert_to('" + client.token +
                                         "', 'UTF8')) AND revoked_at IS NULL"),
              "1");
    EXPECT_EQ(sql("SELECT last_login_at IS NOT NULL FROM users"), "t");
    EXPECT_EQ(client.get("/v1/sessions").status, 200);
    EXPECT_EQ(client.send("DELETE", "/v1/auth/tokens/current", "", {}).status, 204);
    const Reply after = client.get("/v1/sessions");
    EXPECT_EQ(after.status, 401);
    EXPECT_EQ(after.headers.at("www-authenticate"), "Bearer error=\"invalid_token\"");
    EXPECT_EQ(count("audit_logs", "action = 'logout' AND response_status = 204"), "1");
}

TEST_F(HttpRoutes, ASessionIsNumberedAudited) {
    HttpClient client = server.new_user();
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/sessions/" + id, session_body()).status, 201);
    EXPECT_EQ(sql("SELECT concat_ws(' ', session_number, modality, environment_id, status) "
                  "FROM sessions WHERE id = '" +
                  id + "'"),
              "1 vr cozy_cabin created");
    EXPECT_EQ(count("session_events", "session_id = '" + id +
                                          "' AND event_type = "
                                          "'state_transition' AND to_state = 'created'"),
              "1");
    EXPECT_EQ(
        sql("SELECT concat_ws(' ', action, resource_type, request_method, request_path, "
            "response_status, is_phi_access, phi_access_reason IS NOT NULL, host(ip_address)) "
            "FROM audit_logs WHERE resource_id = '" +
            id + "'"),
        "session_create sessions PUT /v1/sessions/{id} 201 t t 127.0.0.1");
    const Reply read = client.get("/v1/sessions/" + id);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.member("started_at"), "2026-11-22T10:00:00.000000Z");
    EXPECT_EQ(count("audit_logs", "action = 'session_read' AND is_phi_access"), "1");
}

TEST_F(HttpRoutes, ExercisesMoveTheSessionsStatus) {
    HttpClient client = server.new_user();
    const std::string session = new_id();
    const std::string exercise = new_id();
    ASSERT_EQ(client.put("/v1/sessions/" + session, session_body()).status, 201);
    ASSERT_EQ(client.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
    EXPECT_EQ(sql("SELECT status FROM sessions"), "exercise_in_progress");
    EXPECT_EQ(client.get("/v1/exercises/" + exercise).member("status"), "in_progress");
    ASSERT_EQ(client
                  .put("/v1/exercises/" + exercise + "/end",
                       R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})")
                  .status,
              201);
    EXPECT_EQ(sql("SELECT concat_ws(' ', status, duration_minutes) FROM exercises"),
              "completed 12");
    EXPECT_EQ(sql("SELECT string_agg(concat_ws('>', from_state, to_state), ' ' ORDER BY id) "
                  "FROM session_events"),
              "created created>exercise_in_progress exercise_in_progress>reflecting");
    EXPECT_EQ(client.get("/v1/sessions/" + session + "/exercises").member("duration_minutes"),
              "12");
}

TEST_F(HttpRoutes, AVrSessionKeepsItsMetricsAndItsLength) {
    HttpClient client = server.new_user();
    const std::string session = new_id();
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/sessions/" + session, session_body()).status, 201);
    ASSERT_EQ(client.put("/v1/vr-sessions/" + id, vr_session_body(session)).status, 201);
    ASSERT_EQ(client
                  .put("/v1/vr-sessions/" + id + "/metrics",
                       R"({"performance_metrics":{"format":1,"fps":71.9}})")
                  .status,
              201);
    ASSERT_EQ(client.put("/v1/vr-sessions/" + id + "/end", R"({"ended_at":"2026-11-22T10:20:06Z"})")
                  .status,
              201);
    EXPECT_EQ(sql("SELECT concat_ws(' ', environment_id, environment_config->>'light', "
                  "performance_metrics->>'fps', duration_minutes, ended_at IS NOT NULL) "
                  "FROM vr_sessions"),
              "cozy_cabin evening 71.9 20 t");
    EXPECT_EQ(sql("SELECT status FROM sessions"), "active");
    EXPECT_EQ(client.get("/v1/vr-sessions/" + id).member("duration_minutes"), "20");
    EXPECT_NE(client.get("/v1/sessions/" + session + "/vr-sessions").body.find(id),
              std::string::npos);
}

TEST_F(HttpRoutes, ADrawingIsStoredWithItsStrokesCountedAndItsCanvasesDrawn) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    // Two strokes a hand; the copy made by symmetry is not counted.
    EXPECT_EQ(sql("SELECT concat_ws(' ', stroke_count, duration_seconds, "
                  "jsonb_array_length(left_hand_strokes->'strokes'), "
                  "jsonb_array_length(right_hand_strokes->'strokes')) FROM bilateral_drawings"),
              "4 60 3 2");
    const Reply read = client.get("/v1/bilateral-drawings/" + ids.drawing);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.member("stroke_count"), "4");
    EXPECT_NE(
        client.get("/v1/exercises/" + ids.exercise + "/bilateral-drawings").body.find(ids.drawing),
        std::string::npos);
    std::string pictures[3];
    const char* const sheets[] = {"left", "right", "combined"};
    for (int i = 0; i < 3; ++i) {
        const Reply canvas = client.get(
            std::format("/v1/bilateral-drawings/{}/canvases/{}", ids.drawing, sheets[i]));
        EXPECT_EQ(canvas.status, 200);
        EXPECT_EQ(canvas.headers.at("content-type"), "image/png");
        EXPECT_TRUE(canvas.body.starts_with("\x89PNG"));
        pictures[i] = canvas.body;
    }
    EXPECT_NE(pictures[0], pictures[1]);
    EXPECT_NE(pictures[1], pictures[2]);
    for (const char* column : {"canvas_1_minio_key", "canvas_2_minio_key", "combined_minio_key"}) {
        const std::string key = sql(std::format("SELECT {} FROM bilateral_drawings", column));
        EXPECT_TRUE(std::filesystem::exists(server.config().objects_dir / key)) << key;
    }
}

/// A drawing of one hand, whose second stroke was taken back, and a third one that is a copy of it.
std::string ink_of_which_some_was_taken_back(const std::string& removed) {
    const auto stroke = [](std::string_view more, int number, int x) {
        return std::format(R"({{"colour":[0.8,0.25,0],{0}"end":"released",)"
                           R"("id":"018f3a4b-1c2d-7000-8000-a03fe11df79{1}","pressure":[255,0],)"
                           R"({2}"t_ms":[20,500],"width_um":6000,"x":[{3},1000],)"
                           R"("y":[13000,-1000],"z":[-5000,0]}})",
                           number == 2 ? R"("derived_from":"018f3a4b-1c2d-7000-8000-a03fe11df791",)"
                                       : "",
                           number, more, x);
    };
    return std::format(
        R"({{"format":"haven.ink","hand":"left","strokes":[{}{}],"version":{}}})",
        stroke("", 0, -2000),
        removed.empty() ? "" : "," + stroke(removed, 1, 4000) + "," + stroke(removed, 2, 9000),
        removed.empty() ? 1 : 2);
}

TEST_F(HttpRoutes, WhatWasTakenBackIsInTheRowAndNeitherCountedNorOnACanvas) {
    HttpClient client = server.new_user();
    const auto put = [&](const std::string& left) {
        Ids ids;
        EXPECT_EQ(client.put("/v1/sessions/" + ids.session, session_body()).status, 201);
        EXPECT_EQ(client.put("/v1/exercises/" + ids.exercise, exercise_body(ids.session)).status,
                  201);
        const Reply reply = client.put(
            "/v1/bilateral-drawings/" + ids.drawing,
            std::format(R"({{"exercise_id":"{}","left_hand_strokes":{},"right_hand_strokes":)"
                        R"({{"format":"haven.ink","hand":"right","strokes":[],"version":1}},)"
                        R"("duration_seconds":60}})",
                        ids.exercise, left));
        EXPECT_EQ(reply.status, 201) << reply.body;
        return ids.drawing;
    };
    const std::string drawing = put(ink_of_which_some_was_taken_back(R"("removed_ms":4321,)"));
    EXPECT_EQ(sql("SELECT concat_ws(' ', stroke_count, left_hand_strokes->>'version', "
                  "jsonb_array_length(left_hand_strokes->'strokes'), "
                  "left_hand_strokes->'strokes'->1->>'removed_ms', "
                  "left_hand_strokes->'strokes'->1->'x') FROM bilateral_drawings"),
              "1 2 3 4321 [4000, 1000]");
    const std::string without = put(ink_of_which_some_was_taken_back(""));
    for (const char* const sheet : {"left", "right", "combined"}) {
        const auto canvas = [&](const std::string& id) {
            return client.get(std::format("/v1/bilateral-drawings/{}/canvases/{}", id, sheet)).body;
        };
        EXPECT_TRUE(canvas(drawing).starts_with("\x89PNG"));
        EXPECT_EQ(canvas(drawing), canvas(without)) << sheet;
    }

    const Ids other;
    std::string wrong = ink_of_which_some_was_taken_back(R"("removed_ms":4321,)");
    wrong.replace(wrong.find(R"("version":2)"), 11, R"("version":1)");
    const Reply refused = client.put(
        "/v1/bilateral-drawings/" + other.drawing,
        std::format(R"({{"exercise_id":"{}","left_hand_strokes":{},"right_hand_strokes":)"
                    R"({{"format":"haven.ink","hand":"right","strokes":[],"version":1}},)"
                    R"("duration_seconds":60}})",
                    other.exercise, wrong));
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("/left_hand_strokes/strokes/1/removed_ms"), std::string::npos)
        << refused.body;
}

TEST_F(HttpRoutes, ListingsGoFromPageToPageWithoutSkippingOrRepeating) {
    HttpClient client = server.new_user();
    for (int i = 0; i < 7; ++i) {
        ASSERT_EQ(client.put("/v1/sessions/" + new_id(), session_body()).status, 201);
    }
    std::string path = "/v1/sessions?limit=3";
    int items = 0;
    int pages = 0;
    while (!path.empty() && pages < 5) {
        const Reply page = client.get(path);
        ASSERT_EQ(page.status, 200) << page.body;
        ++pages;
        for (std::size_t at = page.body.find("session_number"); at != std::string::npos;
             at = page.body.find("session_number", at + 1)) {
            ++items;
        }
        const std::string cursor = page.member("next_cursor");
        EXPECT_EQ(page.headers.contains("link"), !cursor.empty());
        path = cursor.empty() ? "" : "/v1/sessions?limit=3&cursor=" + cursor;
    }
    EXPECT_EQ(items, 7);
    EXPECT_EQ(pages, 3);
    for (const char* bad : {"limit=0", "limit=1000", "limit=x", "cursor=nonsense"}) {
        EXPECT_EQ(client.get(std::string("/v1/sessions?") + bad).status, 400) << bad;
    }
}

/// How many items each page has, from the first to the last.
std::vector<std::size_t> page_sizes(HttpClient& client, const std::string& list,
                                    std::string_view of_each) {
    std::vector<std::size_t> sizes;
    std::string path = list + "?limit=100";
    while (!path.empty() && sizes.size() < 20) {
        const Reply page = client.get(path);
        EXPECT_EQ(page.status, 200) << page.body.substr(0, 1000);
        std::size_t items = 0;
        for (std::size_t at = page.body.find(of_each); at != std::string::npos;
             at = page.body.find(of_each, at + 1)) {
            ++items;
        }
        sizes.push_back(items);
        const std::string cursor = page.member("next_cursor");
        path = cursor.empty() ? "" : list + "?limit=100&cursor=" + cursor;
    }
    return sizes;
}

TEST_F(HttpRoutes, APageOfWhatIsLongHasFewerItemsHoweverSmallItIsStored) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client); // short; those below are 1.2 MB as they are read
    for (int i = 0; i < 4; ++i) {
        const Reply written = client.put("/v1/bilateral-drawings/" + new_id(),
                                         drawing_body(ids.exercise, ids.vr_session, 30, 1000));
        ASSERT_EQ(written.status, 201) << written.body;
    }
    EXPECT_EQ(page_sizes(client, "/v1/exercises/" + ids.exercise + "/bilateral-drawings",
                         "\"symmetry_enabled\""),
              (std::vector<std::size_t>{3, 2}));
    sql(std::format("WITH more AS (INSERT INTO vr_sessions (parent_session_id, user_id, "
                    "environment_id, started_at, performance_metrics) "
                    "SELECT parent_session_id, user_id, environment_id, now(), "
                    "jsonb_build_object('format', 1, 'said', repeat('calm ', 100000)) "
                    "FROM vr_sessions, generate_series(1, 9) WHERE id = '{}' RETURNING 1) "
                    "SELECT count(*) FROM more",
                    ids.vr_session));
    EXPECT_EQ(
        page_sizes(client, "/v1/sessions/" + ids.session + "/vr-sessions", "\"parent_session_id\""),
        (std::vector<std::size_t>{6, 4}));
}

TEST_F(HttpRoutes, AClosedAccountAnUnknownAddressAndAWrongPasswordAnswerAlike) {
    HttpClient client = server.client();
    for (const char* email : {"a@example.org", "closed@example.org", "waits@example.org"}) {
        ASSERT_EQ(client.post("/v1/users", registration_body(email)).status, 202);
    }
    server.confirm("a@example.org");
    server.confirm("closed@example.org");
    sql("WITH closed AS (UPDATE users SET status = 'suspended' WHERE email = 'closed@example.org' "
        "RETURNING 1) SELECT * FROM closed");
    const Reply wrong =
        client.post("/v1/auth/tokens", R"({"email":"a@example.org","password":"not-the-one-xyz"})");
    const Reply unknown = client.post("/v1/auth/tokens", credentials_body("nobody@example.org"));
    const Reply closed = client.post("/v1/auth/tokens", credentials_body("closed@example.org"));
    const Reply waits = client.post("/v1/auth/tokens", credentials_body("waits@example.org"));
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(waits.status, 401);
    EXPECT_EQ(wrong.body_without_request_id(), waits.body_without_request_id());
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(closed.status, 401);
    EXPECT_EQ(wrong.body_without_request_id(), unknown.body_without_request_id());
    EXPECT_EQ(wrong.body_without_request_id(), closed.body_without_request_id());
    EXPECT_EQ(count("audit_logs", "action = 'login' AND response_status = 401"), "4");
}

TEST_F(HttpRoutes, GuessingAPasswordIsStoppedAfterTenTries) {
    HttpClient client = server.client();
    ASSERT_EQ(client.post("/v1/users", registration_body("a@example.org")).status, 202);
    server.confirm("a@example.org");
    Reply last;
    for (int i = 0; i < 11; ++i) {
        last = client.post("/v1/auth/tokens",
                           R"({"email":"a@example.org","password":"not-the-one-xyz"})");
    }
    EXPECT_EQ(last.status, 429);
    EXPECT_TRUE(last.headers.contains("retry-after"));
}

TEST_F(HttpRoutes, HealthAndDescriptionNeedNoToken) {
    HttpClient client = server.client();
    EXPECT_EQ(client.get("/livez").status, 200);
    EXPECT_EQ(client.get("/readyz").body,
              R"({"status":"ready","checks":{"database":"ok","migrations":"ok","objects":"ok",)"
              R"("partitions":"ok","mail":"ok","crises":"ok","webhooks":"ok"}})");
    const Reply description = client.get("/v1/openapi.yaml");
    EXPECT_EQ(description.status, 200);
    EXPECT_TRUE(description.body.starts_with("openapi: 3.1"));
}

TEST_F(HttpRoutes, MetricsHaveAPortOfTheirOwnAndNoIds) {
    HttpClient client = server.new_user();
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/sessions/" + id, session_body()).status, 201);
    EXPECT_EQ(client.get("/metrics").status, 404);
    HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
    const std::string text = scraper.get("/metrics").body;
    EXPECT_NE(text.find(R"(haven_http_requests_total{route="/v1/sessions/{id}",method="PUT",)"
                        R"(status="201"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find("haven_http_request_duration_seconds_bucket"), std::string::npos);
    EXPECT_NE(text.find("haven_resident_bytes"), std::string::npos);
    EXPECT_EQ(text.find(id), std::string::npos);
}

} // namespace
} // namespace haven::test
