#pragma once

#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

/// Exercises: what a person does within a session. Beginning and ending one moves the session's
/// status.
namespace haven::exercises {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> end_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> list_exercises(http::Exchange& exchange);

/// The routes that came after the headset's, which stand in http/routing_table.cpp.
[[nodiscard]] std::span<const http::Route> routes();

[[nodiscard]] api::StoredExercise stored_exercise(const store::Row& row);

} // namespace haven::exercises
