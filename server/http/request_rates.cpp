#include "server/http/request_rates.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/message.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/routes.hpp"
#include "server/store/actor.hpp"

#include <chrono>
#include <cstddef>

namespace haven::http {

using namespace std::chrono_literals;

namespace {
constexpr std::size_t people_of_a_service = 100;
}

RequestRates::RequestRates(std::size_t requests_per_minute)
    : reading_(requests_per_minute, 60s), saving_(requests_per_minute, 60s),
      services_reading_(requests_per_minute * people_of_a_service, 60s),
      services_saving_(requests_per_minute * people_of_a_service, 60s) {}

RequestRates::Counted RequestRates::count(const Request& request,
                                          RateLimit::Clock::time_point now) {
    const store::Actor& actor = request.identity->actor;
    const bool reads = request.route->method == Method::get;
    const bool service = actor.kind == store::ActorKind::service;
    RateLimit& limit =
        reads ? (service ? services_reading_ : reading_) : (service ? services_saving_ : saving_);
    return {.policy = reads ? "reading" : "saving",
            .standing = limit.count(actor.id ? to_string(*actor.id) : "", now)};
}

} // namespace haven::http
