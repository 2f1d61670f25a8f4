// Room for bodies: first come, first served, never more than the budget, and no room lost.
#include "server/http/byte_budget.hpp"
#include "server/http/worker_pool.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <latch>
#include <optional>
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

} // namespace
} // namespace haven::http
