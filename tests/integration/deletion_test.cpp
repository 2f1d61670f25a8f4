// What a person deletes of what is theirs is gone with its files, stays gone whatever comes late,
// and leaves what must be kept for safety.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

class Deletion : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::size_t objects() const { return files_below(server.config().objects_dir); }
    static Reply remove(HttpClient& who, const std::string& path, const std::string& etag) {
        return who.send("DELETE", path, "", {"If-Match: " + etag});
    }
    /// A drawing with its motion and its three canvases.
    Ids drawn() {
        const Ids ids = write_drawing(user);
        const std::string drawing = "/v1/bilateral-drawings/" + ids.drawing;
        const std::string trace = trace_bytes(20);
        EXPECT_EQ(put_chunk(user, ids.drawing, 0, trace).status, 200);
        EXPECT_EQ(user.put(drawing + "/trace", completion_body(trace)).status, 200);
        for (const char* sheet : {"left", "right", "combined"}) {
            EXPECT_EQ(user.get(drawing + "/canvases/" + sheet).status, 200);
        }
        return ids;
    }
    std::string text_of(const std::string& exercise) {
        std::string id = new_id();
        EXPECT_EQ(user.put("/v1/exercise-artifacts/" + id, text_body(exercise)).status, 201);
        return id;
    }
    static std::string text_body(const std::string& exercise) {
        return std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                           R"("content_text":"one two"}})",
                           exercise);
    }
    std::string reflection_of(const std::string& session) {
        std::string id = new_id();
        EXPECT_EQ(user.put("/v1/reflections/" + id, reflection_body(session)).status, 201);
        return id;
    }
    static std::string reflection_body(const std::string& session) {
        return std::format(R"({{"session_id":"{}","sentiment_score":0.4}})", session);
    }
    static std::string event_body(const std::string& session) {
        return std::format(R"({{"session_id":"{}","happened_at":"2026-11-22T10:05:00Z"}})",
                           session);
    }
    Reply screen(const std::string& session, const std::string& severity) {
        return service.put(
            "/v1/safety-screenings/" + new_id(),
            std::format(R"({{"session_id":"{}","input":"...","detection_signals":[{{"signal":)"
                        R"("hopelessness","severity":"{}","confidence":0.9}}]}})",
                        session, severity));
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("web");
};

TEST_F(Deletion, ASessionGoesWithEverythingInItAndItsFiles) {
    const Ids kept = drawn();
    const std::size_t files = objects();
    const Ids ids = drawn();
    const std::string path = "/v1/sessions/" + ids.session;
    const std::string artifact = text_of(ids.exercise);
    const std::string reflection = reflection_of(ids.session);
    ASSERT_EQ(screen(ids.session, "none").status, 201);
    ASSERT_EQ(user.get("/v1/users/me/progress").member("total_sessions"), "2");
    EXPECT_EQ(user.send("DELETE", path, "", {}).status, 428);
    const std::string seen = user.get(path).headers.at("etag");
    EXPECT_EQ(remove(user, path, "\"another\"").status, 412);
    const Reply gone = remove(user, path, seen);
    ASSERT_EQ(gone.status, 204) << gone.body;
    EXPECT_EQ(remove(user, path, seen).status, 404);
    for (const std::string& below :
         {path, path + "/exercises", "/v1/exercises/" + ids.exercise,
          "/v1/vr-sessions/" + ids.vr_session, "/v1/bilateral-drawings/" + ids.drawing,
          "/v1/exercise-artifacts/" + artifact, "/v1/reflections/" + reflection}) {
        EXPECT_EQ(user.get(below).status, 404) << below;
    }
    for (const char* table : {"exercises", "vr_sessions", "bilateral_drawings", "session_events"}) {
        EXPECT_EQ(
            sql(std::format("SELECT count(DISTINCT {}) FROM {}",
                            std::string(table) == "session_events" ? "session_id" : "id", table)),
            "1")
            << table;
    }
    EXPECT_EQ(objects(), files) << "at once";
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
    EXPECT_EQ(user.get("/v1/users/me/progress").member("total_sessions"), "1");
    EXPECT_EQ(user.get("/v1/bilateral-drawings/" + kept.drawing).status, 200);
    EXPECT_EQ(sql(std::format("SELECT string_agg(response_status::text || ' ' || is_phi_access, "
                              "', ' ORDER BY id) FROM audit_logs WHERE action = 'session_delete' "
                              "AND resource_id = '{}' AND user_id = '{}'",
                              ids.session, user.id)),
              "428 true, 412 true, 204 true, 404 true");
}

TEST_F(Deletion, ASessionWantsALogInOfTheLastMinutes) {
    const Ids ids = write_drawing(user);
    sql_do(server.config().database_url,
           "UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    const Reply old = user.remove("/v1/sessions/" + ids.session);
    EXPECT_EQ(old.status, 401) << old.body;
    EXPECT_TRUE(old.headers.at("www-authenticate").contains("insufficient_user_authentication"));
    EXPECT_EQ(user.remove("/v1/bilateral-drawings/" + ids.drawing).status, 204);
}

TEST_F(Deletion, WhatComesLateDoesNotBringItBack) {
    const Ids ids = write_drawing(user);
    const std::string reflection = reflection_of(ids.session);
    const std::string artifact = text_of(ids.exercise);
    const std::string event = new_id();
    ASSERT_EQ(user.put("/v1/session-events/" + event, event_body(ids.session)).status, 201);
    ASSERT_EQ(user.remove("/v1/sessions/" + ids.session).status, 204);
    const Ids late; // what a headset had drawn meanwhile
    const std::string end = R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})";
    const std::vector<std::pair<std::string, std::string>> writes{
        {"/v1/sessions/" + ids.session, session_body()},
        {"/v1/exercises/" + ids.exercise, exercise_body(ids.session)},
        {"/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session)},
        {"/v1/bilateral-drawings/" + ids.drawing, drawing_body(ids.exercise, ids.vr_session)},
        {"/v1/bilateral-drawings/" + ids.drawing + "/trace", completion_body("abc")},
        {"/v1/exercises/" + ids.exercise + "/end", end},
        {"/v1/vr-sessions/" + ids.vr_session + "/end", R"({"ended_at":"2026-11-22T10:20:06Z"})"},
        {"/v1/vr-sessions/" + ids.vr_session + "/metrics",
         R"({"performance_metrics":{"format":1}})"},
        {"/v1/sessions/" + ids.session + "/end", R"({"completed_at":"2026-11-22T10:20:06Z"})"},
        {"/v1/sessions/" + ids.session + "/status", R"({"status":"completed"})"},
        {"/v1/reflections/" + reflection, reflection_body(ids.session)},
        {"/v1/exercise-artifacts/" + artifact, text_body(ids.exercise)},
        // What never was here is gone with what it stands below, and what stands below that.
        {"/v1/exercises/" + late.exercise, exercise_body(ids.session)},
        {"/v1/vr-sessions/" + late.vr_session, vr_session_body(ids.session)},
        {"/v1/bilateral-drawings/" + late.drawing, drawing_body(late.exercise, late.vr_session)},
        {"/v1/bilateral-drawings/" + late.drawing + "/trace", completion_body("abc")},
        {"/v1/exercises/" + late.exercise + "/end", end},
        {"/v1/vr-sessions/" + late.vr_session + "/end", R"({"ended_at":"2026-11-22T10:20:06Z"})"},
        {"/v1/session-events/" + event, event_body(ids.session)},
        {"/v1/session-events/" + new_id(), event_body(ids.session)},
        {"/v1/reflections/" + new_id(), reflection_body(ids.session)},
        {"/v1/session-intents/" + new_id(),
         std::format(R"({{"session_id":"{}","intensity_level":3}})", ids.session)},
        {"/v1/exercise-artifacts/" + new_id(), text_body(late.exercise)}};
    for (int again = 0; again < 2; ++again) {
        for (const auto& [path, body] : writes) {
            const Reply reply = user.put(path, body);
            EXPECT_EQ(reply.status, 410) << path << reply.body;
            EXPECT_EQ(reply.member("type"), "/problems/gone") << path;
        }
        EXPECT_EQ(put_chunk(user, ids.drawing, 0, "abc").status, 410);
        EXPECT_EQ(put_chunk(user, late.drawing, 0, "abc").status, 410);
    }
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM exercises) + "
                  "(SELECT count(*) FROM bilateral_drawings) + (SELECT count(*) FROM "
                  "trace_chunks)"),
              "0");
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts WHERE resource_type <> 'consent_record' AND "
                  "(deleted_at IS NULL OR digest <> decode(repeat('00', 32), 'hex') OR meaning IS "
                  "NOT NULL)"),
              "0")
        << "nothing is left by which somebody could guess what was said";
    // Somebody else's id is none, deleted or not.
    HttpClient stranger = server.new_user();
    EXPECT_EQ(stranger.put("/v1/exercises/" + new_id(), exercise_body(ids.session)).status, 422);
    EXPECT_EQ(stranger.put("/v1/exercises/" + ids.exercise + "/end", end).status, 404);
    // Later than a device's time is believed, the ids are forgotten.
    (void)sql("SELECT set_config('haven.actor', 'job', false); UPDATE write_receipts SET "
              "deleted_at = now() - interval '401 days' WHERE deleted_at IS NOT NULL; SELECT "
              "haven_job_forget_deleted()");
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts WHERE deleted_at IS NOT NULL"), "0");
}

TEST_F(Deletion, AnExerciseGoesWithWhatWasMadeInItAndItsSessionGoesOn) {
    const Ids ids = drawn();
    const std::string artifact = text_of(ids.exercise);
    const std::string path = "/v1/exercises/" + ids.exercise;
    ASSERT_EQ(sql("SELECT status FROM sessions"), "exercise_in_progress");
    EXPECT_EQ(user.send("DELETE", path, "", {}).status, 428);
    EXPECT_EQ(remove(user, path, user.get(path).headers.at("etag")).status, 204);
    EXPECT_EQ(user.remove(path).status, 404);
    EXPECT_EQ(user.get("/v1/exercise-artifacts/" + artifact).status, 404);
    EXPECT_EQ(user.get("/v1/bilateral-drawings/" + ids.drawing).status, 404);
    EXPECT_EQ(objects(), 0U);
    EXPECT_EQ(sql("SELECT status FROM sessions"), "active");
    EXPECT_EQ(user.get("/v1/vr-sessions/" + ids.vr_session).status, 200);
    EXPECT_EQ(user.put(path, exercise_body(ids.session)).status, 410);
    EXPECT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(ids.session)).status, 201);
}

TEST_F(Deletion, ADrawingGoesWithItsMotionAndItsCanvases) {
    const Ids ids = drawn();
    ASSERT_EQ(objects(), 4U);
    EXPECT_EQ(user.remove("/v1/bilateral-drawings/" + ids.drawing).status, 204);
    EXPECT_EQ(user.remove("/v1/bilateral-drawings/" + ids.drawing).status, 404);
    EXPECT_EQ(objects(), 0U);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "0");
    const Ids half = write_drawing(user);
    ASSERT_EQ(put_chunk(user, half.drawing, 0, "abc").status, 200);
    EXPECT_EQ(user.remove("/v1/bilateral-drawings/" + half.drawing).status, 204);
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
}

TEST_F(Deletion, AKilledServerLeavesNoFileOfWhatWasDeleted) {
    const Ids ids = drawn();
    ASSERT_EQ(objects(), 4U);
    // The row goes in its transaction; the server ends before the files have gone.
    (void)sql(std::format(
        "BEGIN; SELECT set_config('haven.actor', 'user', true), set_config('haven.actor_id', '{}', "
        "true); SET LOCAL ROLE haven_app; DELETE FROM sessions WHERE id = '{}'; COMMIT; SELECT 1",
        user.id, ids.session));
    server.request_stop();
    server.join();
    ASSERT_EQ(objects(), 4U);
    const TestServer next({}, server.config());
    EXPECT_TRUE(await(std::chrono::seconds(10), [&] { return objects() == 0; }));
    EXPECT_TRUE(await(std::chrono::seconds(10),
                      [&] { return sql("SELECT count(*) FROM loose_objects") == "0"; }));
}

TEST_F(Deletion, ReflectionsIntakesAndNoticesGoByThemselvesAndProgressFollows) {
    const Ids ids = write_drawing(user);
    const std::string reflection = reflection_of(ids.session);
    const std::string intent = new_id();
    const std::string note = new_id();
    ASSERT_EQ(user.put("/v1/session-intents/" + intent,
                       std::format(R"({{"session_id":"{}","intensity_level":3}})", ids.session))
                  .status,
              201);
    ASSERT_EQ(service
                  .put("/v1/notifications/" + note,
                       std::format(R"({{"user_id":"{}","notification_type":"reminder",)"
                                   R"("title":"Time to draw"}})",
                                   user.id))
                  .status,
              201);
    ASSERT_EQ(user.get("/v1/users/me/progress").member("avg_sentiment_score"), "0.400");
    HttpClient stranger = server.new_user();
    for (const std::string& path : {"/v1/reflections/" + reflection,
                                    "/v1/session-intents/" + intent, "/v1/notifications/" + note}) {
        EXPECT_EQ(stranger.remove(path).status, 404) << path;
        EXPECT_EQ(service.remove(path).status, 403) << path;
        EXPECT_EQ(user.remove(path).status, 204) << path;
        EXPECT_EQ(user.remove(path).status, 404) << path;
        EXPECT_EQ(user.get(path).status, 404) << path;
    }
    EXPECT_EQ(user.get("/v1/users/me/progress").member("avg_sentiment_score"), "null");
    EXPECT_EQ(user.put("/v1/reflections/" + reflection, reflection_body(ids.session)).status, 410);
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'action', ' ' ORDER BY id) FROM session_events "
                  "WHERE event_data ->> 'action' LIKE '%delete'"),
              "reflection_delete session_intent_delete");
}

TEST_F(Deletion, WhatAClinicianHasToLookAtStaysUntilTheyHave) {
    const Ids ids = write_drawing(user);
    const std::string reflection = reflection_of(ids.session);
    const std::string artifact = text_of(ids.exercise);
    const Reply red = screen(ids.session, "severe");
    ASSERT_EQ(red.status, 201);
    const std::vector<std::string> all{
        "/v1/sessions/" + ids.session, "/v1/reflections/" + reflection,
        "/v1/exercise-artifacts/" + artifact, "/v1/bilateral-drawings/" + ids.drawing,
        "/v1/exercises/" + ids.exercise};
    const auto all_refused = [&] {
        for (const std::string& path : all) {
            const Reply reply = user.remove(path);
            EXPECT_EQ(reply.status, 409) << path << reply.body;
            EXPECT_TRUE(reply.member("detail").contains("clinician")) << reply.body;
            EXPECT_EQ(user.get(path).status, 200) << path;
        }
    };
    all_refused();
    // Past the API, as well.
    const auto as_user = [&](const std::string& table, const std::string& id) {
        return std::format("BEGIN; SELECT set_config('haven.actor', 'user', true), "
                           "set_config('haven.actor_id', '{}', true); SET LOCAL ROLE haven_app; "
                           "DELETE FROM {} WHERE id = '{}'; COMMIT; SELECT 1",
                           user.id, table, id);
    };
    EXPECT_THROW((void)sql(as_user("sessions", ids.session)), std::runtime_error);
    EXPECT_THROW((void)sql(as_user("exercises", ids.exercise)), std::runtime_error);
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string opened = reviewer.post("/v1/hitl-escalations/claims", "").member("id");
    ASSERT_EQ(reviewer
                  .put("/v1/hitl-escalations/" + opened + "/review",
                       R"({"clinician_action":"approve_as_is","revision":1})")
                  .status,
              201);
    all_refused(); // its crisis is not resolved
    ASSERT_EQ(
        supervisor.put("/v1/crisis-logs/" + sql("SELECT id FROM crisis_logs") + "/resolution", "")
            .status,
        201);
    for (const std::string& path : all) {
        const Reply reply = user.remove(path);
        EXPECT_EQ(reply.status, path == all.front() ? 409 : 204) << path << reply.body;
    }
    EXPECT_EQ(user.get(all.front()).status, 200) << "what was decided for safety is kept";
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs"), "1");
}

TEST_F(Deletion, OnlyItsPersonDeletes) {
    OneLife life(server);
    HttpClient stranger = server.new_user();
    for (const std::string& path :
         {"/v1/sessions/" + life.ids.session, "/v1/exercises/" + life.ids.exercise,
          "/v1/bilateral-drawings/" + life.ids.drawing, "/v1/reflections/" + life.reflection,
          "/v1/session-intents/" + life.intent, "/v1/notifications/" + life.notification}) {
        EXPECT_EQ(stranger.remove(path).status, 404) << path;
        for (HttpClient* const other : {&life.reviewer, &life.supervisor, &life.service}) {
            EXPECT_EQ(other->remove(path).status, 403) << path;
        }
        EXPECT_EQ(life.user.get(path).status, 200) << path;
    }
}

TEST_F(Deletion, StreaksAndNumbersStayRightAndFiguresThatWereToldStayTold) {
    std::vector<std::string> sessions;
    for (int day = 0; day < 3; ++day) {
        sessions.push_back(new_id());
        ASSERT_EQ(user.put("/v1/sessions/" + sessions.back(), session_body()).status, 201);
        (void)sql(std::format("UPDATE sessions SET started_at = now() - interval '{} days' WHERE "
                              "id = '{}' RETURNING 1",
                              day, sessions.back()));
    }
    ASSERT_EQ(user.get("/v1/users/me/progress").member("streak_days"), "3");
    (void)sql("SELECT haven_job_daily_metrics((now() AT TIME ZONE 'UTC')::date - 2)");
    ASSERT_EQ(user.remove("/v1/sessions/" + sessions[1]).status, 204);
    EXPECT_EQ(user.get("/v1/users/me/progress").member("streak_days"), "1");
    EXPECT_EQ(user.get("/v1/users/me/progress").member("longest_streak_days"), "1");
    ASSERT_EQ(user.remove("/v1/sessions/" + sessions[2]).status, 204);
    EXPECT_EQ(sql("SELECT string_agg(session_number::text, ' ') FROM sessions"), "1");
    EXPECT_EQ(sql("SELECT total_sessions_started FROM daily_metrics"), "1");
}

} // namespace
} // namespace haven::test
