// A row that no code foresaw, and then somebody writes: the request may fail, the process does not.
#include "server/config.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/odd_rows.hpp"
#include "tests/integration/one_life.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

struct Write {
    HttpClient* who;
    std::string method;
    std::string path;
    std::string body = {};
};

class OddWrites : public ::testing::Test {
  protected:
    /// Writes of the person's, all of new things where they are kept by an id.
    std::vector<Write> of_the_person() {
        HttpClient* const user = &life.user;
        const std::string session = life.ids.session;
        return {
            {user, "PUT", "/v1/sessions/" + new_id(), session_body()},
            {user, "PUT", "/v1/sessions/" + session, session_body()},
            {user, "PUT", "/v1/session-intents/" + new_id(),
             std::format(R"({{"session_id":"{}","intensity_level":3}})", session)},
            {user, "PUT", "/v1/exercises/" + new_id(), exercise_body(session)},
            {user, "PATCH", "/v1/exercises/" + life.text_exercise,
             R"({"opening_prompt":"Begin.","guideposts":["one"]})"},
            {user, "PUT", "/v1/vr-sessions/" + new_id(), vr_session_body(session)},
            {user, "PUT", "/v1/vr-sessions/" + life.ids.vr_session + "/metrics",
             R"({"performance_metrics":{"format":1}})"},
            {user, "PUT", "/v1/bilateral-drawings/" + new_id(),
             drawing_body(life.ids.exercise, life.ids.vr_session)},
            {user, "PUT", "/v1/exercise-artifacts/" + new_id(),
             std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                         R"("content_text":"A lamp.","sealed":true,"word_count":2}})",
                         life.text_exercise)},
            {user, "PUT", "/v1/exercise-artifacts/" + new_id(),
             std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                         R"("content_text":"A lamp."}})",
                         life.text_exercise)},
            {user, "PUT", "/v1/reflections/" + new_id(),
             std::format(R"({{"session_id":"{}","sentiment_score":0.4}})", session)},
            {user, "POST", "/v1/sessions/" + session + "/events",
             R"({"events":[{"event_type":"user_interaction"}]})"},
            {user, "PUT", "/v1/session-events/" + new_id(),
             std::format(R"({{"session_id":"{}","event_data":{{"action":"exercise_pause"}},)"
                         R"("happened_at":"2026-11-22T10:05:00Z"}})",
                         session)},
            {user, "PUT", "/v1/sessions/" + session + "/feedback", R"({"satisfaction":4})"},
            {user, "PATCH", "/v1/users/me", R"({"full_name":"Ann","time_zone":"Europe/Vienna"})"},
            {user, "PATCH", "/v1/users/me/notification-preferences",
             R"({"reminder":{"letter":true},"quiet_hours":{"from":"21:00","until":"06:00"}})"},
            {user, "PUT", "/v1/users/me/reminders/" + new_id(),
             R"({"days":["monday"],"local_time":"08:30"})"},
            {user, "DELETE", "/v1/users/me/reminders/" + life.reminder},
            {user, "PUT", "/v1/notifications/" + life.notification + "/read"},
            {user, "PUT", "/v1/notifications/read"},
            {user, "PUT", "/v1/crisis-logs/" + life.crisis + "/acknowledgement"},
            {user, "PUT", "/v1/bilateral-drawings/" + life.ids.drawing + "/trace",
             completion_body(trace_bytes(20))},
            {user, "PUT", "/v1/vr-sessions/" + life.ids.vr_session + "/end",
             R"({"ended_at":"2026-11-22T10:11:00Z"})"},
            {user, "PUT", "/v1/exercises/" + life.text_exercise + "/end",
             R"({"completed_at":"2026-11-22T10:11:00Z"})"},
            {user, "DELETE", "/v1/exercise-artifacts/" + life.artifact},
            {user, "PUT", "/v1/consents/" + new_id(),
             R"({"consent_type":"research","consent_version":"v2.0","consent_given":false})"},
            {user, "PUT", "/v1/consents/" + life.consent + "/withdrawal", "{}"},
        };
    }

    std::vector<Write> of_others() {
        const std::string session = life.ids.session;
        const std::string care = "/v1/clinicians/" + life.reviewer.id + "/users/" + life.user.id;
        const std::string clinician = R"({"full_name":"Rita","role":"reviewer","status":"active"})";
        return {
            {&life.service, "PUT", "/v1/safety-screenings/" + new_id(),
             std::format(R"({{"session_id":"{}","input":"too much","detection_signals":)"
                         R"([{{"signal":"hopelessness","severity":"medium","confidence":0.9}}]}})",
                         session)},
            {&life.service, "PUT", "/v1/notifications/" + new_id(),
             std::format(R"({{"user_id":"{}","notification_type":"reminder","title":"Draw"}})",
                         life.user.id)},
            {&life.service, "POST", "/v1/sessions/" + session + "/agent-outputs",
             std::format(R"({{"items":[{{"id":"{}","agent_name":"coach","output_data":{{}},)"
                         R"("prompt_id":"{}"}}]}})",
                         new_id(), life.prompt)},
            {&life.service, "POST", "/v1/agent-outputs/" + life.agent_output + "/tool-calls",
             std::format(R"({{"items":[{{"id":"{}","tool_name":"render"}}]}})", new_id())},
            {&life.service, "PUT", "/v1/prompts/TJ-EX-SPRINT-v2", R"({"purpose":"opens"})"},
            {&life.service, "PUT", "/v1/prompts/" + life.prompt + "/status",
             R"({"status":"deprecated"})"},
            {&life.reviewer, "PUT", "/v1/hitl-escalations/" + life.escalation + "/review",
             R"({"clinician_action":"approve_with_edits","clinician_notes":"rest","revision":1})"},
            {&life.reviewer, "DELETE", "/v1/hitl-escalations/" + life.escalation + "/claim"},
            {&life.reviewer, "POST", "/v1/hitl-escalations/claims"},
            {&life.reviewer, "PUT", "/v1/hitl-escalations/" + life.escalation + "/claim"},
            {&life.reviewer, "PUT", "/v1/hitl-escalations/" + life.escalation + "/assignment",
             R"({"clinician_id":null,"revision":1,"reason":"off_duty"})"},
            {&life.reviewer, "PUT", "/v1/crisis-logs/" + life.crisis + "/calls/acknowledgement"},
            {&life.reviewer, "PUT", "/v1/crisis-logs/" + life.crisis + "/resolution"},
            {&life.supervisor, "PUT", "/v1/webhooks/" + life.webhook,
             std::format(R"({{"service_id":"{}","url":"https://pager.example/haven",)"
                         R"("kinds":["crisis.logged"]}})",
                         life.service.id)},
            {&life.supervisor, "POST", "/v1/webhooks/" + life.webhook + "/secret", "{}"},
            {&life.service, "PUT", "/v1/sessions/" + session + "/status",
             R"({"status":"completed"})"},
            {&life.supervisor, "POST", "/v1/daily-metrics/" + life.day + "/computation"},
            {&life.supervisor, "PUT", "/v1/consent-texts/research/v2.0",
             R"({"valid_from":"2026-12-01T00:00:00Z","texts":[{"language":"en",)"
             R"("consent_text":"Words."}]})"},
            {&life.supervisor, "PUT", "/v1/clinicians/" + life.reviewer.id, clinician},
            {&life.reviewer, "PATCH", "/v1/clinicians/me", R"({"preferred_language":"de"})"},
            {&life.supervisor, "PUT", "/v1/users/" + life.user.id + "/status",
             R"({"status":"active"})"},
            {&life.supervisor, "DELETE", care},
            {&life.supervisor, "PUT", care},
        };
    }

    void expect_answers(const Column& column, const std::string& value, std::size_t& sent) {
        std::vector<Write> writes = of_the_person();
        for (Write& write : of_others()) {
            writes.push_back(std::move(write));
        }
        for (const Write& write : writes) {
            const Reply reply = write.who->send(write.method, write.path, write.body,
                                                usual_headers(write.method, write.path));
            const std::string what =
                std::format("{}.{} = {}, {} {}: {} {}", column.table, column.name, value,
                            write.method, write.path, reply.status, reply.error);
            ASSERT_NE(reply.status, 0) << what;
            if (reply.status >= 500) {
                EXPECT_TRUE(reply.status == 503 || reply.body.contains("/problems/internal"))
                    << what << reply.body;
                failed.insert(std::format("{}.{} = {}", column.table, column.name, value));
            }
            ++sent;
        }
    }

    TempDirectory directory;
    TestServer server{{}, without_rates(directory)};
    OneLife life{server};
    Owner owner{server.config().database_url};
    std::set<std::string> failed;
};

TEST_F(OddWrites, NoneEndsTheProcess) {
    std::map<std::string, std::vector<Column>> tables;
    for (Column& column : owner.columns()) {
        tables[column.table].push_back(std::move(column));
    }
    ASSERT_GE(tables.size(), 26U);
    owner.keep_all(tables);
    std::size_t sent = 0;
    for (const auto& [table, columns] : tables) {
        for (const Column& column : columns) {
            for (const std::string& value : odd_values(column)) {
                if (owner.set(column, value)) {
                    const BodiesPassedOver odd;
                    ASSERT_NO_FATAL_FAILURE(expect_answers(column, value, sent));
                    owner.bring_all_back();
                }
            }
        }
    }
    EXPECT_GT(sent, 10'000U);
    // As it was before, everything is written.
    EXPECT_EQ(life.user.put("/v1/sessions/" + new_id(), session_body()).status, 201);
    std::string told;
    for (const std::string& what : failed) {
        told += what + "\n";
    }
    RecordProperty("failed", told);
    for (const std::string& what : failed) {
        EXPECT_FALSE(what.ends_with(" = NULL")) << what << " is what the schema allows";
    }
}

} // namespace
} // namespace haven::test
