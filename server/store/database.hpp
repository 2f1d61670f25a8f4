#pragma once

#include "server/store/actor.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::store {

class Pool;
class Lease;

struct DatabaseConfig {
    std::string url; ///< libpq's: postgresql://user@host/db?..., or "host=... dbname=..."
    std::size_t pool_size = 4;
    bool log_audit = false; ///< audit rows that are committed on it are lines of the log, too
    std::size_t waiters_max = 256; ///< more than these get pool_exhausted at once
    std::chrono::milliseconds acquire_timeout{2'000}; ///< then pool_exhausted
    std::chrono::milliseconds query_timeout{
        30'000}; ///< a round trip; then the connection is dropped: retry. PostgreSQL ends a
                 ///< statement in four fifths of it, and a wait for a lock in two
    std::chrono::milliseconds connect_timeout{5'000};  ///< then unavailable
    std::chrono::milliseconds reconnect_delay_min{50}; ///< doubles with each failure, with jitter,
    std::chrono::milliseconds reconnect_delay_max{
        2'000}; ///< up to this; in between: unavailable at once
};

struct PoolStats {
    std::size_t connections = 0; ///< open
    std::size_t in_use = 0;
    std::size_t waiting = 0;
    std::uint64_t connects = 0; ///< since the start
    std::uint64_t connect_failures = 0;
    std::uint64_t exhausted = 0; ///< requests answered pool_exhausted
};

/// The answers of a pipeline, one per call, in order.
using Batch = std::vector<Rows>;

/// An open transaction on one connection. Destroyed without commit: rolled back (in the background)
/// before anybody else gets the connection. BEGIN travels with the first statements, so a
/// transaction with one decision costs two round trips: run({...}), decide, commit_with({...}).
/// After an error only rollback (or destruction) remains. One coroutine at a time; must not outlive
/// the io_context. What the parameters view must outlive the co_await.
class Transaction {
  public:
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) noexcept;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    template <typename... P>
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>> query(const Statement& statement,
                                                              P&&... params) {
        return query_call(call(statement, std::forward<P>(params)...));
    }
    /// All the calls in one round trip.
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> run(std::vector<Call> calls);
    /// The calls and COMMIT in one round trip. On success everything is durable.
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> commit_with(std::vector<Call> calls);
    [[nodiscard]] boost::asio::awaitable<Outcome<void>> commit();
    boost::asio::awaitable<void> rollback();

  private:
    friend class Database;
    enum class State : std::uint8_t { not_begun, open, failed, finished };
    explicit Transaction(std::unique_ptr<Lease> lease);
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>> query_call(Call call);
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> send(std::vector<Call> calls, bool commit);

    std::unique_ptr<Lease> lease_;
    State state_ = State::not_begun;
};

/// The pool. Connections are made when first needed, kept, checked before use and replaced when
/// they die. Every member may be called from any coroutine on any thread of the io_context. Destroy
/// it, and every Transaction, before the io_context. Each function below is ONE network round trip;
/// a statement's first use on a connection prepares it in the same trip.
class Database {
  public:
    [[nodiscard]] static Database create(const boost::asio::any_io_executor& executor,
                                         DatabaseConfig config);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// One statement, committed by itself.
    template <typename... P>
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>> query(const Statement& statement,
                                                              P&&... params) {
        return query_call(call(statement, std::forward<P>(params)...));
    }
    /// All the calls or nothing: a pipeline is a transaction; on success everything is durable.
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> write(std::vector<Call> calls);
    /// The same for an actor: what row-level security lets them see and write.
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> write_as(const Actor& actor,
                                                                  std::vector<Call> calls);
    /// One statement in a transaction of its own, for an actor.
    template <typename... P>
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>>
    query_as(const Actor& actor, const Statement& statement, P&&... params) {
        return query_call_as(actor, call(statement, std::forward<P>(params)...));
    }
    /// The calls on one read-only snapshot (REPEATABLE READ).
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> read(std::vector<Call> calls);
    /// A transaction, where a decision stands between the statements.
    [[nodiscard]] boost::asio::awaitable<Outcome<Transaction>> begin();
    /// SELECT 1, for /readyz.
    [[nodiscard]] boost::asio::awaitable<Outcome<void>> ping();
    [[nodiscard]] PoolStats stats() const;

  private:
    explicit Database(std::shared_ptr<Pool> pool);
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>> query_call(Call call);
    [[nodiscard]] boost::asio::awaitable<Outcome<Rows>> query_call_as(const Actor& actor,
                                                                      Call call);

    std::shared_ptr<Pool> pool_;
};

} // namespace haven::store
