// The figures of a day, against rows counted by hand; and the feedback they need.
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <array>
#include <format>
#include <string>
#include <utility>

namespace haven::test {
namespace {

constexpr std::array figures{"total_sessions_started", "total_sessions_completed",
                             "completion_rate",        "avg_session_duration_minutes",
                             "crisis_escalations",     "hitl_reviews_pending",
                             "hitl_reviews_completed", "new_users",
                             "active_users",           "avg_user_satisfaction",
                             "total_cost_usd"};

/// Six people around the 5th of October 2026, with what lies just inside and just outside of it.
constexpr const char* october = R"(
    CREATE TEMP TABLE person AS SELECT name, gen_random_uuid() AS id, created_at
    FROM (VALUES ('ann', timestamptz '2026-10-05T00:00Z'),               -- a new user
                 ('ben', timestamptz '2026-10-06T00:00Z'),
                 ('cai', timestamptz '2026-10-04T23:59:59.999999Z'),
                 ('dor', timestamptz '2026-09-01T00:00Z'),
                 ('eve', timestamptz '2026-09-01T00:00Z'),
                 ('fay', timestamptz '2026-09-01T00:00Z')) AS people (name, created_at);
    INSERT INTO users (id, email, password_hash, consent_data_processing, created_at)
    SELECT id, name || '@example.org', 'x', true, created_at FROM person;

    CREATE TEMP TABLE visit AS
    SELECT number, gen_random_uuid() AS id, person.id AS user_id, status, started_at,
        completed_at, minutes
    FROM (VALUES (1, 'ann', 'completed', timestamptz '2026-10-05T00:00Z',
        timestamptz '2026-10-05T00:30Z', 30),
                 (2, 'ann', 'completed', '2026-10-05T23:59:59.999999Z', '2026-10-06T00:20Z', 20),
                 (3, 'ben', 'completed', '2026-10-04T22:59Z', '2026-10-05T00:00Z', 61),
                 (4, 'cai', 'timed_out', '2026-10-05T12:00Z', NULL, NULL),
                 (5, 'cai', 'active', '2026-10-06T00:00Z', NULL, NULL),
                 (6, 'dor', 'timed_out', '2026-10-03T12:00Z', NULL, NULL),
                 (7, 'eve', 'completed', '2026-10-03T12:00Z', '2026-10-06T09:00Z', 10),
                 (8, 'fay', 'active', '2026-10-03T12:00Z', NULL, NULL))
        AS visits (number, name, status, started_at, completed_at, minutes)
    JOIN person USING (name);
    INSERT INTO sessions (id, user_id, session_number, status, started_at, completed_at,
        duration_minutes)
    SELECT id, user_id, number, status, started_at, completed_at, minutes FROM visit;

    INSERT INTO session_events (session_id, user_id, event_type, from_state, to_state, created_at)
    SELECT visit.id, user_id, event_type, from_state, to_state, at
    -- ben is active
    FROM (VALUES (3, 'state_transition', 'reflecting', 'completed',
        timestamptz '2026-10-05T00:00Z'),
                 -- dor is not
                 (6, 'state_transition', 'active', 'timed_out', '2026-10-05T12:00Z'),
                 -- nor eve
                 (7, 'state_transition', 'hitl_review', 'active', '2026-10-05T12:00Z'),
                 -- nor fay
                 (8, 'agent_execution', NULL, NULL, '2026-10-05T12:00Z'),
                 (8, 'user_interaction', NULL, NULL, '2026-10-06T00:00Z'))
        AS events (number, event_type, from_state, to_state, at)
    JOIN visit USING (number);

    INSERT INTO crisis_logs (session_id, user_id, crisis_level, input_hash, escalation_status,
        created_at)
    SELECT visit.id, user_id, 'medium', repeat('0', 64), escalation_status, at
    FROM (VALUES ('hitl_pending', timestamptz '2026-10-05T00:00Z'), ('resolved',
        '2026-10-05T23:59:59.999999Z'),
                 ('none', '2026-10-05T12:00Z'), ('hitl_pending', '2026-10-06T00:00Z'))
        AS crises (escalation_status, at), visit WHERE number = 4;

    INSERT INTO hitl_escalations (session_id, user_id_anonymized, priority, review_deadline,
        created_at, reviewed_at,
                                  review_status)
    SELECT visit.id, 'User #1', 'high', at, at, reviewed,
           CASE WHEN reviewed IS NULL THEN 'pending' ELSE 'approved' END
    -- pending, still
    FROM (VALUES (7, timestamptz '2026-10-04T10:00Z', NULL::timestamptz),
                 -- pending, then
                 (7, '2026-10-03T10:00Z', '2026-10-06T00:00Z'),
                 (7, '2026-10-05T10:00Z', '2026-10-05T11:00Z'),                         -- completed
                 (7, '2026-10-01T10:00Z', '2026-10-05T00:00Z'),                         -- completed
                 (7, '2026-10-03T10:00Z', '2026-10-05T23:59:59.999999Z'),               -- completed
                 (7, '2026-10-03T10:00Z', '2026-10-04T10:00Z'),
                 (8, '2026-10-06T00:00Z', NULL)) AS cases (number, at, reviewed)
    JOIN visit USING (number);

    INSERT INTO session_feedback (session_id, user_id, satisfaction, created_at)
    SELECT visit.id, user_id, satisfaction, at
    FROM (VALUES (1, 5, timestamptz '2026-10-05T00:30Z'), (3, 4, '2026-10-05T12:00Z'), (8, 4,
        '2026-10-05T13:00Z'),
                 (2, 1, '2026-10-06T00:30Z')) AS given (number, satisfaction, at)
    JOIN visit USING (number);

    INSERT INTO agent_outputs (session_id, user_id, agent_name, output_data, cost_estimate_usd,
        created_at)
    SELECT visit.id, user_id, 'journaling_coach', '{}', cost, at
    FROM (VALUES (0.123456, timestamptz '2026-10-05T00:00Z'), (0.5, '2026-10-05T23:59Z'), (NULL,
        '2026-10-05T12:00Z'),
                 (9, '2026-10-06T00:00Z')) AS runs (cost, at), visit WHERE number = 1;
    SELECT 'written')";

/// The server computes yesterday and today by itself: tests look at days long past.
class Analytics : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// The stored figures of a day, in the order of `figures`.
    std::string stored(const std::string& day) const {
        std::string columns;
        for (const char* figure : figures) {
            columns +=
                std::format("{}coalesce({}::text, '-')", columns.empty() ? "" : ", ", figure);
        }
        return sql(std::format("SELECT concat_ws(' ', {}) FROM daily_metrics WHERE metric_date = "
                               "'{}'",
                               columns, day));
    }

    TestServer server;
};

TEST_F(Analytics, TheFiguresAreThoseCountedByHand) {
    ASSERT_EQ(sql(october), "written");
    sql("SELECT haven_job_daily_metrics('2026-10-05')");
    EXPECT_EQ(stored("2026-10-05"), "3 2 66.67 46 2 2 3 1 3 4.33 0.62");
    sql("SELECT haven_job_daily_metrics('2026-10-06')");
    EXPECT_EQ(stored("2026-10-06"), "1 2 0.00 15 1 2 1 1 2 1.00 9.00");
}

TEST_F(Analytics, ADayWithoutAnythingHasFiguresToo) {
    sql("SELECT haven_job_daily_metrics('2025-02-28')");
    EXPECT_EQ(stored("2025-02-28"), "0 0 - - 0 0 0 0 0 - 0.00");
}

TEST_F(Analytics, ComputedAgainItIsTheSameRowAndFollowsTheTables) {
    ASSERT_EQ(sql(october), "written");
    sql("SELECT haven_job_daily_metrics('2026-10-05')");
    const std::string identity =
        "SELECT id || created_at::text FROM daily_metrics WHERE metric_date = '2026-10-05'";
    const std::string first = sql(identity);
    const std::string figures_before = stored("2026-10-05");
    sql("SELECT haven_job_daily_metrics('2026-10-05')");
    EXPECT_EQ(stored("2026-10-05"), figures_before);
    EXPECT_EQ(sql(identity), first);
    EXPECT_EQ(sql("SELECT count(*) FROM daily_metrics WHERE metric_date = '2026-10-05'"), "1");
    sql("DELETE FROM agent_outputs RETURNING 1");
    sql("SELECT haven_job_daily_metrics('2026-10-05')");
    EXPECT_EQ(stored("2026-10-05"), "3 2 66.67 46 2 2 3 1 3 4.33 0.00");
}

TEST_F(Analytics, TheDayIsThatOfUtcWhereverTheDatabaseLives) {
    ASSERT_EQ(sql(october), "written");
    sql("SET TIME ZONE 'Pacific/Auckland'; SELECT haven_job_daily_metrics('2026-10-05')");
    EXPECT_EQ(stored("2026-10-05"), "3 2 66.67 46 2 2 3 1 3 4.33 0.62");
}

TEST_F(Analytics, ASupervisorComputesADayAnew) {
    ASSERT_EQ(sql(october), "written");
    HttpClient supervisor = server.new_clinician("supervisor");
    const Reply reply = supervisor.post("/v1/daily-metrics/2026-10-05/computation", "");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(json_at(reply.body, "/metric_date"), "2026-10-05");
    EXPECT_EQ(json_at(reply.body, "/total_sessions_started"), "3");
    EXPECT_EQ(json_at(reply.body, "/completion_rate"), "66.67");
    EXPECT_EQ(json_at(reply.body, "/new_users"), "1");
    EXPECT_TRUE(json_at(reply.body, "/computed_at").ends_with("Z")) << reply.body;
    EXPECT_EQ(stored("2026-10-05"), "3 2 66.67 46 2 2 3 1 3 4.33 0.62");
    for (const auto& [day, status] : {std::pair{"2026-02-30", 404},
                                      {"2026-13-01", 404},
                                      {"yesterday", 404},
                                      {"2026-1-1", 404},
                                      {"2999-01-01", 409}}) {
        EXPECT_EQ(supervisor.post(std::format("/v1/daily-metrics/{}/computation", day), "").status,
                  status)
            << day;
    }
    // Today has begun.
    const std::string today = sql("SELECT (now() AT TIME ZONE 'UTC')::date");
    EXPECT_EQ(supervisor.post("/v1/daily-metrics/" + today + "/computation", "").status, 200);
    EXPECT_EQ(sql("SELECT count(*) FROM daily_metrics WHERE metric_date = '2999-01-01'"), "0");
}

TEST_F(Analytics, TheListIsDayByDayBetweenTwoDays) {
    for (int day = 1; day <= 9; ++day) {
        sql(std::format("SELECT haven_job_daily_metrics('2026-10-0{}')", day));
    }
    HttpClient web = server.new_service("web");
    const auto days = [&](const std::string& query) {
        std::string seen;
        std::string path = "/v1/daily-metrics" + query;
        while (!path.empty()) {
            const Reply page = web.get(path);
            EXPECT_EQ(page.status, 200) << path << page.body;
            for (int i = 0; !json_at(page.body, std::format("/items/{}", i)).empty(); ++i) {
                seen += json_at(page.body, std::format("/items/{}/metric_date", i)).substr(9);
            }
            path.clear();
            if (const auto link = page.headers.find("link"); link != page.headers.end()) {
                path = link->second.substr(1, link->second.find('>') - 1);
            }
        }
        return seen;
    };
    EXPECT_EQ(days("?to=2026-10-31"), "123456789");
    EXPECT_EQ(days("?limit=2&to=2026-10-31"), "123456789");
    EXPECT_EQ(days("?from=2026-10-03&to=2026-10-08&limit=2"), "34567");
    EXPECT_EQ(days("?to=2026-10-03"), "12");
    EXPECT_EQ(days("?from=2026-10-08&to=2026-10-31"), "89");
    EXPECT_EQ(web.get("/v1/daily-metrics?from=2026-10-08&to=2026-10-08").status, 400);
    EXPECT_EQ(web.get("/v1/daily-metrics?from=2026-02-30").status, 400);
    EXPECT_EQ(web.get("/v1/daily-metrics?from=yesterday").status, 400);
    EXPECT_EQ(web.get("/v1/daily-metrics?since=2026-10-01").status, 400);
}

TEST_F(Analytics, FiguresAreForSupervisorsAndServices) {
    HttpClient user = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient senior = server.new_clinician("senior");
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient web = server.new_service("web");
    const std::string compute = "/v1/daily-metrics/2026-10-05/computation";
    for (HttpClient* actor : {&user, &reviewer, &senior}) {
        EXPECT_EQ(actor->get("/v1/daily-metrics").status, 403);
        EXPECT_EQ(actor->post(compute, "").status, 403);
    }
    EXPECT_EQ(supervisor.get("/v1/daily-metrics").status, 200);
    EXPECT_EQ(web.get("/v1/daily-metrics").status, 200);
    EXPECT_EQ(web.post(compute, "").status, 403);
    EXPECT_EQ(server.client().get("/v1/daily-metrics").status, 401);
    EXPECT_EQ(sql("SELECT count(*) FROM daily_metrics WHERE metric_date = '2026-10-05'"), "0");
}

TEST_F(Analytics, FeedbackIsGivenOnceAndCounts) {
    HttpClient user = server.new_user();
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    const std::string path = "/v1/sessions/" + session + "/feedback";
    EXPECT_EQ(user.get(path).status, 404);
    EXPECT_EQ(user.put(path, R"({"satisfaction":4})").status, 201);
    EXPECT_EQ(user.put(path, R"({"satisfaction":4})").status, 200);
    EXPECT_EQ(user.put(path, R"({"satisfaction":5})").status, 409);
    const Reply read = user.get(path);
    EXPECT_EQ(json_at(read.body, "/session_id"), session) << read.body;
    EXPECT_EQ(json_at(read.body, "/user_id"), user.id);
    EXPECT_EQ(json_at(read.body, "/satisfaction"), "4");
    EXPECT_TRUE(json_at(read.body, "/created_at").ends_with("Z"));
    sql("SELECT haven_job_daily_metrics((now() AT TIME ZONE 'UTC')::date)");
    EXPECT_EQ(sql("SELECT avg_user_satisfaction FROM daily_metrics WHERE metric_date = "
                  "(now() AT TIME ZONE 'UTC')::date"),
              "4.00");
}

TEST_F(Analytics, FeedbackIsThePersonsOwnAndFromOneToFive) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient carer = server.new_clinician("reviewer");
    HttpClient other = server.new_clinician("reviewer");
    HttpClient web = server.new_service("web");
    sql(std::format("INSERT INTO clinician_assignments (clinician_id, user_id) VALUES "
                    "('{}', '{}') RETURNING 1",
                    carer.id, user.id));
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    const std::string path = "/v1/sessions/" + session + "/feedback";
    for (const char* body :
         {R"({"satisfaction":0})", R"({"satisfaction":6})", R"({"satisfaction":4.5})",
          R"({"satisfaction":null})", R"({"satisfaction":"4"})"}) {
        const Reply reply = user.put(path, body);
        EXPECT_EQ(reply.status, 422) << body << reply.body;
        EXPECT_EQ(json_at(reply.body, "/errors/0/pointer"), "/satisfaction") << reply.body;
    }
    EXPECT_EQ(user.put(path, "{}").status, 422);
    EXPECT_EQ(user.put(path, R"({"satisfaction":4,"remark":"x"})").status, 422);
    const Reply foreign = stranger.put(path, R"({"satisfaction":1})");
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(),
              stranger.put("/v1/sessions/" + new_id() + "/feedback", R"({"satisfaction":1})")
                  .body_without_request_id());
    EXPECT_EQ(carer.put(path, R"({"satisfaction":1})").status, 403);
    EXPECT_EQ(web.put(path, R"({"satisfaction":1})").status, 403);
    EXPECT_EQ(user.put(path, R"({"satisfaction":4})").status, 201);
    EXPECT_EQ(carer.get(path).status, 200);
    EXPECT_EQ(web.get(path).status, 200);
    EXPECT_EQ(other.get(path).status, 404);
    EXPECT_EQ(stranger.get(path).status, 404);
}

} // namespace
} // namespace haven::test
