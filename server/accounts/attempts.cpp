#include "server/accounts/attempts.hpp"

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"

#include <chrono>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::accounts {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds back_off_max = 15min;

std::string pair_of(std::string_view account, std::string_view network) {
    return std::format("{}\n{}", account, network);
}

http::Problem refusal(const http::RateLimit::Standing& standing) {
    http::Problem problem = too_many_attempts(standing.reset);
    for (auto& field : http::rate_limit_fields("log-in", standing)) {
        problem.headers.push_back(std::move(field));
    }
    return problem;
}

} // namespace

LogInLimits::LogInLimits(const Rules& rules)
    : of_account_from_network_(rules.of_account_from_network, 60s, rules.keys_max, back_off_max),
      of_network_(rules.of_network, 60s, rules.keys_max),
      of_account_(rules.of_account, 60s, rules.keys_max, back_off_max),
      in_all_(rules.in_all, 60s, 1), owners_(1, 1s, rules.keys_max) {}

std::optional<http::Problem> LogInLimits::attempt(std::string_view account,
                                                  std::string_view network, Clock::time_point now) {
    // The network first: one that is stopped there fills no table with names it makes up.
    if (const auto standing = of_network_.count(network, now); standing.refused) {
        return refusal(standing);
    }
    const std::string pair = pair_of(account, network);
    if (const auto standing = of_account_from_network_.count(pair, now); standing.refused) {
        return refusal(standing);
    }
    if (owners_.knows(pair)) {
        return std::nullopt;
    }
    for (const auto& standing : {of_account_.count(account, now), in_all_.count("", now)}) {
        if (standing.refused) {
            return refusal(standing);
        }
    }
    return std::nullopt;
}

void LogInLimits::succeeded(std::string_view account, std::string_view network,
                            Clock::time_point now) {
    const std::string pair = pair_of(account, network);
    of_network_.refund(network);
    of_account_from_network_.forget(pair);
    if (!owners_.knows(pair)) {
        of_account_.refund(account);
        in_all_.refund("");
    }
    (void)owners_.count(pair, now);
}

} // namespace haven::accounts
