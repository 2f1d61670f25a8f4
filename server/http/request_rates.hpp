#pragma once

#include "server/http/message.hpp"
#include "server/http/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace haven::http {

/// How many requests one account may make. What reads and what writes are counted apart, so that
/// reading too much keeps nothing from being saved. A service acts for many people. One thread.
class RequestRates {
  public:
    explicit RequestRates(std::size_t requests_per_minute);

    struct Counted {
        const char* policy;
        RateLimit::Standing standing;
    };
    /// Of a request whose bearer is known.
    [[nodiscard]] Counted count(const Request& request, RateLimit::Clock::time_point now);

    /// How long to wait before the database is asked whose token it is, where the network has sent
    /// too many that were nobody's, or this one too often, and it was not good here before. One
    /// that is sent again and again, as by a program whose time is over, is one.
    [[nodiscard]] std::optional<std::chrono::seconds>
    before_token(std::string_view token, std::string_view network,
                 RateLimit::Clock::time_point now) const;
    void token_is_good(std::string_view token, RateLimit::Clock::time_point now);
    void token_is_nobodys(std::string_view token, std::string_view network,
                          RateLimit::Clock::time_point now);

  private:
    RateLimit reading_;
    RateLimit saving_;
    RateLimit services_reading_;
    RateLimit services_saving_;
    RateLimit dead_tokens_;    ///< by token
    RateLimit nobodys_tokens_; ///< by network
    RateLimit good_tokens_;    ///< those it knows
};

} // namespace haven::http
