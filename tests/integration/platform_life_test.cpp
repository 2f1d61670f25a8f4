// One life on the platform, from the registration to the day's figures, through the API alone. It
// is measured which tables of the design each call filled, and each of them is read back.
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/integration/store_design.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

/// The design's tables, by its document.
std::vector<std::string> designed_tables() {
    constexpr std::string_view kind = "table ";
    std::vector<std::string> tables;
    for (const std::string& fact :
         facts_of_document(read_text(HAVEN_SOURCE_DIR "/docs/database-schema-design.md"))) {
        if (fact.starts_with(kind)) {
            const std::size_t end = fact.find(' ', kind.size()); // before how it is partitioned
            tables.push_back(fact.substr(kind.size(), end - kind.size()));
        }
    }
    return tables;
}

/// Whether the member stands somewhere in the JSON with this value, a string or a number.
bool has_member(std::string_view json, std::string_view name, std::string_view value) {
    for (const char* space : {"", " "}) {
        if (json.contains(std::format(R"("{}":{}"{}")", name, space, value)) ||
            json.contains(std::format(R"("{}":{}{},)", name, space, value)) ||
            json.contains(std::format(R"("{}":{}{}}})", name, space, value))) {
            return true;
        }
    }
    return false;
}

class PlatformLife : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    /// Rows of each designed table.
    std::map<std::string, long> counts() const {
        std::string text;
        for (const std::string& table : tables) {
            text += std::format("{}SELECT '{}' AS t, count(*) AS n FROM {}",
                                text.empty() ? "" : " UNION ALL ", table, table);
        }
        std::istringstream found(
            sql("SELECT string_agg(t || ' ' || n, ' ') FROM (" + text + ") AS counted"));
        std::map<std::string, long> rows;
        std::string table;
        long count = 0;
        while (found >> table >> count) {
            rows[table] = count;
        }
        return rows;
    }

    /// A request, and what is known of it afterwards: its route, which tables it filled, and what
    /// the audit log must say.
    Reply call(HttpClient& client, const std::string& method, const std::string& path,
               const std::string& body, const std::vector<std::string>& headers) {
        Reply reply = client.send(method, path, body, headers);
        const auto match =
            http::find_route(http::api_routes(), method, path.substr(0, path.find('?')));
        EXPECT_TRUE(match) << method << ' ' << path;
        if (!match) {
            return reply;
        }
        const std::string route = std::format("{} {}", method, match->route->path);
        if (method != "GET") {
            auto after = counts();
            for (const auto& [table, rows] : after) {
                if (rows > before[table]) {
                    writers[table].insert(route);
                }
            }
            before = std::move(after);
        }
        if (match->route->policy.health_data && reply.status != 403 && reply.status != 422) {
            ++accesses[std::format("{} {}", route, reply.status)];
        }
        return reply;
    }
    Reply get(HttpClient& client, const std::string& path) {
        return call(client, "GET", path, "", {});
    }
    /// A write that is new.
    Reply write(HttpClient& client, const std::string& method, const std::string& path,
                const std::string& body) {
        Reply reply = call(client, method, path, body, usual_headers(method, path));
        EXPECT_TRUE(reply.status >= 200 && reply.status <= 204)
            << method << ' ' << path << ' ' << reply.status << ' ' << reply.body;
        return reply;
    }
    /// The table's row that `value_sql` names by `member` is in the answer.
    void read(const std::string& table, HttpClient& client, const std::string& path,
              const std::string& member, const std::string& value_sql) {
        const std::string value = sql(value_sql);
        const Reply reply = get(client, path);
        EXPECT_EQ(reply.status, 200) << path << ' ' << reply.body;
        if (reply.status == 200 && !value.empty() && has_member(reply.body, member, value)) {
            readers[table].insert(path);
        } else {
            ADD_FAILURE() << table << ": " << member << " '" << value << "' is not in " << path
                          << ": " << reply.body;
        }
    }
    void read(const std::string& table, HttpClient& client, const std::string& path) {
        read(table, client, path, "id", "SELECT id FROM " + table + " LIMIT 1");
    }

    void register_people();
    void begin_session();
    void write_and_draw();
    void be_helped();
    void be_reviewed();
    void end_session();
    void read_all();

    const std::vector<std::string> tables = designed_tables();
    std::map<std::string, long> before; ///< rows of each table after the last write
    std::map<std::string, std::set<std::string>> writers;
    std::map<std::string, std::set<std::string>> readers;
    std::map<std::string, long> accesses; ///< "GET /v1/sessions/{id} 200", how often

    TestServer server;
    HttpClient user = server.client();
    HttpClient reviewer = server.client();
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient service = server.new_service("web");
    Ids ids;
    std::string text_exercise = new_id();
    std::string agent_run = new_id();
    std::string voice = "/v1/tts-cache/" + sha256_hex("calm\nBreathe.");
};

void PlatformLife::register_people() {
    const std::string email = new_id() + "@example.org";
    write(user, "POST", "/v1/users", registration_body(email));
    server.confirm(email);
    const Reply grant = write(user, "POST", "/v1/auth/tokens", credentials_body(email));
    user.token = json_at(grant.body, "/access_token");
    user.id = json_at(grant.body, "/bearer_id");
    write(user, "PATCH", "/v1/users/me", R"({"location_country":"Austria","time_zone":"UTC"})");
    write(user, "PUT", "/v1/consents/" + new_id(),
          R"({"consent_type":"research","consent_version":"v2.0","consent_given":true})");
    const std::string address = new_id() + "@clinic.example";
    const Reply made =
        write(supervisor, "POST", "/v1/clinicians",
              std::format(R"({{"email":"{}","full_name":"Dr. Reed","role":"reviewer"}})", address));
    server.give_password(json_at(made.body, "/id"), "quiet-harbour-lamp");
    const Reply pass =
        write(reviewer, "POST", "/v1/auth/tokens", credentials_body(address, "clinician"));
    reviewer.token = json_at(pass.body, "/access_token");
    reviewer.id = json_at(pass.body, "/bearer_id");
    EXPECT_EQ(enrol(server, reviewer).scope, "account care clinic");
}

void PlatformLife::begin_session() {
    const std::string session = "/v1/sessions/" + ids.session;
    write(user, "PUT", session, session_body());
    write(user, "PUT", session + "/status", R"({"status":"intake_pending"})");
    write(user, "PUT", "/v1/session-intents/" + new_id(),
          std::format(R"({{"session_id":"{}","goal_category":"personal","intensity_level":3,)"
                      R"("readiness_score":7,"recommended_techniques":["sprint"]}})",
                      ids.session));
    write(user, "PUT", session + "/status", R"({"status":"safety_screening"})");
    write(service, "PUT", "/v1/safety-screenings/" + new_id(),
          std::format(R"({{"session_id":"{}","input":"a quiet day","detection_signals":[]}})",
                      ids.session));
    write(service, "PUT", session + "/status", R"({"status":"active"})");
    write(user, "POST", session + "/events",
          R"({"events":[{"event_type":"user_interaction","event_data":{"action":"opened"}}]})");
    write(user, "PUT", "/v1/session-events/" + new_id(),
          std::format(R"({{"session_id":"{}","event_data":{{"action":"exercise_begin"}},)"
                      R"("happened_at":"2026-11-22T10:00:30Z"}})",
                      ids.session));
}

void PlatformLife::write_and_draw() {
    write(user, "PUT", "/v1/exercises/" + text_exercise,
          std::format(R"({{"session_id":"{}","technique":"sprint",)"
                      R"("started_at":"2026-11-22T10:01:00Z"}})",
                      ids.session));
    write(user, "PUT", "/v1/exercise-artifacts/" + new_id(),
          std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                      R"("content_text":"The lamp is warm."}})",
                      text_exercise));
    write(user, "PUT", "/v1/exercises/" + text_exercise + "/end",
          R"({"status":"completed","completed_at":"2026-11-22T10:09:00Z"})");
    write(user, "PUT", "/v1/exercises/" + ids.exercise, exercise_body(ids.session));
    write(user, "PUT", "/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session));
    write(user, "PUT", "/v1/bilateral-drawings/" + ids.drawing,
          drawing_body(ids.exercise, ids.vr_session));
    write(user, "PUT", "/v1/vr-sessions/" + ids.vr_session + "/end",
          R"({"ended_at":"2026-11-22T10:20:06Z"})");
    write(user, "PUT", "/v1/exercises/" + ids.exercise + "/end",
          R"({"status":"completed","completed_at":"2026-11-22T10:20:05Z"})");
    write(user, "PUT", "/v1/reflections/" + new_id(),
          std::format(R"({{"session_id":"{}","recurring_themes":["rest"],)"
                      R"("sentiment_score":0.4}})",
                      ids.session));
}

void PlatformLife::be_helped() {
    write(service, "PUT", "/v1/prompts/TJ-EX-SPRINT-v1",
          R"({"purpose":"opens a sprint","status":"active"})");
    write(service, "POST", "/v1/sessions/" + ids.session + "/agent-outputs",
          std::format(R"({{"items":[{{"id":"{}","agent_name":"journaling_coach",)"
                      R"("output_data":{{"said":"Begin."}},"cost_estimate_usd":0.002,)"
                      R"("prompt_id":"TJ-EX-SPRINT-v1","tool_calls":[{{"id":"{}",)"
                      R"("tool_name":"tts_render"}}]}}]}})",
                      agent_run, new_id()));
    const Reply kept = call(service, "PUT", voice + "?voice_id=calm", "ID3 and so on, audio",
                            {"Content-Type: application/octet-stream"});
    EXPECT_EQ(kept.status, 201) << kept.body;
}

void PlatformLife::be_reviewed() {
    const Reply red =
        write(service, "PUT", "/v1/safety-screenings/" + new_id(),
              std::format(R"({{"session_id":"{}","input":"it is too much","detection_signals":)"
                          R"([{{"signal":"hopelessness","severity":"severe","confidence":0.9}}]}})",
                          ids.session));
    const std::string crisis = json_at(red.body, "/crisis/crisis_log_id");
    EXPECT_EQ(json_at(get(user, "/v1/sessions/" + ids.session).body, "/status"), "hitl_review");
    write(user, "PUT", "/v1/crisis-logs/" + crisis + "/acknowledgement", "");
    const Reply taken = write(reviewer, "POST", "/v1/hitl-escalations/claims", "");
    write(reviewer, "PUT", "/v1/hitl-escalations/" + json_at(taken.body, "/id") + "/review",
          R"({"clinician_action":"approve_as_is","revision":1})");
    EXPECT_EQ(json_at(get(user, "/v1/sessions/" + ids.session).body, "/status"), "active");
}

void PlatformLife::end_session() {
    const std::string session = "/v1/sessions/" + ids.session;
    write(user, "PUT", session + "/end", R"({"completed_at":"2026-11-22T10:40:00Z"})");
    EXPECT_EQ(json_at(get(user, session).body, "/status"), "completed");
    write(user, "PUT", session + "/feedback", R"({"satisfaction":5})");
    write(service, "PUT", "/v1/notifications/" + new_id(),
          std::format(R"({{"user_id":"{}","notification_type":"reminder",)"
                      R"("title":"Time to draw"}})",
                      user.id));
    write(supervisor, "POST", "/v1/daily-metrics/2026-11-22/computation", "");
    // Refusals are accesses too.
    EXPECT_EQ(get(user, "/v1/sessions/" + new_id()).status, 404);
    EXPECT_EQ(get(reviewer, "/v1/agent-outputs/" + agent_run).status, 404);
    EXPECT_EQ(call(user, "PUT", session,
                   R"({"modality":"web","started_at":"2026-11-22T10:00:00Z"})",
                   {"Content-Type: application/json"})
                  .status,
              409);
}

void PlatformLife::read_all() {
    const std::string session = "/v1/sessions/" + ids.session;
    read("users", user, "/v1/users/me");
    read("consent_records", user, "/v1/consents");
    read("sessions", user, session);
    read("session_events", user, session + "/events");
    read("session_intents", user, session + "/intents");
    read("safety_screenings", service, session + "/safety-screenings");
    read("exercises", user, session + "/exercises");
    read("exercise_artifacts", user, "/v1/exercises/" + text_exercise + "/artifacts");
    read("vr_sessions", user, session + "/vr-sessions");
    read("bilateral_drawings", user, "/v1/exercises/" + ids.exercise + "/bilateral-drawings");
    read("reflections", user, "/v1/reflections");
    read("user_progress", user, "/v1/users/me/progress", "user_id",
         "SELECT user_id FROM user_progress");
    read("crisis_logs", user, "/v1/crisis-logs");
    read("hitl_escalations", supervisor,
         "/v1/hitl-escalations/" + sql("SELECT id FROM hitl_escalations"));
    read("clinicians", supervisor, "/v1/clinicians");
    read("agent_outputs", service, session + "/agent-outputs");
    read("mcp_tool_calls", service, "/v1/agent-outputs/" + agent_run + "/tool-calls");
    read("prompt_registry", reviewer, "/v1/prompts");
    read("tts_cache", service, voice);
    read("notifications", user, "/v1/notifications");
    read("daily_metrics", supervisor, "/v1/daily-metrics", "metric_date",
         "SELECT metric_date FROM daily_metrics LIMIT 1");
    read("audit_logs", user, "/v1/audit-logs", "id",
         std::format("SELECT max(id) FROM audit_logs WHERE user_id = '{}'", user.id));
}

std::string joined(const std::set<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

TEST_F(PlatformLife, FillsAndReadsEachTableOfTheDesignThroughTheApi) {
    ASSERT_EQ(tables.size(), 22U);
    before = counts();
    register_people();
    begin_session();
    write_and_draw();
    be_helped();
    be_reviewed();
    end_session();
    read_all();
    for (const std::string& table : tables) {
        EXPECT_FALSE(writers[table].empty()) << "no call filled " << table;
        EXPECT_FALSE(readers[table].empty()) << "no call read " << table;
        RecordProperty(table, std::format("written by {}; read by {}", joined(writers[table]),
                                          joined(readers[table])));
    }
    // Every access to health data of this life is on record, once, with its answer.
    for (const auto& [access, times] : accesses) {
        EXPECT_EQ(sql(std::format("SELECT count(*) FROM audit_logs WHERE is_phi_access AND "
                                  "phi_access_reason IS NOT NULL AND concat_ws(' ', "
                                  "request_method, request_path, response_status) = '{}'",
                                  access)),
                  std::to_string(times))
            << access;
    }
    EXPECT_TRUE(accesses.contains("GET /v1/sessions/{id} 404"));
    EXPECT_TRUE(accesses.contains("PUT /v1/sessions/{id} 409"));
}

} // namespace
} // namespace haven::test
