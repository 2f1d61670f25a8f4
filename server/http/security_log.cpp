#include "server/http/security_log.hpp"

#include "net/api/error_code.hpp"
#include "server/http/problem.hpp"
#include "server/log.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {

namespace {

struct Told {
    std::string_view kind;
    log::Level level;
};

/// As SecurityEvent has them. What no client does by mistake is a warning.
constexpr std::array told = std::to_array<Told>({
    {"malformed_request", log::Level::info},
    {"token_refused", log::Level::info},
    {"forbidden", log::Level::info},
    {"too_many_requests", log::Level::info},
    {"forgery_refused", log::Level::warn},
    {"cursor_refused", log::Level::warn},
    {"malware_refused", log::Level::warn},
});
static_assert(told.size() == std::to_underlying(SecurityEvent::malware_refused) + 1U);

} // namespace

std::optional<SecurityEvent> event_of(const Problem& problem) {
    switch (problem.type) {
    case ProblemType::malformed:
    case ProblemType::headers_too_large:
    case ProblemType::expectation_failed:
    case ProblemType::not_implemented:
        return SecurityEvent::malformed_request;
    case ProblemType::invalid_parameter:
        return problem.forged ? SecurityEvent::cursor_refused : SecurityEvent::malformed_request;
    case ProblemType::unauthorized:
        return SecurityEvent::token_refused;
    case ProblemType::forbidden:
        return SecurityEvent::forbidden;
    case ProblemType::too_many_requests:
        return SecurityEvent::too_many_requests;
    case ProblemType::cross_site:
        return SecurityEvent::forgery_refused;
    case ProblemType::validation:
        return std::ranges::contains(problem.errors, api::ErrorCode(api::ErrorCode::malware),
                                     &api::BodyError::code)
                   ? std::optional(SecurityEvent::malware_refused)
                   : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::string coarse_network(std::string_view network) {
    if (network.contains('/') || !network.contains('.')) {
        return std::string(network);
    }
    return std::string(network.substr(0, network.rfind('.'))) + ".0/24";
}

std::optional<SecurityLog::Line> SecurityLog::count(SecurityEvent event, std::string_view network,
                                                    Clock::time_point now) {
    std::pair key(event, coarse_network(network));
    auto found = entries_.find(key);
    if (found == entries_.end() && entries_.size() >= networks_max) {
        std::erase_if(entries_, [now](const auto& entry) {
            return now - entry.second.last > std::chrono::minutes(1);
        });
    }
    if (found == entries_.end() && entries_.size() >= networks_max) {
        const auto counted = others_.happened(now);
        return counted ? std::optional(Line{.network = "", .left_out = *counted - 1})
                       : std::nullopt;
    }
    if (found == entries_.end()) {
        found = entries_.try_emplace(std::move(key)).first;
    }
    found->second.last = now;
    const auto counted = found->second.seldom.happened(now);
    return counted ? std::optional(Line{.network = found->first.second, .left_out = *counted - 1})
                   : std::nullopt;
}

void SecurityLog::happened(SecurityEvent event, std::string_view route, std::string_view network,
                           std::string_view request_id) {
    if (const auto line = count(event, network, Clock::now())) {
        const Told& what = told.at(std::to_underlying(event));
        log::write(what.level, "refused",
                   {{"kind", what.kind},
                    {"route", route},
                    {"network", line->network.empty() ? "many" : line->network},
                    {"left_out", line->left_out},
                    {"request_id", request_id}});
    }
}

} // namespace haven::http
