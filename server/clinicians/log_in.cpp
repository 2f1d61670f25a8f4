#include "server/clinicians/log_in.hpp"

#include "bilateral/stroke.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/rules.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_clinicians.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace haven::clinicians {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;
using http::ProblemType;

namespace {

struct Account {
    std::optional<Uuid> id; ///< nothing: nobody who may log in
    std::string password_hash = {};
};

Account account_of(const store::Rows& rows) {
    if (rows.empty()) {
        return {};
    }
    return {.id = rows.front().get<Uuid>("id"),
            .password_hash = rows.front().get<std::string>("password_hash")};
}

Problem bad_credentials() {
    return {.type = ProblemType::unauthorized,
            .detail = "No clinician has this address and password.",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
}

/// What the client hears: the refusal, or that it could not be recorded.
asio::awaitable<Problem> refuse(Exchange& exchange, const std::optional<Uuid>& id,
                                Problem refusal) {
    exchange.request.resource_id = id; // known only now
    const auto recorded =
        co_await audit::record(exchange, audit::refused(exchange, http::status(refusal.type)));
    co_return recorded ? std::move(refusal)
                       : http::not_recorded(recorded.error(), exchange.request.id);
}

asio::awaitable<Answer> grant_token(Exchange& exchange, const Uuid& id,
                                    const std::string& proved_hash,
                                    const std::optional<std::string>& new_hash) {
    const auth::Token token = auth::make_token();
    const std::chrono::seconds lifetime = exchange.services.config.token_lifetime;
    exchange.request.resource_id = id;
    const auto rows = co_await audit::record(
        exchange, audit::answered_by(exchange, sql::clinicians::grant_token,
                                     std::span<const std::byte>(token.hash), id, lifetime.count(),
                                     new_hash, proved_hash));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    const auto role = rows->front().get<std::optional<std::string>>("role");
    if (!role) {
        co_return std::unexpected(bad_credentials());
    }
    exchange.services.rates.token_is_good(token.text, http::RateLimit::Clock::now());
    http::JsonMembers grant;
    grant.set("access_token", token.text);
    grant.set("token_type", "Bearer");
    grant.set_number("expires_in", lifetime.count());
    grant.set("clinician_id", to_string(id));
    grant.set("role", *role);
    co_return http::json(201, grant.json());
}

} // namespace

asio::awaitable<Answer> log_in(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::JsonMembers body(exchange.request.body);
    const std::string typed = body.text("email").value_or("");
    const std::string email = accounts::normal_email(typed);
    const std::string password = body.text("password").value_or("");
    const std::string who = "clinician\n" + email;
    const std::string& network = exchange.request.head.client_network;
    accounts::Attempts& attempts = exchange.services.attempts;
    auto admitted = co_await attempts.log_in(who, network);
    if (!admitted) {
        co_return std::unexpected(std::move(admitted.error()));
    }
    const auto rows = co_await exchange.query(sql::clinicians::find_clinician, email,
                                              accounts::older_email(typed));
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    const Account account = account_of(*rows);
    const auto verdict = co_await exchange.services.password_workers.run(
        std::move(admitted->turn), [hash = admitted->held_against(account.password_hash),
                                    &password] { return auth::prove(hash, password); });
    if (!account.id || !verdict.right) {
        co_return std::unexpected(
            co_await refuse(exchange, account.id, admitted->refusal.value_or(bad_credentials())));
    }
    co_await attempts.logged_in(who, network, *admitted);
    co_return co_await grant_token(exchange, *account.id, account.password_hash, verdict.new_hash);
}

} // namespace haven::clinicians
