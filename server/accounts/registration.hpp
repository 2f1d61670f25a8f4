#pragma once

#include "server/http/message.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

namespace haven::accounts {

/// POST /v1/users. Whether the address has an account is not looked at here: the answer, its time
/// and what it leaves are the same, and the letter that follows says it to who reads the mail.
[[nodiscard]] boost::asio::awaitable<http::Answer> register_user(http::Exchange& exchange);

} // namespace haven::accounts
