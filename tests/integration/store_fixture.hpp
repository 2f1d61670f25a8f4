#pragma once

#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace haven::test {

/// Runs the coroutine on the context until it is done, and what it left in the background too.
template <typename T>
T run_on(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
    std::optional<T> answer;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
        thrown = error;
        answer.emplace(std::move(value));
    });
    io.restart();
    while (!answer && io.run_one() != 0) {
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return std::move(*answer);
}

/// A blocking connection, for what a test looks at from outside.
inline store::Connection connect(const std::string& url) {
    auto connection = store::Connection::open(url);
    if (!connection) {
        throw std::runtime_error(store::describe(connection.error()));
    }
    return std::move(*connection);
}

template <typename T>
T one_value(const std::string& url, const std::string& sql) {
    store::Connection connection = connect(url);
    const auto rows = connection.query(sql);
    if (!rows) {
        throw std::runtime_error(store::describe(rows.error()));
    }
    return rows->front().template get<T>(0);
}

} // namespace haven::test
