#include "server/store/pool.hpp"

#include "server/store/async_connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"

#include "haven/sql_store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <exception>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace haven::store {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds watch_interval{50};

DbError exhausted(const char* why) {
    return {.kind = DbErrorKind::pool_exhausted, .message = why};
}

DbError closing() {
    return {.kind = DbErrorKind::unavailable, .message = "the connection pool is closed"};
}

} // namespace

struct Pool::Waiter {
    Waiter(const asio::any_io_executor& executor, Clock::time_point until)
        : woken(executor, 1), deadline(until) {}

    asio::experimental::concurrent_channel<void(boost::system::error_code)> woken;
    Clock::time_point deadline;
    std::unique_ptr<AsyncConnection> connection; ///< handed over with the permit; may be none
    bool granted = false;
    bool queued = true;
};

/// Leaves the queue, and gives back what was granted but never taken, however the waiting coroutine
/// ends.
class Pool::QueuePlace {
  public:
    QueuePlace(Pool& pool, std::shared_ptr<Waiter> waiter)
        : pool_(pool), waiter_(std::move(waiter)) {}
    QueuePlace(const QueuePlace&) = delete;
    QueuePlace& operator=(const QueuePlace&) = delete;
    ~QueuePlace() { pool_.leave(*waiter_); }
    Waiter* operator->() { return waiter_.get(); }

  private:
    Pool& pool_;
    std::shared_ptr<Waiter> waiter_;
};

Pool::Pool(const asio::any_io_executor& executor, DatabaseConfig config)
    : executor_(executor), config_(std::move(config)), jitter_(std::random_device{}()),
      watch_timer_(executor) {
    assert(config_.pool_size > 0);
    idle_.reserve(config_.pool_size);
}

asio::awaitable<Outcome<std::unique_ptr<Lease>>> Pool::acquire() {
    auto lease = std::make_unique<Lease>(shared_from_this());
    if (auto permit = co_await take_permit(*lease); !permit) {
        co_return std::unexpected(std::move(permit.error()));
    }
    if (lease->connection && !lease->connection->still_alive()) {
        discard(std::move(lease->connection));
    }
    if (!lease->connection) {
        if (auto connected = co_await connect(*lease); !connected) {
            co_return std::unexpected(std::move(connected.error()));
        }
    }
    co_return lease;
}

asio::awaitable<Outcome<void>> Pool::take_permit(Lease& lease) {
    std::shared_ptr<Waiter> waiter;
    {
        const std::scoped_lock lock(mutex_);
        if (closed_) {
            co_return std::unexpected(closing());
        }
        if (permits_taken_ < config_.pool_size) {
            ++permits_taken_;
            lease.has_permit = true;
            if (!idle_.empty()) {
                lease.connection = std::move(idle_.back());
                idle_.pop_back();
            }
            keep_watch();
            co_return Outcome<void>();
        }
        if (waiters_.size() >= config_.waiters_max) {
            ++counters_.exhausted;
            co_return std::unexpected(exhausted("too many requests wait for a connection"));
        }
        waiter = std::make_shared<Waiter>(executor_, Clock::now() + config_.acquire_timeout);
        waiters_.push_back(waiter);
    }
    QueuePlace place(*this, waiter);
    co_await place->woken.async_receive(asio::as_tuple(asio::use_awaitable));
    const std::scoped_lock lock(mutex_);
    if (!place->granted) {
        ++counters_.exhausted;
        co_return std::unexpected(closed_ ? closing()
                                          : exhausted("no connection became free in time"));
    }
    place->granted = false; // taken
    lease.has_permit = true;
    lease.connection = std::move(place->connection);
    co_return Outcome<void>();
}

void Pool::leave(Waiter& waiter) {
    std::unique_ptr<AsyncConnection> connection;
    {
        const std::scoped_lock lock(mutex_);
        if (waiter.queued) {
            std::erase_if(waiters_, [&](const auto& other) { return other.get() == &waiter; });
            waiter.queued = false;
        }
        if (!waiter.granted) {
            return;
        }
        connection = std::move(waiter.connection);
    }
    release(std::move(connection));
}

std::optional<DbError> Pool::too_early_to_connect() const {
    const std::scoped_lock lock(mutex_);
    if (closed_) {
        return closing();
    }
    if (Clock::now() < connect_not_before_) {
        return DbError{.kind = DbErrorKind::unavailable,
                       .message = "PostgreSQL could not be reached; the next try comes soon"};
    }
    return std::nullopt;
}

asio::awaitable<Outcome<void>> Pool::connect(Lease& lease) {
    if (auto error = too_early_to_connect()) {
        co_return std::unexpected(std::move(*error));
    }
    auto connection = std::make_unique<AsyncConnection>(executor_);
    auto connected = co_await connection->connect(config_);
    if (!connected) {
        connect_failed();
        co_return std::unexpected(std::move(connected.error()));
    }
    const std::scoped_lock lock(mutex_);
    ++counters_.connects;
    reconnect_delay_ = {};
    connect_not_before_ = {};
    open_.push_back(connection.get());
    lease.connection = std::move(connection);
    co_return Outcome<void>();
}

void Pool::connect_failed() {
    const std::scoped_lock lock(mutex_);
    ++counters_.connect_failures;
    if (Clock::now() < connect_not_before_) {
        return; // others tried at the same time: one failure counts
    }
    reconnect_delay_ =
        std::clamp(reconnect_delay_ * 2, config_.reconnect_delay_min, config_.reconnect_delay_max);
    std::uniform_real_distribution<double> factor(0.5, 1.0);
    connect_not_before_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                             reconnect_delay_ * factor(jitter_));
}

void Pool::give_back(std::unique_ptr<AsyncConnection> connection) {
    if (!connection) {
        release(nullptr);
        return;
    }
    if (!connection->usable()) {
        discard(std::move(connection));
        release(nullptr);
        return;
    }
    if (!connection->in_transaction()) {
        release(std::move(connection));
        return;
    }
    const AsyncConnection* const spoilt = connection.get();
    try {
        asio::co_spawn(executor_, roll_back(shared_from_this(), std::move(connection)),
                       asio::detached);
    } catch (const std::exception&) { // out of memory: it is closed instead
        forget(spoilt);
        release(nullptr);
    }
}

/// Keeps the permit until the connection is clean again.
asio::awaitable<void> Pool::roll_back(std::shared_ptr<Pool> pool,
                                      std::unique_ptr<AsyncConnection> connection) {
    const std::array calls{call(sql::store::rollback)};
    const auto done = co_await connection->round_trip(calls);
    if (!done || !connection->usable() || connection->in_transaction()) {
        pool->discard(std::move(connection));
    }
    pool->release(std::move(connection));
}

/// Hands the permit to whoever has waited longest.
void Pool::release(std::unique_ptr<AsyncConnection> connection) {
    std::unique_ptr<AsyncConnection> unwanted; // closed after the lock is gone
    const std::scoped_lock lock(mutex_);
    if (closed_ && connection) {
        std::erase(open_, connection.get());
        unwanted = std::move(connection);
    }
    if (!waiters_.empty()) {
        const std::shared_ptr<Waiter> next = std::move(waiters_.front());
        waiters_.pop_front();
        next->queued = false;
        next->granted = true;
        next->connection = std::move(connection);
        next->woken.try_send(boost::system::error_code());
        return;
    }
    --permits_taken_;
    if (connection) {
        idle_.push_back(std::move(connection));
    }
}

void Pool::forget(const AsyncConnection* connection) {
    const std::scoped_lock lock(mutex_);
    std::erase(open_, connection);
}

void Pool::discard(std::unique_ptr<AsyncConnection> connection) {
    forget(connection.get());
}

/// One timer serves every deadline of the pool, and only while a permit is out: the usual query
/// touches no timer.
void Pool::keep_watch() {
    if (watching_ || closed_) {
        return;
    }
    watching_ = true;
    watch_timer_.expires_after(watch_interval);
    watch_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto pool = weak.lock(); pool && !error) {
            pool->watch();
        }
    });
}

void Pool::watch() {
    const std::scoped_lock lock(mutex_);
    watching_ = false;
    const auto now = Clock::now();
    for (AsyncConnection* connection : open_) {
        connection->interrupt_if_late(now);
    }
    while (!waiters_.empty() && waiters_.front()->deadline <= now) { // in order of arrival
        waiters_.front()->queued = false;
        waiters_.front()->woken.try_send(asio::error::timed_out);
        waiters_.pop_front();
    }
    if (permits_taken_ > 0) {
        keep_watch();
    }
}

void Pool::close() {
    std::vector<std::unique_ptr<AsyncConnection>> idle;
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    watch_timer_.cancel();
    for (const auto& waiter : waiters_) {
        waiter->queued = false;
        waiter->woken.try_send(asio::error::operation_aborted);
    }
    waiters_.clear();
    for (const auto& connection : idle_) {
        std::erase(open_, connection.get());
    }
    idle = std::move(idle_);
    idle_.clear();
}

PoolStats Pool::stats() const {
    const std::scoped_lock lock(mutex_);
    PoolStats stats = counters_;
    stats.connections = open_.size();
    stats.in_use = permits_taken_;
    stats.waiting = waiters_.size();
    return stats;
}

} // namespace haven::store
