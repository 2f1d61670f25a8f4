#include "server/accounts/accounts.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/rules.hpp"
#include "server/auth/password.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/rows.hpp"
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
using http::Problem;
using http::ProblemType;

asio::awaitable<Answer> register_user(Exchange& exchange) {
    http::Services& services = exchange.services;
    const http::RequestHead& head = exchange.request.head;
    const std::string& ip = head.client_ip;
    const auto registration = api::decode_registration(exchange.request.body);
    if (!registration) {
        co_return std::unexpected(http::invalid_body(registration.error()));
    }
    if (auto errors = check_registration(*registration); !errors.empty()) {
        co_return std::unexpected(http::invalid_body(std::move(errors)));
    }
    auto turn = co_await services.attempts.make_account(head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    const auto hash = co_await services.password_workers.run(
        std::move(*turn),
        [&password = registration->password] { return auth::hash_password(password); });
    if (!hash) {
        log::error("password_not_hashed", {{"request_id", exchange.request.id}});
        co_return std::unexpected(http::internal_error());
    }
    const std::string email = normal_email(registration->email);
    const auto rows = co_await exchange.query(
        sql::accounts::create_user, email, *hash,
        registration->full_name ? text::name_of(*registration->full_name) : std::nullopt,
        registration->preferred_language, ip, exchange.request.head.user_agent,
        registration->consent_motion_trace, older_email(registration->email), exchange.request.id);
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    if (rows->empty()) {
        co_await services.attempts.account_is_taken(head.client_network);
        co_return std::unexpected(
            Problem{.type = ProblemType::conflict,
                    .detail = "This address has an account already: log in.",
                    .errors = {{.pointer = "/email", .detail = "It has an account already."}}});
    }
    co_return http::json(201, api::encode(api::Created{.id = rows->front().get<Uuid>("id")}));
}

} // namespace haven::accounts
