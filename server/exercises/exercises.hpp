#pragma once

#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

/// Exercises: what a person does within a session. Beginning and ending one moves the session's
/// status.
namespace haven::exercises {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> end_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_exercise(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> list_exercises(http::Exchange& exchange);

[[nodiscard]] api::StoredExercise stored_exercise(const store::Row& row);

} // namespace haven::exercises
