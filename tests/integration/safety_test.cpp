// Screenings: what the signals mean, what a red one sets going, and that the words are kept
// nowhere.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

std::string signal(std::string_view name, std::string_view severity, double confidence) {
    return std::format(R"({{"signal":"{}","severity":"{}","confidence":{}}})", name, severity,
                       confidence);
}

std::string screening_body(const std::string& session, std::string_view signals,
                           std::string_view more = "", std::string_view input = "a long day") {
    return std::format(R"({{"session_id":"{}","input":"{}","detection_signals":[{}]{}}})", session,
                       input, signals, more);
}

class Safety : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::string new_session(HttpClient& person) const {
        const std::string id = new_id();
        EXPECT_EQ(person.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    Reply screen(HttpClient& client, const std::string& session, std::string_view signals,
                 std::string_view more = "") const {
        return client.put("/v1/safety-screenings/" + new_id(),
                          screening_body(session, signals, more));
    }
    std::string of_session(const std::string& id, const std::string& column) const {
        return sql(std::format("SELECT {} FROM sessions WHERE id = '{}'", column, id));
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient agent = server.new_service("agents");
};

TEST_F(Safety, TheStatusFollowsFromTheSignals) {
    struct Rule {
        std::string signals;
        std::string more;
        std::string status;
        std::string level;
        std::string confidence;
    };
    const std::vector<Rule> rules = {
        {"", "", "green", "none", "null"},
        {signal("joy", "none", 0.9), "", "green", "none", "0.90"},
        {signal("sadness", "low", 0.49), "", "green", "none", "0.49"},
        {signal("sadness", "low", 0.5), "", "yellow", "low", "0.50"},
        {signal("hopelessness", "medium", 0.5), "", "yellow", "medium", "0.50"},
        {signal("hopelessness", "medium", 0.8), "", "red", "medium", "0.80"},
        {signal("hopelessness", "medium", 0.4), "", "yellow", "low", "0.40"},
        {signal("suicidal_ideation", "severe", 0.3), "", "red", "severe", "0.30"},
        {signal("suicidal_ideation", "severe", 0.29), "", "yellow", "low", "0.29"},
        {signal("sadness", "low", 1) + "," + signal("self_harm", "severe", 0.6), "", "red",
         "severe", "0.60"},
        {"", R"(,"safety_status":"red")", "red", "medium", "null"},
        {"", R"(,"safety_status":"yellow")", "yellow", "low", "null"},
        {signal("self_harm", "severe", 0.9), R"(,"safety_status":"green")", "red", "severe",
         "0.90"},
    };
    for (const Rule& rule : rules) {
        const std::string session = new_session(user);
        const Reply reply = screen(agent, session, rule.signals, rule.more);
        EXPECT_EQ(reply.status, 201) << reply.body;
        EXPECT_EQ(reply.member("safety_status"), rule.status) << rule.signals << rule.more;
        EXPECT_EQ(reply.member("crisis_level"), rule.level) << rule.signals << rule.more;
        EXPECT_EQ(reply.member("confidence_score"), rule.confidence) << rule.signals << rule.more;
        EXPECT_EQ(reply.member("response_mode"), rule.status == "red"      ? "crisis"
                                                 : rule.status == "yellow" ? "cautious"
                                                                           : "standard");
        EXPECT_EQ(reply.member("recommended_action"), rule.status == "red"      ? "escalate"
                                                      : rule.status == "yellow" ? "review"
                                                                                : "continue");
        EXPECT_EQ(of_session(session, "safety_status"), rule.status);
        EXPECT_EQ(of_session(session, "requires_hitl_review"), rule.status == "green" ? "f" : "t");
        EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations WHERE session_id = '" + session + "'"),
                  rule.status == "green" ? "0" : "1");
        EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs WHERE session_id = '" + session + "'"),
                  rule.status == "red" ? "1" : "0");
        EXPECT_EQ(of_session(session, "status"), rule.status == "red" ? "hitl_review" : "created");
    }
}

TEST_F(Safety, ARedOneOpensOneCaseLogsTheCrisisAndOffersHelp) {
    sql("UPDATE users SET location_country = 'de', preferred_language = 'de-AT' WHERE id = '" +
        user.id + "' RETURNING 1");
    const std::string session = new_session(user);
    const Reply first = screen(user, session, signal("suicidal_ideation", "severe", 0.7));
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_TRUE(first.body.contains("TelefonSeelsorge")) << first.body;
    EXPECT_TRUE(first.body.contains("CRISIS_SUICIDAL_IDEATION_v1"));
    EXPECT_TRUE(first.body.contains("Danke, dass du das aufgeschrieben hast."));
    EXPECT_FALSE(first.body.contains("detection_signals")) << "a person is not shown the signals";
    const Reply second = screen(agent, session, signal("self_harm", "medium", 0.9));
    ASSERT_EQ(second.status, 201) << second.body;
    EXPECT_TRUE(second.body.contains("detection_signals"));
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs"), "2");
    EXPECT_EQ(sql("SELECT priority || ' ' || review_status || ' ' || escalation_reason FROM "
                  "hitl_escalations"),
              "urgent pending safety_red_suicidal_ideation");
    EXPECT_EQ(sql("SELECT review_deadline - created_at FROM hitl_escalations"), "00:15:00");
    EXPECT_EQ(sql("SELECT string_agg(step ->> 'step', ' ' ORDER BY n) FROM crisis_logs, "
                  "jsonb_array_elements(escalation_chain_executed) WITH ORDINALITY AS s (step, n) "
                  "WHERE crisis_level = 'severe'"),
              "log queue notification");
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs WHERE escalation_status = 'hitl_pending' AND "
                  "input_hash ~ '^[0-9a-f]{64}$' AND NOT user_acknowledged"),
              "2");
    EXPECT_EQ(sql("SELECT count(*) FROM notifications WHERE user_id = '" + user.id + "'"), "1");
    EXPECT_EQ(sql("SELECT user_id_anonymized ~ '^User #[0-9]{9}$' FROM hitl_escalations"), "t");
    EXPECT_EQ(sql("SELECT session_context::text LIKE '%" + user.id + "%' FROM hitl_escalations"),
              "f");
    EXPECT_EQ(sql("SELECT string_agg(event_type, ' ' ORDER BY id) FROM session_events WHERE "
                  "event_type <> 'user_interaction'"),
              "state_transition safety_screening state_transition safety_screening");
}

TEST_F(Safety, WhereNothingIsKnownOfAPersonTheyAreOfferedWhatHelpsEverywhere) {
    const std::string session = new_session(user);
    const Reply reply = screen(user, session, signal("unheard_of", "severe", 1));
    EXPECT_TRUE(reply.body.contains("call your local emergency number")) << reply.body;
    EXPECT_TRUE(reply.body.contains("CRISIS_SUPPORT_v1"));
}

TEST_F(Safety, AGraverScreeningMakesTheOpenCaseMorePressingAndALighterOneNeverLess) {
    const std::string session = new_session(user);
    const auto state = [&] {
        return sql("SELECT priority || ' ' || (review_deadline < now() + interval '61 minutes') "
                   "FROM hitl_escalations") +
               " " + of_session(session, "safety_status");
    };
    screen(agent, session, signal("sadness", "low", 0.6));
    EXPECT_EQ(state(), "low false yellow");
    screen(agent, session, signal("self_harm", "medium", 0.9));
    EXPECT_EQ(state(), "high true red");
    screen(agent, session, "");
    EXPECT_EQ(state(), "high true red");
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations"), "1");
}

TEST_F(Safety, ScreeningsAtOnceOpenOneCase) {
    const std::string session = new_session(user);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 20; ++i) {
            threads.emplace_back([&] {
                HttpClient client = server.client();
                client.token = agent.token;
                EXPECT_EQ(screen(client, session, signal("self_harm", "severe", 0.9)).status, 201);
            });
        }
    }
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs"), "20");
    EXPECT_EQ(sql("SELECT count(*) FROM notifications"), "1");
}

TEST_F(Safety, TheSameAgainIsASuccessAndSomethingElseAConflict) {
    const std::string session = new_session(user);
    const std::string path = "/v1/safety-screenings/" + new_id();
    const std::string body = screening_body(session, signal("self_harm", "severe", 0.9));
    const Reply first = agent.put(path, body);
    const Reply again = agent.put(path, body);
    EXPECT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(first.body, again.body);
    EXPECT_EQ(agent.put(path, screening_body(session, "")).status, 409);
    EXPECT_EQ(agent
                  .put(path, screening_body(session, signal("self_harm", "severe", 0.9), "",
                                            "other words"))
                  .status,
              409);
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_logs"), "1");
}

TEST_F(Safety, WhatIsWrongIsNamedAndOthersAreNotThere) {
    const std::string session = new_session(user);
    HttpClient stranger = server.new_user();
    const auto expect_invalid = [&](const std::string& body, const char* pointer) {
        const Reply reply = user.put("/v1/safety-screenings/" + new_id(), body);
        EXPECT_EQ(reply.status, 422) << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << reply.body;
    };
    expect_invalid(screening_body(new_id(), ""), "/session_id");
    expect_invalid(screening_body("x", ""), "/session_id");
    expect_invalid(screening_body(session, "", "", ""), "/input");
    expect_invalid(screening_body(session, signal("sad", "terrible", 0.5)),
                   "/detection_signals/0/severity");
    expect_invalid(screening_body(session, signal("what they said", "low", 0.5)),
                   "/detection_signals/0/signal");
    expect_invalid(screening_body(session, signal("sad", "low", 1.5)),
                   "/detection_signals/0/confidence");
    expect_invalid(screening_body(session, "", R"(,"safety_status":"purple")"), "/safety_status");
    expect_invalid(screening_body(session, "", R"(,"input_hash":"00")"), "/input_hash");
    EXPECT_TRUE(stranger.put("/v1/safety-screenings/" + new_id(), screening_body(session, ""))
                    .points_to("/session_id"));
    const std::string id = new_id();
    ASSERT_EQ(user.put("/v1/safety-screenings/" + id, screening_body(session, "")).status, 201);
    EXPECT_EQ(stranger.get("/v1/safety-screenings/" + id).status, 404);
    EXPECT_EQ(stranger.get("/v1/sessions/" + session + "/safety-screenings").status, 404);
    EXPECT_EQ(server.client().get("/v1/safety-screenings/" + id).status, 401);
    HttpClient clinician = server.new_clinician("reviewer");
    EXPECT_EQ(
        clinician.put("/v1/safety-screenings/" + new_id(), screening_body(session, "")).status,
        403);
    EXPECT_EQ(clinician.get("/v1/safety-screenings/" + id).status, 404) << "not in their care";
}

TEST_F(Safety, ScreeningsAreListedInTheirOrderPageByPage) {
    const std::string session = new_session(user);
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(screen(agent, session, signal("sadness", "low", 0.1 * i)).status, 201);
    }
    const std::string path = "/v1/sessions/" + session + "/safety-screenings?limit=2";
    const Reply first = user.get(path);
    ASSERT_EQ(first.status, 200) << first.body;
    const Reply second = user.get(path + "&cursor=" + first.member("next_cursor"));
    EXPECT_EQ(second.status, 200);
    EXPECT_TRUE(first.body.contains("\"confidence_score\": 0.00") ||
                first.body.contains("\"confidence_score\":0.00"))
        << first.body;
    EXPECT_TRUE(second.body.contains("0.20")) << second.body;
    EXPECT_FALSE(second.body.contains("next_cursor"));
    EXPECT_FALSE(first.body.contains("input_hash"));
    EXPECT_TRUE(agent.get(path).body.contains("input_hash"));
}

TEST_F(Safety, ACrisisIsReadAndAcknowledgedByThePersonAndResolvedByWhoCaresForThem) {
    const std::string session = new_session(user);
    screen(agent, session, signal("self_harm", "severe", 0.9));
    const std::string id = sql("SELECT id FROM crisis_logs");
    const std::string path = "/v1/crisis-logs/" + id;
    const Reply own = user.get(path);
    ASSERT_EQ(own.status, 200) << own.body;
    EXPECT_EQ(own.member("crisis_level"), "severe");
    EXPECT_EQ(own.member("user_acknowledged"), "false");
    for (const char* const hidden : {"input_hash", "escalation_chain_executed", "resolved_by"}) {
        EXPECT_FALSE(own.body.contains(hidden)) << hidden;
    }
    EXPECT_TRUE(user.get("/v1/crisis-logs").body.contains(id));
    EXPECT_TRUE(user.get("/v1/crisis-logs?escalation_status=hitl_pending").body.contains(id));
    EXPECT_FALSE(user.get("/v1/crisis-logs?escalation_status=resolved").body.contains(id));
    EXPECT_EQ(user.get("/v1/crisis-logs?escalation_status=over").status, 400);
    EXPECT_EQ(user.put(path + "/acknowledgement", "").status, 201);
    EXPECT_EQ(user.put(path + "/acknowledgement", "").status, 200);
    EXPECT_EQ(user.get(path).member("user_acknowledged"), "true");
    EXPECT_EQ(user.put(path + "/resolution", "").status, 403);

    HttpClient stranger = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    EXPECT_EQ(stranger.get(path).status, 404);
    EXPECT_EQ(stranger.put(path + "/acknowledgement", "").status, 404);
    EXPECT_EQ(reviewer.get(path).status, 404);
    EXPECT_EQ(reviewer.put(path + "/resolution", "").status, 404);
    EXPECT_EQ(reviewer.put(path + "/acknowledgement", "").status, 403);
    ASSERT_EQ(supervisor.put("/v1/clinicians/" + reviewer.id + "/users/" + user.id, "").status,
              201);
    EXPECT_TRUE(reviewer.get("/v1/crisis-logs").body.contains(id));
    EXPECT_TRUE(reviewer.get(path).body.contains("escalation_chain_executed"));
    EXPECT_EQ(reviewer.put(path + "/resolution", "").status, 201);
    EXPECT_EQ(reviewer.put(path + "/resolution", "").status, 200);
    EXPECT_EQ(user.get(path).member("escalation_status"), "resolved");
    EXPECT_EQ(sql("SELECT resolved_by FROM crisis_logs WHERE resolved_at IS NOT NULL"),
              reviewer.id);
}

TEST_F(Safety, WithoutConsentNothingIsScreened) {
    const std::string session = new_session(user);
    sql("UPDATE consent_records SET withdrawn_at = now() WHERE consent_type = 'data_processing' "
        "RETURNING 1");
    const Reply reply = screen(agent, session, "");
    EXPECT_EQ(reply.status, 403) << reply.body;
    EXPECT_EQ(sql("SELECT count(*) FROM safety_screenings"), "0");
}

TEST_F(Safety, EachAccessIsInTheAuditLogWithWhoseDataItWas) {
    const std::string session = new_session(user);
    const std::string path = "/v1/safety-screenings/" + new_id();
    agent.put(path, screening_body(session, ""));
    agent.get(path);
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', action, response_status, is_phi_access), ', ' "
                  "ORDER BY id) FROM audit_logs WHERE resource_type = 'safety_screenings' AND "
                  "user_id = '" +
                  user.id + "' AND service_id = '" + agent.id + "'"),
              "safety_screening_create 201 t, safety_screening_read 200 t");
}

/// Every file below a folder, one after the other.
std::string all_files(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            all += read_text(entry.path());
        }
    }
    return all;
}

/// Tables of which a row holds the bytes of `words`, as text, as bytea or in any other column.
std::string tables_with(const std::string& url, std::string_view words) {
    std::string hex;
    for (const char c : words) {
        hex += std::format("{:02x}", static_cast<unsigned char>(c));
    }
    const std::string queries = sql_text(
        url, std::format("SELECT string_agg(format('SELECT %L AS place FROM %I.%I AS t WHERE "
                         "t::text LIKE %L OR t::text LIKE %L', table_name, table_schema, "
                         "table_name, '%{}%', '%{}%'), ' UNION ALL ') FROM "
                         "information_schema.tables WHERE table_schema NOT IN ('pg_catalog', "
                         "'information_schema') AND table_type = 'BASE TABLE'",
                         words, hex));
    return sql_text(url, "SELECT coalesce(string_agg(DISTINCT place, ' '), '') FROM (" + queries +
                             ") AS found");
}

TEST(SafetyCanary, TheWordsAreNowhere) {
    const std::string canary = "zebra-quartz-" + new_id();
    const TempDirectory directory;
    const std::string url = TestCluster::instance().fresh_database();
    EXPECT_EQ(sql_text(url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = "
                            "''all''', current_database()); END $$; SELECT 1"),
              "1");
    Command command;
    command.argv = {std::string(HAVEN_BINARY_DIR) + "/haven-server",
                    "--database-url",
                    url,
                    "--data-dir",
                    directory.path() / "data",
                    "--listen-port",
                    "0",
                    "--metrics-port",
                    "0",
                    "--log-level",
                    "debug",
                    "--port-file",
                    directory.path() / "port"};
    command.output_stem = directory.path() / "server";
    auto process = Process::start(command);
    ASSERT_TRUE(process);
    ASSERT_TRUE(await(30s, [&] { return std::filesystem::exists(directory.path() / "port"); }));
    HttpClient user("http://127.0.0.1:" +
                    std::to_string(std::stoi(read_text(directory.path() / "port"))));
    user.post("/v1/users", registration_body("canary@example.org"));
    confirm_email(url, "canary@example.org");
    user.token =
        user.post("/v1/auth/tokens", credentials_body("canary@example.org")).member("access_token");
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);

    const std::string path = "/v1/safety-screenings/" + new_id();
    const std::string severe = signal("self_harm", "severe", 0.9);
    std::vector<Reply> replies;
    replies.push_back(user.put(path, screening_body(session, severe, "", canary)));
    ASSERT_EQ(replies.back().status, 201) << replies.back().body;
    replies.push_back(user.put(path, screening_body(session, severe, "", canary)));
    replies.push_back(user.put(path, screening_body(session, "", "", canary)));
    replies.push_back(user.put("/v1/safety-screenings/" + new_id(),
                               screening_body(new_id(), severe, "", canary)));
    replies.push_back(
        user.put("/v1/safety-screenings/" + new_id(),
                 screening_body(session, severe, R"(,"safety_status":")" + canary + '"', canary)));
    replies.push_back(user.put("/v1/safety-screenings/" + new_id(),
                               R"({"session_id":"x","input":")" + canary + "\n"));
    replies.push_back(user.get(path));
    replies.push_back(user.get("/v1/crisis-logs"));
    for (const Reply& reply : replies) {
        EXPECT_FALSE(reply.body.contains(canary)) << reply.status << ' ' << reply.body;
    }
    EXPECT_EQ(process->stop().exit_status, 0);

    // First PostgreSQL's own files: tables as they lie, and a log that has every statement with its
    // parameters. Then its rows: that search itself stands in the log.
    const std::string files =
        all_files(std::filesystem::path(sql_text(url, "SHOW data_directory")).parent_path());
    EXPECT_FALSE(files.contains(canary));
    EXPECT_FALSE(all_files(directory.path()).contains(canary));
    EXPECT_EQ(tables_with(url, canary), "");
    // The search finds what is there.
    EXPECT_TRUE(tables_with(url, "canary@example.org").contains("users"));
    EXPECT_TRUE(tables_with(url, session).contains("safety_screenings"));
    EXPECT_TRUE(files.contains("SELECT * FROM haven_answered(screening_put("));
    EXPECT_TRUE(files.contains(session));
}

} // namespace
} // namespace haven::test
