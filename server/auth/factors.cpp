#include "server/auth/factors.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/totp.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"
#include "server/seal/user_keys.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_auth.hpp>

#include <boost/asio/awaitable.hpp>

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
using http::Answer;
using http::Exchange;
using http::Problem;

namespace {

constexpr std::size_t totp_digits = 6;
constexpr int recovery_codes = 10;

TotpSecret secret_of(const seal::Secret& secret) {
    return std::span(secret.data(), seal::Secret::size_bytes).first<totp_secret_bytes>();
}

std::string hash_of_recovery_code(const Exchange& exchange, const Uuid& factor,
                                  std::string_view code) {
    return exchange.services.seal.hmac_hex("recovery code",
                                           std::format("{}\n{}", to_string(factor), code));
}

/// The secret of a row, open.
std::expected<seal::DataKey, Problem> open_secret(const Exchange& exchange, const Uuid& factor,
                                                  const Uuid& bearer, const store::Row& row) {
    auto key = exchange.services.seal.unwrap(factor, bearer,
                                             row.get<std::span<const std::byte>>("sealed_secret"));
    if (!key) {
        return std::unexpected(seal::does_not_open(exchange, key.error()));
    }
    return std::move(*key);
}

asio::awaitable<Answer> begin_totp(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const seal::DataKey key = seal::Seal::make_key(exchange.user_id());
    http::JsonMembers body;
    body.set("id", to_string(key.id));
    body.set("sealed_secret", seal::to_base64(exchange.services.seal.wrap(key)));
    body.set("master_key", exchange.services.seal.master_key());
    auto result = co_await http::run_operation(exchange, sql::auth::begin_factor, body.json());
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    const std::string email =
        http::JsonMembers(result->body.value_or("{}")).text("email").value_or("");
    http::JsonMembers answer;
    answer.set("secret", base32(secret_of(key.secret)));
    answer.set("uri", totp_uri(secret_of(key.secret), email));
    co_return http::json(201, answer.json());
}

asio::awaitable<Problem> refuse_code(Exchange& exchange) {
    const auto recorded = co_await audit::record(exchange, audit::refused(exchange, 422));
    if (!recorded) {
        co_return http::not_recorded(recorded.error(), exchange.request.id);
    }
    co_return http::invalid_body({{.pointer = "/code",
                                   .code = api::ErrorCode::wrong_code,
                                   .detail = "is not the code of this moment"}});
}

/// What the database is told, and ten codes for their owner. Both JSON.
struct Confirmation {
    std::string body;
    std::string recovery_codes;
};

Confirmation confirmation_of(const Exchange& exchange, const Uuid& factor, std::int64_t step) {
    std::string codes;
    std::string hashes;
    for (int i = 0; i < recovery_codes; ++i) {
        const std::string code = make_recovery_code();
        const std::string hash =
            hash_of_recovery_code(exchange, factor, read_recovery_code(code).value_or(""));
        codes += std::format("{}\"{}\"", i == 0 ? "" : ",", code);
        hashes += std::format("{}\"{}\"", i == 0 ? "" : ",", hash);
    }
    return {.body = std::format(R"({{"id":"{}","step":{},"recovery_hashes":[{}]}})",
                                to_string(factor), step, hashes),
            .recovery_codes = "[" + codes + "]"};
}

asio::awaitable<Answer> confirm_totp(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const std::string code = http::JsonMembers(exchange.request.body).text("code").value_or("");
    const auto rows = co_await exchange.query(sql::auth::waiting_factor);
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    if (rows->empty()) {
        Problem problem = http::conflict();
        problem.detail = "None waits to be confirmed: begin with POST.";
        co_return std::unexpected(std::move(problem));
    }
    const store::Row row = rows->front();
    const Uuid factor = row.get<Uuid>("id");
    const auto key = open_secret(exchange, factor, exchange.user_id(), row);
    if (!key) {
        co_return std::unexpected(key.error());
    }
    const auto step = totp_step(secret_of(key->secret), code, row.get<std::int64_t>("step"));
    if (!step) {
        co_return std::unexpected(co_await refuse_code(exchange));
    }
    const Confirmation confirmation = confirmation_of(exchange, factor, *step);
    auto result =
        co_await http::run_operation(exchange, sql::auth::confirm_factor, confirmation.body);
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status == 200) {
        const std::string scope =
            http::JsonMembers(result->body.value_or("{}")).text("scope").value_or("");
        result->body = std::format(R"({{"recovery_codes":{},"scope":{}}})",
                                   confirmation.recovery_codes, http::json_string(scope));
    }
    co_return http::answer_of(std::move(*result));
}

constexpr http::Policy of_factors(http::Who who, std::string_view action) {
    return http::Policy::plain(who, scope::account, action, "second_factors");
}

namespace who = http::who;
using enum http::Method;
constexpr http::Who everybody = who::users | who::reviewers;

constexpr std::array table{
    http::Route{get, "/v1/auth/factors", of_factors(everybody, "factor_read"), http::no_body,
                http::operate<sql::auth::get_factors>},
    http::Route{post, "/v1/auth/factors/totp", of_factors(everybody, "factor_begin").fresh(),
                http::no_body.with(http::Again::anew), begin_totp},
    http::Route{put, "/v1/auth/factors/totp", of_factors(everybody, "factor_confirm").fresh(),
                http::json_body.with(http::Again::anew), confirm_totp},
    http::Route{remove, "/v1/auth/factors/totp", of_factors(who::users, "factor_remove").fresh(),
                http::no_body, http::operate<sql::auth::remove_factor>},
};

} // namespace

std::span<const http::Route> factor_routes() {
    return table;
}

std::expected<std::optional<Proof>, Problem> prove_factor(const Exchange& exchange,
                                                          const Uuid& bearer, const store::Row& row,
                                                          std::string_view typed) {
    const Uuid factor = row.get<Uuid>("factor_id");
    if (typed.size() != totp_digits) {
        const auto code = read_recovery_code(typed);
        return code ? std::optional(
                          Proof{.factor_id = factor,
                                .step = {},
                                .recovery_hash = hash_of_recovery_code(exchange, factor, *code)})
                    : std::nullopt;
    }
    const auto key = open_secret(exchange, factor, bearer, row);
    if (!key) {
        return std::unexpected(key.error());
    }
    const auto step = totp_step(secret_of(key->secret), typed, row.get<std::int64_t>("step"));
    return step ? std::optional(Proof{.factor_id = factor, .step = step}) : std::nullopt;
}

} // namespace haven::auth
