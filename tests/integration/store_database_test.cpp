#include "server/store/database.hpp"

#include "server/store/actor.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <future>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using store::call;
using store::Connection;
using store::Database;
using store::DatabaseConfig;
using store::DbErrorKind;
using store::Outcome;
using store::Rows;
using store::Statement;

constexpr Statement echo{"test.echo",
                         "SELECT $1::uuid, $2::text, $3::bigint, $4::boolean, $5::jsonb, "
                         "$6::timestamptz, $7::bytea, $8::float8, $9::text"};
constexpr Statement insert_note{"test.insert_note", "INSERT INTO notes (id, body) VALUES ($1, $2)"};
constexpr Statement count_notes{"test.count_notes", "SELECT count(*) FROM notes"};
constexpr Statement add_one{"test.add_one", "SELECT $1::int + 1"};
constexpr Statement divide{"test.divide", "SELECT 1 / $1::int"};
constexpr Statement broken{"test.broken", "SELECT nothing FROM nowhere"};
constexpr Statement forget_statements{"test.forget", "DEALLOCATE ALL"};
constexpr Statement never_ends{"test.never_ends", "SELECT pg_sleep('infinity')::text"};
constexpr Statement backend{"test.backend", "SELECT pg_backend_pid()"};
constexpr Statement repeat_text{"test.repeat_text",
                                "SELECT repeat('x', $1::int) || left($2::text, 1)"};

class StoreDatabase : public testing::Test {
  protected:
    void SetUp() override {
        url_ = TestCluster::instance().empty_database();
        connect(url_).execute("CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL, "
                              "CONSTRAINT body_is_short CHECK (length(body) < 1000))");
    }
    Database make(DatabaseConfig config = {}) {
        config.url = url_;
        return Database::create(io_.get_executor(), config);
    }
    std::int64_t notes() { return one_value<std::int64_t>(url_, "SELECT count(*) FROM notes"); }

    std::string url_;
    asio::io_context io_;
};

TEST_F(StoreDatabase, EveryParameterTypeComesBackAsItWent) {
    Database database = make();
    Uuid id;
    id.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255};
    const std::array bytes{std::byte{0}, std::byte{255}, std::byte{7}};
    const std::string_view unterminated = std::string_view("grün und mehr").substr(0, 5);
    const auto rows = run_on(
        io_, database.query(echo, id, unterminated, -9'000'000'000, true, R"({"a": [1]})",
                            store::time_us(1'795'000'000'123'456),
                            std::span<const std::byte>(bytes), 0.1, std::optional<std::string>()));
    ASSERT_TRUE(rows) << store::describe(rows.error());
    const store::Row row = rows->front();
    EXPECT_EQ(row.get<Uuid>(0), id);
    EXPECT_EQ(row.get<std::string>(1), "grün");
    EXPECT_EQ(row.get<std::int64_t>(2), -9'000'000'000);
    EXPECT_TRUE(row.get<bool>(3));
    EXPECT_EQ(row.get<std::string_view>(4), R"({"a": [1]})");
    EXPECT_EQ(row.get<std::int64_t>(5), 1'795'000'000'123'456);
    EXPECT_TRUE(std::ranges::equal(row.get<std::span<const std::byte>>(6), bytes));
    EXPECT_EQ(row.get<double>(7), 0.1);
    EXPECT_EQ(row.get<std::optional<std::string>>(8), std::nullopt);
}

TEST_F(StoreDatabase, EmptyBytesAndTextAreNotNull) {
    Database database = make();
    const auto rows =
        run_on(io_, database.query(echo, nullptr, std::string_view(), nullptr, nullptr, nullptr,
                                   nullptr, std::span<const std::byte>(), nullptr, nullptr));
    ASSERT_TRUE(rows) << store::describe(rows.error());
    EXPECT_EQ(rows->front().get<std::string>(1), "");
    EXPECT_TRUE(rows->front().get<std::span<const std::byte>>(6).empty());
}

TEST_F(StoreDatabase, TextWithAZeroByteIsRefusedAndTheConnectionGoesOn) {
    Database database = make({.pool_size = 1});
    const auto refused = run_on(io_, database.query(insert_note, 1, std::string("be\0fore", 7)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, DbErrorKind::violation);
    EXPECT_TRUE(run_on(io_, database.query(add_one, 1)));
    EXPECT_EQ(database.stats().connects, 1U);
}

TEST_F(StoreDatabase, WriteIsAllOrNothing) {
    Database database = make();
    std::vector<store::Call> calls;
    calls.push_back(call(insert_note, 1, "one"));
    calls.push_back(call(insert_note, 2, "two"));
    const auto written = run_on(io_, database.write(calls));
    ASSERT_TRUE(written) << store::describe(written.error());
    ASSERT_EQ(written->size(), 2U);
    EXPECT_EQ((*written)[1].affected(), 1);
    EXPECT_EQ(notes(), 2);

    calls.clear();
    calls.push_back(call(insert_note, 3, "three"));
    calls.push_back(call(insert_note, 1, "again"));
    calls.push_back(call(insert_note, 4, "four"));
    const auto refused = run_on(io_, database.write(calls));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, DbErrorKind::conflict);
    EXPECT_EQ(refused.error().constraint, "notes_pkey");
    EXPECT_EQ(refused.error().statement, "test.insert_note");
    EXPECT_EQ(notes(), 2);
}

TEST_F(StoreDatabase, ErrorsDoNotRepeatWhatAUserWrote) {
    Database database = make();
    const std::string secret(2'000, 'S');
    const auto refused = run_on(io_, database.query(insert_note, 1, secret));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, DbErrorKind::violation);
    EXPECT_EQ(refused.error().constraint, "body_is_short");
    EXPECT_FALSE(store::describe(refused.error()).contains("SSS"));
    const auto malformed = run_on(io_, database.query(add_one, "my secret"));
    ASSERT_FALSE(malformed);
    EXPECT_EQ(malformed.error().sqlstate, "22P02");
    EXPECT_FALSE(store::describe(malformed.error()).contains("secret"));
}

TEST_F(StoreDatabase, AStatementThatFailsLeavesTheConnectionInUse) {
    Database database = make({.pool_size = 1});
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run_on(io_, database.query(divide, 0)).error().sqlstate, "22012");
        EXPECT_EQ(run_on(io_, database.query(broken)).error().kind, DbErrorKind::bug);
        EXPECT_EQ(run_on(io_, database.query(add_one, i))->front().get<int>(0), i + 1);
    }
    EXPECT_EQ(database.stats().connects, 1U);
}

TEST_F(StoreDatabase, ATransactionDestroyedWithoutCommitIsRolledBackBeforeTheNextQuery) {
    Database database = make({.pool_size = 1});
    const auto seen = run_on(io_, [](Database& db) -> asio::awaitable<std::int64_t> {
        {
            auto transaction = co_await db.begin();
            co_await transaction->query(insert_note, 1, "gone");
        }
        co_return (co_await db.query(count_notes))->front().get<std::int64_t>(0);
    }(database));
    EXPECT_EQ(seen, 0);
    EXPECT_EQ(database.stats().connects, 1U);
}

TEST_F(StoreDatabase, ATransactionDecidesAndCommitsInTwoRoundTrips) {
    Database database = make();
    const auto committed = run_on(io_, [](Database& db) -> asio::awaitable<bool> {
        auto transaction = co_await db.begin();
        auto count = co_await transaction->query(count_notes);
        std::vector<store::Call> calls;
        calls.push_back(call(insert_note, count->front().get<std::int64_t>(0) + 1, "decided"));
        const auto batch = co_await transaction->commit_with(std::move(calls));
        co_return batch && batch->size() == 1;
    }(database));
    EXPECT_TRUE(committed);
    EXPECT_EQ(notes(), 1);
}

TEST_F(StoreDatabase, AFailedTransactionCanOnlyBeRolledBack) {
    Database database = make({.pool_size = 1});
    run_on(io_, [](Database& db) -> asio::awaitable<bool> {
        auto transaction = co_await db.begin();
        co_await transaction->query(insert_note, 1, "first");
        EXPECT_FALSE(co_await transaction->query(insert_note, 1, "twice"));
        co_await transaction->rollback();
        EXPECT_TRUE(co_await db.query(insert_note, 1, "after"));
        co_return true;
    }(database));
    EXPECT_EQ(notes(), 1);
}

TEST_F(StoreDatabase, FiftyTasksShareFourConnections) {
    Database database = make();
    int done = 0;
    for (int task = 0; task < 50; ++task) {
        asio::co_spawn(
            io_,
            [](Database& db, int id, int& count) -> asio::awaitable<void> {
                for (int i = 0; i < 4; ++i) {
                    std::vector<store::Call> calls;
                    calls.push_back(call(insert_note, (id * 100) + i, "concurrent"));
                    calls.push_back(call(count_notes));
                    EXPECT_TRUE(co_await db.write(std::move(calls)));
                    ++count;
                }
            }(database, task, done),
            asio::detached);
    }
    io_.run();
    EXPECT_EQ(done, 200);
    EXPECT_EQ(notes(), 200);
    EXPECT_EQ(database.stats().connections, 4U);
    EXPECT_EQ(database.stats().in_use, 0U);
}

TEST_F(StoreDatabase, TasksOnManyThreadsShareOnePool) {
    asio::thread_pool threads(4);
    Database database = Database::create(threads.get_executor(), {.url = url_, .pool_size = 3});
    std::vector<std::future<bool>> answers;
    for (int task = 0; task < 40; ++task) {
        answers.push_back(asio::co_spawn(
            threads,
            [](Database& db, int id) -> asio::awaitable<bool> {
                bool all = true;
                for (int i = 0; i < 5; ++i) {
                    auto rows = co_await db.query(add_one, id);
                    all = all && rows && rows->front().get<int>(0) == id + 1;
                }
                co_return all;
            }(database, task),
            asio::use_future));
    }
    for (auto& answer : answers) {
        EXPECT_TRUE(answer.get());
    }
    EXPECT_LE(database.stats().connections, 3U);
    threads.join();
}

TEST_F(StoreDatabase, ABatchLargerThanEverySocketBufferGoesThroughBothWays) {
    Database database = make();
    const std::string large(8U << 20U, 'x');
    std::vector<store::Call> calls;
    for (int i = 0; i < 3; ++i) { // the server sends megabytes while we still send ours
        calls.push_back(call(repeat_text, 4 << 20, large));
    }
    const auto batch = run_on(io_, database.read(std::move(calls)));
    ASSERT_TRUE(batch) << store::describe(batch.error());
    EXPECT_EQ((*batch)[2].front().get<std::string_view>(0).size(), (4U << 20U) + 1);
}

TEST_F(StoreDatabase, WaitingTooLongForAConnectionIsPoolExhausted) {
    Database database = make({.pool_size = 1, .acquire_timeout = milliseconds{60}});
    const auto error = run_on(io_, [](Database& db) -> asio::awaitable<Outcome<Rows>> {
        auto transaction = co_await db.begin();
        auto answer = co_await db.query(add_one, 1);
        EXPECT_TRUE(co_await transaction->query(add_one, 1));
        co_return answer;
    }(database));
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().kind, DbErrorKind::pool_exhausted);
    EXPECT_TRUE(run_on(io_, database.query(add_one, 1)));
    EXPECT_EQ(database.stats().exhausted, 1U);
}

TEST_F(StoreDatabase, AFullQueueAnswersAtOnce) {
    Database database = make({.pool_size = 1, .waiters_max = 0});
    const auto error = run_on(io_, [](Database& db) -> asio::awaitable<Outcome<Rows>> {
        auto transaction = co_await db.begin();
        co_return co_await db.query(add_one, 1);
    }(database));
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().kind, DbErrorKind::pool_exhausted);
}

TEST_F(StoreDatabase, AQueryThatTakesTooLongIsGivenUpAndItsConnectionReplaced) {
    Database database = make({.pool_size = 1, .query_timeout = milliseconds{150}});
    const auto late = run_on(io_, database.query(never_ends));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, DbErrorKind::retry);
    EXPECT_TRUE(await(Milliseconds{60'000}, [&] {
        return run_on(io_, database.query(add_one, 1)).has_value();
    })) << "one that is quick enough";
    EXPECT_GE(database.stats().connects, 2U);
}

TEST_F(StoreDatabase, PostgreSqlEndsAStatementBeforeTheClientGivesUp) {
    Database database =
        Database::create(io_.get_executor(), {.url = TestCluster::instance().fresh_database(),
                                              .pool_size = 1,
                                              .query_timeout = std::chrono::seconds(10)});
    const store::Actor job{.kind = store::ActorKind::job, .id = {}, .role = {}};
    const auto late = run_on(io_, database.query_as(job, never_ends));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().sqlstate, "57014") << store::describe(late.error());
    EXPECT_EQ(late.error().kind, DbErrorKind::retry);
    EXPECT_TRUE(run_on(io_, database.query_as(job, add_one, 1)));
    EXPECT_EQ(database.stats().connects, 1U) << "its connection was never given up";
}

TEST_F(StoreDatabase, AConnectionThatIsOfNoMoreUseIsReplaced) {
    for (const char* const state : {"25006", "26000", "57P01", "57P03", "08006", "0A000"}) {
        SCOPED_TRACE(state);
        const std::string sql =
            std::format("DO $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '{}'; END $$", state);
        const Statement says{"test.says", sql.c_str()};
        Database database = make({.pool_size = 1});
        const auto failed = run_on(io_, database.query(says));
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().kind, DbErrorKind::retry);
        EXPECT_TRUE(run_on(io_, database.query(add_one, 1)));
        EXPECT_EQ(database.stats().connects, 2U);
    }
}

TEST_F(StoreDatabase, StatementsThatAreGoneAreSoonPreparedAgain) {
    Database database = make({.pool_size = 1});
    ASSERT_TRUE(run_on(io_, database.query(add_one, 1)));
    ASSERT_TRUE(run_on(io_, database.query(forget_statements)));
    const auto gone = run_on(io_, database.query(add_one, 1));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, DbErrorKind::retry) << store::describe(gone.error());
    EXPECT_TRUE(run_on(io_, database.query(add_one, 1)));
}

TEST_F(StoreDatabase, AServerThatOnlyReadsIsLeftAsSoonAsAnotherWrites) {
    Database database = make({.pool_size = 1});
    Connection owner = connect(url_);
    ASSERT_TRUE(run_on(io_, database.query(add_one, 1)));
    ASSERT_TRUE(owner.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                              "default_transaction_read_only = on', current_database()); PERFORM "
                              "pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                              "current_database() AND pid <> pg_backend_pid(); END $$"));
    const auto write = [&] {
        std::vector<store::Call> calls;
        calls.push_back(call(insert_note, 77, "x"));
        return run_on(io_, database.write(std::move(calls)));
    };
    Outcome<store::Batch> refused = write();
    for (int i = 0; i < 5 && !refused && refused.error().sqlstate != "25006"; ++i) {
        refused = write(); // the connection that was ended is noticed first
    }
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sqlstate, "25006") << store::describe(refused.error());
    EXPECT_EQ(refused.error().kind, DbErrorKind::retry);
    ASSERT_TRUE(owner.execute("SET default_transaction_read_only = off; DO $$ BEGIN EXECUTE "
                              "format('ALTER DATABASE %I RESET default_transaction_read_only', "
                              "current_database()); END $$"));
    EXPECT_TRUE(write()) << "the connection that only read is gone";
}

TEST_F(StoreDatabase, ACancelledQueryGivesItsPlaceBack) {
    Database database = make({.pool_size = 1});
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(
        io_, [](Database& db) -> asio::awaitable<void> { co_await db.query(never_ends); }(database),
        asio::bind_cancellation_slot(cancel.slot(),
                                     [&](const std::exception_ptr&) { ended = true; }));
    while (one_value<std::int64_t>(url_, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                         "'SELECT pg_sleep%'") == 0) {
        io_.poll();
        io_.restart();
    }
    cancel.emit(asio::cancellation_type::terminal);
    while (!ended) {
        io_.run_one();
    }
    const auto next = run_on(io_, database.query(add_one, 1));
    EXPECT_TRUE(next) << store::describe(next.error());
}

TEST_F(StoreDatabase, AnIdleConnectionTheServerEndedIsReplacedUnseen) {
    Database database = make({.pool_size = 1});
    const int pid = run_on(io_, database.query(backend))->front().get<int>(0);
    connect(url_).query("SELECT pg_terminate_backend($1)", pid);
    ASSERT_TRUE(await(Milliseconds{60'000}, [&] {
        return one_value<std::int64_t>(url_, "SELECT count(*) FROM pg_stat_activity WHERE pid = " +
                                                 std::to_string(pid)) == 0;
    }));
    const auto next = run_on(io_, database.query(add_one, 1));
    EXPECT_TRUE(next) << store::describe(next.error());
    EXPECT_EQ(database.stats().connects, 2U);
}

TEST(StoreDatabaseRestart, AfterARestartTheServerIsReachedAgain) {
    const auto cluster = TestCluster::make();
    asio::io_context io;
    Database database = Database::create(
        io.get_executor(), {.url = cluster->tcp_url(cluster->empty_database()), .pool_size = 2});
    ASSERT_TRUE(run_on(io, database.ping()));
    for (const bool crash : {false, true}) {
        crash ? cluster->kill() : cluster->stop();
        const auto down = run_on(io, database.ping());
        ASSERT_FALSE(down);
        EXPECT_TRUE(down.error().is_temporary());
        const auto too_soon = run_on(io, database.ping());
        ASSERT_FALSE(too_soon);
        EXPECT_EQ(too_soon.error().kind, DbErrorKind::unavailable);
        cluster->start();
        EXPECT_TRUE(
            await(Milliseconds{60'000}, [&] { return run_on(io, database.ping()).has_value(); }));
    }
    EXPECT_GE(database.stats().connect_failures, 2U);
}

TEST(StoreDatabaseRestart, AServerThatDiesUnderAQueryGivesATemporaryError) {
    const auto cluster = TestCluster::make();
    const std::string url = cluster->empty_database();
    asio::io_context io;
    Database database = Database::create(io.get_executor(), {.url = url, .pool_size = 1});
    std::optional<Outcome<Rows>> answer;
    asio::co_spawn(
        io, database.query(never_ends),
        [&](const std::exception_ptr&, Outcome<Rows> rows) { answer = std::move(rows); });
    while (one_value<std::int64_t>(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                        "'SELECT pg_sleep%'") == 0) {
        io.poll();
        io.restart();
    }
    cluster->stop();
    while (!answer) {
        io.run_one();
    }
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().kind, DbErrorKind::retry);
    EXPECT_EQ(answer->error().sqlstate, "57P01");
}

TEST(StoreDatabaseRestart, AnAddressNobodyAnswersIsUnavailable) {
    asio::io_context io;
    Database database = Database::create(
        io.get_executor(), {.url = "postgresql://haven@127.0.0.1:" + std::to_string(free_port())});
    const auto down = run_on(io, database.ping());
    ASSERT_FALSE(down);
    EXPECT_EQ(down.error().kind, DbErrorKind::unavailable);
    EXPECT_EQ(database.stats().in_use, 0U);
}

} // namespace

} // namespace haven::test
