#pragma once

#include "server/http/application.hpp"
#include "server/http/form.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

/// The endpoints of OAuth 2.0, whose answers and errors have its form.
namespace haven::auth {

/// RFC 6749 5.2: 400, or 401 for invalid_client.
[[nodiscard]] http::Response oauth_error(std::string_view error, std::string_view description = "");

/// What POST /oauth/token does for one grant_type. A new one is a line in grant_types (oauth.cpp).
struct GrantType {
    std::string_view name;
    boost::asio::awaitable<http::Answer> (*grant)(http::Exchange&, const http::Form&);
};

[[nodiscard]] boost::asio::awaitable<http::Answer> oauth_token(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> oauth_revoke(http::Exchange& exchange);

} // namespace haven::auth
