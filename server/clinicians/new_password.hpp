#pragma once

#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <string>

namespace haven::clinicians {

/// Checks a password that somebody chose and hashes it on a worker; 422 at `pointer` where it is a
/// bad one. What the references name must outlive the co_await.
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
hash_new_password(http::Exchange& exchange, const std::string& password, const std::string& email,
                  const std::string& pointer);

} // namespace haven::clinicians
