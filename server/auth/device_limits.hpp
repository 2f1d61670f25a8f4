#pragma once

#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>

/// How often devices may ask to be linked, and people may try codes; counted in the database by all
/// servers together (accounts/routines/attempts.sql), under keyed hashes.
namespace haven::auth {

namespace device_limits {
inline constexpr std::size_t asked_of_network = 60; ///< in ten minutes
inline constexpr std::size_t asked_in_all = 1000;   ///< in ten minutes
inline constexpr std::size_t open_max = 500;        ///< that wait for somebody's word
// Wrong codes, in ten minutes; of an account, then in twenty, up to an hour.
inline constexpr std::size_t wrong_of_account = 5;
inline constexpr std::size_t wrong_of_network = 20;
inline constexpr std::size_t wrong_in_all = 300;
} // namespace device_limits

/// Counts a device that asks. Nothing if it may go on.
[[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
count_device_ask(http::Exchange& exchange);

/// What a try at a code is held against (haven_device_grant_try): arrays, as PostgreSQL reads them.
struct CodeLimits {
    std::string keys;
    std::string most;
};
[[nodiscard]] CodeLimits code_limits(const http::Exchange& exchange);

[[nodiscard]] http::Problem limit_reached(std::string_view policy,
                                          const http::RateLimit::Standing& standing);

} // namespace haven::auth
