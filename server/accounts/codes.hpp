#pragma once

#include "server/http/message.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

/// What is done with the codes of letters: an address is confirmed, a forgotten password replaced,
/// an invitation accepted.
namespace haven::accounts {

[[nodiscard]] std::span<const http::Route> code_routes();

/// PUT /v1/users/me/email, PUT /v1/clinicians/me/email: the password is proved; a code goes to the
/// new address, a word to the old one.
[[nodiscard]] boost::asio::awaitable<http::Answer> change_email(http::Exchange& exchange);

} // namespace haven::accounts
