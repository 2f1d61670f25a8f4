#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/seal/seal.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <optional>

/// The data keys of people, in the table encryption_keys. Only the server's own work sees that
/// table: ask for a key when it is known that who asks may see what it opens.
namespace haven::seal {

/// The key to seal a person's things with; made when there is none yet. One round trip.
[[nodiscard]] boost::asio::awaitable<std::expected<DataKey, http::Problem>>
user_key(http::Exchange& exchange, Uuid user_id);

/// The key something is sealed with (encryption_key_id), also one that is retired. A key that is
/// not there, or not that person's, is an internal error and logged.
[[nodiscard]] boost::asio::awaitable<std::expected<DataKey, http::Problem>>
key_of(http::Exchange& exchange, Uuid key_id, Uuid user_id);

/// The same, and nothing where that person has no such key.
[[nodiscard]] boost::asio::awaitable<std::expected<std::optional<DataKey>, http::Problem>>
find_key(http::Exchange& exchange, Uuid key_id, Uuid user_id);

/// The answer to something that does not open, which is logged.
[[nodiscard]] http::Problem does_not_open(const http::Exchange& exchange, const SealError& error);

} // namespace haven::seal
