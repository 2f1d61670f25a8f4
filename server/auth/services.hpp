#pragma once

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

namespace haven::auth {

/// POST /v1/services: a program that speaks for itself, and its first token.
[[nodiscard]] boost::asio::awaitable<http::Answer> create_service(http::Exchange& exchange);

/// POST /v1/services/{id}/tokens: another one; those it has end.
[[nodiscard]] boost::asio::awaitable<http::Answer> rotate_service(http::Exchange& exchange);

} // namespace haven::auth
