#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

/// Accounts.
namespace haven::accounts {

[[nodiscard]] boost::asio::awaitable<http::Answer> register_user(http::Exchange& exchange);

} // namespace haven::accounts
