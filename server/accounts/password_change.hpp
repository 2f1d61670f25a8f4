#pragma once

#include "server/auth/password.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <string>

namespace haven::http {
struct Exchange;
}

namespace haven::accounts {

/// PUT /v1/users/me/password. The old password is proved, as often as log-ins may be tried; every
/// other token of the account ends.
[[nodiscard]] boost::asio::awaitable<http::Answer> change_password(http::Exchange& exchange);

/// What they are told who chose a password that has no hash; `pointer` is where it stood.
[[nodiscard]] http::Problem not_hashed(const http::Exchange& exchange, auth::NotHashed why,
                                       std::string pointer);

/// The password of who asks, proved as often as log-ins may be tried: its hash as it is kept, or
/// what they are told. What the reference names must outlive the co_await.
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
prove_own_password(http::Exchange& exchange, const std::string& current);

} // namespace haven::accounts
