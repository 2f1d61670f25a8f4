#pragma once

#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <expected>
#include <limits>
#include <string>

/// Objects no row refers to: the table loose_objects. An object is noted there before it is written
/// and struck off in the transaction that writes its row; a row that goes condemns its object. What
/// a crash leaves is swept, so nothing is left for good. Keys are never used twice.
namespace haven::objects {

/// After this nobody is writing an object any more: a request takes minutes at most.
inline constexpr std::chrono::seconds stale_after{3600};

/// Before an object is written.
[[nodiscard]] boost::asio::awaitable<std::expected<void, http::Problem>>
note(http::Exchange& exchange, const std::string& key);

/// Removes an object to which no row refers, and strikes it off. What fails is left to the sweep.
boost::asio::awaitable<void> discard(http::Services& services, std::string key);

/// Removes what was condemned or is stale, a hundred a round: how many.
boost::asio::awaitable<std::int64_t>
sweep(http::Services& services, std::int32_t rounds_max = std::numeric_limits<std::int32_t>::max());

/// The answer of a statement that deletes; then its objects go at once. What fails is left to the
/// sweep.
[[nodiscard]] boost::asio::awaitable<http::Answer> erase_with(http::Exchange& exchange,
                                                              const store::Answering& statement);

/// The handler of such an operation.
template <const store::Answering& statement>
[[nodiscard]] boost::asio::awaitable<http::Answer> erase(http::Exchange& exchange) {
    return erase_with(exchange, statement);
}

} // namespace haven::objects
