#pragma once

#include "server/http/application.hpp"
#include "server/http/form.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>
#include <string_view>

/// Linking a device to a person's account without typing a password into it: RFC 8628, described by
/// RFC 8414. What becomes of a grant stands in routines/device_grants.sql.
namespace haven::auth {

[[nodiscard]] std::span<const http::Route> device_grant_routes();

inline constexpr std::string_view device_code_grant =
    "urn:ietf:params:oauth:grant-type:device_code";
/// POST /oauth/token with it: a device asks whether somebody has decided.
[[nodiscard]] boost::asio::awaitable<http::Answer> poll_device_grant(http::Exchange& exchange,
                                                                     const http::Form& form);

} // namespace haven::auth
