// What a review holds, and whose word a state is: tried through the API, and past it as the
// application's role.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <stdexcept>
#include <string>

namespace haven::test {
namespace {

class ReviewRules : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// Why PostgreSQL refuses `text` to the application's role; empty where it does not.
    std::string refusal(const std::string& actor, const std::string& id, const std::string& text,
                        const std::string& role = "") const {
        try {
            (void)sql(std::format(
                "BEGIN; SELECT set_config('haven.actor', '{}', true), set_config('haven.actor_id', "
                "'{}', true), set_config('haven.actor_role', '{}', true); SET LOCAL ROLE "
                "haven_app; {}; ROLLBACK; SELECT 1",
                actor, id, role, text));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    std::string of_user(const std::string& text) const { return refusal("user", user.id, text); }
    Reply screen(const std::string& of, const std::string& severity) {
        return service.put(
            "/v1/safety-screenings/" + new_id(),
            std::format(R"({{"session_id":"{}","input":"...","detection_signals":[{{"signal":)"
                        R"("hopelessness","severity":"{}","confidence":0.9}}]}})",
                        of, severity));
    }
    static std::string at(const std::string& body, const std::string& time) {
        std::string later = body;
        const std::string key = R"("started_at":")";
        const std::size_t begin = later.find(key) + key.size();
        return later.replace(begin, later.find('"', begin) - begin, time);
    }
    /// A second after the server's clock, as a device tells it: after the review has begun.
    std::string soon() const {
        return sql("SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 second', "
                   "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("web");
    Ids ids = write_drawing(user);
};

TEST_F(ReviewRules, InASessionUnderReviewNothingIsBegunAndWhatWasBegunBeforeIsTaken) {
    ASSERT_EQ(screen(ids.session, "severe").status, 201);
    const auto expect_paused = [](const Reply& reply) {
        EXPECT_EQ(reply.status, 409) << reply.body;
        EXPECT_TRUE(reply.member("detail").contains("clinician")) << reply.body;
    };
    const std::string now = soon();
    expect_paused(user.put("/v1/exercises/" + new_id(), at(exercise_body(ids.session), now)));
    expect_paused(user.put("/v1/vr-sessions/" + new_id(), at(vr_session_body(ids.session), now)));
    expect_paused(user.put("/v1/exercise-artifacts/" + new_id(),
                           std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                       R"("content_text":"more"}})",
                                       ids.exercise)));
    expect_paused(service.patch("/v1/exercises/" + ids.exercise, R"({"opening_prompt":"Go."})"));
    // A headset that drew before, and had no network: its ink is not lost.
    Ids offline;
    offline.session = ids.session;
    EXPECT_EQ(user.put("/v1/exercises/" + offline.exercise, exercise_body(ids.session)).status,
              201);
    EXPECT_EQ(
        user.put("/v1/vr-sessions/" + offline.vr_session, vr_session_body(ids.session)).status,
        201);
    EXPECT_EQ(user.put("/v1/bilateral-drawings/" + offline.drawing,
                       drawing_body(offline.exercise, offline.vr_session))
                  .status,
              201);
    const std::string trace = trace_bytes(20);
    EXPECT_EQ(put_chunk(user, offline.drawing, 0, trace).status, 200);
    EXPECT_EQ(
        user.put("/v1/bilateral-drawings/" + offline.drawing + "/trace", completion_body(trace))
            .status,
        200);
    EXPECT_EQ(user.put("/v1/exercises/" + offline.exercise + "/end",
                       R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})")
                  .status,
              201);
    EXPECT_EQ(sql("SELECT status FROM sessions"), "hitl_review");
    // Past the API.
    EXPECT_TRUE(of_user(std::format("INSERT INTO exercises (session_id, user_id, technique) VALUES "
                                    "('{}', '{}', 'sprint')",
                                    ids.session, user.id))
                    .contains("clinician"));
    EXPECT_TRUE(of_user(std::format("INSERT INTO vr_sessions (parent_session_id, user_id, "
                                    "environment_id) VALUES ('{}', '{}', 'cozy_cabin')",
                                    ids.session, user.id))
                    .contains("clinician"));
    const std::string text = std::format("INSERT INTO exercise_artifacts (exercise_id, user_id, "
                                         "artifact_type, content_text) VALUES ('{}', '{}', "
                                         "'text_entry', 'x')",
                                         ids.exercise, user.id);
    EXPECT_TRUE(of_user(text).contains("clinician"));
    EXPECT_TRUE(of_user(std::format("UPDATE exercises SET opening_prompt = 'x' WHERE id = '{}'",
                                    ids.exercise))
                    .contains("clinician"));
}

TEST_F(ReviewRules, BesideARedSessionNoSecondOneIsBegun) {
    ASSERT_EQ(screen(ids.session, "severe").status, 201);
    const Reply beside = user.put("/v1/sessions/" + new_id(), at(session_body(), soon()));
    EXPECT_EQ(beside.status, 409) << beside.body;
    EXPECT_TRUE(beside.member("detail").contains("waits for a clinician")) << beside.body;
    EXPECT_TRUE(of_user(std::format("INSERT INTO sessions (user_id, session_number) VALUES ('{}', "
                                    "2)",
                                    user.id))
                    .contains("waits for a clinician"));
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 201)
        << "begun before, by a headset without a network";
    HttpClient other = server.new_user();
    EXPECT_EQ(other.put("/v1/sessions/" + new_id(), at(session_body(), soon())).status, 201);
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string opened = reviewer.post("/v1/hitl-escalations/claims", "").member("id");
    ASSERT_EQ(reviewer
                  .put("/v1/hitl-escalations/" + opened + "/review",
                       R"({"clinician_action":"approve_as_is","revision":1})")
                  .status,
              201);
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), at(session_body(), soon())).status, 201);
}

TEST_F(ReviewRules, WhatWasFoundInASessionIsWhatItsScreeningsSay) {
    const std::string set = "UPDATE sessions SET safety_status = ";
    EXPECT_TRUE(of_user(set + "'green'").contains("screenings")) << "nobody has screened it";
    EXPECT_TRUE(refusal("service", new_id(), set + "'green'").contains("screenings"));
    EXPECT_TRUE(
        refusal("clinician", new_id(), set + "'green'", "supervisor").contains("screenings"));
    ASSERT_EQ(screen(ids.session, "none").status, 201);
    ASSERT_EQ(screen(ids.session, "severe").status, 201);
    ASSERT_EQ(screen(ids.session, "none").status, 201);
    EXPECT_EQ(sql("SELECT safety_status FROM sessions"), "red");
    EXPECT_TRUE(of_user(set + "'green'").contains("screenings")) << "the worst stands";
    EXPECT_TRUE(of_user(set + "NULL").contains("screenings"));
    EXPECT_TRUE(of_user("UPDATE sessions SET requires_hitl_review = false").contains("decision"));
    EXPECT_TRUE(of_user("UPDATE sessions SET hitl_reviewed_at = now()").contains("decision"));
    EXPECT_TRUE(of_user("UPDATE sessions SET status = 'active'").contains("clinician"));
    EXPECT_TRUE(of_user(std::format("INSERT INTO sessions (user_id, session_number, started_at, "
                                    "status) VALUES ('{}', 9, '2026-11-22', 'active')",
                                    user.id))
                    .contains("created"));
    EXPECT_TRUE(of_user(std::format("INSERT INTO sessions (user_id, session_number, started_at, "
                                    "safety_status) VALUES ('{}', 9, '2026-11-22', 'green')",
                                    user.id))
                    .contains("created"));
}

TEST_F(ReviewRules, ASessionIsReviewedOnlyWhereItHasACase) {
    EXPECT_TRUE(of_user("UPDATE sessions SET requires_hitl_review = true").contains("case"));
    EXPECT_TRUE(of_user("UPDATE sessions SET status = 'hitl_review'").contains("case"));
}

TEST_F(ReviewRules, FromItsScreeningASessionGoesOnWithOne) {
    const std::string session = new_id();
    const std::string path = "/v1/sessions/" + session;
    ASSERT_EQ(user.put(path, session_body()).status, 201);
    ASSERT_EQ(user.put(path + "/status", R"({"status":"safety_screening"})").status, 200);
    const Reply early = service.put(path + "/status", R"({"status":"active"})");
    EXPECT_EQ(early.status, 409) << early.body;
    EXPECT_TRUE(refusal("service", new_id(),
                        "UPDATE sessions SET status = 'active' WHERE id = '" + session + "'")
                    .contains("screened"));
    ASSERT_EQ(screen(session, "none").status, 201);
    EXPECT_EQ(service.put(path + "/status", R"({"status":"active"})").status, 200);
}

TEST_F(ReviewRules, HowFarACrisisWasPassedOnItsCaseSays) {
    ASSERT_EQ(screen(ids.session, "severe").status, 201);
    for (const char* change : {"escalation_status = 'none'", "escalation_status = 'resolved'",
                               "resolved_at = now()", "crisis_level = 'low'"}) {
        const std::string text = std::format("UPDATE crisis_logs SET {}", change);
        EXPECT_TRUE(of_user(text).contains("clinician")) << change;
        EXPECT_TRUE(refusal("service", new_id(), text).contains("clinician")) << change;
    }
    EXPECT_TRUE(refusal("clinician", new_id(),
                        "UPDATE crisis_logs SET escalation_status = 'clinician_notified'",
                        "supervisor")
                    .contains("case"));
    EXPECT_EQ(of_user("UPDATE crisis_logs SET user_acknowledged = true"), "");
    const std::string insert =
        std::format("INSERT INTO crisis_logs (session_id, user_id, crisis_level, input_hash, "
                    "escalation_status) VALUES ('{}', '{}', 'severe', repeat('0', 64), '{{}}')",
                    ids.session, user.id);
    for (const char* status : {"none", "hitl_pending", "resolved"}) {
        std::string text = insert;
        text.replace(text.find("{}"), 2, status);
        EXPECT_TRUE(refusal("service", new_id(), text).contains("screening")) << status;
    }
    for (const char* change :
         {"priority = 'low'", "required_role = 'supervisor'", "session_id = gen_random_uuid()"}) {
        EXPECT_TRUE(refusal("clinician", new_id(),
                            std::format("UPDATE hitl_escalations SET {}", change), "supervisor")
                        .contains("pressing"))
            << change;
    }
    EXPECT_EQ(sql("SELECT escalation_status || ' ' || crisis_level FROM crisis_logs"),
              "hitl_pending severe");
}

/// Each column of a state has a value, and one of its list.
TEST_F(ReviewRules, AStateIsNeverNullNorAWordThatNobodyKnows) {
    EXPECT_EQ(
        sql("SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY 1) FROM "
            "information_schema.columns WHERE table_schema = 'public' AND is_nullable = 'YES' AND "
            "(column_name IN ('status', 'modality', 'review_status', 'escalation_status', "
            "'crisis_level', 'response_mode', 'recommended_action', 'sensitivity_level', "
            "'interaction_mode', 'role', 'priority', 'read') OR data_type = 'boolean') AND "
            "table_name NOT LIKE 'audit_logs%' AND table_name || '.' || column_name <> "
            "'tts_cache.is_personal'"),
        "NULL");
    EXPECT_EQ(sql("SELECT string_agg(relname || '.' || attname, ' ') FROM pg_attribute JOIN "
                  "pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace "
                  "AND relkind = 'r' AND attnum > 0 AND attname IN ('status', 'modality', "
                  "'safety_status', 'review_status', 'escalation_status', 'crisis_level', "
                  "'response_mode', 'recommended_action', 'sensitivity_level', 'interaction_mode', "
                  "'priority', 'artifact_type', 'sentiment_trend', 'clinician_action') AND NOT "
                  "EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'c' "
                  "AND attnum = ANY (conkey) AND pg_get_constraintdef(pg_constraint.oid) LIKE "
                  "'%ANY (%')"),
              "NULL");
}

} // namespace
} // namespace haven::test
