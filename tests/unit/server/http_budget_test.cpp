// Room for bodies: first come, first served, never more than the budget, and no room lost.
#include "server/http/byte_budget.hpp"
#include "server/http/turns.hpp"
#include "server/http/worker_pool.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <latch>
#include <list>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace haven::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class Budget : public ::testing::Test {
  protected:
    asio::awaitable<void> take(std::size_t bytes, int name, std::chrono::milliseconds wait_max) {
        auto lease = co_await budget.acquire(bytes, wait_max);
        order.push_back(lease ? name : -name);
        if (lease) {
            leases.push_back(std::move(*lease));
        }
    }
    void ask(std::size_t bytes, int name, std::chrono::milliseconds wait_max = 10s) {
        asio::co_spawn(io, take(bytes, name, wait_max), asio::detached);
        io.restart();
        io.poll();
    }
    void run_what_is_ready() {
        io.restart();
        io.poll();
    }

    asio::io_context io;
    ByteBudget budget{io.get_executor(), 100};
    std::vector<ByteBudget::Lease> leases;
    std::vector<int> order;
};

TEST_F(Budget, ALargeBodyIsNotOvertakenBySmallOnes) {
    ask(60, 1);
    ask(80, 2);
    ask(10, 3);
    EXPECT_EQ(order, (std::vector{1}));
    EXPECT_EQ(budget.waiting(), 2U);
    leases.clear();
    run_what_is_ready();
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
    EXPECT_EQ(budget.bytes_in_use(), 90U);
}

TEST_F(Budget, ALargeBodyHoldsOthersUpForAWhileAndThenWhatFitsGoesPast) {
    ask(60, 1);
    ask(80, 2, ByteBudget::alone_max + 10s);
    ask(10, 3, ByteBudget::alone_max + 10s);
    while (order.size() < 2) {
        io.restart();
        ASSERT_GT(io.run_one(), 0U);
    }
    EXPECT_EQ(order, (std::vector{1, 3}));
    ask(20, 4);
    EXPECT_EQ(order, (std::vector{1, 3, 4})) << "nor is it waited for by who comes then";
    leases.clear();
    run_what_is_ready();
    EXPECT_EQ(order, (std::vector{1, 3, 4, 2})) << "its own turn comes all the same";
}

TEST_F(Budget, WhatIsInMemoryAlreadyFindsRoomAtOnceOrNone) {
    {
        const auto first = budget.try_acquire(70, {});
        EXPECT_TRUE(first);
        EXPECT_FALSE(budget.try_acquire(40, {}));
        EXPECT_EQ(budget.waiting(), 0U);
        EXPECT_EQ(budget.bytes_in_use(), 70U);
    }
    EXPECT_EQ(budget.bytes_in_use(), 0U);
    EXPECT_FALSE(budget.try_acquire(101, {}));
}

TEST_F(Budget, WhoGivesUpLetsTheNextOnePass) {
    ask(60, 1);
    ask(80, 2, 1ms);
    ask(40, 3);
    io.restart();
    io.run(); // ends as soon as nobody waits
    EXPECT_EQ(order, (std::vector{1, -2, 3}));
    EXPECT_EQ(budget.bytes_in_use(), 100U);
    leases.clear();
    EXPECT_EQ(budget.bytes_in_use(), 0U);
}

TEST_F(Budget, MoreThanTheWholeIsRefusedAtOnceAndRoomNotUsedIsGivenBack) {
    ask(101, 1);
    EXPECT_EQ(order, (std::vector{-1}));
    ask(100, 2);
    ask(50, 3);
    leases.at(0).shrink_to(50);
    run_what_is_ready();
    EXPECT_EQ(order, (std::vector{-1, 2, 3}));
}

class Shares : public ::testing::Test {
  protected:
    /// Of 1000: small ones are 10 or less.
    static constexpr RoomShares shares{
        .small_bytes_max = 10,
        .small = {.together = 100, .of_identity = 20, .of_network = 40, .of_strangers = 30},
        .large = {.together = 800, .of_identity = 200, .of_network = 400}};

    asio::awaitable<void> take(std::size_t bytes, std::string who, std::string network) {
        ByteBudget::Holder holder{.identity = who, .network = network, .connection = this};
        auto lease = co_await budget.acquire(bytes, 1h, holder);
        if (lease) {
            held.emplace_back(who, std::move(*lease));
        }
        order.push_back(lease ? who : "-" + who);
    }
    void ask(std::size_t bytes, const std::string& who, const std::string& network) {
        asio::co_spawn(io, take(bytes, who, network), asio::detached);
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    void let_go(const std::string& who) {
        const auto found = std::ranges::find(held, who, &std::pair<std::string, Lease>::first);
        ASSERT_NE(found, held.end());
        held.erase(found);
        run();
    }

    using Lease = ByteBudget::Lease;
    asio::io_context io;
    ByteBudget budget{io.get_executor(), 1000, shares};
    std::list<std::pair<std::string, Lease>> held;
    std::vector<std::string> order;
};

TEST_F(Shares, AnIdentityWaitsForItsOwnShareAndHoldsNobodyUp) {
    ask(150, "a", "n");
    ask(150, "a", "n");
    ask(150, "b", "n");
    ask(5, "a", "n");
    EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "a"}));
    EXPECT_EQ(budget.waiting(), 1U);
    let_go("a");
    EXPECT_EQ(order.size(), 4U);
}

TEST_F(Shares, ANetworkWaitsForItsOwnShareAndSmallOnesOfOthersThereGoOn) {
    ask(200, "a", "n");
    ask(200, "b", "n");
    ask(200, "c", "n");
    ask(200, "d", "other");
    ask(10, "c", "n");
    EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "d", "c"}));
    for (const char* const who : {"e", "f", "g", "h", "i", "j"}) {
        ask(10, who, "n"); // each their first, more than the network's share
    }
    ask(10, "e", "n"); // that is over
    ask(10, "", "n");  // and for whoever has no name too
    EXPECT_EQ(order.size(), 10U);
    EXPECT_EQ(budget.waiting(), 3U);
    ask(10, "", "elsewhere");
    EXPECT_EQ(order.size(), 11U);
}

TEST_F(Shares, StrangersHaveOneShareTogetherWhereverTheyComeFrom) {
    for (const char* const network : {"k", "l", "m", "n", "o"}) {
        ask(10, "", network);
    }
    EXPECT_EQ(order.size(), 3U);
    ask(10, "a", "n");
    EXPECT_EQ(order.back(), "a") << "who is known does not wait for them";
    let_go("");
    EXPECT_EQ(order.size(), 5U);
}

TEST_F(Shares, WhoHoldsNothingMayTakeMoreThanAShareAndWhoHoldsLeastIsNext) {
    ask(700, "a", "n");
    ask(300, "a", "n");
    ask(250, "b", "m");
    ask(150, "c", "k");
    EXPECT_EQ(order, (std::vector<std::string>{"a"})) << "large ones together leave room";
    ask(10, "d", "n");
    EXPECT_EQ(order.back(), "d");
    let_go("a");
    EXPECT_EQ(order, (std::vector<std::string>{"a", "d", "a", "b", "c"}));
}

TEST_F(Shares, RoomAtOnceIsOfTheSameShares) {
    ask(150, "a", "n");
    EXPECT_FALSE(budget.try_acquire(150, {.identity = "a", .network = "n"}));
    EXPECT_TRUE(budget.try_acquire(150, {.identity = "b", .network = "n"}));
}

TEST_F(Shares, WhoIsGivenUpWaitsNoLongerAndNothingIsLost) {
    ask(150, "a", "n");
    ask(150, "a", "n");
    budget.give_up(this);
    run();
    EXPECT_EQ(order, (std::vector<std::string>{"a", "-a"}));
    EXPECT_EQ(budget.waiting(), 0U);
    let_go("a");
    EXPECT_EQ(budget.bytes_in_use(), 0U);
}

TEST(WorkerPool, WorkThatGivesWayHasItsPriority) {
    asio::io_context io;
    WorkerPool pool(1, 1, Niceness::some);
    int niceness = 0;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            const auto found = co_await pool.run(
                [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); });
            niceness = found.value_or(0);
        },
        asio::detached);
    io.run();
    EXPECT_GE(niceness, 10);
    pool.end();
}

TEST(WorkerPool, AFullQueueRefusesAndWorkComesBackToItsOwnThread) {
    asio::io_context io;
    WorkerPool pool(1, 1);
    std::latch may_go(1);
    std::vector<int> answers;
    bool came_home = true;
    const auto home = std::this_thread::get_id();
    const auto job = [&](int name) -> asio::awaitable<void> {
        const auto answer = co_await pool.run([&may_go, name] {
            may_go.wait();
            return name;
        });
        came_home = came_home && std::this_thread::get_id() == home;
        answers.push_back(answer.value_or(-name));
    };
    for (int name = 1; name <= 3; ++name) {
        asio::co_spawn(io, job(name), asio::detached);
    }
    io.poll();
    EXPECT_EQ(answers, (std::vector{-3}));
    may_go.count_down();
    io.restart();
    io.run();
    EXPECT_EQ(answers, (std::vector{-3, 1, 2}));
    EXPECT_TRUE(came_home);
    pool.end();
}

class TurnsOfNetworks : public ::testing::Test {
  protected:
    asio::awaitable<void> take(std::string network) {
        auto turn = co_await turns.take(network);
        order.push_back(turn ? network : "-" + network);
        if (turn) {
            held.push_back(std::move(*turn));
        }
    }
    void ask(const std::string& network, int times = 1) {
        for (int i = 0; i < times; ++i) {
            asio::co_spawn(io, take(network), asio::detached);
        }
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    /// Who comes next, one after the other.
    std::vector<std::string> next(int times) {
        order.clear();
        for (int i = 0; i < times; ++i) {
            held.pop_front();
            run();
        }
        return order;
    }

    asio::io_context io;
    Turns turns{io.get_executor(), {.taken = 1, .waiting = 6, .wait_max = 1h}};
    std::list<Turns::Turn> held;
    std::vector<std::string> order;
};

TEST_F(TurnsOfNetworks, AQuietNetworkDoesNotStandBehindAFlood) {
    ask("flood", 5);
    EXPECT_EQ(order, (std::vector<std::string>{"flood"}));
    ask("quiet");
    ask("other");
    EXPECT_EQ(next(6),
              (std::vector<std::string>{"flood", "quiet", "other", "flood", "flood", "flood"}))
        << "the flood's first came before them";
    ask("flood", 2);
    ask("quiet");
    EXPECT_EQ(next(1).front(), "flood") << "the first of a network that waits for no other";
    EXPECT_EQ(next(1).front(), "quiet");
}

TEST_F(TurnsOfNetworks, WhereTheLineIsFullWhoHasMostInItGivesWay) {
    ask("flood", 20);
    EXPECT_EQ(turns.waiting(), 6U);
    EXPECT_EQ(std::ranges::count(order, "-flood"), 13);
    order.clear();
    for (const char* network : {"a", "b", "c", "d", "e", "f"}) {
        ask(network);
    }
    EXPECT_EQ(order,
              (std::vector<std::string>{"-flood", "-flood", "-flood", "-flood", "-flood", "-f"}))
        << "one each";
    EXPECT_EQ(next(6), (std::vector<std::string>{"flood", "a", "b", "c", "d", "e"}));
    held.clear();
    EXPECT_EQ(turns.taken(), 0U);
}

TEST_F(TurnsOfNetworks, NobodyWaitsForEver) {
    Turns impatient(io.get_executor(), {.taken = 1, .waiting = 6, .wait_max = 1ms});
    int refused = 0;
    const auto take_from = [&](std::string network) -> asio::awaitable<void> {
        auto turn = co_await impatient.take(std::move(network));
        refused += turn ? 0 : 1;
        if (turn) {
            held.push_back(std::move(*turn));
        }
    };
    asio::co_spawn(io, take_from("a"), asio::detached);
    asio::co_spawn(io, take_from("b"), asio::detached);
    io.restart();
    io.run(); // ends as soon as nobody waits
    EXPECT_EQ(refused, 1);
    held.clear();
    EXPECT_EQ(impatient.taken(), 0U);
}

} // namespace
} // namespace haven::http
