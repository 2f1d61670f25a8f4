#pragma once

#include "server/http/message.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

namespace haven::http {
struct Exchange;
}

namespace haven::accounts {

/// PUT /v1/users/me/password. The old password is proved, as often as log-ins may be tried; every
/// other token of the account ends.
[[nodiscard]] boost::asio::awaitable<http::Answer> change_password(http::Exchange& exchange);

} // namespace haven::accounts
