#pragma once

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace haven::accounts {

/// For who has tried too often.
[[nodiscard]] inline http::Problem too_many_attempts(std::chrono::seconds wait) {
    return {.type = http::ProblemType::too_many_requests,
            .detail = "Wait for the time in Retry-After, then try again.",
            .headers = {{"Retry-After", std::to_string(wait.count())}}};
}

/// Who may try a password now. What succeeds does not count. An account is also limited wherever
/// the attempts come from, but not for a network from which its owner has logged in: whoever
/// guesses from elsewhere locks nobody out. Never grows beyond its tables. One thread.
class LogInLimits {
  public:
    using Clock = http::RateLimit::Clock;

    struct Rules {
        std::size_t of_account_from_network =
            10;                      ///< a minute, then two, up to a quarter of an hour
        std::size_t of_network = 50; ///< a minute
        std::size_t of_account = 30; ///< a minute, then two, up to a quarter of an hour
        std::size_t in_all = 3000;   ///< a minute
        std::size_t keys_max = 100'000;
    };

    LogInLimits() : LogInLimits(Rules{}) {}
    explicit LogInLimits(const Rules& rules);

    /// Counts one attempt; nothing if it may go on. `account` names one, also where there is none.
    [[nodiscard]] std::optional<http::Problem>
    attempt(std::string_view account, std::string_view network, Clock::time_point now);
    void succeeded(std::string_view account, std::string_view network, Clock::time_point now);

  private:
    http::RateLimit of_account_from_network_;
    http::RateLimit of_network_;
    http::RateLimit of_account_;
    http::RateLimit in_all_;
    http::RateLimit owners_; ///< pairs of account and network that succeeded
};

} // namespace haven::accounts
