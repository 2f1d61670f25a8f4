#pragma once

#include "server/store/async_connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

namespace haven::store {

class Lease;

/// At most pool_size permits; whoever holds one has a connection or the right to make one.
/// Connections not in use are kept, the last used first. Any thread. Shared, because leases and
/// rollbacks in the background outlive the Database.
class Pool : public std::enable_shared_from_this<Pool> {
  public:
    Pool(const boost::asio::any_io_executor& executor, DatabaseConfig config);

    /// A connection that works as far as can be seen without asking it.
    [[nodiscard]] boost::asio::awaitable<Outcome<std::unique_ptr<Lease>>> acquire();
    /// Returns a permit, with its connection or without. A connection amid a transaction is rolled
    /// back first.
    void give_back(std::unique_ptr<AsyncConnection> connection);
    void close();
    [[nodiscard]] PoolStats stats() const;
    /// For how long PostgreSQL lets a statement run: it gives up before the client does.
    [[nodiscard]] std::chrono::milliseconds statement_timeout() const {
        return config_.query_timeout * 4 / 5;
    }
    [[nodiscard]] bool log_audit() const { return config_.log_audit; }

  private:
    struct Waiter;
    class QueuePlace;
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] boost::asio::awaitable<Outcome<void>> take_permit(Lease& lease);
    [[nodiscard]] boost::asio::awaitable<Outcome<void>> connect(Lease& lease);
    [[nodiscard]] std::optional<DbError> too_early_to_connect() const;
    void connect_failed();
    void release(std::unique_ptr<AsyncConnection> connection);
    void leave(Waiter& waiter);
    void forget(const AsyncConnection* connection);
    void discard(std::unique_ptr<AsyncConnection> connection);
    void keep_watch(); ///< with the mutex held
    void watch();
    static boost::asio::awaitable<void> roll_back(std::shared_ptr<Pool> pool,
                                                  std::unique_ptr<AsyncConnection> connection);

    boost::asio::any_io_executor executor_;
    const DatabaseConfig config_;
    mutable std::mutex mutex_; ///< held for a few instructions, never across a wait
    std::vector<std::unique_ptr<AsyncConnection>> idle_;
    std::vector<AsyncConnection*> open_; ///< idle or leased: whom the watch looks at
    std::deque<std::shared_ptr<Waiter>> waiters_;
    std::size_t permits_taken_ = 0;
    PoolStats counters_;
    Clock::time_point connect_not_before_;
    std::chrono::milliseconds reconnect_delay_{0};
    std::minstd_rand jitter_;
    boost::asio::steady_timer watch_timer_;
    bool watching_ = false;
    bool closed_ = false;
};

/// A permit and, once connected, its connection. Gives both back when destroyed.
class Lease {
  public:
    explicit Lease(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        if (has_permit) {
            pool_->give_back(std::move(connection));
        }
    }

    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> round_trip(std::span<const Call> calls) {
        return connection->round_trip(calls);
    }

    std::unique_ptr<AsyncConnection> connection;
    bool has_permit = false;

  private:
    std::shared_ptr<Pool> pool_;
};

} // namespace haven::store
