// What agents tell of their runs: once however often it is sent, and to each reader what is theirs.
#include "server/config.hpp"
#include "server/store/connection.hpp"
#include "server/store/migrations.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Agents : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// A session of `user`'s.
    static std::string new_session(HttpClient& user) {
        std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    static Reply post(HttpClient& service, const std::string& session, const std::string& items) {
        return service.post("/v1/sessions/" + session + "/agent-outputs",
                            R"({"items":[)" + items + "]}");
    }
    /// The smallest run.
    static std::string run(const std::string& id, const std::string& more = "") {
        return std::format(R"({{"id":"{}","agent_name":"journaling_coach",)"
                           R"("output_data":{{"said":"Begin."}}{}}})",
                           id, more);
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
};

constexpr const char* whole_run =
    R"({{"id":"{}","agent_name":"safety_guardian","agent_version":"v2.1","sequence_number":3,)"
    R"("input_data":{{"mood":"low"}},"output_data":{{"status":"green"}},"llm_model":"small-1",)"
    R"("llm_temperature":0.25,"input_tokens":812,"output_tokens":95,"llm_duration_seconds":1.204,)"
    R"("total_duration_seconds":1.31,"cost_estimate_usd":0.003861,"status":"retry",)"
    R"("error_message":"slow","prompt_id":"TJ-SA-SCREEN-v1",)"
    R"("created_at":"2026-11-22T10:01:02.000003Z","tool_calls":[{{"id":"{}",)"
    R"("tool_name":"rag_retrieve","tool_version":"v1.2","input_params":{{"k":3}},)"
    R"("output_result":{{"found":2}},"execution_time_ms":41,"status":"failed",)"
    R"("error_message":"partly","created_at":"2026-11-22T10:01:01Z"}}]}})";

TEST_F(Agents, ARunWithItsCallsIsStoredAndReadWithEveryColumn) {
    ASSERT_EQ(service.put("/v1/prompts/TJ-SA-SCREEN-v1", R"({"purpose":"screens"})").status, 201);
    const std::string session = new_session(user);
    const std::string id = new_id();
    const std::string call = new_id();
    const Reply stored =
        post(service, session, std::vformat(whole_run, std::make_format_args(id, call)));
    ASSERT_EQ(stored.status, 201) << stored.body;
    EXPECT_EQ(stored.member("stored"), "2");
    for (const char* table : {"agent_outputs", "mcp_tool_calls"}) {
        EXPECT_EQ(sql(std::format("SELECT string_agg(key, ',') FROM {0}, jsonb_each(to_jsonb({0})) "
                                  "WHERE value = 'null'",
                                  table)),
                  "NULL")
            << table;
    }
    const Reply read = service.get("/v1/agent-outputs/" + id);
    ASSERT_EQ(read.status, 200) << read.body;
    for (const char* member :
         {R"("agent_name": "safety_guardian")", R"("agent_version": "v2.1")",
          R"("sequence_number": 3)", R"("input_data": {"mood": "low"})",
          R"("output_data": {"status": "green"})", R"("llm_model": "small-1")",
          R"("llm_temperature": 0.25)", R"("input_tokens": 812)", R"("output_tokens": 95)",
          R"("llm_duration_seconds": 1.204)", R"("total_duration_seconds": 1.310)",
          R"("cost_estimate_usd": 0.003861)", R"("status": "retry")", R"("error_message": "slow")",
          R"("prompt_id": "TJ-SA-SCREEN-v1")", R"(2026-11-22T10:01:02.000003)"}) {
        EXPECT_TRUE(read.body.contains(member)) << member << " in " << read.body;
    }
    const Reply calls = service.get("/v1/agent-outputs/" + id + "/tool-calls");
    ASSERT_EQ(calls.status, 200) << calls.body;
    for (const std::string& member :
         {call, id, session, std::string(R"("tool_name": "rag_retrieve")"),
          std::string(R"("tool_version": "v1.2")"), std::string(R"("input_params": {"k": 3})"),
          std::string(R"("output_result": {"found": 2})"),
          std::string(R"("execution_time_ms": 41)"), std::string(R"("status": "failed")"),
          std::string(R"("error_message": "partly")")}) {
        EXPECT_TRUE(calls.body.contains(member)) << member << " in " << calls.body;
    }
    EXPECT_EQ(sql("SELECT event_type || ' ' || (event_data->>'agent_name') FROM session_events "
                  "WHERE event_type = 'agent_execution'"),
              "agent_execution safety_guardian");
    EXPECT_EQ(sql("SELECT usage_count FROM prompt_registry"), "1");
}

TEST_F(Agents, WhatWasToldBeforeIsPassedOverAndWhatDiffersRefusesAllAndIsNamed) {
    const std::string session = new_session(user);
    const std::string first = new_id();
    const std::string second = new_id();
    ASSERT_EQ(post(service, session, run(first)).status, 201);
    const Reply again = post(service, session, run(first) + "," + run(second));
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.member("stored"), "1");
    EXPECT_EQ(again.member("repeated"), "1");
    EXPECT_EQ(post(service, session, run(first) + "," + run(second)).status, 200);
    // Another service may repeat it as well: runs belong to the session.
    HttpClient other = server.new_service("other");
    EXPECT_EQ(post(other, session, run(first)).status, 200);
    const Reply differs =
        post(service, session, run(new_id()) + "," + run(second, R"(,"input_tokens":7)"));
    EXPECT_EQ(differs.status, 409);
    EXPECT_TRUE(differs.body.contains("/items/1 ")) << differs.body;
    EXPECT_EQ(post(service, new_session(user), run(first)).status, 409) << "another session's";
    EXPECT_EQ(sql("SELECT count(*) FROM agent_outputs"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_type = 'agent_execution'"), "2");
}

TEST_F(Agents, WhatIsToldIsKnownByItsReceiptAsLongAsItIsThere) {
    const std::string session = new_session(user);
    const std::string id = new_id();
    const std::string with_call =
        run(id, std::format(R"(,"tool_calls":[{{"id":"{}","tool_name":"t"}}])", new_id()));
    ASSERT_EQ(post(service, session, with_call).status, 201);
    const auto receipts = [this] {
        return sql("SELECT string_agg(resource_type, ' ' ORDER BY resource_type) FROM "
                   "write_receipts WHERE resource_type IN ('agent_output', 'mcp_tool_call')");
    };
    EXPECT_EQ(receipts(), "agent_output mcp_tool_call");
    const std::string fresh = new_id();
    EXPECT_EQ(post(service, session, run(fresh) + "," + run(id, R"(,"agent_version":"v2")")).status,
              409);
    EXPECT_EQ(receipts(), "agent_output mcp_tool_call") << "a refusal gives back what it claimed";
    EXPECT_EQ(post(service, session, run(fresh)).status, 201);
    ASSERT_EQ(user.remove("/v1/sessions/" + session).status, 204);
    EXPECT_EQ(receipts(), "NULL");
}

/// What programs before version 39 told has the digests that they kept themselves.
TEST(OlderAgents, WhatWasToldBeforeIsTheSameAgain) {
    const std::string url = TestCluster::instance().empty_database();
    store::Connection connection = connect(url);
    ASSERT_TRUE(store::migrate(connection, store::embedded_migrations().first(36)));
    const std::string person = new_id();
    const std::string session = new_id();
    const std::string id = new_id();
    const std::string call = new_id();
    const std::string told_call = std::format(R"({{"id":"{}","tool_name":"t"}})", call);
    const std::string told =
        std::format(R"({{"id":"{}","agent_name":"a","output_data":{{}}}})", id);
    const std::string hash(64, 'a');
    const auto digest = [](const std::string& item) {
        return std::format("sha256(convert_to('{}'::jsonb::text, 'UTF8'))", item);
    };
    sql_do(url,
           std::format(
               "INSERT INTO users (id, email, password_hash, consent_data_processing) VALUES "
               "('{0}', 'a@b.example', 'x', true); INSERT INTO consent_records (user_id, "
               "consent_type, consent_version, consent_given) VALUES ('{0}', 'data_processing', "
               "'v1.0', true); INSERT INTO sessions (id, user_id, session_number, modality) VALUES "
               "('{1}', '{0}', 1, 'web'); INSERT INTO agent_outputs (id, session_id, user_id, "
               "agent_name, output_data, digest) VALUES ('{2}', '{1}', '{0}', 'a', '{{}}', {4}); "
               "INSERT INTO mcp_tool_calls (id, agent_output_id, session_id, tool_name, digest) "
               "VALUES ('{3}', '{2}', '{1}', 't', {5}); INSERT INTO tts_cache (text_hash, "
               "voice_id, minio_object_key, content_sha256) VALUES ('{6}', 'calm', 'tts/1', "
               "sha256('ID3 and so on'))",
               person, session, id, call, digest(told), digest(told_call), hash));
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient service = server.new_service("agents");
    const std::string path = "/v1/sessions/" + session + "/agent-outputs";
    const auto with = [&](const std::string& more) {
        return std::format(R"({{"items":[{{"id":"{}","agent_name":"a","output_data":{{}}{},)"
                           R"("tool_calls":[{}]}}]}})",
                           id, more, told_call);
    };
    const Reply same = service.post(path, with(""));
    EXPECT_EQ(same.status, 200) << same.body;
    EXPECT_EQ(same.member("repeated"), "2");
    EXPECT_EQ(service.post(path, with(R"(,"status":"failed")")).status, 409);
    const std::string voice = "/v1/tts-cache/" + hash + "?voice_id=";
    EXPECT_EQ(service
                  .send("PUT", voice + "calm", "ID3 and so on",
                        {"Content-Type: application/octet-stream"})
                  .status,
              200);
    EXPECT_EQ(service
                  .send("PUT", voice + "grave", "ID3 and so on",
                        {"Content-Type: application/octet-stream"})
                  .status,
              409);
}

TEST_F(Agents, FurtherCallsOfARunAreToldByThemselves) {
    const std::string session = new_session(user);
    const std::string id = new_id();
    const std::string other_run = new_id();
    ASSERT_EQ(post(service, session, run(id) + "," + run(other_run)).status, 201);
    const std::string call = std::format(R"({{"id":"{}","tool_name":"tts_render"}})", new_id());
    const std::string path = "/v1/agent-outputs/" + id + "/tool-calls";
    const std::string body = R"({"items":[)" + call + "]}";
    EXPECT_EQ(service.post(path, body).status, 201);
    EXPECT_EQ(service.post(path, body).status, 200);
    const Reply moved = service.post("/v1/agent-outputs/" + other_run + "/tool-calls", body);
    EXPECT_EQ(moved.status, 409);
    EXPECT_TRUE(moved.body.contains("/items/0 ")) << moved.body;
    const Reply twice = service.post(path, R"({"items":[)" + call + "," + call + "]}");
    EXPECT_EQ(twice.status, 422);
    EXPECT_TRUE(twice.points_to("/items/1/id")) << twice.body;
    EXPECT_EQ(service.post("/v1/agent-outputs/" + new_id() + "/tool-calls", body).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM mcp_tool_calls"), "1");
}

TEST_F(Agents, ABatchThatCannotBeIsRefusedWhereItIsWrong) {
    const std::string session = new_session(user);
    const std::string id = new_id();
    struct Try {
        std::string items;
        const char* pointer;
    };
    std::string many;
    for (int i = 0; i < 251; ++i) {
        many += std::format(
            "{}{}", i > 0 ? "," : "",
            run(new_id(),
                std::format(R"(,"tool_calls":[{{"id":"{}","tool_name":"t"}}])", new_id())));
    }
    const std::vector<Try> tries = {
        {run(id) + "," + run(id), "/items/1/id"},
        {run(id, R"(,"prompt_id":"TJ-NOBODYS-v1")"), "/items/0/prompt_id"},
        {run(id, R"(,"created_at":"2099-01-01T00:00:00Z")"), "/items/0/created_at"},
        {run(id, R"(,"created_at":"1970-01-01T00:00:00Z")"), "/items/0/created_at"},
        {run(id, R"(,"created_at":"9999-12-31T23:59:59Z")"), "/items/0/created_at"},
        {run(id, R"(,"input_tokens":-1)"), "/items/0/input_tokens"},
        {run(id, R"(,"llm_temperature":2.5)"), "/items/0/llm_temperature"},
        {run(id, R"(,"status":"fine")"), "/items/0/status"},
        {run(id, R"(,"mood":"low")"), "/items/0/mood"},
        {std::format(R"({{"id":"{}","agent_name":"a"}})", id), "/items/0/output_data"},
        {"", "/items"},
        {many, "/items"},
    };
    for (const Try& each : tries) {
        const Reply reply = post(service, session, each.items);
        EXPECT_EQ(reply.status, 422) << each.pointer;
        EXPECT_TRUE(reply.points_to(each.pointer)) << each.pointer << " in " << reply.body;
    }
    EXPECT_EQ(post(service, new_id(), run(id)).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM agent_outputs"), "0");
}

TEST_F(Agents, ThePersonSeesThatAnAgentWasAtWorkAndNotWhatItWasTold) {
    const std::string session = new_session(user);
    const std::string id = new_id();
    ASSERT_EQ(post(service, session, run(id, R"(,"input_data":{"mood":"low"})")).status, 201);
    for (const std::string& path :
         {"/v1/agent-outputs/" + id, "/v1/sessions/" + session + "/agent-outputs"}) {
        const Reply seen = user.get(path);
        EXPECT_EQ(seen.status, 200) << seen.body;
        EXPECT_TRUE(seen.body.contains(R"("agent_name": "journaling_coach")")) << seen.body;
        EXPECT_TRUE(seen.body.contains(R"("status": "success")"));
        EXPECT_TRUE(seen.body.contains("created_at"));
        EXPECT_FALSE(seen.body.contains("input_data")) << seen.body;
        EXPECT_FALSE(seen.body.contains("output_data"));
        EXPECT_TRUE(service.get(path).body.contains("input_data"));
    }
    EXPECT_EQ(user.get("/v1/agent-outputs/" + id + "/tool-calls").status, 403);
    EXPECT_EQ(user.get("/v1/sessions/" + session + "/agent-costs").status, 403);
    EXPECT_EQ(post(user, session, run(new_id())).status, 403);
}

TEST_F(Agents, OnlyCliniciansWhoCareForThePersonSeeTheirRuns) {
    const std::string session = new_session(user);
    const std::string id = new_id();
    ASSERT_EQ(post(service, session, run(id)).status, 201);
    HttpClient stranger = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::vector<std::string> paths = {
        "/v1/agent-outputs/" + id, "/v1/sessions/" + session + "/agent-outputs",
        "/v1/agent-outputs/" + id + "/tool-calls", "/v1/sessions/" + session + "/agent-costs"};
    for (const std::string& path : paths) {
        EXPECT_EQ(reviewer.get(path).status, 404) << path;
        EXPECT_EQ(supervisor.get(path).status, 200) << path;
    }
    const Reply foreign = stranger.get(paths[0]);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(),
              stranger.get("/v1/agent-outputs/" + new_id()).body_without_request_id());
    (void)sql(std::format("INSERT INTO clinician_assignments (clinician_id, user_id) "
                          "VALUES ('{}', '{}') RETURNING user_id",
                          reviewer.id, user.id));
    for (const std::string& path : paths) {
        EXPECT_EQ(reviewer.get(path).status, 200) << path;
    }
    EXPECT_EQ(post(supervisor, session, run(new_id())).status, 403);
}

TEST_F(Agents, NothingIsToldOfWhoHasWithdrawnTheirConsent) {
    const std::string session = new_session(user);
    (void)sql(std::format("WITH gone AS (UPDATE consent_records SET withdrawn_at = now() WHERE "
                          "user_id = '{}' AND consent_type = 'data_processing' RETURNING 1) "
                          "SELECT * FROM gone",
                          user.id));
    EXPECT_EQ(post(service, session, run(new_id())).status, 403);
    EXPECT_EQ(sql("SELECT count(*) FROM agent_outputs"), "0");
}

TEST_F(Agents, CostsAreSummedByModelAgentAndDay) {
    const std::string session = new_session(user);
    const auto costing = [](const char* agent, const char* model, int tokens, const char* cost,
                            const char* at) {
        return std::format(R"({{"id":"{}","agent_name":"{}","output_data":{{}},"llm_model":"{}",)"
                           R"("input_tokens":{},"output_tokens":1,"cost_estimate_usd":{},)"
                           R"("created_at":"{}"}})",
                           new_id(), agent, model, tokens, cost, at);
    };
    ASSERT_EQ(post(service, session,
                   costing("coach", "small-1", 10, "0.5", "2026-11-20T23:59:59Z") + "," +
                       costing("coach", "large-1", 20, "1.25", "2026-11-21T00:00:00Z") + "," +
                       costing("guard", "small-1", 30, "0.000001", "2026-11-21T12:00:00Z"))
                  .status,
              201);
    const Reply costs = service.get("/v1/sessions/" + session + "/agent-costs");
    ASSERT_EQ(costs.status, 200) << costs.body;
    const auto has = [](const Reply& reply, const std::string& member) {
        EXPECT_TRUE(reply.body.contains(member)) << member << " in " << reply.body;
    };
    has(costs, R"("cost_estimate_usd": 1.750001)");
    has(costs, R"("input_tokens": 60)");
    has(costs, R"({"runs": 2, "llm_model": "small-1", "input_tokens": 40)");
    has(costs, R"({"runs": 2, "agent_name": "coach", "input_tokens": 30)");
    const Reply days = service.get("/v1/agent-costs?from=2026-11-20&to=2026-11-22");
    ASSERT_EQ(days.status, 200) << days.body;
    has(days, R"({"day": "2026-11-20", "runs": 1, "llm_model": "small-1", "input_tokens": 10)");
    has(days, R"({"day": "2026-11-21", "runs": 1, "llm_model": "large-1", "input_tokens": 20)");
    has(days, R"({"day": "2026-11-21", "runs": 1, "llm_model": "small-1", "input_tokens": 30)");
    EXPECT_FALSE(
        service.get("/v1/agent-costs?from=2026-11-20&to=2026-11-21").body.contains("large-1"));
    EXPECT_EQ(server.new_clinician("supervisor").get("/v1/agent-costs").status, 200);
    EXPECT_EQ(server.new_clinician("senior").get("/v1/agent-costs").status, 403);
    EXPECT_EQ(service.get("/v1/agent-costs?from=2026-02-30").status, 400);
    EXPECT_EQ(service.get("/v1/agent-costs?from=2026-11-21&to=2026-11-21").status, 400);
    EXPECT_EQ(service.get("/v1/agent-costs?from=2020-11-21&to=2026-11-20").status, 422);
}

TEST_F(Agents, TheSameBatchSentAHundredTimesAtOnceIsStoredOnce) {
    ASSERT_EQ(service.put("/v1/prompts/TJ-EX-A-v1", R"({"purpose":"a"})").status, 201);
    const std::string session = new_session(user);
    std::string items;
    for (int i = 0; i < 20; ++i) {
        items += (i > 0 ? "," : "") + run(new_id(), R"(,"prompt_id":"TJ-EX-A-v1")");
    }
    std::vector<int> statuses(100);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            threads.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = service.token;
                statuses[i] = post(client, session, items).status;
            });
        }
    }
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 200), 99);
    EXPECT_EQ(sql("SELECT count(*) FROM agent_outputs"), "20");
    EXPECT_EQ(sql("SELECT usage_count FROM prompt_registry"), "20");
}

TEST_F(Agents, RunsAreListedPageByPage) {
    const std::string session = new_session(user);
    std::string items;
    for (int i = 0; i < 7; ++i) {
        items += (i > 0 ? "," : "") + run(new_id());
    }
    ASSERT_EQ(post(service, session, items).status, 201);
    const std::string path = "/v1/sessions/" + session + "/agent-outputs?limit=5";
    const Reply first = user.get(path);
    ASSERT_EQ(first.status, 200) << first.body;
    const std::string cursor = first.member("next_cursor");
    ASSERT_FALSE(cursor.empty());
    const Reply second = user.get(path + "&cursor=" + cursor);
    EXPECT_TRUE(second.member("next_cursor").empty());
    std::size_t found = 0;
    for (const Reply* page : {&first, &second}) {
        for (std::size_t at = page->body.find("agent_name"); at != std::string::npos;
             at = page->body.find("agent_name", at + 1)) {
            ++found;
        }
    }
    EXPECT_EQ(found, 7U);
}

} // namespace
} // namespace haven::test
