#include "server/accounts/accounts.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/rules.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "server/http/application.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::accounts {

namespace asio = boost::asio;
using Clock = http::RateLimit::Clock;
using http::Answer;
using http::Exchange;
using http::Problem;
using http::ProblemType;

namespace {

/// Alike for an unknown address, a wrong password and an account that is closed.
Problem bad_credentials() {
    return {.type = ProblemType::unauthorized,
            .detail = "No account has this address and password.",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
}

std::span<const std::byte> bytes_of(const auth::TokenHash& hash) {
    return hash;
}

struct Account {
    std::optional<Uuid> id; ///< nothing: nobody has the address
    std::string password_hash = {};
};

/// What the client hears: the refusal, or that it could not be recorded.
asio::awaitable<Problem> refuse(Exchange& exchange, const std::optional<Uuid>& user_id,
                                Problem refusal) {
    exchange.request.resource_id = user_id; // known only now
    const auto recorded = co_await audit::record(
        exchange, audit::refused(exchange, http::status(refusal.type), user_id));
    co_return recorded ? std::move(refusal)
                       : http::not_recorded(recorded.error(), exchange.request.id);
}

asio::awaitable<Answer> grant_token(Exchange& exchange, const Uuid& user_id,
                                    const std::string& proved_hash,
                                    std::optional<std::string> new_hash) {
    const auth::Token token = auth::make_token();
    const std::chrono::seconds lifetime = exchange.services.config.token_lifetime;
    exchange.request.resource_id = user_id;
    const auto rows = co_await audit::record(
        exchange, audit::answered_by(exchange, sql::accounts::create_token, bytes_of(token.hash),
                                     user_id, lifetime.count(), new_hash, proved_hash));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    if (rows->front().get<std::int32_t>("status") == 401) {
        co_return std::unexpected(bad_credentials());
    }
    exchange.services.rates.token_is_good(token.text, Clock::now());
    co_return http::json(201, api::encode(api::TokenGrant{.access_token = token.text,
                                                          .expires_in = lifetime.count(),
                                                          .user_id = user_id}));
}

store::Actor actor_of(const store::Row& row) {
    const auto kind = row.get<std::string_view>("actor");
    return {.kind = kind == "user"        ? store::ActorKind::user
                    : kind == "clinician" ? store::ActorKind::clinician
                                          : store::ActorKind::service,
            .id = row.get<Uuid>("actor_id"),
            .role = row.get<std::string>("role")};
}

} // namespace

asio::awaitable<Answer> log_in(Exchange& exchange) {
    http::Services& services = exchange.services;
    const auto credentials = api::decode_credentials(exchange.request.body);
    if (!credentials) {
        co_return std::unexpected(http::invalid_body(credentials.error()));
    }
    const std::string email = normal_email(credentials->email);
    const std::string who = "user\n" + email;
    const std::string& network = exchange.request.head.client_network;
    auto admitted = co_await services.attempts.log_in(who, network);
    if (!admitted) {
        co_return std::unexpected(std::move(admitted.error()));
    }
    const auto rows = co_await exchange.query(sql::accounts::find_credentials, email,
                                              older_email(credentials->email));
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    Account account;
    if (!rows->empty()) {
        account = {.id = rows->front().get<Uuid>("id"),
                   .password_hash = rows->front().get<std::string>("password_hash")};
    }
    const auto verdict = co_await services.password_workers.run(
        std::move(admitted->turn),
        [hash = admitted->held_against(account.password_hash), &password = credentials->password] {
            return auth::prove(hash, password);
        });
    if (!account.id || !verdict.right) {
        co_return std::unexpected(
            co_await refuse(exchange, account.id, admitted->refusal.value_or(bad_credentials())));
    }
    co_await services.attempts.logged_in(who, network, *admitted);
    co_return co_await grant_token(exchange, *account.id, account.password_hash, verdict.new_hash);
}

asio::awaitable<Answer> log_out(Exchange& exchange) {
    const auto hash = auth::hash_of_token(exchange.request.identity->token);
    if (!hash) {
        co_return std::unexpected(http::unauthorized());
    }
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::accounts::revoke_token, bytes_of(*hash)));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::no_content();
}

asio::awaitable<std::expected<http::Identity, Problem>> authenticate(http::Services& services,
                                                                     const http::Request& request) {
    const auto token = http::bearer_token(request.head.authorization);
    const auto hash = token ? auth::hash_of_token(*token) : std::nullopt;
    if (!hash) {
        co_return std::unexpected(http::unauthorized());
    }
    const std::string& network = request.head.client_network;
    if (const auto wait = services.rates.before_token(*token, network, Clock::now())) {
        co_return std::unexpected(http::too_many_requests(*wait));
    }
    const auto rows = co_await services.database.query_as(store::Actor{}, sql::accounts::find_token,
                                                          bytes_of(*hash));
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), request.id));
    }
    if (rows->empty()) {
        services.rates.token_is_nobodys(*token, network, Clock::now());
        Problem problem = http::unauthorized();
        problem.headers = {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}};
        co_return std::unexpected(std::move(problem));
    }
    services.rates.token_is_good(*token, Clock::now());
    co_return http::Identity{.actor = actor_of(rows->front()), .token = std::string(*token)};
}

} // namespace haven::accounts
