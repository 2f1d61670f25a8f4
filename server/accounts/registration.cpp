#include "server/accounts/registration.hpp"

#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/password_change.hpp"
#include "server/accounts/rules.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/password.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/text/text.hpp"

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

asio::awaitable<Answer> register_user(Exchange& exchange) {
    http::Services& services = exchange.services;
    const http::RequestHead& head = exchange.request.head;
    const auto registration = api::decode_registration(exchange.request.body);
    if (!registration) {
        co_return std::unexpected(http::invalid_body(registration.error()));
    }
    if (auto errors = check_registration(*registration, services.config.site_url);
        !errors.empty()) {
        co_return std::unexpected(http::invalid_body(std::move(errors)));
    }
    const std::string email = normal_email(registration->email);
    auto turn = co_await services.attempts.make_account(email, head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    const auto hash = co_await services.password_workers.run(
        std::move(*turn),
        [&password = registration->password, breached = services.breached_passwords] {
            return auth::hash_new_password(password, breached);
        });
    if (!hash) {
        co_return std::unexpected(not_hashed(exchange, hash.error(), "/password"));
    }
    const std::string older = older_email(registration->email);
    const auto name =
        registration->full_name ? text::name_of(*registration->full_name) : std::nullopt;
    const auto rows = co_await audit::record(
        exchange,
        audit::answered_by(exchange, sql::accounts::register_user, email, older, *hash, name,
                           registration->preferred_language, registration->consent_motion_trace,
                           head.client_ip, head.user_agent));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    co_return http::accepted();
}

} // namespace haven::accounts
