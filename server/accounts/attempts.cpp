#include "server/accounts/attempts.hpp"

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/turns.hpp"
#include "server/http/unavailable.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::accounts {

namespace asio = boost::asio;
using http::Problem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t refusals_max = 10'000;
constexpr std::chrono::seconds refused_for = 1s;
constexpr std::size_t key_length = 32; // hexadecimal digits

constexpr std::string_view work_of_network = "password network";

Problem refusal_of(std::string_view scope, const http::RateLimit::Standing& standing) {
    Problem problem{.type = http::ProblemType::too_many_requests,
                    .detail = "Wait for the time in Retry-After, then try again.",
                    .headers = {{"Retry-After", std::to_string(standing.reset.count())}}};
    for (auto& field : http::rate_limit_fields(scope.substr(0, scope.find(' ')), standing)) {
        problem.headers.push_back(std::move(field));
    }
    return problem;
}

/// What the row of an attempt says: nothing if it may go on.
std::optional<Problem> refusal_in(const store::Row& row) {
    if (!row.get<bool>("refused")) {
        return std::nullopt;
    }
    return refusal_of(
        row.get<std::string_view>("scope"),
        {.attempts_max = static_cast<std::size_t>(row.get<std::int32_t>("attempts_max")),
         .remaining = static_cast<std::size_t>(row.get<std::int32_t>("remaining")),
         .window = std::chrono::seconds(row.get<std::int32_t>("window_seconds")),
         .reset = std::chrono::seconds(row.get<std::int32_t>("reset_seconds")),
         .refused = true});
}

Problem not_counted(const store::DbError& error) {
    http::log_unavailable(error);
    if (!error.is_temporary()) {
        log::error("attempt_not_counted", {{"error", store::describe(error)}});
    }
    return http::unavailable(2s);
}

/// An array, as PostgreSQL reads it. Nothing in it needs quotes.
template <typename Item, typename Text>
std::string array_of(const std::vector<Item>& items, Text text) {
    std::string list = "{";
    for (const Item& item : items) {
        list += std::format("{}{}", list.size() > 1 ? "," : "", text(item));
    }
    return list + "}";
}

} // namespace

std::string Attempts::key_of(std::string_view kind, std::string_view text) const {
    return seal_.hmac_hex("attempts", std::format("{}\n{}", kind, text)).substr(0, key_length);
}

std::optional<Problem> Attempts::refused_just_now(std::span<const Limit> limits) {
    for (const Limit& limit : limits) {
        const auto known = refusals_.find(std::format("{} {}", limit.scope, limit.key));
        if (known == refusals_.end()) {
            continue;
        }
        if (known->second.until > Clock::now()) {
            return known->second.problem;
        }
        refusals_.erase(known);
    }
    return std::nullopt;
}

void Attempts::keep(std::span<const Limit> limits, std::string_view scope, const Problem& refusal) {
    const auto limit = std::ranges::find(limits, scope, &Limit::scope);
    if (limit == limits.end()) {
        return;
    }
    if (refusals_.size() >= refusals_max) {
        refusals_.clear(); // each is asked about once more
    }
    refusals_.insert_or_assign(std::format("{} {}", scope, limit->key),
                               Refusal{.until = Clock::now() + refused_for, .problem = refusal});
}

asio::awaitable<Attempts::Admitted> Attempts::turn_of(std::string_view network) {
    auto turn = co_await turns_.take(std::string(network));
    if (!turn) {
        co_return std::unexpected(http::unavailable(2s));
    }
    co_return std::move(*turn);
}

asio::awaitable<std::expected<Attempts::LogIn, Problem>>
Attempts::log_in(std::string_view account, std::string_view network) {
    const std::string network_key = key_of("network", network);
    const std::string pair_key = key_of("pair", std::format("{}\n{}", account, network));
    // Those that whoever tries is refused for, whoever has come in from there before.
    const std::vector<Limit> limits = {{.scope = "log-in network", .key = network_key},
                                       {.scope = "log-in pair", .key = pair_key},
                                       {.scope = "password identity", .key = pair_key},
                                       {.scope = work_of_network, .key = network_key}};
    if (auto refused = refused_just_now(limits)) {
        co_return std::unexpected(std::move(*refused));
    }
    auto turn = co_await turn_of(network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    const std::string most = std::format(
        "{{{},{},{},{},{},{}}}", rules_.of_network, rules_.of_account_from_network,
        rules_.of_account, rules_.in_all, rules_.work_of_identity, rules_.work_of_network);
    const std::string account_key = key_of("account", account);
    const auto rows = co_await database_.query_as(store::Actor{}, sql::accounts::attempt_log_in,
                                                  network_key, pair_key, account_key, most);
    if (!rows) {
        co_return std::unexpected(not_counted(rows.error()));
    }
    const store::Row row = rows->front();
    auto refusal = refusal_in(row);
    if (refusal && !row.get<bool>("is_tried")) {
        keep(limits, row.get<std::string_view>("scope"), *refusal);
        co_return std::unexpected(std::move(*refusal));
    }
    co_return LogIn{.turn = std::move(*turn),
                    .refusal = std::move(refusal),
                    .known = row.get<bool>("is_known")};
}

asio::awaitable<void> Attempts::logged_in(std::string_view account, std::string_view network,
                                          const LogIn& admitted, bool whole) {
    const std::string network_key = key_of("network", network);
    const std::string pair_key = key_of("pair", std::format("{}\n{}", account, network));
    const std::string account_key = key_of("account", account);
    const bool counted_in_all = !admitted.refusal;
    const auto done =
        co_await database_.query_as(store::Actor{}, sql::accounts::logged_in, network_key, pair_key,
                                    account_key, counted_in_all, whole);
    if (!done) { // it counts as a wrong one, and who logged in is in
        log::warn("log_in_not_counted", {{"error", store::describe(done.error())}});
    }
}

asio::awaitable<std::optional<Problem>> Attempts::count(std::vector<Limit> limits) {
    const std::string scopes = array_of(limits, [](const Limit& limit) { return limit.scope; });
    const std::string keys = array_of(limits, [](const Limit& limit) { return limit.key; });
    const std::string most = array_of(limits, [](const Limit& limit) { return limit.most; });
    const std::string windows =
        array_of(limits, [](const Limit& limit) { return limit.window.count(); });
    const auto rows = co_await database_.query_as(store::Actor{}, sql::accounts::attempt, scopes,
                                                  keys, most, windows);
    if (!rows) {
        co_return not_counted(rows.error());
    }
    auto refusal = refusal_in(rows->front());
    if (refusal) {
        keep(limits, rows->front().get<std::string_view>("scope"), *refusal);
    }
    co_return refusal;
}

asio::awaitable<Attempts::Admitted> Attempts::admit(std::string_view network,
                                                    std::vector<Limit> limits) {
    if (auto refused = refused_just_now(limits)) {
        co_return std::unexpected(std::move(*refused));
    }
    auto turn = co_await turn_of(network);
    if (!turn) {
        co_return turn;
    }
    if (auto refused = co_await count(std::move(limits))) {
        co_return std::unexpected(std::move(*refused));
    }
    co_return turn;
}

asio::awaitable<Attempts::Admitted> Attempts::make_account(std::string_view address,
                                                           std::string_view network) {
    const std::string of_network = key_of("network", network);
    std::vector<Limit> limits = {
        {.scope = "account", .key = of_network, .most = rules_.accounts_of_network, .window = 1h},
        {.scope = work_of_network, .key = of_network, .most = rules_.work_of_network},
        {.scope = "letter address",
         .key = key_of("address", address),
         .most = rules_.letters_of_address,
         .window = 1h},
        {.scope = "account in all",
         .key = std::string(key_length, '0'),
         .most = rules_.accounts_in_all},
    };
    co_return co_await admit(network, std::move(limits));
}

asio::awaitable<std::optional<Problem>> Attempts::ask_for_letter(std::string_view address,
                                                                 std::string_view network) {
    std::vector<Limit> limits = {{.scope = "letter network",
                                  .key = key_of("network", network),
                                  .most = rules_.letters_of_network,
                                  .window = 1h},
                                 {.scope = "letter address",
                                  .key = key_of("address", address),
                                  .most = rules_.letters_of_address,
                                  .window = 1h},
                                 {.scope = "letter in all",
                                  .key = std::string(key_length, '0'),
                                  .most = rules_.letters_in_all}};
    if (auto refused = refused_just_now(limits)) {
        co_return refused;
    }
    co_return co_await count(std::move(limits));
}

asio::awaitable<Attempts::Admitted> Attempts::use_code(std::string_view network) {
    return admit(network, {{.scope = "code network",
                            .key = key_of("network", network),
                            .most = rules_.codes_of_network},
                           {.scope = work_of_network,
                            .key = key_of("network", network),
                            .most = rules_.work_of_network}});
}

asio::awaitable<Attempts::Admitted> Attempts::prove_password(std::string_view bearer,
                                                             std::string_view network) {
    return admit(network,
                 {{.scope = "password", .key = key_of("bearer", bearer), .most = rules_.of_bearer},
                  {.scope = work_of_network,
                   .key = key_of("network", network),
                   .most = rules_.work_of_network}});
}

} // namespace haven::accounts
