#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

/// What the server says of itself, to whoever runs it.
namespace haven::http {

/// A row of sql::http::schema_version: the schema this program knows, or a newer one that goes on
/// serving it.
[[nodiscard]] bool serves_this_program(const store::Row& row);

/// The process answers. Asks nothing of anything else.
[[nodiscard]] boost::asio::awaitable<Answer> live(Exchange& exchange);

/// Each thing the server needs, by name: {"status":"ready","checks":{"database":"ok",...}}, or 503.
[[nodiscard]] boost::asio::awaitable<Answer> ready(Exchange& exchange);

/// The API's own description.
[[nodiscard]] boost::asio::awaitable<Answer> openapi(Exchange& exchange);

/// Prometheus' text format.
[[nodiscard]] boost::asio::awaitable<Answer> metrics_text(Exchange& exchange);

} // namespace haven::http
