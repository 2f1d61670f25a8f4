#pragma once

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>

/// Accounts and the tokens that speak for them.
namespace haven::accounts {

[[nodiscard]] boost::asio::awaitable<http::Answer> log_in(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> log_out(http::Exchange& exchange);

/// Whose token the request carries; 401 for one that is missing, unknown, expired or revoked, or
/// whose account is closed.
[[nodiscard]] boost::asio::awaitable<std::expected<http::Identity, http::Problem>>
authenticate(http::Services& services, const http::Request& request);

} // namespace haven::accounts
