#include "server/http/request_rates.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/message.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/routes.hpp"
#include "server/store/actor.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace haven::http {

using namespace std::chrono_literals;

namespace {
constexpr std::size_t people_of_a_service = 100;
/// Of a network, a minute: 300 where nothing is set.
std::size_t nobodys_tokens_max(std::size_t requests_per_minute) {
    return std::max<std::size_t>(300, requests_per_minute / 20);
}
/// One of them, a minute: 20.
std::size_t dead_token_max(std::size_t requests_per_minute) {
    return std::max<std::size_t>(20, requests_per_minute / 300);
}
} // namespace

RequestRates::RequestRates(std::size_t requests_per_minute)
    : reading_(requests_per_minute, 60s), saving_(requests_per_minute, 60s),
      services_reading_(requests_per_minute * people_of_a_service, 60s),
      services_saving_(requests_per_minute * people_of_a_service, 60s),
      dead_tokens_(dead_token_max(requests_per_minute), 60s),
      nobodys_tokens_(nobodys_tokens_max(requests_per_minute), 60s), good_tokens_(1, 60s) {}

RequestRates::Counted RequestRates::count(const Request& request,
                                          RateLimit::Clock::time_point now) {
    const store::Actor& actor = request.principal->actor;
    const bool reads = request.route->method == Method::get;
    const bool service = actor.kind == store::ActorKind::service;
    RateLimit& limit =
        reads ? (service ? services_reading_ : reading_) : (service ? services_saving_ : saving_);
    return {.policy = reads ? "reading" : "saving",
            .standing = limit.count(actor.id ? to_string(*actor.id) : "", now)};
}

std::optional<std::chrono::seconds>
RequestRates::before_token(std::string_view token, std::string_view network,
                           RateLimit::Clock::time_point now) const {
    if (good_tokens_.knows(token)) {
        return std::nullopt;
    }
    const auto wait = dead_tokens_.used_up(token, now);
    return wait ? wait : nobodys_tokens_.used_up(network, now);
}

void RequestRates::token_is_good(std::string_view token, RateLimit::Clock::time_point now) {
    (void)good_tokens_.count(token, now); // the one not seen for the longest time makes room
}

void RequestRates::token_is_nobodys(std::string_view token, std::string_view network,
                                    RateLimit::Clock::time_point now) {
    good_tokens_.forget(token);
    const RateLimit::Standing standing = dead_tokens_.count(token, now);
    if (standing.remaining + 1 == standing.attempts_max) {
        (void)nobodys_tokens_.count(network, now);
    }
}

} // namespace haven::http
