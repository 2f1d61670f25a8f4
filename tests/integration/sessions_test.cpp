// The life of a session: its states, its number, its length, what happened in it, and how it ends.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Sessions : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string begin(HttpClient& user) {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    static Reply move(HttpClient& who, const std::string& id, std::string_view status) {
        return who.put("/v1/sessions/" + id + "/status",
                       std::format(R"({{"status":"{}"}})", status));
    }
    /// Its moves, as "from>to action" in their order.
    std::string moves(const std::string& id) const {
        return sql("SELECT string_agg(concat_ws(' ', concat_ws('>', from_state, to_state), "
                   "event_data ->> 'action'), ', ' ORDER BY id) FROM session_events WHERE "
                   "event_type = 'state_transition' AND session_id = '" +
                   id + "'");
    }
    /// The same request from `count` clients at once: how many answers of each status.
    template <typename Send>
    std::map<int, int> at_once(const HttpClient& user, std::size_t count, Send send) const {
        std::vector<int> statuses(count);
        {
            std::vector<std::jthread> threads;
            threads.reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                threads.emplace_back([&, i] {
                    HttpClient client = server.client();
                    client.token = user.token;
                    statuses[i] = send(client).status;
                });
            }
        }
        std::map<int, int> counts;
        for (const int status : statuses) {
            ++counts[status];
        }
        return counts;
    }

    TestServer server;
};

TEST_F(Sessions, EveryMoveOfTheTableIsMadeAndEveryOtherRefused) {
    HttpClient user = server.new_user();
    const std::string id = begin(user);
    // As the owner, past the API: the trigger alone holds.
    EXPECT_EQ(sql("SELECT count(*) FROM session_moves"), "32");
    const std::string wrong = sql(std::format(
        R"(CREATE FUNCTION pg_temp.try_all() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    states constant text[] := '{{created,intake_pending,safety_screening,active,
                                exercise_in_progress,reflecting,hitl_review,completed,timed_out}}';
    stood text; wanted text; refused boolean; legal boolean; wrong text := '';
BEGIN
    FOREACH stood IN ARRAY states LOOP
        FOREACH wanted IN ARRAY states LOOP
            CONTINUE WHEN stood = wanted;
            ALTER TABLE sessions DISABLE TRIGGER USER;
            UPDATE sessions SET status = stood WHERE id = '{0}';
            ALTER TABLE sessions ENABLE TRIGGER USER;
            -- What goes into review has a case; what comes out of it has one that was decided.
            DELETE FROM hitl_escalations;
            IF wanted = 'hitl_review' THEN
                INSERT INTO hitl_escalations (session_id, user_id_anonymized, priority,
                                              review_deadline)
                VALUES ('{0}', 'User #1', 'low', now());
            END IF;
            BEGIN
                UPDATE sessions SET status = wanted WHERE id = '{0}';
                refused := false;
            EXCEPTION WHEN SQLSTATE 'HV409' THEN refused := true;
            END;
            SELECT count(*) = 1 INTO legal FROM session_moves
            WHERE (session_moves.from_state, session_moves.to_state) = (stood, wanted);
            IF legal = refused THEN wrong := wrong || stood || '>' || wanted || ' '; END IF;
        END LOOP;
    END LOOP;
    RETURN wrong;
END $$;
SELECT pg_temp.try_all())",
        id));
    EXPECT_EQ(wrong, "");
    EXPECT_EQ(sql("SELECT count(*) FROM session_moves WHERE from_state IN ('completed', "
                  "'timed_out')"),
              "0");
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_data ->> 'action' = "
                  "'session_move'"),
              "32")
        << "one event for each move";
}

TEST_F(Sessions, AWebSessionWalksFromItsIntakeToItsEnd) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
    const std::string id = begin(user);
    EXPECT_EQ(move(user, id, "intake_pending").status, 200);
    EXPECT_EQ(move(user, id, "safety_screening").status, 200);
    EXPECT_EQ(move(service, id, "active").status, 409) << "nobody has looked at it";
    EXPECT_EQ(service
                  .put("/v1/safety-screenings/" + new_id(),
                       std::format(R"({{"session_id":"{}","input":"a quiet day"}})", id))
                  .status,
              201);
    EXPECT_EQ(move(service, id, "active").status, 200);
    const Reply reflecting = move(user, id, "reflecting");
    EXPECT_EQ(reflecting.status, 200);
    EXPECT_EQ(reflecting.member("status"), "reflecting");
    EXPECT_EQ(move(user, id, "reflecting").status, 200) << "it is there already";
    const Reply completed = move(user, id, "completed");
    EXPECT_EQ(completed.status, 200);
    EXPECT_NE(completed.member("completed_at"), "null");
    EXPECT_EQ(moves(id),
              "created session_create, created>intake_pending session_move, "
              "intake_pending>safety_screening session_move, safety_screening>active session_move, "
              "active>reflecting session_move, reflecting>completed session_complete");
    EXPECT_EQ(sql("SELECT duration_minutes = round(extract(epoch FROM completed_at - started_at) "
                  "/ 60) AND updated_at > created_at FROM sessions"),
              "t");
}

TEST_F(Sessions, AMoveIsRefusedByWhatItIsAndByWhoAsks) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient service = server.new_service("agents");
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string id = begin(user);
    const Reply illegal = move(user, id, "completed");
    EXPECT_EQ(illegal.status, 409);
    EXPECT_NE(illegal.body.find("from created to completed"), std::string::npos) << illegal.body;
    EXPECT_EQ(move(user, id, "active").status, 403) << "nobody declares themselves screened";
    EXPECT_EQ(move(user, id, "timed_out").status, 403) << "that is the clock's";
    EXPECT_EQ(move(service, id, "timed_out").status, 403);
    const Reply foreign = move(stranger, id, "intake_pending");
    const Reply missing = move(stranger, new_id(), "intake_pending");
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    EXPECT_EQ(move(reviewer, id, "hitl_review").status, 404) << "does not care for them";
    const Reply unknown = move(user, id, "asleep");
    EXPECT_EQ(unknown.status, 422);
    EXPECT_TRUE(unknown.points_to("/status"));
    EXPECT_EQ(sql("SELECT status FROM sessions"), "created");
    EXPECT_EQ(move(service, id, "hitl_review").status, 200);
    EXPECT_EQ(move(user, id, "active").status, 409) << "its case's alone";
    EXPECT_EQ(move(service, id, "active").status, 409);
    EXPECT_EQ(move(supervisor, id, "active").status, 409);
    EXPECT_EQ(sql("SELECT event_data ->> 'actor' FROM session_events ORDER BY id DESC LIMIT 1"),
              "service");
}

TEST_F(Sessions, TheHeadsetsWritesMoveItsSessionWithOneEventEach) {
    HttpClient user = server.new_user();
    const Ids ids;
    const std::string end = R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})";
    const std::string another = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + ids.session, session_body()).status, 201);
    ASSERT_EQ(user.put("/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session)).status,
              201);
    ASSERT_EQ(user.put("/v1/exercises/" + ids.exercise, exercise_body(ids.session)).status, 201);
    ASSERT_EQ(user.put("/v1/exercises/" + another, exercise_body(ids.session)).status, 201);
    ASSERT_EQ(user.put("/v1/exercises/" + ids.exercise + "/end", end).status, 201);
    ASSERT_EQ(user.put("/v1/vr-sessions/" + new_id(), vr_session_body(ids.session)).status, 201);
    EXPECT_EQ(moves(ids.session),
              "created session_create, created>active vr_session_start, "
              "active>exercise_in_progress exercise_start, exercise_in_progress>reflecting "
              "exercise_end");
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'action', ' ' ORDER BY id) FROM "
                  "session_events WHERE event_type = 'user_interaction'"),
              "exercise_start vr_session_start")
        << "what moved nothing is told as what the person did";
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_data ->> 'exercise_id' = '" +
                  ids.exercise + "' AND event_data ->> 'technique' = 'bilateral_drawing'"),
              "1");
}

TEST_F(Sessions, AnExerciseIsKeptInASessionThatIsOverAndMovesItNoMore) {
    HttpClient user = server.new_user();
    const std::string id = begin(user);
    ASSERT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(id)).status, 201);
    ASSERT_EQ(move(user, id, "completed").status, 200);
    EXPECT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(id)).status, 201);
    EXPECT_EQ(sql("SELECT status FROM sessions"), "completed");
}

TEST_F(Sessions, AnEndIsWrittenOnceWithItsTimeAndItsLength) {
    HttpClient user = server.new_user();
    const std::string id = begin(user);
    const std::string path = "/v1/sessions/" + id + "/end";
    const std::string body = R"({"completed_at":"2026-11-22T10:44:40Z"})";
    EXPECT_EQ(user.put(path, body).status, 409) << "it has not begun";
    ASSERT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(id)).status, 201);
    const auto counts =
        at_once(user, 20, [&](HttpClient& client) { return client.put(path, body); });
    EXPECT_EQ(counts, (std::map<int, int>{{200, 19}, {201, 1}}));
    EXPECT_EQ(user.put(path, R"({"completed_at":"2026-11-22T11:00:00Z"})").status, 409);
    const Reply read = user.get("/v1/sessions/" + id);
    EXPECT_EQ(read.member("status"), "completed");
    EXPECT_EQ(read.member("completed_at"), "2026-11-22T10:44:40.000000Z");
    EXPECT_EQ(read.member("duration_minutes"), "45");
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE to_state = 'completed'"), "1");
    HttpClient stranger = server.new_user();
    EXPECT_EQ(stranger.put(path, body).status, 404);
}

TEST_F(Sessions, EveryColumnIsReadByThoseWhoMayAndByNobodyElse) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string id = begin(user);
    const std::string person = user.get("/v1/users/me").member("id");
    sql("UPDATE sessions SET safety_status = 'yellow', requires_hitl_review = true, "
        "hitl_reviewed_at = '2026-11-22T12:00:00Z', hitl_reviewer_id = (SELECT id FROM clinicians "
        "WHERE role = 'supervisor') RETURNING 1");
    const Reply read = user.get("/v1/sessions/" + id);
    EXPECT_EQ(read.member("user_id"), person);
    EXPECT_EQ(read.member("session_number"), "1");
    EXPECT_EQ(read.member("environment_id"), "cozy_cabin");
    EXPECT_EQ(read.member("safety_status"), "yellow");
    EXPECT_EQ(read.member("requires_hitl_review"), "true");
    EXPECT_EQ(read.member("hitl_reviewed_at"), "2026-11-22T12:00:00.000000Z");
    EXPECT_EQ(read.member("hitl_reviewer_id"), sql("SELECT hitl_reviewer_id FROM sessions"));
    EXPECT_EQ(read.member("completed_at"), "null");
    EXPECT_EQ(read.body.find("created_at") != std::string::npos, true);
    for (HttpClient* each : {&service, &supervisor}) {
        EXPECT_EQ(each->get("/v1/sessions/" + id).body, read.body);
        const Reply list = each->get("/v1/users/" + person + "/sessions");
        EXPECT_NE(list.body.find(id), std::string::npos) << list.body;
    }
    EXPECT_EQ(reviewer.get("/v1/sessions/" + id).status, 404);
    EXPECT_EQ(reviewer.get("/v1/users/" + person + "/sessions").status, 404);
    EXPECT_EQ(user.get("/v1/users/" + person + "/sessions").status, 403);
    EXPECT_EQ(user.get("/v1/sessions?status=created").body.find(id) != std::string::npos, true);
    EXPECT_EQ(user.get("/v1/sessions?status=completed").body, R"({"items":[]})");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE is_phi_access AND service_id IS NOT NULL "
                  "AND user_id = '" +
                  person + "' AND action = 'session_read'"),
              "1");
}

TEST_F(Sessions, AHundredBegunAtOnceAreNumberedOneToAHundred) {
    HttpClient user = server.new_user();
    const auto counts = at_once(user, 100, [](HttpClient& client) {
        return client.put("/v1/sessions/" + new_id(), session_body());
    });
    EXPECT_EQ(counts, (std::map<int, int>{{201, 100}}));
    EXPECT_EQ(sql("SELECT concat_ws(' ', count(*), count(DISTINCT session_number), "
                  "min(session_number), max(session_number)) FROM sessions"),
              "100 100 1 100");
}

TEST_F(Sessions, TheSameWriteAHundredTimesIsOneSessionAndOneEvent) {
    HttpClient user = server.new_user();
    const std::string path = "/v1/sessions/" + new_id();
    const auto counts =
        at_once(user, 100, [&](HttpClient& client) { return client.put(path, session_body()); });
    EXPECT_EQ(counts, (std::map<int, int>{{200, 99}, {201, 1}}));
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM sessions) || ' ' || (SELECT count(*) FROM "
                  "session_events)"),
              "1 1");
}

TEST_F(Sessions, OneOfTwoMovesAtOnceIsMade) {
    HttpClient user = server.new_user();
    const std::string id = begin(user);
    const auto counts =
        at_once(user, 30, [&](HttpClient& client) { return move(client, id, "intake_pending"); });
    EXPECT_EQ(counts, (std::map<int, int>{{200, 30}}));
    EXPECT_EQ(moves(id), "created session_create, created>intake_pending session_move");
}

TEST_F(Sessions, WhatHappenedIsToldInBatchesAndReadInItsOrder) {
    HttpClient user = server.new_user();
    const std::string id = begin(user);
    const std::string path = "/v1/sessions/" + id + "/events";
    std::string events;
    for (int i = 0; i < 100; ++i) {
        events += std::format(R"({}{{"event_type":"user_interaction","event_data":{{"step":{}}}}})",
                              i == 0 ? "" : ",", i);
    }
    const std::string batch = std::format(R"({{"events":[{}]}})", events);
    const auto tell = [&] {
        return user.send("POST", path, batch,
                         {"Content-Type: application/json", "Idempotency-Key: \"first\""});
    };
    const Reply stored = tell();
    ASSERT_EQ(stored.status, 201) << stored.body;
    EXPECT_EQ(stored.member("stored"), "100");
    EXPECT_EQ(tell().status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM session_events"), "101");
    std::string seen;
    std::string cursor;
    int pages = 0;
    do {
        const Reply page =
            user.get(path + "?limit=40" + (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(page.status, 200) << page.body;
        seen += page.body;
        cursor = page.member("next_cursor");
        ++pages;
    } while (!cursor.empty() && pages < 10);
    EXPECT_EQ(pages, 3);
    std::size_t at = 0;
    for (int i = 0; i < 100; ++i) {
        const std::size_t found = seen.find(std::format(R"("step": {},)", i), at);
        ASSERT_NE(found, std::string::npos) << i << " is missing, or out of its order";
        at = found;
    }
    EXPECT_NE(user.get(path + "?event_type=state_transition").body.find(R"("session_create")"),
              std::string::npos);
    EXPECT_EQ(user.get(path + "?event_type=error").body, R"({"items":[]})");
}

TEST_F(Sessions, WhatAHeadsetTellsIsThereOnceInTheOrderInWhichItCame) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    const std::string session = begin(user);
    std::vector<std::string> ids;
    const auto body = [&](int step, const char* at = "2026-11-22T10:05:00Z") {
        return std::format(R"({{"session_id":"{}","event_data":{{"step":{}}},)"
                           R"("happened_at":"{}"}})",
                           session, step, at);
    };
    for (int step = 0; step < 5; ++step) {
        ids.push_back(new_id());
        const Reply stored = user.put("/v1/session-events/" + ids.back(), body(step));
        ASSERT_EQ(stored.status, 201) << stored.body;
        EXPECT_EQ(stored.member("id"), ids.back());
        EXPECT_EQ(stored.member("sha256").size(), 64U);
        EXPECT_EQ(user.put("/v1/session-events/" + ids.back(), body(step)).status, 200);
    }
    EXPECT_EQ(user.put("/v1/session-events/" + ids.front(), body(7)).status, 409);
    EXPECT_EQ(stranger.put("/v1/session-events/" + ids.front(), body(0)).status, 404);
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'step', ' ' ORDER BY created_at, id) FROM "
                  "session_events WHERE event_type = 'user_interaction'"),
              "0 1 2 3 4");
    const std::string id = new_id();
    const Reply far_off = user.put("/v1/session-events/" + id, body(9, "1970-01-01T00:00:00Z"));
    EXPECT_EQ(far_off.status, 201) << far_off.body;
    EXPECT_EQ(far_off.member("clock_corrected"), "true");
    const std::string agent = std::format(R"({{"session_id":"{}","event_type":"agent_execution",)"
                                          R"("happened_at":"2026-11-22T10:05:00Z"}})",
                                          session);
    EXPECT_TRUE(user.put("/v1/session-events/" + new_id(), agent).points_to("/event_type"));
    EXPECT_TRUE(user.put("/v1/session-events/" + new_id(), R"({"session_id":null})")
                    .points_to("/session_id"));
}

TEST_F(Sessions, EventsAreRefusedWhereTheyAreWrong) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient service = server.new_service("agents");
    const std::string path = "/v1/sessions/" + begin(user) + "/events";
    const std::string agent =
        R"({"events":[{"event_type":"error"},)"
        R"({"event_type":"agent_execution","event_data":{"agent":"coach"}}]})";
    const Reply not_an_agent = user.post(path, agent);
    EXPECT_EQ(not_an_agent.status, 422);
    EXPECT_TRUE(not_an_agent.points_to("/events/1/event_type")) << not_an_agent.body;
    EXPECT_EQ(service.post(path, agent).status, 201);
    EXPECT_TRUE(user.post(path, R"({"events":[{"event_type":"state_transition"}]})")
                    .points_to("/events/0/event_type"));
    EXPECT_TRUE(user.post(path, R"({"events":[]})").points_to("/events"));
    std::string many = R"({"event_type":"error"})";
    for (int i = 0; i < 100; ++i) {
        many += R"(,{"event_type":"error"})";
    }
    EXPECT_TRUE(user.post(path, R"({"events":[)" + many + "]}").points_to("/events"));
    EXPECT_EQ(stranger.post(path, R"({"events":[{"event_type":"error"}]})").status, 404);
    EXPECT_EQ(stranger.get(path).status, 404);
    EXPECT_EQ(sql("SELECT string_agg(event_type || ' ' || coalesce(event_data ->> 'actor', '-'), "
                  "', ' ORDER BY id) FROM session_events"),
              "state_transition -, error service, agent_execution service");
}

TEST_F(Sessions, WhatNobodyTouchesForADayTimesOut) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
    const std::string idle = begin(user);
    const std::string busy = begin(user);
    const std::string waits = begin(user);
    const std::string fresh = begin(user);
    ASSERT_EQ(move(service, waits, "hitl_review").status, 200);
    // A day passes for three of them, but one of these has a later event.
    sql("BEGIN; ALTER TABLE sessions DISABLE TRIGGER USER; UPDATE sessions SET updated_at = now() "
        "- interval '25 hours', created_at = now() - interval '25 hours' WHERE id <> '" +
        fresh +
        "'; ALTER TABLE sessions ENABLE TRIGGER USER; UPDATE session_events SET created_at "
        "= now() - interval '25 hours' WHERE session_id <> '" +
        fresh + "'; COMMIT; SELECT 1");
    ASSERT_EQ(user.post("/v1/sessions/" + busy + "/events",
                        R"({"events":[{"event_type":"user_interaction"}]})")
                  .status,
              201);
    const std::string job = "SELECT set_config('haven.actor', 'job', false); SELECT ";
    EXPECT_EQ(sql(job + "haven_job_timeout_sessions('26 hours')"), "0");
    EXPECT_EQ(sql(job + "haven_job_timeout_sessions()"), "1");
    EXPECT_EQ(sql(job + "haven_job_timeout_sessions()"), "0");
    EXPECT_EQ(user.get("/v1/sessions/" + idle).member("status"), "timed_out");
    EXPECT_EQ(user.get("/v1/sessions/" + busy).member("status"), "created");
    EXPECT_EQ(user.get("/v1/sessions/" + waits).member("status"), "hitl_review");
    EXPECT_EQ(user.get("/v1/sessions/" + fresh).member("status"), "created");
    EXPECT_EQ(moves(idle), "created session_create, created>timed_out session_timeout");
    EXPECT_EQ(move(user, idle, "active").status, 409) << "it is over";
    EXPECT_EQ(sql(job + "set_config('haven.session_idle', '0 seconds', false); SELECT "
                        "haven_job_timeout_sessions()"),
              "2");
}

TEST_F(Sessions, TheTableOfMovesIsThereForEveryClient) {
    HttpClient user = server.new_user();
    const Reply table = user.get("/v1/session-moves");
    ASSERT_EQ(table.status, 200);
    EXPECT_NE(table.body.find("The exercise is abandoned."), std::string::npos);
    EXPECT_EQ(sql("SELECT jsonb_array_length('" + table.body + "'::jsonb -> 'items')"), "32");
}

} // namespace
} // namespace haven::test
