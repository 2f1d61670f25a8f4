#include "server/accounts/attempts.hpp"

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::accounts {

namespace asio = boost::asio;
using http::Problem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t refusals_max = 10'000;
constexpr std::chrono::seconds refused_for = 1s;
constexpr std::size_t key_length = 32; // hexadecimal digits

constexpr std::string_view network_scope = "log-in network";

Problem refusal(std::string_view scope, const http::RateLimit::Standing& standing) {
    Problem problem{.type = http::ProblemType::too_many_requests,
                    .detail = "Wait for the time in Retry-After, then try again.",
                    .headers = {{"Retry-After", std::to_string(standing.reset.count())}}};
    for (auto& field : http::rate_limit_fields(scope.substr(0, scope.find(' ')), standing)) {
        problem.headers.push_back(std::move(field));
    }
    return problem;
}

http::RateLimit::Standing standing_of(const store::Row& row) {
    return {.attempts_max = static_cast<std::size_t>(row.get<std::int32_t>("attempts_max")),
            .remaining = static_cast<std::size_t>(row.get<std::int32_t>("remaining")),
            .window = std::chrono::seconds(row.get<std::int32_t>("window_seconds")),
            .reset = std::chrono::seconds(row.get<std::int32_t>("reset_seconds")),
            .refused = row.get<bool>("refused")};
}

} // namespace

std::string Attempts::key_of(std::string_view text) const {
    return seal_.hmac_hex("attempts", text).substr(0, key_length);
}

Attempts::Keys Attempts::keys_of(std::string_view account, std::string_view network) const {
    return {.network = key_of(std::format("network\n{}", network)),
            .pair = key_of(std::format("pair\n{}\n{}", account, network)),
            .account = key_of(std::format("account\n{}", account))};
}

std::optional<Problem> Attempts::refused_just_now(const std::string& key) {
    const auto known = refusals_.find(key);
    if (known == refusals_.end()) {
        return std::nullopt;
    }
    if (known->second.until <= Clock::now()) {
        refusals_.erase(known);
        return std::nullopt;
    }
    return known->second.problem;
}

std::optional<Problem> Attempts::answer_of(const store::Outcome<store::Rows>& rows,
                                           const Keys& keys) {
    if (!rows) {
        if (!rows.error().is_temporary()) {
            log::error("attempt_not_counted", {{"error", store::describe(rows.error())}});
        }
        return http::unavailable(2s);
    }
    const http::RateLimit::Standing standing = standing_of(rows->front());
    if (!standing.refused) {
        return std::nullopt;
    }
    if (refusals_.size() >= refusals_max) {
        refusals_.clear(); // each is asked about once more
    }
    const auto scope = rows->front().get<std::string_view>("scope");
    Problem problem = refusal(scope, standing);
    refusals_.insert_or_assign(scope == network_scope ? keys.network : keys.pair,
                               Refusal{.until = Clock::now() + refused_for, .problem = problem});
    return problem;
}

asio::awaitable<std::optional<Problem>> Attempts::log_in(std::string_view account,
                                                         std::string_view network) {
    const Keys keys = keys_of(account, network);
    for (const std::string& key : {keys.network, keys.pair}) {
        if (auto refused = refused_just_now(key)) {
            co_return refused;
        }
    }
    const std::string most =
        std::format("{{{},{},{},{}}}", rules_.of_network, rules_.of_account_from_network,
                    rules_.of_account, rules_.in_all);
    const auto rows = co_await database_.query_as(store::Actor{}, sql::accounts::attempt_log_in,
                                                  keys.network, keys.pair, keys.account, most);
    co_return answer_of(rows, keys);
}

asio::awaitable<void> Attempts::logged_in(std::string_view account, std::string_view network) {
    const Keys keys = keys_of(account, network);
    const auto done = co_await database_.query_as(store::Actor{}, sql::accounts::logged_in,
                                                  keys.network, keys.pair, keys.account);
    if (!done) { // it counts as a wrong one, and who logged in is in
        log::warn("log_in_not_counted", {{"error", store::describe(done.error())}});
    }
}

asio::awaitable<std::optional<Problem>> Attempts::make_account(std::string_view network) {
    constexpr std::int64_t hour_s = 3600;
    const std::string key = key_of(std::format("network\n{}", network));
    const auto rows = co_await database_.query_as(store::Actor{}, sql::accounts::attempt, "account",
                                                  key, rules_.accounts_of_network, hour_s);
    co_return answer_of(rows, {.network = "", .pair = "account\n" + key, .account = ""});
}

asio::awaitable<std::optional<Problem>> Attempts::prove_password(std::string_view bearer) {
    constexpr std::int64_t minute_s = 60;
    const std::string key = key_of(bearer);
    const auto rows =
        co_await database_.query_as(store::Actor{}, sql::accounts::attempt, "password", key,
                                    rules_.passwords_of_token, minute_s);
    co_return answer_of(rows, {.network = "", .pair = "password\n" + key, .account = ""});
}

asio::awaitable<void> Attempts::password_proved(std::string_view bearer) {
    const std::string key = key_of(bearer);
    const auto done = co_await database_.query_as(store::Actor{}, sql::accounts::forget_attempts,
                                                  "password", key);
    if (!done) {
        log::warn("password_not_counted", {{"error", store::describe(done.error())}});
    }
}

} // namespace haven::accounts
