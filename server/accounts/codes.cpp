#include "server/accounts/codes.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/password_change.hpp"
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
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "server/text/text.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::accounts {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;

namespace {

/// As the database says it, too (code_refused).
Problem no_code() {
    return http::invalid_body(
        {{.pointer = "/token",
          .code = api::ErrorCode::wrong_code,
          .detail = "is no code that is good: it was used, its time is over, or a newer one was "
                    "sent"}});
}

/// The end of each of these: the row that the database answers with.
asio::awaitable<Answer> answer_by(Exchange& exchange, audit::Recorded last) {
    const auto rows = co_await http::write_recorded(exchange, std::move(last));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::answer_of(http::result_in(rows->front()));
}

/// A code that was refused without asking the database to take it.
asio::awaitable<Problem> refuse_code(Exchange& exchange) {
    const auto recorded = co_await audit::record(exchange, audit::refused(exchange, 422));
    co_return recorded ? no_code() : http::not_recorded(recorded.error(), exchange.request.id);
}

struct Bearer {
    Uuid id;
    std::string email;
    std::string name;
};

/// Whose the code is; nothing where it is not good for that.
asio::awaitable<std::expected<Bearer, Problem>>
bearer_of(Exchange& exchange, const auth::TokenHash& hash, std::string_view purpose) {
    const auto rows = co_await exchange.query(sql::accounts::code_bearer,
                                              std::span<const std::byte>(hash), purpose);
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    if (rows->empty()) {
        co_return std::unexpected(co_await refuse_code(exchange));
    }
    const store::Row row = rows->front();
    co_return Bearer{.id = row.get<Uuid>("bearer"),
                     .email = row.get<std::string>("email"),
                     .name = row.get<std::optional<std::string>>("name").value_or("")};
}

/// What a body brings to be held against: a code from a letter, and the turn to hash a password.
struct Brought {
    http::JsonMembers body;
    auth::TokenHash code;
    http::Turns::Turn turn;
};

/// The beginning of whatever is done with a code.
asio::awaitable<std::expected<Brought, Problem>> code_brought(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::JsonMembers body(exchange.request.body);
    auto turn = co_await exchange.services.attempts.use_code(exchange.request.head.client_network);
    if (!turn) {
        co_return std::unexpected(std::move(turn.error()));
    }
    const auto code = auth::hash_of_token(body.text("token").value_or(""));
    if (!code) {
        co_return std::unexpected(co_await refuse_code(exchange));
    }
    co_return Brought{.body = std::move(body), .code = *code, .turn = std::move(*turn)};
}

/// A password chosen with a code, which is looked at before anything is hashed.
asio::awaitable<Answer> choose_password(Exchange& exchange, std::string_view purpose,
                                        const char* member, const store::Answering& statement) {
    auto brought = co_await code_brought(exchange);
    if (!brought) {
        co_return std::unexpected(std::move(brought.error()));
    }
    const auto bearer = co_await bearer_of(exchange, brought->code, purpose);
    if (!bearer) {
        co_return std::unexpected(bearer.error());
    }
    exchange.request.resource_id = bearer->id;
    const std::string password = brought->body.text(member).value_or("");
    if (auto good = auth::check_password(password, {.email = bearer->email,
                                                    .name = bearer->name,
                                                    .site_url = exchange.services.config.site_url});
        !good) {
        good.error().pointer = std::string("/") + member;
        co_return std::unexpected(http::invalid_body({std::move(good.error())}));
    }
    const auto hash = co_await exchange.services.password_workers.run(
        std::move(brought->turn), [&password, breached = exchange.services.breached_passwords] {
            return auth::hash_new_password(password, breached);
        });
    if (!hash) {
        co_return std::unexpected(not_hashed(exchange, hash.error(), std::string("/") + member));
    }
    co_return co_await answer_by(
        exchange,
        audit::answered_by(exchange, statement, std::span<const std::byte>(brought->code), *hash));
}

/// An address may be registered by anybody; the account is for who registered it and reads its
/// letters, so that nobody confirms a stranger's password.
asio::awaitable<Problem> refuse_password(Exchange& exchange) {
    const auto recorded = co_await audit::record(exchange, audit::refused(exchange, 422));
    if (!recorded) {
        co_return http::not_recorded(recorded.error(), exchange.request.id);
    }
    co_return http::invalid_body(
        {{.pointer = "/password",
          .code = api::ErrorCode::wrong_password,
          .detail =
              "is not the one that this address was registered with last: register it again"}});
}

asio::awaitable<Answer> verify_email(Exchange& exchange) {
    auto brought = co_await code_brought(exchange);
    if (!brought) {
        co_return std::unexpected(std::move(brought.error()));
    }
    const std::span<const std::byte> code(brought->code);
    const auto asked = co_await exchange.query(sql::accounts::code_registration, code);
    if (!asked) {
        co_return std::unexpected(http::problem_of(asked.error(), exchange.request.id));
    }
    if (!asked->empty()) { // a new account's
        const bool right = co_await exchange.services.password_workers.run(
            std::move(brought->turn), [hash = asked->front().get<std::string>("password_hash"),
                                       password = brought->body.text("password").value_or("")] {
                return auth::verify_password(hash, password);
            });
        if (!right) {
            co_return std::unexpected(co_await refuse_password(exchange));
        }
    }
    co_return co_await answer_by(exchange,
                                 audit::answered_by(exchange, sql::accounts::verify_email, code));
}

/// Whether anybody has the address is not looked at here.
asio::awaitable<Answer> ask_reset(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::JsonMembers body(exchange.request.body);
    const std::string typed = body.text("email").value_or("");
    const std::string as = body.text("as").value_or("user");
    const std::string email = normal_email(typed);
    if (auto refused = co_await exchange.services.attempts.ask_for_letter(
            email, exchange.request.head.client_network)) {
        co_return std::unexpected(std::move(*refused));
    }
    const std::string older = older_email(typed);
    co_return co_await answer_by(
        exchange, audit::answered_by(exchange, sql::accounts::ask_reset, as, email, older));
}

asio::awaitable<Answer> reset_password(Exchange& exchange) {
    return choose_password(exchange, "reset", "new_password", sql::accounts::reset_password);
}

asio::awaitable<Answer> accept_invitation(Exchange& exchange) {
    return choose_password(exchange, "invitation", "password", sql::accounts::accept_invitation);
}

/// What a person asked for who has lost their second factor: it is kept, or it ends.
asio::awaitable<Answer> reset_factor(Exchange& exchange) {
    auto brought = co_await code_brought(exchange);
    if (!brought) {
        co_return std::unexpected(std::move(brought.error()));
    }
    const std::span<const std::byte> code(brought->code);
    const std::string decision = brought->body.text("decision").value_or("");
    co_return co_await answer_by(
        exchange, audit::answered_by(exchange, sql::accounts::reset_factor, code, decision));
}

using http::Policy;
using http::Route;
using enum http::Method;

constexpr std::array table{
    Route{post, "/v1/auth/email-verifications", Policy::open("email_verification"), http::open_body,
          verify_email},
    Route{post, "/v1/auth/password-resets", Policy::open("password_reset_ask"), http::open_body,
          ask_reset},
    Route{put, "/v1/auth/password-resets", Policy::open("password_reset"), http::open_body,
          reset_password},
    Route{put, "/v1/auth/factor-resets", Policy::open("factor_reset"), http::open_body,
          reset_factor},
    Route{post, "/v1/auth/invitations", Policy::open("invitation_accept"), http::open_body,
          accept_invitation},
};

} // namespace

std::span<const Route> code_routes() {
    return table;
}

asio::awaitable<Answer> change_email(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::JsonMembers body(exchange.request.body);
    const std::string typed = body.text("new_email").value_or("");
    if (!text::address_of(typed)) {
        co_return std::unexpected(http::invalid_body({{.pointer = "/new_email",
                                                       .code = api::ErrorCode::malformed,
                                                       .detail = std::string(email_rule)}}));
    }
    const auto proved =
        co_await prove_own_password(exchange, body.text("current_password").value_or(""));
    if (!proved) {
        co_return std::unexpected(proved.error());
    }
    const std::string email = normal_email(typed);
    if (auto refused = co_await exchange.services.attempts.ask_for_letter(
            email, exchange.request.head.client_network)) {
        co_return std::unexpected(std::move(*refused));
    }
    const std::string older = older_email(typed);
    co_return co_await answer_by(
        exchange, audit::answered_by(exchange, sql::accounts::change_email, email, older, *proved));
}

} // namespace haven::accounts
