#include "tests/integration/one_life.hpp"

#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

Reply write(HttpClient& client, const std::string& method, const std::string& path,
            const std::string& body) {
    Reply reply = client.send(method, path, body, usual_headers(method, path));
    EXPECT_TRUE(reply.status >= 200 && reply.status <= 204)
        << method << ' ' << path << ' ' << reply.status << ' ' << reply.body;
    return reply;
}

void write_exercises(OneLife& life) {
    write(life.user, "PUT", "/v1/exercises/" + life.ids.exercise, exercise_body(life.ids.session));
    write(life.user, "PUT", "/v1/vr-sessions/" + life.ids.vr_session,
          vr_session_body(life.ids.session));
    write(life.user, "PUT", "/v1/bilateral-drawings/" + life.ids.drawing,
          drawing_body(life.ids.exercise, life.ids.vr_session));
    const std::string trace = trace_bytes(20);
    EXPECT_EQ(put_chunk(life.user, life.ids.drawing, 0, trace).status, 200);
    write(life.user, "PUT", "/v1/bilateral-drawings/" + life.ids.drawing + "/trace",
          completion_body(trace));
    write(life.user, "PUT", "/v1/exercises/" + life.text_exercise,
          std::format(R"({{"session_id":"{}","technique":"sprint",)"
                      R"("started_at":"2026-11-22T10:01:00Z"}})",
                      life.ids.session));
    write(life.user, "PUT", "/v1/exercise-artifacts/" + life.artifact,
          std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                      R"("content_text":"The lamp is warm."}})",
                      life.text_exercise));
    EXPECT_EQ(life.user
                  .send("PUT", "/v1/exercise-artifacts/" + life.artifact + "/draft",
                        std::format(R"({{"exercise_id":"{}","content_text":"The lamp is cold."}})",
                                    life.text_exercise),
                        {"Content-Type: application/json", "If-None-Match: *"})
                  .status,
              201);
    write(life.user, "PUT", "/v1/reflections/" + life.reflection,
          std::format(R"({{"session_id":"{}","recurring_themes":["rest"],)"
                      R"("sentiment_score":0.4}})",
                      life.ids.session));
}

void write_for_them(OneLife& life) {
    write(life.service, "PUT", "/v1/prompts/" + life.prompt,
          R"({"purpose":"opens a sprint","status":"active"})");
    write(life.service, "POST", "/v1/sessions/" + life.ids.session + "/agent-outputs",
          std::format(R"({{"items":[{{"id":"{}","agent_name":"journaling_coach",)"
                      R"("output_data":{{"said":"Begin."}},"cost_estimate_usd":0.002,)"
                      R"("prompt_id":"{}","tool_calls":[{{"id":"{}",)"
                      R"("tool_name":"tts_render"}}]}}]}})",
                      life.agent_output, life.prompt, new_id()));
    write(life.service, "PUT", "/v1/tts-cache/" + life.text_hash + "?voice_id=calm", "ID3 audio");
    write(life.service, "PUT", "/v1/notifications/" + life.notification,
          std::format(R"({{"user_id":"{}","notification_type":"reminder",)"
                      R"("title":"Time to draw"}})",
                      life.user.id));
    write(life.user, "PUT", "/v1/sessions/" + life.ids.session + "/feedback",
          R"({"satisfaction":5})");
    write(life.supervisor, "POST", "/v1/daily-metrics/" + life.day + "/computation", "");
    EXPECT_EQ(life.supervisor
                  .send("PUT", "/v1/webhooks/" + life.webhook,
                        std::format(R"({{"service_id":"{}","url":"https://pager.example/haven",)"
                                    R"("kinds":["crisis.logged"]}})",
                                    life.service.id),
                        {"Content-Type: application/json", "If-None-Match: *"})
                  .status,
              201);
    const Reply red =
        write(life.service, "PUT", "/v1/safety-screenings/" + life.screening,
              std::format(R"({{"session_id":"{}","input":"it is too much","detection_signals":)"
                          R"([{{"signal":"hopelessness","severity":"severe","confidence":0.9}}]}})",
                          life.ids.session));
    life.crisis = json_at(red.body, "/crisis/crisis_log_id");
    const Reply taken = write(life.reviewer, "POST", "/v1/hitl-escalations/claims", "");
    life.escalation = json_at(taken.body, "/id");
}

} // namespace

OneLife::OneLife(const TestServer& server)
    : user(server.new_user()), reviewer(server.new_clinician("reviewer")),
      supervisor(server.new_clinician("supervisor")), service(server.new_service("web")),
      device(sql_text(server.config().database_url,
                      "SELECT id FROM token_families WHERE user_id = '" + user.id + "'")) {
    const std::string session = "/v1/sessions/" + ids.session;
    write(supervisor, "PUT", "/v1/clinicians/" + reviewer.id + "/users/" + user.id, "");
    write(user, "PUT", "/v1/consents/" + consent,
          R"({"consent_type":"research","consent_version":"v2.0","consent_given":true})");
    write(user, "PUT", "/v1/users/me/reminders/" + reminder,
          R"({"days":["monday","thursday"],"local_time":"18:30"})");
    EXPECT_EQ(user.patch("/v1/users/me/notification-preferences",
                         R"({"quiet_hours":{"from":"22:00","until":"07:00"}})")
                  .status,
              200);
    write(user, "PUT", session, session_body());
    write(user, "PUT", "/v1/session-intents/" + intent,
          std::format(R"({{"session_id":"{}","goal_category":"personal","intensity_level":3,)"
                      R"("readiness_score":7,"recommended_techniques":["sprint"]}})",
                      ids.session));
    write(service, "PUT", "/v1/safety-screenings/" + new_id(),
          std::format(R"({{"session_id":"{}","input":"a quiet day"}})", ids.session));
    write(service, "PUT", session + "/status", R"({"status":"active"})");
    write_exercises(*this);
    write_for_them(*this);
}

std::string OneLife::path_of(const http::Route& route) const {
    const std::vector<std::pair<std::string_view, const std::string*>> owners{
        {"/v1/users/me/reminders/", &reminder}, // before what it is below
        {"/v1/sessions/", &ids.session},
        {"/v1/users/", &user.id},
        {"/v1/exercises/", &ids.exercise},
        {"/v1/exercise-artifacts/", &artifact},
        {"/v1/vr-sessions/", &ids.vr_session},
        {"/v1/bilateral-drawings/", &ids.drawing},
        {"/v1/session-events/", &ids.session},
        {"/v1/session-intents/", &intent},
        {"/v1/reflections/", &reflection},
        {"/v1/safety-screenings/", &screening},
        {"/v1/crisis-logs/", &crisis},
        {"/v1/hitl-escalations/", &escalation},
        {"/v1/consents/", &consent},
        {"/v1/notifications/", &notification},
        {"/v1/agent-outputs/", &agent_output},
        {"/v1/clinicians/", &reviewer.id},
        {"/v1/services/", &service.id},
        {"/v1/auth/devices/", &device},
        {"/v1/webhooks/", &webhook}};
    std::string path(route.path);
    const auto fill = [&path](std::string_view place, std::string_view value) {
        if (const std::size_t at = path.find(place); at != std::string::npos) {
            path.replace(at, place.size(), value);
        }
    };
    for (const auto& [prefix, id] : owners) {
        if (path.starts_with(prefix)) {
            fill("{id}", path.ends_with("/exercises/{id}/artifacts") ? text_exercise : *id);
        }
    }
    fill("{user_id}", user.id);
    fill("{sheet}", "left");
    fill("{offset}", "0");
    fill("{version}", "1");
    fill("{prompt_id}", prompt);
    fill("{text_hash}", text_hash);
    fill("{user_code}", "BBBB-BBBB"); // nobody's
    fill("{date}", day);
    fill("{consent_type}", "research");
    fill("{consent_version}", "v2.0");
    fill("{token}", "nobodys");
    fill("{delivery_id}", webhook); // none's
    if (path == "/v1/events") {
        path += "?once=true"; // it has no end
    }
    if (path.contains("/tts-cache/")) {
        path += "?voice_id=calm";
    } else if (path == "/v1/users" && route.method == http::Method::get) {
        path += "?search=Ada";
    }
    return path;
}

std::vector<HttpClient*> OneLife::callers(const http::Route& route) {
    namespace who = http::who;
    std::vector<HttpClient*> found;
    for (const auto& [kind, client] :
         {std::pair{who::users, &user},
          {static_cast<http::Who>(who::reviewers ^ who::seniors), &reviewer},
          {who::supervisors, &supervisor},
          {who::services, &service}}) {
        if ((route.policy.who & kind) != 0) {
            found.push_back(client);
        }
    }
    return found;
}

} // namespace haven::test
