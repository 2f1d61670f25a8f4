// The record of accesses: written with every access, read by whom it concerns, changed by nobody.
#include "server/http/contract.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/schema.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

class Audit : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// Why PostgreSQL refuses `text` to the application's role, acting as `actor`.
    std::string refusal(const std::string& actor, const std::string& text) const {
        try {
            (void)sql(std::format("BEGIN; SELECT set_config('haven.actor', '{}', true), "
                                  "set_config('haven.actor_role', 'supervisor', true); "
                                  "SET LOCAL ROLE haven_app; {}; ROLLBACK; SELECT 1",
                                  actor, text));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    TestServer server;
};

TEST_F(Audit, TheApplicationsRoleCanNeitherChangeNorRemoveARow) {
    HttpClient user = server.new_user();
    ASSERT_EQ(user.get("/v1/sessions").status, 200);
    const std::string rows = sql("SELECT count(*) FROM audit_logs");
    for (const char* actor : {"user", "clinician", "service", "job", "gate"}) {
        for (const char* text :
             {"UPDATE audit_logs SET action = 'x'", "DELETE FROM audit_logs", "TRUNCATE audit_logs",
              "DROP TABLE audit_logs", "ALTER TABLE audit_logs DISABLE TRIGGER ALL"}) {
            const std::string why = refusal(actor, text);
            EXPECT_TRUE(why.contains("permission denied") || why.contains("must be owner"))
                << actor << ": " << text << ": " << why;
        }
    }
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs"), rows);
    EXPECT_TRUE(refusal("job", "INSERT INTO audit_logs (action) VALUES ('x')").empty())
        << "it can add";
}

/// Reached by its own name, a partition has neither its table's grants nor its policies: what it
/// grants must meet policies of its own, and there are none.
TEST_F(Audit, PartitionsAreNoWayRoundTheRulesOfTheirTable) {
    EXPECT_EQ(sql("SELECT string_agg(relname, ', ') FROM pg_class WHERE relispartition AND "
                  "relkind = 'r' AND has_table_privilege('haven_app', oid, 'SELECT, INSERT, "
                  "UPDATE, DELETE') AND NOT (relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy "
                  "WHERE polrelid = pg_class.oid))"),
              "NULL");
    EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND "
                  "has_table_privilege('haven_app', oid, 'TRUNCATE')"),
              "0");
}

TEST_F(Audit, NotEvenTheOwnerChangesARow) {
    HttpClient user = server.new_user();
    ASSERT_EQ(user.get("/v1/sessions").status, 200);
    for (const char* text : {"UPDATE audit_logs SET action = 'x' RETURNING 1",
                             "DELETE FROM audit_logs RETURNING 1", "TRUNCATE audit_logs"}) {
        EXPECT_THROW((void)sql(text), std::runtime_error) << text;
    }
}

TEST_F(Audit, APersonSeesWhoSawTheirDataByRoleAndNobodysName) {
    HttpClient user = server.new_user();
    HttpClient other = server.new_user();
    HttpClient service = server.new_service("agents");
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    const std::string run = new_id();
    ASSERT_EQ(
        service
            .post("/v1/sessions/" + session + "/agent-outputs",
                  std::format(R"({{"items":[{{"id":"{}","agent_name":"a","output_data":{{}}}}]}})",
                              run))
            .status,
        201);
    ASSERT_EQ(supervisor.get("/v1/agent-outputs/" + run).status, 200);
    ASSERT_EQ(supervisor.get("/v1/sessions/" + session + "/agent-outputs").status, 200);
    const Reply seen = user.get("/v1/audit-logs");
    ASSERT_EQ(seen.status, 200) << seen.body;
    // The newest first.
    const std::size_t clinician = seen.body.find(R"("actor": "your clinician")");
    const std::size_t agent = seen.body.find(R"("actor": "a service")");
    const std::size_t self = seen.body.find(R"("actor": "you")");
    EXPECT_LT(clinician, agent) << seen.body;
    EXPECT_LT(agent, self);
    EXPECT_NE(self, std::string::npos);
    for (const std::string& hidden :
         {supervisor.id, service.id, std::string("Grey"), std::string("clinic.example")}) {
        EXPECT_FALSE(seen.body.contains(hidden)) << hidden;
    }
    for (const char* told :
         {R"("action": "agent_output_read")", R"("action": "agent_output_list")",
          R"("is_phi_access": true)", R"("phi_access_reason": "what an agent did for the session")",
          R"("response_status": 200)", R"("ip_address": "127.0.0.1")"}) {
        EXPECT_TRUE(seen.body.contains(told)) << told << " in " << seen.body;
    }
    EXPECT_FALSE(other.get("/v1/audit-logs").body.contains("agent_output_read"));
    EXPECT_FALSE(other.get("/v1/audit-logs?user_id=" + user.id).body.contains("\"action\""));
    EXPECT_FALSE(
        user.get("/v1/audit-logs?clinician_id=" + supervisor.id).body.contains("\"action\""));
    EXPECT_TRUE(user.get("/v1/audit-logs?user_id=" + user.id).body.contains("\"action\""));
}

TEST_F(Audit, SupervisorsSeeAllOfItAsTheyFilter) {
    HttpClient user = server.new_user();
    HttpClient other = server.new_user();
    HttpClient supervisor = server.new_clinician("supervisor");
    ASSERT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 201);
    ASSERT_EQ(other.get("/v1/sessions").status, 200);
    ASSERT_EQ(supervisor.get("/v1/prompts").status, 200);
    const auto actions = [&](const std::string& query) {
        const Reply reply = supervisor.get("/v1/audit-logs" + query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        std::string found;
        for (const char* action : {"login", "session_create", "session_list", "prompt_list"}) {
            if (reply.body.contains(std::format(R"("action": "{}")", action))) {
                found += std::format("{} ", action);
            }
        }
        return found;
    };
    EXPECT_EQ(actions(""), "login session_create session_list prompt_list ");
    EXPECT_EQ(actions("?user_id=" + user.id), "login session_create ");
    EXPECT_EQ(actions("?clinician_id=" + supervisor.id), "prompt_list ");
    EXPECT_EQ(actions("?action=session_list"), "session_list ");
    EXPECT_EQ(actions("?phi_only=true"), "session_create session_list ");
    EXPECT_EQ(actions("?phi_only=true&user_id=" + user.id), "session_create ");
    EXPECT_EQ(actions("?from=2099-01-01T00:00:00Z"), "");
    EXPECT_EQ(actions("?to=2020-01-01T00:00:00Z"), "");
    EXPECT_EQ(actions("?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&action=login"), "login ");
    for (const char* bad : {"?user_id=x", "?from=yesterday", "?phi_only=maybe", "?name=x"}) {
        EXPECT_EQ(supervisor.get(std::string("/v1/audit-logs") + bad).status, 400) << bad;
    }
    EXPECT_EQ(server.new_clinician("senior").get("/v1/audit-logs").status, 403);
    EXPECT_EQ(server.new_service("web").get("/v1/audit-logs").status, 403);
}

TEST_F(Audit, PagesNeitherSkipNorRepeatEvenWithinOneMoment) {
    HttpClient supervisor = server.new_clinician("supervisor");
    (void)sql("WITH many AS (INSERT INTO audit_logs (timestamp, action) SELECT "
              "'2026-11-22T12:00:00Z'::timestamptz, 'test_' || lpad(n::text, 2, '0') "
              "FROM generate_series(1, 25) AS n RETURNING 1) SELECT count(*) FROM many");
    const std::string query =
        "/v1/audit-logs?limit=10&from=2026-11-22T12:00:00Z&to=2026-11-22T12:00:01Z";
    std::string cursor;
    std::string seen;
    int pages = 0;
    do {
        const Reply page = supervisor.get(query + (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(page.status, 200) << page.body;
        for (std::size_t at = page.body.find("test_"); at != std::string::npos;
             at = page.body.find("test_", at + 1)) {
            seen += page.body.substr(at + 5, 2) + " ";
        }
        cursor = page.member("next_cursor");
        ++pages;
    } while (!cursor.empty() && pages < 5);
    EXPECT_EQ(pages, 3);
    std::string wanted;
    for (int n = 25; n > 0; --n) {
        wanted += std::format("{:02} ", n);
    }
    EXPECT_EQ(seen, wanted);
}

/// PostgreSQL counts what a transaction looks into.
TEST_F(Audit, OnlyTheMonthsAskedForAreLookedInto) {
    for (const char* order : {"newest", "oldest"}) {
        const std::string january = sql(std::format(
            "BEGIN; SELECT set_config('haven.actor', 'clinician', true), "
            "set_config('haven.actor_role', 'supervisor', true); "
            "SELECT count(*) FROM audit_entries('2026-01-05T00:00:00Z', '{0}', "
            "'2026-01-09T00:00:00Z', '{0}', 50, '{{\"query\": {{\"sort\": \"{1}\"}}}}'); "
            "SELECT string_agg(relname, ' ') FROM pg_stat_xact_user_tables "
            "WHERE relname LIKE 'audit_logs%' AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) > "
            "0",
            "00000000-0000-0000-0000-000000000000", order));
        EXPECT_EQ(january, "audit_logs_2026_01") << order;
    }
}

/// What a schema and all that belongs to it say of an object's members.
void gather(const http::Schema& schema, std::vector<std::string>& required,
            std::map<std::string, const http::Schema*>& properties) {
    for (const http::Schema* const part : schema.all_of) {
        gather(*part, required, properties);
    }
    required.insert(required.end(), schema.required.begin(), schema.required.end());
    properties.insert(schema.properties.begin(), schema.properties.end());
}

std::string instance_of(const http::Schema& schema);

std::string object_of(const http::Schema& schema) {
    std::vector<std::string> required;
    std::map<std::string, const http::Schema*> properties;
    gather(schema, required, properties);
    std::string members;
    for (const std::string& name : required) {
        const auto property = properties.find(name);
        members +=
            std::format("{}\"{}\":{}", members.empty() ? "" : ",", name,
                        property == properties.end() ? "{}" : instance_of(*property->second));
    }
    return "{" + members + "}";
}

std::string text_of(const http::Schema& schema) {
    switch (schema.format) {
    case http::Schema::Format::uuid:
        return "\"" + new_id() + "\"";
    case http::Schema::Format::date_time:
        return R"("2026-11-22T10:00:00Z")";
    case http::Schema::Format::date:
        return R"("2026-11-22")";
    case http::Schema::Format::email:
    case http::Schema::Format::idn_email:
        return "\"" + new_id() + "@example.org\"";
    case http::Schema::Format::json_pointer:
        return R"("/")";
    case http::Schema::Format::uri_reference:
    case http::Schema::Format::name:
    case http::Schema::Format::none:
        break;
    }
    return "\"" + std::string(schema.length_min.value_or(1), 'a') + "\"";
}

/// The smallest value that a schema takes.
std::string instance_of(const http::Schema& schema) {
    if (!schema.values.empty()) {
        return schema.values.front();
    }
    if (!schema.one_of.empty()) {
        return instance_of(*schema.one_of.front());
    }
    const std::uint8_t types = http::types_of(schema);
    if ((types & http::Schema::object) != 0) {
        return object_of(schema);
    }
    if (schema.all_of.size() == 1) { // what $ref points to
        return instance_of(*schema.all_of.front());
    }
    if ((types & http::Schema::array) != 0) {
        return schema.items_min.value_or(0) > 0 && schema.items != nullptr
                   ? "[" + instance_of(*schema.items) + "]"
                   : "[]";
    }
    if ((types & http::Schema::string) != 0) {
        return text_of(schema);
    }
    if ((types & http::Schema::number) != 0) {
        return std::format("{}", schema.least.value_or(0));
    }
    return (types & http::Schema::boolean) != 0 ? "true" : "null";
}

/// The route's path with ids that nobody has.
std::string path_of(const http::Route& route) {
    std::string path(route.path);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
        const std::string place = path.substr(at, path.find('}', at) - at + 1);
        path.replace(at, place.size(),
                     place == "{id}"       ? new_id()
                     : place == "{sheet}"  ? "left"
                     : place == "{offset}" ? "0"
                     : place == "{date}"   ? "2026-11-01"
                                           : new_id());
    }
    return path == "/v1/events" ? path + "?once=true" : path; // which has no end
}

/// The routing table's every route with health data, asked for what nobody has: the access is
/// recorded once, with the status of the answer.
TEST_F(Audit, EveryRouteWithHealthDataLeavesExactlyOneRow) {
    HttpClient user = server.new_user();
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient service = server.new_service("web");
    const auto contract = http::Contract::read(http::openapi_json());
    ASSERT_TRUE(contract) << contract.error();
    std::vector<std::string> unanswered;
    std::size_t routes = 0;
    for (const http::Route& route : http::api_routes()) {
        if (!route.policy.health_data) {
            continue;
        }
        ++routes;
        const http::Who who = route.policy.who;
        HttpClient& client = (who & http::who::users) != 0      ? user
                             : (who & http::who::services) != 0 ? service
                                                                : supervisor;
        const std::string name = std::format("{} {}", http::to_string(route.method), route.path);
        const http::OperationContract* operation = contract->find(route);
        ASSERT_NE(operation, nullptr) << name << " is not described";
        std::string body;
        std::vector<std::string> headers = usual_headers(route.body);
        if (route.body.kind == http::BodyKind::json) {
            body = operation->body != nullptr ? instance_of(*operation->body) : "{}";
        } else if (route.body.kind == http::BodyKind::octets) {
            body = "ID3 and so on";
            headers.push_back(content_digest(body));
        }
        const Reply reply =
            client.send(std::string(http::to_string(route.method)), path_of(route), body, headers);
        const std::string rows = sql(std::format(
            "SELECT string_agg(response_status::text, ' ') FROM audit_logs WHERE request_method = "
            "'{}' AND request_path = '{}' AND is_phi_access AND phi_access_reason IS NOT NULL",
            http::to_string(route.method), route.path));
        const bool answered = reply.status == 200 || reply.status == 201 || reply.status == 204 ||
                              reply.status == 404 || reply.status == 409;
        if (answered) {
            EXPECT_EQ(rows, std::to_string(reply.status)) << name << " " << reply.body;
        } else {
            EXPECT_TRUE(rows == "NULL" || rows == std::to_string(reply.status)) << name << rows;
            unanswered.push_back(std::format("{} {} {}", name, reply.status, reply.body));
        }
    }
    EXPECT_GT(routes, 20U);
    // What takes more than a schema says to be answered is few, and walked by its own tests.
    std::string list;
    for (const std::string& each : unanswered) {
        list += "\n  " + each;
    }
    EXPECT_LT(unanswered.size(), routes / 3) << list;
}

TEST_F(Audit, AConflictAndASuccessAreRecordedOnceEach) {
    HttpClient user = server.new_user();
    const std::string path = "/v1/sessions/" + new_id();
    ASSERT_EQ(user.put(path, session_body()).status, 201);
    ASSERT_EQ(user.put(path, session_body()).status, 200);
    ASSERT_EQ(user.put(path, R"({"modality":"web","started_at":"2026-11-22T10:00:00Z"})").status,
              409);
    ASSERT_EQ(user.get(path).status, 200);
    EXPECT_EQ(sql("SELECT string_agg(action || ' ' || response_status, ', ' ORDER BY id) "
                  "FROM audit_logs WHERE is_phi_access"),
              "session_create 201, session_create 200, session_create 409, session_read 200");
}

} // namespace
} // namespace haven::test
