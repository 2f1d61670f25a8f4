#pragma once

#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

/// Sessions: the visit that exercises, vr-sessions and all else hang under.
namespace haven::sessions {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_session(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_session(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> list_sessions(http::Exchange& exchange);

[[nodiscard]] api::StoredSession stored_session(const store::Row& row);

} // namespace haven::sessions
