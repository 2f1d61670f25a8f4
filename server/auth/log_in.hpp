#pragma once

#include "server/auth/principal.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>

namespace haven::auth {

/// POST /v1/auth/tokens, of people and clinicians. Unknown addresses, wrong passwords and accounts
/// that are closed answer alike, in the same time.
[[nodiscard]] boost::asio::awaitable<http::Answer> log_in(http::Exchange& exchange);

/// POST /v1/auth/factor-resets, of people who know their password and have lost their second
/// factor.
[[nodiscard]] boost::asio::awaitable<http::Answer> ask_factor_reset(http::Exchange& exchange);

/// Whose token the request carries; 401 for one that is missing, unknown, expired or revoked, or
/// whose account is closed.
[[nodiscard]] boost::asio::awaitable<std::expected<Principal, http::Problem>>
authenticate(http::Services& services, const http::Request& request);

} // namespace haven::auth
