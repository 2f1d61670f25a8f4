#pragma once

#include "server/store/async_connection.hpp"
#include "server/store/database.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>

namespace haven::store {

/// Hears, on a connection of its own, when any server has written events (LISTEN haven_events).
/// Where a pooler hands connections about nobody is heard on one, and it ends: whoever uses it
/// looks from time to time in any case. On the executor's thread.
class Wakeups {
  public:
    Wakeups(boost::asio::any_io_executor executor, DatabaseConfig config);

    /// Connects, again and again, until it is stopped.
    [[nodiscard]] boost::asio::awaitable<void> run(std::function<void()> heard);
    void stop();

  private:
    /// Until the connection breaks. False where there is no use in another.
    [[nodiscard]] boost::asio::awaitable<bool> listen(const std::function<void()>& heard);

    DatabaseConfig config_;
    boost::asio::steady_timer pause_;
    std::optional<AsyncConnection> connection_;
    bool stopping_ = false;
};

} // namespace haven::store
