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
#include "server/http/routes.hpp"
#include "server/log.hpp"
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
    std::string password_hash;
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

/// About 25 ms of work, the same whether there is an account or not.
asio::awaitable<std::expected<bool, Problem>> is_right(Exchange& exchange, const Account& account,
                                                       const std::string& password) {
    const auto right = co_await exchange.services.password_workers.run([&account, &password] {
        return account.id ? auth::verify_password(account.password_hash, password)
                          : auth::verify_nobody(password);
    });
    if (!right) {
        co_return std::unexpected(http::unavailable(std::chrono::seconds(2)));
    }
    co_return *right;
}

/// What the client hears: the refusal, or that it could not be recorded.
asio::awaitable<Problem> refuse(Exchange& exchange, const std::optional<Uuid>& id) {
    exchange.request.resource_id = id; // known only now
    const auto recorded = co_await audit::record(exchange, audit::refused(exchange, 401));
    co_return recorded ? bad_credentials()
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
    http::JsonMembers grant;
    grant.set("access_token", token.text);
    grant.set("token_type", "Bearer");
    grant.set_number("expires_in", lifetime.count());
    grant.set("clinician_id", to_string(id));
    grant.set("role", *role);
    co_return http::json(201, grant.json());
}

} // namespace

asio::awaitable<std::expected<std::string, Problem>> hash_new_password(Exchange& exchange,
                                                                       const std::string& password,
                                                                       const std::string& email,
                                                                       const std::string& pointer) {
    if (const auto good = auth::check_password(password, email); !good) {
        co_return std::unexpected(
            http::invalid_body({{.pointer = pointer, .detail = good.error()}}));
    }
    auto hash = co_await exchange.services.password_workers.run(
        [&password] { return auth::hash_password(password); });
    if (!hash) {
        co_return std::unexpected(http::unavailable(std::chrono::seconds(2)));
    }
    if (!*hash) {
        log::error("password_not_hashed", {{"request_id", exchange.request.id}});
        co_return std::unexpected(http::internal_error());
    }
    co_return std::move(**hash);
}

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
    if (auto refused = co_await attempts.log_in(who, network)) {
        co_return std::unexpected(std::move(*refused));
    }
    const auto rows = co_await exchange.query(sql::clinicians::find_clinician, email,
                                              accounts::ascii_email(typed));
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    const Account account = account_of(*rows);
    const auto right = co_await is_right(exchange, account, password);
    if (!right) {
        co_return std::unexpected(right.error());
    }
    if (!*right) {
        co_return std::unexpected(co_await refuse(exchange, account.id));
    }
    const auto new_hash = co_await exchange.services.password_workers.run(
        [&account, &password]() -> std::optional<std::string> {
            if (!auth::needs_rehash(account.password_hash, password)) {
                return std::nullopt;
            }
            auto hash = auth::hash_password(password);
            return hash ? std::optional(std::move(*hash)) : std::nullopt;
        });
    co_await attempts.logged_in(who, network);
    co_return co_await grant_token(exchange, *account.id, account.password_hash,
                                   new_hash.value_or(std::nullopt));
}

} // namespace haven::clinicians
