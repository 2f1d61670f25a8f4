// What PostgreSQL itself lets the application see and do: without a context nothing, with one what
// is the actor's, and no change of the schema or of what was recorded; also behind a pooler.
#include "server/http/server.hpp"
#include "server/store/actor.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/pooler.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <future>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* every_table = "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM "
                                    "pg_class c WHERE c.relnamespace = 'public'::regnamespace AND "
                                    "c.relkind IN ('r', 'p') AND NOT c.relispartition";

/// A connection as the server's transactions are: the application's role, and a context or none.
class AsApplication {
  public:
    explicit AsApplication(const std::string& url) : connection_(*store::Connection::open(url)) {
        execute("SET ROLE haven_app");
    }
    void act_as(const std::string& actor, const std::string& id, const std::string& role = "") {
        execute(std::format("SELECT set_config('haven.actor', '{}', false), "
                            "set_config('haven.actor_id', '{}', false), "
                            "set_config('haven.actor_role', '{}', false)",
                            actor, id, role));
    }
    std::int64_t count(const std::string& table) {
        const auto rows = connection_.query("SELECT count(*) FROM " + table);
        EXPECT_TRUE(rows) << table << ": " << store::describe(rows.error());
        return rows ? rows->front().get<std::int64_t>(0) : -1;
    }
    /// The SQLSTATE of the error, or "".
    std::string refusal(const std::string& sql) {
        const auto done = connection_.execute(sql);
        return done ? "" : done.error().sqlstate;
    }

  private:
    void execute(const std::string& sql) {
        const auto done = connection_.execute(sql);
        ASSERT_TRUE(done) << store::describe(done.error());
    }
    store::Connection connection_;
};

TEST(Roles, EveryTableHasForcedRowLevelSecurity) {
    const std::string url = TestCluster::instance().fresh_database();
    EXPECT_EQ(sql_text(url, std::string(every_table) +
                                " AND c.relname NOT LIKE 'schema%' AND NOT (c.relrowsecurity AND "
                                "c.relforcerowsecurity)"),
              "NULL");
    EXPECT_EQ(sql_text(url, "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' "
                            "AND NOT relrowsecurity"),
              "0");
}

TEST(Roles, WithoutAContextThereAreNoRowsAndWithOneOnlyOnesOwn) {
    const TestServer server;
    HttpClient ann = server.new_user();
    HttpClient ben = server.new_user();
    const Ids ids = write_drawing(ann);
    (void)write_drawing(ben);
    AsApplication application(server.config().database_url);
    for (const char* table :
         {"users", "sessions", "session_events", "exercises", "vr_sessions", "bilateral_drawings",
          "consent_records", "audit_logs", "write_receipts", "access_tokens", "token_families",
          "refresh_tokens", "second_factors", "recovery_codes", "notification_preferences",
          "reminders", "consent_versions", "consent_texts", "idempotency_keys"}) {
        EXPECT_EQ(application.count(table), 0) << table;
    }
    application.act_as("user", ann.id);
    EXPECT_EQ(application.count("users"), 1);
    EXPECT_EQ(application.count("sessions"), 1);
    EXPECT_EQ(application.count("bilateral_drawings"), 1);
    EXPECT_EQ(application.count(std::format("sessions WHERE id = '{}'", ids.session)), 1);
    application.act_as("clinician", new_id(), "reviewer");
    EXPECT_EQ(application.count("sessions"), 0) << "nobody she cares for";
    application.act_as("clinician", new_id(), "supervisor");
    EXPECT_EQ(application.count("sessions"), 2);
    application.act_as("gate", "");
    EXPECT_EQ(application.count("sessions"), 0);
}

TEST(Roles, TheApplicationChangesNeitherTheSchemaNorWhatWasRecorded) {
    const TestServer server;
    HttpClient ann = server.new_user();
    (void)write_drawing(ann);
    AsApplication application(server.config().database_url);
    application.act_as("user", ann.id);
    for (const char* sql :
         {"CREATE TABLE mine (id int)", "ALTER TABLE users ADD COLUMN mine int",
          "DROP TABLE sessions", "UPDATE audit_logs SET action = 'nothing'",
          "DELETE FROM audit_logs", "TRUNCATE audit_logs", "TRUNCATE sessions",
          "SELECT * FROM audit_logs_default", "UPDATE schema_migrations SET name = 'x'"}) {
        EXPECT_EQ(application.refusal(sql), "42501") << sql;
    }
    EXPECT_NE(application.refusal("INSERT INTO sessions (user_id) VALUES (gen_random_uuid())"), "")
        << "in another's name";
}

TEST(Roles, TheReaderReadsAndNothingElse) {
    const std::string url = TestCluster::instance().fresh_database();
    auto connection = store::Connection::open(url);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("SET ROLE haven_readonly"));
    EXPECT_TRUE(connection->execute("SELECT * FROM daily_metrics"));
    // It may call itself what it likes: what it sees does not depend on it.
    ASSERT_TRUE(connection->execute("SELECT set_config('haven.actor', 'job', false)"));
    for (const char* sql :
         {"INSERT INTO daily_metrics (metric_date) VALUES ('2026-01-01')",
          "SELECT * FROM access_tokens", "DELETE FROM sessions", "SELECT * FROM users",
          "SELECT email FROM users", "SELECT password_hash FROM clinicians",
          "SELECT content_text FROM exercise_artifacts", "SELECT body FROM notifications",
          "SELECT input_hash FROM safety_screenings", "SELECT clinician_notes FROM hitl_reviews",
          "SELECT left_hand_strokes FROM bilateral_drawings", "SELECT * FROM encryption_keys",
          "SELECT check_value FROM master_keys", "SELECT output_data FROM agent_outputs",
          "SELECT ip_address FROM audit_logs", "SELECT event_data FROM session_events",
          "SELECT haven_maintain_partitions()"}) {
        const auto done = connection->execute(sql);
        ASSERT_FALSE(done) << sql;
        EXPECT_EQ(done.error().sqlstate, "42501") << sql;
    }
}

TEST(Roles, TheReaderCountsWhatAReportCounts) {
    const TestServer server;
    HttpClient ann = server.new_user();
    HttpClient ben = server.new_user();
    (void)write_drawing(ann);
    (void)write_drawing(ben);
    auto connection = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("SET ROLE haven_readonly"));
    const auto rows = connection->query(
        "SELECT count(DISTINCT sessions.user_id) AS people, count(*) AS exercises FROM sessions "
        "JOIN exercises ON session_id = sessions.id WHERE sessions.status IS NOT NULL AND "
        "technique = 'bilateral_drawing'");
    ASSERT_TRUE(rows) << store::describe(rows.error());
    EXPECT_EQ(rows->front().get<std::int64_t>("people"), 2);
    EXPECT_EQ(rows->front().get<std::int64_t>("exercises"), 2);
}

TEST(Roles, AFunctionThatActsAsTheOwnerIsForThoseItIsFor) {
    const std::string url = TestCluster::instance().fresh_database();
    EXPECT_EQ(sql_text(url, "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE "
                            "prosecdef AND pronamespace = 'public'::regnamespace AND "
                            "has_function_privilege('haven_app', oid, 'EXECUTE')"),
              "haven_default_partition_rows haven_maintain_partitions");
    EXPECT_EQ(sql_text(url, "SELECT count(*) FROM pg_proc, aclexplode(coalesce(proacl, "
                            "acldefault('f', proowner))) AS given WHERE pronamespace = "
                            "'public'::regnamespace AND proname LIKE 'haven%' AND given.grantee = "
                            "0"),
              "0")
        << "for everybody";
    EXPECT_EQ(sql_text(url, "SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = "
                            "'public'::regnamespace AND has_function_privilege('haven_readonly', "
                            "oid, 'EXECUTE')"),
              "0");
}

TEST(Roles, NoPolicyAsksAFunctionOfEachRow) {
    const std::string url = TestCluster::instance().fresh_database();
    EXPECT_EQ(sql_text(url, "SELECT string_agg(polrelid::regclass::text, ' ') FROM pg_policy WHERE "
                            "pg_get_expr(polqual, polrelid) ~ '\\mhaven_\\w+\\([^)]'"),
              "NULL");
    EXPECT_GT(sql_text(url, "SELECT count(*) FROM pg_policy WHERE pg_get_expr(polqual, polrelid) "
                            "LIKE '%IN ( SELECT haven_cared_for()%'"),
              "1");
}

TEST(Roles, ACliniciansAnswerForAStrangerLooksAtWhomTheyCareForOnce) {
    const TestServer server;
    HttpClient ann = server.new_user();
    (void)sql_text(server.config().database_url,
                   std::format("INSERT INTO sessions (user_id, session_number, modality) SELECT "
                               "'{}', n, 'web' FROM generate_series(1, 300) AS n RETURNING 1",
                               ann.id));
    auto connection = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("SET track_functions = 'all'"));
    ASSERT_TRUE(connection->execute("SET ROLE haven_app"));
    ASSERT_TRUE(connection->execute(
        std::format("SELECT set_config('haven.actor', 'clinician', false), "
                    "set_config('haven.actor_id', '{}', false), set_config('haven.actor_role', "
                    "'reviewer', false)",
                    new_id())));
    const auto plan = connection->query(
        std::format("EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, FORMAT json) SELECT "
                    "count(*) FROM sessions WHERE user_id = '{}'",
                    ann.id));
    ASSERT_TRUE(plan) << store::describe(plan.error());
    const std::string text = plan->front().get<std::string>(0);
    EXPECT_TRUE(text.contains("hashed SubPlan")) << text;
    EXPECT_FALSE(text.contains("\"Actual Loops\": 300")) << text;
}

TEST(Partitions, WhatDefaultCaughtRaisesAnAlarmAndGetsItsPartition) {
    const TestServer server;
    HttpClient ann = server.new_user();
    const Ids ids = write_drawing(ann);
    const std::string& url = server.config().database_url;
    (void)sql_text(url,
                   std::format("INSERT INTO session_events (session_id, user_id, event_type, "
                               "created_at) VALUES ('{}', '{}', 'error', '2031-05-07') RETURNING 1",
                               ids.session, ann.id));
    EXPECT_TRUE(ann.get("/readyz").body.contains(R"("partitions":"failing")"));
    EXPECT_EQ(ann.get("/readyz").status, 200) << "saving goes on";
    (void)sql_text(url, "SELECT haven_maintain_partitions()");
    EXPECT_TRUE(ann.get("/readyz").body.contains(R"("partitions":"ok")"));
    EXPECT_EQ(sql_text(url, "SELECT tableoid::regclass FROM session_events WHERE created_at = "
                            "'2031-05-07'"),
              "session_events_p20310505")
        << "a week from Monday";
    EXPECT_EQ(sql_text(url, "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' "
                            "AND NOT relrowsecurity"),
              "0");
}

TEST(Partitions, ThreeWeeksAndMonthsAreAheadAndWhatIsOldIsDropped) {
    const std::string url = TestCluster::instance().fresh_database();
    EXPECT_EQ(sql_text(url, "SELECT to_regclass('session_events_p' || to_char(date_trunc('week', "
                            "now(), 'UTC') + interval '21 days', 'YYYYMMDD')) IS NOT NULL AND "
                            "to_regclass('audit_logs_p' || to_char(date_trunc('month', now(), "
                            "'UTC') + interval '3 months', 'YYYYMMDD')) IS NOT NULL"),
              "t");
    (void)sql_text(url, "UPDATE partman.part_config SET retention = '1 day' WHERE parent_table = "
                        "'public.session_events' RETURNING 1");
    ASSERT_EQ(sql_text(url, "SELECT to_regclass('session_events_2026_w01') IS NULL"), "f");
    (void)sql_text(url, "SELECT haven_maintain_partitions()");
    EXPECT_EQ(sql_text(url, "SELECT to_regclass('session_events_2026_w01') IS NULL"), "t");
}

TEST(Roles, APoolerThatKeepsNoPreparedStatementsIsNamedAtTheStart) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    const std::string direct = config.database_url;
    for (const auto& [statements, mode, serves] :
         {std::tuple(0, "transaction", false), std::tuple(500, "transaction", true),
          std::tuple(0, "session", true)}) {
        const Pooler pooler(direct, statements, mode);
        ASSERT_TRUE(await(std::chrono::seconds(10), [&] { return pooler.answers(); }));
        config.database_url = pooler.url();
        const auto started = http::Server::create(config);
        EXPECT_EQ(started.has_value(), serves) << statements << mode;
        if (!started) {
            EXPECT_TRUE(started.error().contains("max_prepared_statements")) << started.error();
        }
    }
}

TEST(Roles, BehindAPoolerInTransactionModeNobodySeesAnothersRows) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    const Pooler pooler(config.database_url);
    ASSERT_TRUE(await(std::chrono::seconds(10), [&] { return pooler.answers(); }));
    const std::string direct = std::exchange(config.database_url, pooler.url());
    config.database_pool_size = 8;
    const TestServer server({}, config);
    std::vector<std::future<std::string>> people;
    for (int person = 0; person < 8; ++person) {
        people.push_back(std::async(std::launch::async, [&server]() -> std::string {
            HttpClient client = server.new_user();
            for (int i = 0; i < 5; ++i) {
                const Ids ids = write_drawing(client);
                if (client.get("/v1/bilateral-drawings/" + ids.drawing).status != 200) {
                    return "a drawing of one's own was not found";
                }
            }
            const Reply listed = client.get("/v1/sessions?limit=200");
            std::size_t items = 0;
            for (std::size_t at = 0;
                 (at = listed.body.find("\"session_number\"", at)) != std::string::npos; ++at) {
                ++items;
            }
            return items == 5 ? "" : std::format("{} sessions listed, 5 written", items);
        }));
    }
    for (auto& person : people) {
        EXPECT_EQ(person.get(), "");
    }
    EXPECT_EQ(sql_text(direct, "SELECT count(*) FROM bilateral_drawings"), "40");
    EXPECT_EQ(sql_text(direct, "SELECT count(*) FROM audit_logs WHERE user_id IS NULL "
                               "AND action <> 'register'"), // nobody has an account yet
              "0");
}

} // namespace
} // namespace haven::test
