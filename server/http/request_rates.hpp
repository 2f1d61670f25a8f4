#pragma once

#include "server/http/message.hpp"
#include "server/http/rate_limit.hpp"

#include <cstddef>
#include <optional>

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

  private:
    RateLimit reading_;
    RateLimit saving_;
    RateLimit services_reading_;
    RateLimit services_saving_;
};

} // namespace haven::http
