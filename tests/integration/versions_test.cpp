// Two versions of the program beside each other: which schema each serves, and who may change it.
#include "server/config.hpp"
#include "server/http/server.hpp"
#include "server/store/connection.hpp"
#include "server/store/migrations.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <string>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

const int known = static_cast<int>(store::embedded_migrations().size());

/// What a newer program's migration leaves; `says` is what it says of older programs.
void migrate_beyond(const std::string& url, const std::string& says = "") {
    sql_do(url, says + "ALTER TABLE sessions ADD COLUMN of_a_newer_program TEXT");
    sql_do(url, std::format("INSERT INTO schema_migrations (version, name, sha256, duration_ms) "
                            "VALUES ({}, 'newer', repeat('0', 64), 1)",
                            known + 1));
    sql_do(url,
           std::format("UPDATE schema_routines SET program = {}, sha256 = 'newer'", known + 1));
}

TEST(Versions, AnOlderProgramGoesOnServingBesideANewerOne) {
    TestServer server;
    HttpClient user = server.new_user();
    const std::string url = server.config().database_url;
    migrate_beyond(url);
    EXPECT_EQ(user.get("/readyz").status, 200) << user.get("/readyz").body;
    user.described = false; // the newer one's column is a member more, which clients pass over
    (void)write_drawing(user);
    // It may also start again, and leaves what the newer one made.
    server.request_stop();
    server.join();
    ASSERT_TRUE(http::Server::create(server.config()));
    EXPECT_EQ(sql_text(url, "SELECT sha256 FROM schema_routines"), "newer");
    EXPECT_EQ(sql_text(url, "SELECT max(version) FROM schema_migrations"),
              std::to_string(known + 1));
}

TEST(Versions, WhatTakesSomethingFromOlderProgramsIsNotServedByThem) {
    TestServer server;
    HttpClient user = server.new_user();
    migrate_beyond(server.config().database_url,
                   std::format("ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET "
                               "DEFAULT {}; ",
                               known + 1));
    const Reply ready = user.get("/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_TRUE(ready.body.contains(R"("migrations":"failing")")) << ready.body;
    EXPECT_EQ(user.get("/livez").status, 200);
    server.request_stop();
    server.join();
    for (const bool migrates : {true, false}) {
        ServerConfig config = server.config();
        config.migrate_enabled = migrates;
        const auto again = http::Server::create(config);
        ASSERT_FALSE(again);
        EXPECT_TRUE(again.error().contains(std::format("version {}", known + 1))) << again.error();
    }
}

TEST(Versions, ANewerProgramWaitsForItsMigrationAndThenServes) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = TestCluster::instance().empty_database();
    config.migrate_enabled = false;
    const auto none = http::Server::create(config);
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().contains("haven-server migrate")) << none.error();
    {
        store::Connection connection = connect(config.database_url);
        const auto all = store::embedded_migrations();
        ASSERT_TRUE(store::migrate(connection, all.first(all.size() - 1)));
    }
    const TestServer server({}, config, Company::none);
    HttpClient client = server.client();
    EXPECT_EQ(client.get("/livez").status, 200);
    EXPECT_EQ(client.get("/readyz").status, 503);
    const std::string email = new_id() + "@example.org";
    const Reply early = client.post("/v1/users", registration_body(email));
    EXPECT_EQ(early.status, 503);
    EXPECT_TRUE(early.headers.contains("retry-after"));
    ASSERT_TRUE(store::migrate(config.database_url));
    ASSERT_TRUE(await(
        30s, [&] { return client.post("/v1/users", registration_body(email)).status == 202; }));
    EXPECT_EQ(client.get("/readyz").status, 200);
    HttpClient user = server.new_user();
    (void)write_drawing(user);
}

TEST(Versions, ASchemaFitsAProgramOrSaysWhyNot) {
    using store::fit_of;
    using enum store::SchemaFit;
    EXPECT_EQ(fit_of({.version = 24, .oldest_program = 24}, 24), serves);
    EXPECT_EQ(fit_of({.version = 26, .oldest_program = 24}, 24), serves);
    EXPECT_EQ(fit_of({.version = 26, .oldest_program = 25}, 24), beyond);
    EXPECT_EQ(fit_of({.version = 23, .oldest_program = 23}, 24), behind);
    EXPECT_EQ(fit_of({}, 24), behind);
}

/// One role migrates, another one serves.
TEST(Versions, TheServerNeedsNoRightToChangeTheSchema) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    const std::string owners = TestCluster::instance().empty_database();
    sql_do(owners, "DO $$ BEGIN CREATE ROLE haven_serves LOGIN NOSUPERUSER NOBYPASSRLS; EXCEPTION "
                   "WHEN duplicate_object THEN NULL; END $$");
    const auto migrated = run({.argv = {HAVEN_BINARY_DIR "/haven-server", "migrate",
                                        "--database-url", owners, "--server-role", "haven_serves"},
                               .output_stem = directory.path() / "migrate"},
                              60s);
    ASSERT_TRUE(migrated);
    ASSERT_EQ(*migrated, (Ended{.exit_status = 0, .signal = 0}))
        << read_text(directory.path() / "migrate.err");
    const std::size_t user_ends = owners.find("@/");
    ASSERT_NE(user_ends, std::string::npos) << owners;
    config.database_url = "postgresql://haven_serves" + owners.substr(user_ends);
    config.migrate_enabled = false;
    config.jobs_enabled = true;
    const TestServer server({}, config);
    HttpClient user = server.new_user();
    const Ids ids = write_drawing(user);
    EXPECT_EQ(user.get("/v1/bilateral-drawings/" + ids.drawing).status, 200);
    EXPECT_EQ(user.get("/readyz").status, 200) << user.get("/readyz").body;
    store::Connection connection = connect(config.database_url);
    for (const char* sql :
         {"CREATE TABLE of_mine (id integer)", "ALTER TABLE users ADD COLUMN of_mine text",
          "DROP TABLE sessions", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql RETURN 1",
          "TRUNCATE audit_logs", "INSERT INTO schema_migrations VALUES (99, 'x', 'x')"}) {
        const auto done = connection.execute(sql);
        ASSERT_FALSE(done) << sql;
        EXPECT_EQ(done.error().sqlstate, "42501") << sql;
    }
}

} // namespace
} // namespace haven::test
