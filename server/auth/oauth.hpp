#pragma once

#include "server/auth/token.hpp"
#include "server/http/application.hpp"
#include "server/http/form.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <string>
#include <string_view>

/// The endpoints of OAuth 2.0, whose answers and errors have its form.
namespace haven::auth {

/// RFC 6749 5.2: 400, or 401 for invalid_client.
[[nodiscard]] http::Response oauth_error(std::string_view error, std::string_view description = "");

/// A token or a code that a form brings to be taken: of its form, and of a network that may try
/// one.
struct Brought {
    std::string text;
    TokenHash hash;
};
[[nodiscard]] std::expected<Brought, http::Answer>
secret_in(const http::Exchange& exchange, const http::Form& form, std::string_view name);

/// What POST /oauth/token does for one grant_type. A new one is a line in grant_types (oauth.cpp).
struct GrantType {
    std::string_view name;
    boost::asio::awaitable<http::Answer> (*grant)(http::Exchange&, const http::Form&);
};

[[nodiscard]] boost::asio::awaitable<http::Answer> oauth_token(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> oauth_revoke(http::Exchange& exchange);

} // namespace haven::auth
