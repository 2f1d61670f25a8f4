// How often somebody may try a password: whichever server of a database they try at, and whatever
// they make up.
#include "server/accounts/attempts.hpp"
#include "server/http/problem.hpp"
#include "server/http/turns.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"
#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"

#include <boost/asio/awaitable.hpp>
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
    /// Of so many attempts, n from 1, how many right passwords would be let in. What is tried is
    /// SQL over n.
    std::int64_t let_through(int attempts, const std::string& network, const std::string& account,
                             const std::string& most = usual,
                             const std::string& at = "2026-11-22 10:00:01+00") {
        return number(std::format(
            "SELECT count(*) FILTER (WHERE NOT ((tried).standing).refused OR ((tried).is_tried AND "
            "(tried).is_known)) FROM (SELECT haven_try_log_in(md5({0}), md5({1} || {0}), md5({1}), "
            "'{{{2}}}', '{3}') AS tried FROM generate_series(1, {4}) AS n OFFSET 0) AS each",
            network, account, most, at, attempts));
    }
    /// What an attempt at 10:00:31 hears if the password is wrong.
    std::string heard(const std::string& network, const std::string& account,
                      const std::string& most = usual) {
        return text(
            std::format("SELECT (haven_try_log_in(md5({0}), md5({1} || {0}), md5({1}), '{{{2}}}', "
                        "'2026-11-22 10:00:31+00')).standing::text",
                        network, account, most));
    }
    std::string text(const std::string& sql) { return one_value<std::string>(url, sql); }
    void logged_in(const std::string& network, const std::string& account) {
        (void)number(std::format("SELECT 1::bigint FROM haven_came_in(md5({0}), md5({1} || {0}), "
                                 "md5({1}), true, true, '2026-11-22 10:00:01+00')",
                                 network, account));
    }

    /// A network, an account from it, an account and all together; and as work, a pair and a
    /// network.
    static constexpr const char* usual = "50,10,30,3000,60,600";
    std::string url = TestCluster::instance().fresh_database();
};

TEST_F(AttemptsTable, OneNetworkMayNotTryAPasswordOfEverybody) {
    EXPECT_EQ(let_through(5'000, "'192.0.2.1'", "'user' || n"), 50);
    EXPECT_EQ(let_through(1, "'192.0.2.2'", "'ada'"), 1) << "others go on";
    EXPECT_EQ(let_through(1, "'192.0.2.2'", "'user4999'"), 1);
    EXPECT_EQ(let_through(50, "'192.0.2.1'", "'user' || n", usual, "2026-11-22 10:01:02+00"), 50)
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
        return let_through(20, "'a'", "'ada'", usual, at(time));
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
    EXPECT_EQ(let_through(20'000, "'net' || n", "'user' || n", "50,10,30,300,60,600"), 300);
    EXPECT_EQ(let_through(1, "'home'", "'ada'", "50,10,30,300,60,600"), 1);
    EXPECT_LE(number("SELECT count(*) FROM attempts"), 5 * 301 + 2);
    // An hour later each attempt takes some of it away.
    EXPECT_EQ(
        let_through(200, "'net'", "'user'", "500,500,500,500,500,500", "2026-11-22 11:00:00+00"),
        200);
    EXPECT_LE(number("SELECT count(*) FROM attempts"), 7);
}

TEST_F(AttemptsTable, RightPasswordsAreWorkOfWhichANetworkAndAnAccountHaveAShare) {
    int let_in = 0;
    for (int i = 0; i < 70; ++i) {
        let_in += static_cast<int>(let_through(1, "'clinic'", "'ada'"));
        logged_in("'clinic'", "'ada'");
    }
    EXPECT_EQ(let_in, 60);
    EXPECT_EQ(let_through(1, "'clinic'", "'ben'"), 1) << "a neighbour goes on";
    const std::string few = "50,10,30,3000,60,100";
    int more = 0;
    for (int i = 0; i < 60; ++i) {
        const std::string account = std::format("'user{}'", i);
        more += static_cast<int>(let_through(1, "'clinic'", account, few));
        logged_in("'clinic'", account);
    }
    EXPECT_EQ(more, 39) << "of the network's hundred, 61 were used";
    EXPECT_EQ(let_through(1, "'elsewhere'", "'ada'", few), 1);
}

TEST_F(AttemptsTable, AnAccountThatIsUsedHereIsAnsweredLikeOneThatIsNotUsedAndOneThatIsNot) {
    EXPECT_EQ(let_through(1, "'clinic'", "'used'"), 1);
    logged_in("'clinic'", "'used'");
    EXPECT_EQ(let_through(1, "'clinic'", "'used'"), 1);
    logged_in("'clinic'", "'used'");
    EXPECT_EQ(number("SELECT count(*) FROM attempts WHERE scope IN ('log-in network', 'log-in "
                     "pair', 'log-in account', 'log-in in all')"),
              0)
        << "who came in left nothing";
    // A neighbour tries ten times, and has others try from elsewhere.
    for (const char* account : {"'used'", "'other'"}) {
        EXPECT_EQ(let_through(8, "'clinic'", account), 8);
        EXPECT_EQ(let_through(40, "'away' || n", account), 22) << account << ": 30 of an account";
    }
    const std::string refused = heard("'clinic'", "'other'");
    EXPECT_TRUE(refused.starts_with("(\"log-in account\",t,30,0,")) << refused;
    EXPECT_EQ(heard("'clinic'", "'used'"), refused);
    EXPECT_EQ(heard("'clinic'", "'used'"), heard("'clinic'", "'other'"));
    EXPECT_EQ(heard("'clinic'", "'used'"), heard("'clinic'", "'other'")) << "the ten are used up";
    // And where all is used up.
    const std::string in_all = heard("'clinic'", "'other'", "500,500,30,60,500,500");
    EXPECT_TRUE(in_all.starts_with("(\"log-in in all\",t,60,0,")) << in_all;
    EXPECT_EQ(heard("'clinic'", "'used'", "500,500,30,60,500,500"), in_all);
    EXPECT_EQ(heard("'clinic'", "'used'", "1,500,30,60,500,500"), in_all);
    EXPECT_EQ(let_through(1, "'clinic'", "'used'", "500,500,30,60,500,500"), 1);
    EXPECT_EQ(let_through(1, "'clinic'", "'other'", "500,500,30,60,500,500"), 0);
}

TEST_F(AttemptsTable, TwoServersCountTogetherAndKeepNothingThatCanBeRead) {
    boost::asio::io_context io;
    const seal::Seal seal{seal::Secret{}};
    auto first_database = store::Database::create(io.get_executor(), {.url = url});
    auto second_database = store::Database::create(io.get_executor(), {.url = url});
    http::Turns turns(io.get_executor(), {.taken = 4, .waiting = 4});
    accounts::Attempts first(first_database, seal, turns);
    accounts::Attempts second(second_database, seal, turns);
    int tried = 0;
    for (int i = 0; i < 30; ++i) {
        accounts::Attempts& server = i % 2 == 0 ? first : second;
        tried += run_on(io, server.log_in("ada@example.org", "192.0.2.1")) ? 1 : 0;
    }
    EXPECT_EQ(tried, 10);
    const auto refused = run_on(io, second.log_in("ada@example.org", "192.0.2.1"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(http::status(refused.error().type), 429);
    EXPECT_TRUE(run_on(io, second.log_in("ben@example.org", "192.0.2.1")));
    EXPECT_EQ(turns.taken(), 0U);
    EXPECT_EQ(number("SELECT count(*) FROM attempts AS a WHERE to_jsonb(a)::text LIKE '%ada%' OR "
                     "to_jsonb(a)::text LIKE '%192.0.2%'"),
              0);
    EXPECT_EQ(number("SELECT count(*) FROM attempts WHERE key = md5('ada@example.org')"), 0);
}

TEST_F(AttemptsTable, AnAddressANetworkAndAllTogetherHaveSoManyLetters) {
    boost::asio::io_context io;
    const seal::Seal seal{seal::Secret{}};
    auto database = store::Database::create(io.get_executor(), {.url = url});
    http::Turns turns(io.get_executor(), {.taken = 1, .waiting = 1});
    accounts::Attempts attempts(
        database, seal, turns,
        {.letters_of_address = 3, .letters_of_network = 6, .letters_in_all = 9});
    const auto sent = [&](const std::string& address, const char* network) {
        return !run_on(io, attempts.ask_for_letter(address, network)).has_value();
    };
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(sent("ada@example.org", "192.0.2.1"));
    }
    EXPECT_FALSE(sent("ada@example.org", "192.0.2.2")) << "from elsewhere neither";
    EXPECT_FALSE(run_on(io, attempts.make_account("ada@example.org", "192.0.2.2")))
        << "an account is a letter, too";
    EXPECT_TRUE(run_on(io, attempts.make_account("ben@example.org", "192.0.2.2")));
    int of_one = 0;
    int in_all = 0;
    for (int i = 0; i < 10; ++i) {
        of_one += sent(std::format("a{}@example.org", i), "192.0.2.1") ? 1 : 0;
    }
    for (int i = 0; i < 10; ++i) {
        in_all += sent(std::format("b{}@example.org", i), "192.0.2.3") ? 1 : 0;
    }
    EXPECT_EQ(of_one, 3) << "six of a network";
    EXPECT_EQ(in_all, 3) << "nine in all";
}

TEST_F(AttemptsTable, CodesAreTriedSoOftenByANetwork) {
    boost::asio::io_context io;
    const seal::Seal seal{seal::Secret{}};
    auto database = store::Database::create(io.get_executor(), {.url = url});
    http::Turns turns(io.get_executor(), {.taken = 1, .waiting = 1});
    accounts::Attempts attempts(database, seal, turns, {.codes_of_network = 2});
    EXPECT_TRUE(run_on(io, attempts.use_code("192.0.2.1")));
    EXPECT_TRUE(run_on(io, attempts.use_code("192.0.2.1")));
    EXPECT_FALSE(run_on(io, attempts.use_code("192.0.2.1")));
    EXPECT_TRUE(run_on(io, attempts.use_code("192.0.2.2")));
}

TEST_F(AttemptsTable, AccountsArePasswordsAndHaveATotal) {
    boost::asio::io_context io;
    const seal::Seal seal{seal::Secret{}};
    auto database = store::Database::create(io.get_executor(), {.url = url});
    http::Turns turns(io.get_executor(), {.taken = 1, .waiting = 1});
    accounts::Attempts attempts(
        database, seal, turns,
        {.work_of_network = 3, .accounts_of_network = 3, .accounts_in_all = 5});
    const auto made = [&](const char* network) {
        return run_on(io, attempts.make_account(new_id() + "@example.org", network)).has_value();
    };
    int of_one = 0;
    for (int i = 0; i < 10; ++i) {
        of_one += made("192.0.2.1") ? 1 : 0;
    }
    EXPECT_EQ(of_one, 3);
    EXPECT_FALSE(run_on(io, attempts.prove_password("somebody", "192.0.2.1")))
        << "three accounts were three passwords";
    EXPECT_TRUE(made("192.0.2.2"));
    EXPECT_TRUE(made("192.0.2.3"));
    EXPECT_FALSE(made("192.0.2.4"));
    EXPECT_TRUE(run_on(io, attempts.prove_password("somebody", "192.0.2.4")));
}

} // namespace
} // namespace haven::test
