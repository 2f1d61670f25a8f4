#include "server/store/migrations.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <format>
#include <future>
#include <list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {

namespace {

namespace fs = std::filesystem;
using store::Connection;
using store::embedded_migrations;
using store::migrate;
using store::Migration;

constexpr std::array two{
    Migration{.version = 1,
              .name = "one",
              .sql = "CREATE TABLE one (id integer); INSERT INTO one VALUES (1);"},
    Migration{.version = 2, .name = "two", .sql = "CREATE TABLE two (id integer);"}};

class Migrations : public testing::Test {
  protected:
    std::string url_ = TestCluster::instance().empty_database();
    Connection connection_ = connect(url_);
};

TEST_F(Migrations, AllApplyInOrderAndASecondTimeNoneDoes) {
    const auto first = migrate(connection_);
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(first->applied.size(), embedded_migrations().size());
    EXPECT_EQ(first->version, static_cast<int>(embedded_migrations().size()));
    const auto second = migrate(connection_);
    ASSERT_TRUE(second) << second.error();
    EXPECT_TRUE(second->applied.empty());
    EXPECT_EQ(one_value<std::int64_t>(url_, "SELECT count(*) FROM schema_migrations WHERE "
                                            "length(sha256) = 64 AND length(name) > 2"),
              static_cast<std::int64_t>(embedded_migrations().size()));
}

TEST_F(Migrations, OnlyTheMissingOnesAreApplied) {
    ASSERT_TRUE(migrate(connection_, std::span(two).first(1)));
    const auto report = migrate(connection_, two);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->applied, std::vector{2});
    EXPECT_EQ(one_value<std::int64_t>(url_, "SELECT count(*) FROM one"), 1);
}

TEST_F(Migrations, NoneDecidesForAClinicianAndNoSessionWaitsInNobodysQueue) {
    ASSERT_TRUE(migrate(connection_, embedded_migrations().first(12)));
    const auto sql = [this](const std::string& text) {
        const auto done = connection_.execute(text);
        ASSERT_TRUE(done) << text << store::describe(done.error());
    };
    sql("INSERT INTO users (email, password_hash, consent_data_processing) VALUES ('a@b.example', "
        "'x', true)");
    sql("INSERT INTO sessions (id, user_id, session_number, modality, status) SELECT "
        "own_id, users.id, n, 'web', 'hitl_review' FROM users, (VALUES "
        "('00000000-0000-7000-8000-000000000001'::uuid, 1), "
        "('00000000-0000-7000-8000-000000000002'::uuid, 2), "
        "('00000000-0000-7000-8000-000000000003'::uuid, 3)) AS s (own_id, n)");
    // The first session has three open cases, the second one, the third none at all.
    sql("INSERT INTO hitl_escalations (session_id, user_id_anonymized, escalation_reason, "
        "priority, "
        "review_deadline) SELECT ('00000000-0000-7000-8000-00000000000' || s)::uuid, 'User #1', "
        "why, priority, now() FROM (VALUES (1, 'graver', 'urgent'), (1, 'second', 'high'), (1, "
        "'third', 'low'), (2, 'alone', 'low')) AS c (s, why, priority)");
    ASSERT_TRUE(migrate(connection_, embedded_migrations().first(16)));
    // As it may stand when a clinic comes to this build: the graver one is decided by a clinician.
    sql("UPDATE hitl_escalations SET review_status = 'approved', reviewed_at = now(), "
        "clinician_action = 'approve_as_is' WHERE escalation_reason = 'graver'");
    ASSERT_EQ(one_value<std::string>(url_, "SELECT string_agg(review_status, ' ' ORDER BY "
                                           "escalation_reason) FROM hitl_escalations"),
              "pending approved approved approved");
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(one_value<std::string>(
                  url_, "SELECT string_agg(concat_ws(' ', escalation_reason, review_status, "
                        "merged_into IS NOT NULL), ', ' ORDER BY escalation_reason) FROM "
                        "hitl_escalations"),
              "alone pending f, found_without_a_case pending f, graver approved f, second pending "
              "f, third merged t");
    EXPECT_EQ(one_value<std::int64_t>(
                  url_, "SELECT count(*) FROM sessions WHERE status = 'hitl_review' AND NOT EXISTS "
                        "(SELECT FROM hitl_escalations WHERE session_id = sessions.id AND "
                        "review_status IN ('pending', 'in_review', 'escalated'))"),
              0);
}

TEST_F(Migrations, TokensThatAreHeldBecomeLogInsAndServicesKeepTheirRightsForAYear) {
    const auto all = embedded_migrations();
    ASSERT_TRUE(migrate(connection_, all.first(26)));
    ASSERT_TRUE(connection_.execute(
        "INSERT INTO users (email, password_hash, consent_data_processing) VALUES ('a@b.example', "
        "'x', true); INSERT INTO clinicians (email, full_name) VALUES ('c@b.example', 'C'); INSERT "
        "INTO services (name) VALUES ('web'); INSERT INTO access_tokens (token_hash, user_id, "
        "expires_at) SELECT sha256('1'), id, now() + interval '12 hours' FROM users; INSERT INTO "
        "access_tokens (token_hash, user_id, expires_at, revoked_at) SELECT sha256('2'), id, now() "
        "+ interval '12 hours', now() FROM users; INSERT INTO access_tokens (token_hash, "
        "clinician_id, expires_at) SELECT sha256('3'), id, now() + interval '12 hours' FROM "
        "clinicians; INSERT INTO access_tokens (token_hash, service_id, expires_at) SELECT "
        "sha256('4'), id, now() + interval '10 years' FROM services"));
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(
        one_value<std::string>(
            url_, "SELECT string_agg(concat_ws(' ', came_by, cardinality(scopes), "
                  "revoked_why, (f.expires_at <= now() + interval '1 year')::text, "
                  "(f.expires_at = t.expires_at)::text, idle_lifetime), ', ' ORDER BY "
                  "token_hash = sha256('1') DESC, token_hash = sha256('2') DESC, token_hash "
                  "= sha256('3') DESC) FROM access_tokens AS t JOIN token_families AS f ON "
                  "f.id = family_id"),
        "password 3 true true, password 3 revoked true true, password 3 ended true true, service "
        "8 true true");
}

TEST_F(Migrations, AChangedFileIsRefusedByName) {
    ASSERT_TRUE(migrate(connection_, two));
    auto changed = two;
    changed[0].sql = "CREATE TABLE one (id bigint);";
    const auto report = migrate(connection_, changed);
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().contains("V0001__one")) << report.error();
}

TEST_F(Migrations, ASchemaNewerThanTheProgramIsRefused) {
    ASSERT_TRUE(migrate(connection_, two));
    const auto report = migrate(connection_, std::span(two).first(1));
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().contains("version 2 (two)")) << report.error();
}

TEST_F(Migrations, AFailingOneLeavesNoTraceAndThoseBeforeItStay) {
    auto failing = two;
    failing[1].sql = "CREATE TABLE two (id integer); SELECT nothing FROM nowhere;";
    const auto report = migrate(connection_, failing);
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().contains("V0002__two")) << report.error();
    EXPECT_TRUE(report.error().contains("nowhere")) << report.error();
    EXPECT_EQ(one_value<std::int64_t>(url_, "SELECT count(*) FROM schema_migrations"), 1);
    EXPECT_EQ(one_value<bool>(url_, "SELECT to_regclass('two') IS NULL"), true);
    EXPECT_TRUE(migrate(connection_, two)) << "and the mended one goes on from there";
}

TEST_F(Migrations, ServersThatStartAtOnceMigrateOnce) {
    std::vector<std::future<bool>> servers;
    for (int i = 0; i < 4; ++i) {
        servers.push_back(
            std::async(std::launch::async, [this] { return migrate(url_).has_value(); }));
    }
    for (auto& server : servers) {
        EXPECT_TRUE(server.get());
    }
    EXPECT_EQ(one_value<std::int64_t>(url_, "SELECT count(*) FROM schema_migrations"),
              static_cast<std::int64_t>(embedded_migrations().size()));
}

/// On a migrated database with one user and one session.
class Schema : public testing::Test {
  protected:
    void SetUp() override {
        run("INSERT INTO users (id, email, password_hash, consent_data_processing) VALUES "
            "('00000000-0000-7000-8000-000000000001', 'ada@example.org', 'x', true)");
        run("INSERT INTO sessions (id, user_id) VALUES ('00000000-0000-7000-8000-000000000002', "
            "'00000000-0000-7000-8000-000000000001')");
    }
    void run(const std::string& sql) {
        const auto done = connection_.execute(sql);
        ASSERT_TRUE(done) << sql << "\n" << store::describe(done.error());
    }
    std::string sqlstate(const std::string& sql) {
        const auto done = connection_.execute(sql);
        return done ? "" : done.error().sqlstate;
    }
    std::int64_t number(const std::string& sql) { return one_value<std::int64_t>(url_, sql); }
    std::string text(const std::string& sql) { return one_value<std::string>(url_, sql); }

    std::string event_at(const std::string& when) {
        return "INSERT INTO session_events (session_id, user_id, event_type, created_at) VALUES "
               "('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', "
               "'x', '" +
               when + "')";
    }

    std::string url_ = TestCluster::instance().fresh_database();
    Connection connection_ = connect(url_);
};

TEST_F(Schema, TodaysRowsHaveTheirOwnPartition) {
    run("INSERT INTO audit_logs (action) VALUES ('login')");
    run(event_at("now"));
    EXPECT_EQ(number("SELECT count(*) FROM audit_logs_default"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM session_events_default"), 0);
    EXPECT_EQ(text("SELECT tableoid::regclass::text FROM session_events"),
              text("SELECT 'session_events_p' || to_char(date_trunc('week', now(), 'UTC') AT TIME "
                   "ZONE 'UTC', "
                   "'YYYYMMDD')"));
}

TEST_F(Schema, WhatNoPartitionTakesIsCaughtByDefault) {
    run(event_at("2031-05-05 12:00+00"));
    run("INSERT INTO audit_logs (action, timestamp) VALUES ('login', '2031-05-05')");
    EXPECT_EQ(number("SELECT count(*) FROM session_events_default"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM audit_logs_default"), 1);
}

TEST_F(Schema, EnsuringPartitionsMovesWhatDefaultCaughtAndTwiceMakesNothing) {
    run(event_at("2031-05-05 12:00+00"));
    run("INSERT INTO audit_logs (action, timestamp) VALUES ('login', '2031-05-05')");
    EXPECT_EQ(number("SELECT haven_ensure_partitions(1, '2031-05-07')::bigint"), 4);
    EXPECT_EQ(number("SELECT count(*) FROM session_events_2031_05_05"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM audit_logs_2031_05"), 1);
    EXPECT_EQ(number("SELECT haven_ensure_partitions(1, '2031-05-07')::bigint"), 0);
    EXPECT_EQ(sqlstate("DELETE FROM audit_logs"), "42501") << "the guard stands again";
}

TEST_F(Schema, NewPartitionsGoAroundTheSeedsOddExampleWeeks) {
    // The examples cover Thursday 1 to Thursday 15 January 2026.
    EXPECT_GT(number("SELECT haven_ensure_partitions(3, '2025-12-30')::bigint"), 0);
    for (const char* day : {"2025-12-29", "2026-01-01", "2026-01-08", "2026-01-14 23:59:59+00",
                            "2026-01-15", "2026-01-20", "2026-01-25 23:59:59.999999+00"}) {
        run(event_at(day));
    }
    EXPECT_EQ(number("SELECT count(*) FROM session_events_default"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM session_events_2026_w01"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM session_events_2026_01_15"), 1)
        << "the rest of that week";
}

TEST_F(Schema, PartitionBoundsAreInUtcWhateverTheSessionsZone) {
    run("SET timezone = 'Pacific/Auckland'");
    run("SELECT haven_ensure_partitions(0, '2032-02-29 23:30+00')");
    EXPECT_EQ(text("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = "
                   "'audit_logs_2032_02'"),
              "FOR VALUES FROM ('2032-02-01 00:00:00+00') TO ('2032-03-01 00:00:00+00')");
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relname = 'session_events_2032_02_23'"),
              1);
}

TEST_F(Schema, AuditRowsCannotBeChangedOrRemoved) {
    run("INSERT INTO audit_logs (action, user_id) VALUES ('login', "
        "'00000000-0000-7000-8000-000000000001')");
    EXPECT_EQ(sqlstate("UPDATE audit_logs SET action = 'logout'"), "42501");
    EXPECT_EQ(sqlstate("UPDATE audit_logs SET user_id = NULL, action = 'x'"), "42501");
    EXPECT_EQ(sqlstate("DELETE FROM audit_logs"), "42501");
    EXPECT_EQ(sqlstate("TRUNCATE audit_logs"), "42501");
    run("DELETE FROM users");
    EXPECT_EQ(number("SELECT count(*) FROM audit_logs WHERE user_id IS NULL AND action = 'login'"),
              1);
}

TEST_F(Schema, OneAddressIsOneAccountHoweverItIsWritten) {
    for (const auto& [address, state] :
         {std::pair("ada@example.org", "23505"), std::pair("ADA@example.org", "23514")}) {
        EXPECT_EQ(sqlstate(std::format("INSERT INTO users (email, password_hash, "
                                       "consent_data_processing) VALUES ('{}', 'x', true)",
                                       address)),
                  state);
    }
}

TEST_F(Schema, ValuesOutsideTheDesignsListsAreRefused) {
    for (const char* sql :
         {"UPDATE sessions SET modality = 'paper'", "UPDATE sessions SET status = 'done'",
          "UPDATE users SET status = 'gone'", "UPDATE sessions SET duration_minutes = -1"}) {
        EXPECT_EQ(sqlstate(sql), "23514") << sql;
    }
    run("UPDATE sessions SET modality = 'vr', status = 'exercise_in_progress', safety_status = "
        "NULL");
    EXPECT_EQ(sqlstate("UPDATE sessions SET hitl_reviewer_id = gen_random_uuid()"), "23503");
}

TEST_F(Schema, EveryForeignKeyHasAnIndexThatLeadsWithIt) {
    const auto missing = connection_.query(R"(
        SELECT conrelid::regclass::text || '.' || attname
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND conparentid = 0
          AND NOT EXISTS (SELECT FROM pg_index
                          WHERE indrelid = conrelid AND indkey[0] = conkey[1]))");
    ASSERT_TRUE(missing) << store::describe(missing.error());
    for (const store::Row row : *missing) {
        ADD_FAILURE() << row.get<std::string>(0) << " has no index";
    }
}

TEST_F(Schema, EveryTableHasAPrimaryKey) {
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = "
                     "'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = "
                     "pg_class.oid "
                     "AND indisprimary)"),
              0);
}

TEST_F(Schema, DrawingsAreCompressedWithLz4) {
    EXPECT_EQ(text("SELECT string_agg(attcompression::text, '') FROM pg_attribute WHERE attrelid = "
                   "'bilateral_drawings'::regclass AND atttypid = 'jsonb'::regtype"),
              "ll");
}

/// The routines and one more, which answers so.
std::string routines_and(const std::string& answer) {
    return std::string(store::embedded_routines()) +
           std::format(
               "\nCREATE OR REPLACE FUNCTION one_more(id uuid, body jsonb, asked jsonb) "
               "RETURNS haven_answer LANGUAGE plpgsql AS $$ BEGIN IF id IS NULL THEN RETURN "
               "haven_not_found(); END IF; RETURN {}; END $$;\n",
               answer);
}

TEST_F(Migrations, ARoutineThatForgetsWhomItsAnswerIsAboutIsNotCreated) {
    ASSERT_TRUE(migrate(url_));
    for (const char* answer :
         {"haven_status(200)", "haven_ok(body)", "haven_ok(jsonb_build_object('id', id))",
          "haven_created(body)", "haven_no_content()", "haven_forbidden('no')",
          "haven_conflict(NULL)", "haven_invalid('/at', 'required')",
          "haven_written(true, '/v1/x', haven_not_found())", "haven_try_again()", "haven_foreign()",
          "(200, body, NULL, NULL, NULL, NULL)::haven_answer"}) {
        const auto replaced = store::replace_routines(connection_, routines_and(answer));
        ASSERT_FALSE(replaced) << answer;
        EXPECT_TRUE(replaced.error().contains("one_more")) << replaced.error();
        EXPECT_TRUE(one_value<bool>(url_, "SELECT to_regproc('one_more') IS NULL")) << answer;
    }
    // The one that says it is about nobody is created.
    const auto replaced =
        store::replace_routines(connection_, routines_and("haven_ok(haven_nobody(), body)"));
    ASSERT_TRUE(replaced) << replaced.error();
    EXPECT_TRUE(one_value<bool>(url_, "SELECT to_regproc('one_more') IS NOT NULL"));
}

/// Made past the words that ask for it, it is refused when it is to be recorded.
TEST_F(Migrations, AnAnswerWithoutASubjectIsNotRecorded) {
    ASSERT_TRUE(migrate(url_));
    ASSERT_TRUE(connection_.execute("SELECT set_config('haven.actor', 'job', false)"));
    const std::string made = R"(, '{"action": "read"}'))";
    EXPECT_FALSE(connection_.query("SELECT haven_answered(NULL::haven_answer" + made));
    EXPECT_FALSE(connection_.query(
        "SELECT haven_answered((200, NULL, NULL, NULL, NULL, NULL)::haven_answer" + made));
    ASSERT_TRUE(connection_.query("SELECT haven_answered(haven_ok(haven_nobody(), NULL)" + made));
    const auto rows = connection_.query("SELECT count(*), max(response_status) FROM audit_logs");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().get<std::int64_t>(0), 1);
    EXPECT_EQ(rows->front().get<std::int32_t>(1), 200);
}

/// Every .sql file of every folder of the server, as the build embeds it.
TEST_F(Schema, EveryStatementFilePreparesOnAFreshDatabase) {
    std::list<std::string> names; // Statement looks at them
    int prepared = 0;
    for (const auto& folder : fs::directory_iterator(HAVEN_SOURCE_DIR "/server")) {
        if (!fs::is_directory(folder.path() / "sql")) {
            continue;
        }
        for (const auto& file : fs::directory_iterator(folder.path() / "sql")) {
            if (file.path().extension() != ".sql") {
                continue;
            }
            const std::string& name = names.emplace_back(folder.path().filename().string() + "." +
                                                         file.path().stem().string());
            const std::string& sql = names.emplace_back(read_text(file.path()));
            const auto done = connection_.prepare({.name = name.c_str(), .sql = sql.c_str()});
            EXPECT_TRUE(done) << file.path() << "\n" << store::describe(done.error());
            ++prepared;
        }
    }
    EXPECT_GE(prepared, 6);
}

} // namespace

} // namespace haven::test
