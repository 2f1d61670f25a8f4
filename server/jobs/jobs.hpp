#pragma once

#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <span>

namespace haven::jobs {

struct Job {
    const store::Statement* statement; ///< its column `done` says how many
    std::chrono::seconds period;
};

/// Partitions, sessions nobody ends, what expires, the day's figures.
[[nodiscard]] std::span<const Job> usual();
/// What waits for no other: calls in a crisis, claims that run out.
[[nodiscard]] std::span<const Job> urgent();

/// The server's periodic work in the database. Each job is one statement that may run on several
/// servers at once. On the I/O thread.
class Jobs {
  public:
    Jobs(const boost::asio::any_io_executor& executor, store::Database& database,
         std::span<const Job> jobs)
        : database_(database), jobs_(jobs), timer_(executor) {}

    /// Runs what is due, again and again, until it is stopped.
    [[nodiscard]] boost::asio::awaitable<void> run();
    void stop();
    /// Rows in the DEFAULT partitions, as last counted: above zero, a partition was missing.
    [[nodiscard]] std::int64_t default_partition_rows() const { return default_rows_; }
    /// Cases for review past their deadline, as last counted.
    [[nodiscard]] std::int64_t overdue_cases() const { return overdue_cases_; }

  private:
    [[nodiscard]] boost::asio::awaitable<store::Outcome<void>>
    run_one(const store::Statement& statement);

    store::Database& database_;
    std::span<const Job> jobs_;
    boost::asio::steady_timer timer_;
    std::int64_t default_rows_ = 0;
    std::int64_t overdue_cases_ = 0;
    bool stopping_ = false;
};

} // namespace haven::jobs
