#include "server/auth/device_grants.hpp"

#include "server/audit/audit.hpp"
#include "server/auth/device_limits.hpp"
#include "server/auth/grant.hpp"
#include "server/auth/oauth.hpp"
#include "server/auth/scopes.hpp"
#include "server/auth/token.hpp"
#include "server/auth/user_code.hpp"
#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/etag.hpp"
#include "server/http/form.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_auth.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
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

namespace haven::auth {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = http::RateLimit::Clock;
using http::Answer;
using http::Exchange;
using http::Form;
using OptionalText = std::optional<std::string>;

namespace {

/// The program on headsets, which keeps no secret.
constexpr std::string_view headset_client = "haven-xr";
constexpr Scopes device_scopes = scope::drawing;
constexpr std::chrono::seconds code_lifetime = 600s;
constexpr std::int32_t poll_interval_s = 5; // device_grants.interval_seconds
constexpr int codes_drawn_max = 3;
constexpr std::size_t user_code_hash_length = 32;

std::string hash_of_user_code(const Exchange& exchange, std::string_view code) {
    return exchange.services.seal.hmac_hex("user code", code).substr(0, user_code_hash_length);
}

std::span<const std::byte> bytes_of_hash(const TokenHash& hash) {
    return hash;
}

// ---- what a device asks ----

/// What is wrong with whoever asks, if anything.
std::optional<http::Response> client_fault(const Form& form) {
    const auto client = form.value("client_id");
    if (!client) {
        return oauth_error("invalid_request", "client_id is missing.");
    }
    if (*client != headset_client) {
        return oauth_error("invalid_client", "No such client.");
    }
    return std::nullopt;
}

http::Response device_answer(const Exchange& exchange, std::string_view device_code,
                             std::string_view user_code) {
    const std::string shown = shown_user_code(user_code);
    const std::string uri = exchange.services.config.public_url + "/link";
    http::JsonMembers answer;
    answer.set("device_code", device_code);
    answer.set("user_code", shown);
    answer.set("verification_uri", uri);
    answer.set("verification_uri_complete", std::format("{}?user_code={}", uri, shown));
    answer.set_number("expires_in", code_lifetime.count());
    answer.set_number("interval", poll_interval_s);
    http::Response response = http::json(200, answer.json());
    response.headers.emplace_back("Pragma", "no-cache");
    return response;
}

std::string asks_json(const Exchange& exchange, const Form& form) {
    http::JsonMembers asks;
    const auto set = [&asks](const char* name, const std::string& text) {
        if (!text.empty()) {
            asks.set(name, text);
        }
    };
    set("client_id", std::string(headset_client));
    set("client", client_name(exchange.request.head.user_agent));
    set("device_name", device_name_of(form.value("device_name").value_or("")));
    set("scope", to_string(device_scopes));
    set("ip_address", exchange.request.head.client_ip);
    return asks.json();
}

asio::awaitable<Answer> ask(Exchange& exchange) {
    const auto form = Form::parse(exchange.request.body);
    if (!form) {
        co_return oauth_error("invalid_request", "This is no form, or names twice.");
    }
    if (auto fault = client_fault(*form)) {
        co_return std::move(*fault);
    }
    if (const auto scope = form->value("scope"); scope && *scope != to_string(device_scopes)) {
        co_return oauth_error("invalid_scope", "A device may have: drawing.");
    }
    if (auto refused = co_await count_device_ask(exchange)) {
        co_return std::unexpected(std::move(*refused));
    }
    const std::string asks = asks_json(exchange, *form);
    for (int drawn = 0; drawn < codes_drawn_max; ++drawn) {
        const Token device_code = make_token();
        const std::string user_code = make_user_code();
        const std::string hash = hash_of_user_code(exchange, user_code);
        const auto rows = co_await audit::record(
            exchange,
            audit::answered_by(exchange, sql::auth::device_ask, bytes_of(device_code), hash, asks,
                               static_cast<std::int32_t>(code_lifetime.count()),
                               static_cast<std::int32_t>(device_limits::open_max)));
        if (!rows) {
            co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
        }
        const auto status = rows->front().get<std::int32_t>("status");
        if (status == 201) {
            co_return device_answer(exchange, device_code.text, user_code);
        }
        if (status == 503) {
            break;
        }
    }
    co_return std::unexpected(http::unavailable(60s));
}

// ---- what a person decides ----

/// What stands in the path, as the database knows it; nothing where it can be no code.
OptionalText code_in_path(const Exchange& exchange) {
    const auto typed = http::percent_decode(exchange.request.parameters.front());
    const auto code = typed ? read_user_code(*typed) : std::nullopt;
    return code ? OptionalText(hash_of_user_code(exchange, *code)) : std::nullopt;
}

/// What is found, with how long it would last.
http::OperationResult found(const ServerConfig& config, const store::Row& row) {
    const auto status = row.get<std::int32_t>("status");
    OptionalText body = row.get<OptionalText>("body");
    if (status == 200) {
        http::JsonMembers grant(body.value_or("{}"));
        grant.set_number("lifetime_seconds", config.device_lifetime.count());
        grant.set_number("idle_seconds", config.device_idle_time.count());
        body = grant.json();
    }
    return {.status = status, .body = std::move(body)};
}

Answer answer_of_code(const Exchange& exchange, const store::Row& row) {
    const auto status = row.get<std::int32_t>("status");
    if (status == 429) {
        const http::JsonMembers standing(row.get<std::string_view>("body"));
        const auto number = [&standing](const char* name) {
            return standing.number(name).value_or(0);
        };
        return std::unexpected(limit_reached(
            "device-code", {.attempts_max = static_cast<std::size_t>(number("attempts_max")),
                            .remaining = static_cast<std::size_t>(number("remaining")),
                            .window = std::chrono::seconds(number("window_seconds")),
                            .reset = std::chrono::seconds(number("reset_seconds")),
                            .refused = true}));
    }
    return http::answer_of(found(exchange.services.config, row));
}

asio::awaitable<Answer> see(Exchange& exchange) {
    const OptionalText code = code_in_path(exchange);
    const CodeLimits limits = code_limits(exchange);
    const auto rows =
        co_await http::write_recorded(exchange, audit::answered_by(exchange, sql::auth::device_see,
                                                                   code, limits.keys, limits.most));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return answer_of_code(exchange, rows->front());
}

asio::awaitable<Answer> decide(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const std::string decision =
        http::JsonMembers(exchange.request.body).text("decision").value_or("");
    const OptionalText code = code_in_path(exchange);
    const CodeLimits limits = code_limits(exchange);
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::auth::device_decide, code, limits.keys,
                                     limits.most, decision, exchange.request.principal->family));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const store::Row row = rows->front();
    const auto status = row.get<std::int32_t>("status");
    if (status == 409) {
        co_return http::answer_of(
            {.status = 409, .body = {}, .detail = row.get<OptionalText>("detail").value_or("")});
    }
    if (status == 200) {
        auto decided = found(exchange.services.config, row);
        co_return http::written(status, std::move(decided.body).value_or("{}"),
                                exchange.request.head.path);
    }
    co_return answer_of_code(exchange, row);
}

// ---- what a program reads first ----

asio::awaitable<Answer> metadata(Exchange& exchange) {
    const std::string& issuer = exchange.services.config.public_url;
    const auto at = [&issuer](std::string_view path) {
        return http::json_string(issuer + std::string(path));
    };
    http::Response response = http::json(
        200,
        std::format(R"({{"issuer":{},"token_endpoint":{},"device_authorization_endpoint":{},)"
                    R"("revocation_endpoint":{},"grant_types_supported":["refresh_token","{}"],)"
                    R"("response_types_supported":[],"scopes_supported":["{}"],)"
                    R"("token_endpoint_auth_methods_supported":["none"],)"
                    R"("revocation_endpoint_auth_methods_supported":["none"]}})",
                    at(""), at("/oauth/token"), at("/oauth/device_authorization"),
                    at("/oauth/revoke"), device_code_grant, to_string(device_scopes)));
    co_return response;
}

/// Nobody gives what they do not have.
constexpr http::Policy of_grant(std::string_view action) {
    return http::Policy::plain(http::who::users, scope::journal, action, "device_grants");
}

using enum http::Method;

constexpr std::array table{
    http::Route{get, "/.well-known/oauth-authorization-server",
                http::Policy::open("oauth_metadata"), http::no_body, metadata},
    http::Route{post, "/oauth/device_authorization", http::Policy::open("device_ask"),
                http::form_body, ask},
    http::Route{get, "/v1/auth/device-grants/{user_code}", of_grant("device_grant_read"),
                http::no_body, see},
    http::Route{put, "/v1/auth/device-grants/{user_code}", of_grant("device_grant_decide").fresh(),
                http::json_body, decide},
};

} // namespace

std::span<const http::Route> device_grant_routes() {
    return table;
}

// ---- what a device asks again and again ----

asio::awaitable<Answer> poll_device_grant(Exchange& exchange, const Form& form) {
    if (auto fault = client_fault(form)) {
        co_return std::move(*fault);
    }
    const auto brought = secret_in(exchange, form, "device_code");
    if (!brought) {
        co_return brought.error();
    }
    const TokenPair tokens;
    const std::string terms = terms_json(exchange, {.bearer = store::ActorKind::user,
                                                    .bearer_id = {}, // whoever allowed it
                                                    .came_by = CameBy::device,
                                                    .scopes = device_scopes,
                                                    .factors = {},
                                                    .device_name = {}});
    const auto rows = co_await exchange.query(sql::auth::device_poll, bytes_of_hash(brought->hash),
                                              headset_client, terms, bytes_of(tokens.access),
                                              bytes_of(tokens.refresh), audit::access_of(exchange));
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    const store::Row row = rows->front();
    if (row.get<std::int32_t>("status") == 200) {
        co_return token_answer(exchange, 200, tokens, row.get<std::string_view>("body"));
    }
    const auto error = row.get<std::string_view>("pointer");
    if (error != "authorization_pending") {
        exchange.services.rates.token_is_nobodys( // and is soon heard no more
            brought->text, exchange.request.head.client_network, Clock::now());
    }
    co_return oauth_error(error, row.get<OptionalText>("detail").value_or(""));
}

} // namespace haven::auth
