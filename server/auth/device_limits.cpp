#include "server/auth/device_limits.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/seal/seal.hpp"
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

namespace haven::auth {

namespace asio = boost::asio;

namespace {

constexpr std::size_t key_length = 32; // hexadecimal digits

std::string key_of(const http::Exchange& exchange, std::string_view kind, std::string_view text) {
    return exchange.services.seal.hmac_hex("attempts", std::format("{}\n{}", kind, text))
        .substr(0, key_length);
}

const std::string& of_all() {
    static const std::string key(key_length, '0');
    return key;
}

} // namespace

http::Problem limit_reached(std::string_view policy, const http::RateLimit::Standing& standing) {
    http::Problem problem = http::too_many_requests(standing.reset);
    for (auto& field : http::rate_limit_fields(policy, standing)) {
        problem.headers.push_back(std::move(field));
    }
    return problem;
}

asio::awaitable<std::optional<http::Problem>> count_device_ask(http::Exchange& exchange) {
    const std::string keys = std::format(
        "{{{},{}}}", key_of(exchange, "network", exchange.request.head.client_network), of_all());
    const std::string most =
        std::format("{{{},{}}}", device_limits::asked_of_network, device_limits::asked_in_all);
    const auto rows = co_await exchange.query(
        sql::accounts::attempt, "{device-ask,device-ask in all}", keys, most, "{600,600}");
    if (!rows) {
        co_return http::problem_of(rows.error(), exchange.request.id);
    }
    const store::Row row = rows->front();
    if (!row.get<bool>("refused")) {
        co_return std::nullopt;
    }
    co_return limit_reached(
        "device-ask",
        {.attempts_max = static_cast<std::size_t>(row.get<std::int32_t>("attempts_max")),
         .remaining = static_cast<std::size_t>(row.get<std::int32_t>("remaining")),
         .window = std::chrono::seconds(row.get<std::int32_t>("window_seconds")),
         .reset = std::chrono::seconds(row.get<std::int32_t>("reset_seconds")),
         .refused = true});
}

CodeLimits code_limits(const http::Exchange& exchange) {
    return {.keys = std::format(
                "{{{},{},{}}}", key_of(exchange, "account", to_string(exchange.user_id())),
                key_of(exchange, "network", exchange.request.head.client_network), of_all()),
            .most = std::format("{{{},{},{}}}", device_limits::wrong_of_account,
                                device_limits::wrong_of_network, device_limits::wrong_in_all)};
}

} // namespace haven::auth
