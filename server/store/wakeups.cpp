#include "server/store/wakeups.hpp"

#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace haven::store {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::seconds try_again_after{5};
}

Wakeups::Wakeups(asio::any_io_executor executor, DatabaseConfig config)
    : config_(std::move(config)), pause_(std::move(executor)) {}

asio::awaitable<void> Wakeups::run(std::function<void()> heard) {
    while (!stopping_ && co_await listen(heard)) {
        connection_.reset();
        if (!stopping_) {
            pause_.expires_after(try_again_after);
            (void)co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
    connection_.reset();
}

asio::awaitable<bool> Wakeups::listen(const std::function<void()>& heard) {
    AsyncConnection& connection = connection_.emplace(pause_.get_executor());
    if (!co_await connection.connect(config_)) {
        co_return true;
    }
    const std::vector<Call> who{call(sql::store::backend)};
    const auto answered = co_await connection.round_trip(who);
    if (!answered) {
        co_return true;
    }
    if (answered->front().front().get<std::int32_t>("pid") != connection.backend()) {
        co_return false;
    }
    const std::vector<Call> listening{call(sql::store::listen)};
    if (!co_await connection.round_trip(listening)) {
        co_return true;
    }
    heard(); // of what came before
    while (!stopping_ && co_await connection.notified()) {
        heard();
    }
    co_return true;
}

void Wakeups::stop() {
    stopping_ = true;
    pause_.cancel();
    if (connection_) {
        connection_->give_up();
    }
}

} // namespace haven::store
