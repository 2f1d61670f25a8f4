#pragma once

#include "server/http/worker_pool.hpp"
#include "server/seal/seal.hpp"
#include "server/store/database.hpp"
#include "server/store/rows.hpp"
#include "server/webhooks/delivery.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstdint>

namespace haven::webhooks {

/// Sends what waits for webhooks (routines/webhooks.sql), two at a time, each by one of all servers
/// at once. What was not taken is sent again after pauses that grow, for three days; it is the same
/// message then, with its id, at another time. On the I/O thread; what blocks is done on threads of
/// its own.
class Sender {
  public:
    Sender(const boost::asio::any_io_executor& executor, store::Database& database,
           const seal::Seal& seal, MayReach may_reach);

    /// Receivers that failed last time keep only those waiting that send to them, too.
    enum class Receivers : std::uint8_t { reliable, all };
    /// Spawn it once for each that may be under way.
    [[nodiscard]] boost::asio::awaitable<void> run(Receivers receivers);
    void stop();
    /// After stop(), when nothing runs on the I/O thread any more but this.
    void end() { workers_.end(); }

  private:
    /// Whether there was one.
    [[nodiscard]] boost::asio::awaitable<bool> send_next(Receivers receivers);
    [[nodiscard]] boost::asio::awaitable<void> send(const store::Row& row);

    store::Database& database_;
    const seal::Seal& seal_;
    MayReach may_reach_;
    http::WorkerPool workers_{2, 2};
    boost::asio::any_io_executor executor_;
    std::atomic<bool> stopping_ = false;
};

} // namespace haven::webhooks
