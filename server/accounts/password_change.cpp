#include "server/accounts/password_change.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "server/accounts/attempts.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/password.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <optional>
#include <string>
#include <utility>

namespace haven::accounts {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;

namespace {

struct Passwords {
    std::string current;
    std::string wanted;
    std::string email;
    std::string name;
    std::string stored_hash;
};

struct Outcome {
    bool proved = false;
    std::expected<std::string, auth::NotHashed> hash = {}; ///< of the new one
};

/// About 50 ms. On a worker.
Outcome prove_and_hash(const Passwords& passwords, const auth::BreachedPasswords* breached) {
    if (!auth::verify_password(passwords.stored_hash, passwords.current)) {
        return {};
    }
    return {.proved = true, .hash = auth::hash_new_password(passwords.wanted, breached)};
}

/// What the account has.
asio::awaitable<std::expected<Passwords, Problem>> look_up(Exchange& exchange) {
    const auto rows = co_await exchange.query(sql::accounts::get_password);
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    if (rows->empty()) { // closed since the token was looked at
        co_return std::unexpected(http::unauthorized());
    }
    co_return Passwords{.current = {},
                        .wanted = {},
                        .email = rows->front().get<std::string>("email"),
                        .name =
                            rows->front().get<std::optional<std::string>>("full_name").value_or(""),
                        .stored_hash = rows->front().get<std::string>("password_hash")};
}

asio::awaitable<std::expected<Passwords, Problem>> read(Exchange& exchange) {
    auto known = co_await look_up(exchange);
    if (!known) {
        co_return std::unexpected(std::move(known.error()));
    }
    Passwords passwords = std::move(*known);
    const http::JsonMembers body(exchange.request.body);
    passwords.current = body.text("current_password").value_or("");
    passwords.wanted = body.text("new_password").value_or("");
    if (auto good =
            auth::check_password(passwords.wanted, {.email = passwords.email,
                                                    .name = passwords.name,
                                                    .site_url = exchange.services.config.site_url});
        !good) {
        good.error().pointer = "/new_password";
        co_return std::unexpected(http::invalid_body({std::move(good.error())}));
    }
    co_return passwords;
}

asio::awaitable<Problem> refuse(Exchange& exchange) {
    const auto recorded = co_await audit::record(exchange, audit::refused(exchange, 422));
    if (!recorded) {
        co_return http::not_recorded(recorded.error(), exchange.request.id);
    }
    co_return http::invalid_body({{.pointer = "/current_password",
                                   .code = api::ErrorCode::wrong_password,
                                   .detail = "is not the password of this account"}});
}

asio::awaitable<Answer> store_hash(Exchange& exchange, const Passwords& passwords,
                                   const std::string& hash) {
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::accounts::change_password, hash,
                                     passwords.stored_hash, exchange.request.principal->family));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::answer_of(http::result_in(rows->front()));
}

} // namespace

asio::awaitable<Answer> change_password(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::Services& services = exchange.services;
    auto turn = co_await services.attempts.prove_password(to_string(exchange.user_id()),
                                                          exchange.request.head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    const auto passwords = co_await read(exchange);
    if (!passwords) {
        co_return std::unexpected(passwords.error());
    }
    const auto outcome = co_await services.password_workers.run(
        std::move(*turn), [&passwords, breached = services.breached_passwords] {
            return prove_and_hash(*passwords, breached);
        });
    if (!outcome.proved) {
        co_return std::unexpected(co_await refuse(exchange));
    }
    if (!outcome.hash) {
        co_return std::unexpected(not_hashed(exchange, outcome.hash.error(), "/new_password"));
    }
    co_return co_await store_hash(exchange, *passwords, *outcome.hash);
}

Problem not_hashed(const Exchange& exchange, auth::NotHashed why, std::string pointer) {
    if (!why.refused) {
        log::error("password_not_hashed",
                   {{"request_id", exchange.request.id}, {"error", why.failure}});
        return http::internal_error();
    }
    why.refused->pointer = std::move(pointer);
    return http::invalid_body({std::move(*why.refused)});
}

asio::awaitable<std::expected<std::string, Problem>>
prove_own_password(Exchange& exchange, const std::string& current) {
    auto turn = co_await exchange.services.attempts.prove_password(
        to_string(exchange.user_id()), exchange.request.head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    auto known = co_await look_up(exchange);
    if (!known) {
        co_return std::unexpected(std::move(known.error()));
    }
    const bool right = co_await exchange.services.password_workers.run(
        std::move(*turn),
        [&hash = known->stored_hash, &current] { return auth::verify_password(hash, current); });
    if (!right) {
        co_return std::unexpected(co_await refuse(exchange));
    }
    co_return std::move(known->stored_hash);
}

} // namespace haven::accounts
