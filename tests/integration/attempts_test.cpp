// How often somebody may try a password: whichever server of a database they try at, and whatever
// they make up.
#include "server/accounts/attempts.hpp"
#include "server/http/problem.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"
#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <format>
#include <string>

namespace haven::test {
namespace {

class AttemptsTable : public ::testing::Test {
  protected:
    std::int64_t number(const std::string& sql) { return one_value<std::int64_t>(url, sql); }
    /// Of so many attempts, n from 1, how many may go on. What is tried is SQL over n.
    std::int64_t let_through(int attempts, const std::string& network, const std::string& account,
                             const std::string& most = "50,10,30,3000",
                             const std::string& at = "2026-11-22 10:00:01+00") {
        return number(std::format(
            "SELECT count(*) FILTER (WHERE NOT (haven_attempt_log_in(md5({0}), md5({1} || {0}), "
            "md5({1}), '{{{2}}}', '{3}')).refused) FROM generate_series(1, {4}) AS n",
            network, account, most, at, attempts));
    }
    void logged_in(const std::string& network, const std::string& account) {
        (void)number(std::format("SELECT 1::bigint FROM haven_logged_in(md5({0}), md5({1} || {0}), "
                                 "md5({1}), '2026-11-22 10:00:01+00')",
                                 network, account));
    }

    std::string url = TestCluster::instance().fresh_database();
};

TEST_F(AttemptsTable, OneNetworkMayNotTryAPasswordOfEverybody) {
    EXPECT_EQ(let_through(5'000, "'192.0.2.1'", "'user' || n"), 50);
    EXPECT_EQ(let_through(1, "'192.0.2.2'", "'ada'"), 1) << "others go on";
    EXPECT_EQ(let_through(1, "'192.0.2.2'", "'user4999'"), 1);
    EXPECT_EQ(
        let_through(50, "'192.0.2.1'", "'user' || n", "50,10,30,3000", "2026-11-22 10:01:02+00"),
        50)
        << "a minute later";
}

TEST_F(AttemptsTable, ManyNetworksMayNotTryOneAccountAndItsOwnerStillComesIn) {
    EXPECT_EQ(let_through(1, "'home'", "'ada'"), 1);
    logged_in("'home'", "'ada'");
    EXPECT_EQ(let_through(2'000, "'198.51.100.' || n", "'ada'"), 30);
    EXPECT_EQ(let_through(1, "'home'", "'ada'"), 1);
    EXPECT_EQ(let_through(1, "'elsewhere'", "'ada'"), 0);
}

TEST_F(AttemptsTable, AClinicBehindOneAddressLogsInAsOftenAsItLikes) {
    for (int i = 0; i < 200; ++i) {
        const std::string account = std::format("'user{}'", i % 20);
        ASSERT_EQ(let_through(1, "'clinic'", account), 1) << i;
        logged_in("'clinic'", account);
    }
}

TEST_F(AttemptsTable, AWindowThatWasUsedUpMakesTheNextOneLongerAndQuietEndsThat) {
    const auto at = [](const char* time) { return std::format("2026-11-22 {}+00", time); };
    const auto tries = [&](const char* time) {
        return let_through(20, "'a'", "'ada'", "50,10,30,3000", at(time));
    };
    EXPECT_EQ(tries("10:00:00"), 10);
    EXPECT_EQ(tries("10:00:59"), 0);
    EXPECT_EQ(tries("10:01:00"), 10);
    EXPECT_EQ(tries("10:02:59"), 0) << "two minutes now";
    EXPECT_EQ(tries("10:03:00"), 10);
    EXPECT_EQ(tries("10:06:59"), 0);
    EXPECT_EQ(tries("10:30:00"), 10);
    EXPECT_EQ(tries("10:31:00"), 10) << "a minute again";
}

TEST_F(AttemptsTable, ARandomFloodFillsNoTableAndLocksNobodyOut) {
    EXPECT_EQ(let_through(1, "'home'", "'ada'"), 1);
    logged_in("'home'", "'ada'");
    EXPECT_EQ(let_through(20'000, "'net' || n", "'user' || n", "50,10,30,300"), 300);
    EXPECT_EQ(let_through(1, "'home'", "'ada'", "50,10,30,300"), 1);
    EXPECT_LE(number("SELECT count(*) FROM attempts"), 3 * 301 + 2);
    // An hour later each attempt takes some of it away.
    EXPECT_EQ(let_through(200, "'net'", "'user'", "500,500,500,500", "2026-11-22 11:00:00+00"),
              200);
    EXPECT_LE(number("SELECT count(*) FROM attempts"), 5);
}

TEST_F(AttemptsTable, TwoServersCountTogetherAndKeepNothingThatCanBeRead) {
    boost::asio::io_context io;
    const seal::Seal seal{seal::Secret{}};
    auto first_database = store::Database::create(io.get_executor(), {.url = url});
    auto second_database = store::Database::create(io.get_executor(), {.url = url});
    accounts::Attempts first(first_database, seal);
    accounts::Attempts second(second_database, seal);
    int tried = 0;
    for (int i = 0; i < 30; ++i) {
        accounts::Attempts& server = i % 2 == 0 ? first : second;
        tried += run_on(io, server.log_in("ada@example.org", "192.0.2.1")) ? 0 : 1;
    }
    EXPECT_EQ(tried, 10);
    const auto refused = run_on(io, second.log_in("ada@example.org", "192.0.2.1"));
    ASSERT_TRUE(refused);
    EXPECT_EQ(http::status(refused->type), 429);
    EXPECT_FALSE(run_on(io, second.log_in("ben@example.org", "192.0.2.1")));
    EXPECT_EQ(number("SELECT count(*) FROM attempts AS a WHERE to_jsonb(a)::text LIKE '%ada%' OR "
                     "to_jsonb(a)::text LIKE '%192.0.2%'"),
              0);
    EXPECT_EQ(number("SELECT count(*) FROM attempts WHERE key = md5('ada@example.org')"), 0);
}

} // namespace
} // namespace haven::test
