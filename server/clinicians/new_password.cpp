#include "server/clinicians/new_password.hpp"

#include "bilateral/stroke.hpp"
#include "server/accounts/attempts.hpp"
#include "server/auth/password.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <string>
#include <utility>

namespace haven::clinicians {

namespace asio = boost::asio;
using http::Exchange;
using http::Problem;

asio::awaitable<std::expected<std::string, Problem>> hash_new_password(Exchange& exchange,
                                                                       const std::string& password,
                                                                       const std::string& email,
                                                                       const std::string& pointer) {
    if (const auto good = auth::check_password(password, email); !good) {
        co_return std::unexpected(
            http::invalid_body({{.pointer = pointer, .detail = good.error()}}));
    }
    auto turn = co_await exchange.services.attempts.set_password(
        to_string(exchange.user_id()), exchange.request.head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    auto hash = co_await exchange.services.password_workers.run(
        std::move(*turn), [&password] { return auth::hash_password(password); });
    if (!hash) {
        log::error("password_not_hashed", {{"request_id", exchange.request.id}});
        co_return std::unexpected(http::internal_error());
    }
    co_return std::move(*hash);
}

} // namespace haven::clinicians
