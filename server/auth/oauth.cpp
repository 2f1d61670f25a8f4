#include "server/auth/oauth.hpp"

#include "server/audit/audit.hpp"
#include "server/auth/device_grants.hpp"
#include "server/auth/grant.hpp"
#include "server/auth/token.hpp"
#include "server/http/application.hpp"
#include "server/http/form.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_auth.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <array>
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
using Clock = http::RateLimit::Clock;
using http::Answer;
using http::Exchange;
using http::Form;
using OptionalText = std::optional<std::string>;

namespace {

/// What every request to these endpoints has: a form, and no client that proves who it is. Programs
/// on people's devices keep no secret.
std::expected<Form, http::Response> read_form(const Exchange& exchange) {
    auto form = Form::parse(exchange.request.body);
    if (!form) {
        return std::unexpected(oauth_error("invalid_request", "This is no form, or names twice."));
    }
    if (!exchange.request.head.authorization.empty() || form->value("client_secret")) {
        return std::unexpected(oauth_error("invalid_client", "Clients have no secret here."));
    }
    return std::move(*form);
}

asio::awaitable<Answer> refresh(Exchange& exchange, const Form& form) {
    const auto brought = secret_in(exchange, form, "refresh_token");
    if (!brought) {
        co_return brought.error();
    }
    const TokenPair tokens;
    const auto rows = co_await audit::record(
        exchange, audit::answered_by(
                      exchange, sql::auth::refresh, std::span<const std::byte>(brought->hash),
                      bytes_of(tokens.access), bytes_of(tokens.refresh),
                      exchange.services.config.token_lifetime.count(), form.value("client_id")));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    const store::Row row = rows->front();
    const auto body = row.get<OptionalText>("body");
    if (row.get<std::int32_t>("status") != 200) {
        exchange.services.rates.token_is_nobodys(
            brought->text, exchange.request.head.client_network, Clock::now());
        if (body) {
            log::warn("refresh_token_reused", {{"request_id", exchange.request.id}});
        }
        co_return oauth_error(row.get<std::string_view>("pointer"),
                              row.get<OptionalText>("detail").value_or(""));
    }
    co_return token_answer(exchange, 200, tokens, body.value_or("{}"));
}

constexpr std::array grant_types{
    GrantType{.name = "refresh_token", .grant = refresh},
    GrantType{.name = device_code_grant, .grant = poll_device_grant},
};

} // namespace

http::Response oauth_error(std::string_view error, std::string_view description) {
    const bool of_client = error == "invalid_client";
    std::string body = std::format(R"({{"error":{})", http::json_string(error));
    if (!description.empty()) {
        body += std::format(R"(,"error_description":{})", http::json_string(description));
    }
    http::Response response = http::json(of_client ? 401 : 400, body + "}");
    response.headers.emplace_back("Pragma", "no-cache");
    if (of_client) {
        response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"haven\"");
    }
    return response;
}

std::expected<Brought, Answer> secret_in(const Exchange& exchange, const Form& form,
                                         std::string_view name) {
    const auto text = form.value(name);
    if (!text) {
        return std::unexpected(oauth_error("invalid_request", std::format("{} is missing.", name)));
    }
    const auto hash = hash_of_token(*text);
    if (!hash) {
        return std::unexpected(oauth_error("invalid_grant"));
    }
    if (const auto wait = exchange.services.rates.before_token(
            *text, exchange.request.head.client_network, Clock::now())) {
        return std::unexpected(Answer(std::unexpected(http::too_many_requests(*wait))));
    }
    return Brought{.text = std::string(*text), .hash = *hash};
}

asio::awaitable<Answer> oauth_token(Exchange& exchange) {
    const auto form = read_form(exchange);
    if (!form) {
        co_return form.error();
    }
    const auto wanted = form->value("grant_type");
    if (!wanted) {
        co_return oauth_error("invalid_request", "grant_type is missing.");
    }
    const auto type = std::ranges::find(grant_types, *wanted, &GrantType::name);
    if (type == grant_types.end()) {
        co_return oauth_error("unsupported_grant_type");
    }
    co_return co_await type->grant(exchange, *form);
}

asio::awaitable<Answer> oauth_revoke(Exchange& exchange) {
    const auto form = read_form(exchange);
    if (!form) {
        co_return form.error();
    }
    const auto token = form->value("token");
    if (!token) {
        co_return oauth_error("invalid_request", "token is missing.");
    }
    http::Response done{.status = 200, .headers = {{"Cache-Control", "no-store"}}};
    const auto hash = hash_of_token(*token);
    if (!hash) {
        co_return done; // RFC 7009 2.2: what is none is over already
    }
    const std::string& network = exchange.request.head.client_network;
    if (const auto wait = exchange.services.rates.before_token(*token, network, Clock::now())) {
        co_return std::unexpected(http::too_many_requests(*wait));
    }
    const auto rows = co_await audit::record(
        exchange, audit::answered_by(exchange, sql::auth::revoke, std::span<const std::byte>(*hash),
                                     form->value("client_id")));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    exchange.services.rates.token_is_nobodys(*token, network, Clock::now());
    const store::Row row = rows->front();
    if (row.get<std::int32_t>("status") != 200) {
        co_return oauth_error(row.get<std::string_view>("pointer"),
                              row.get<OptionalText>("detail").value_or(""));
    }
    co_return done;
}

} // namespace haven::auth
