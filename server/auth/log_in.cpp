#include "server/auth/log_in.hpp"

#include "bilateral/stroke.hpp"
#include "server/accounts/attempts.hpp"
#include "server/accounts/rules.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/browser.hpp"
#include "server/auth/factors.hpp"
#include "server/auth/grant.hpp"
#include "server/auth/password.hpp"
#include "server/auth/principal.hpp"
#include "server/auth/scopes.hpp"
#include "server/auth/token.hpp"
#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/store/actor.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_auth.hpp>

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
#include <vector>

namespace haven::auth {

namespace asio = boost::asio;
using Clock = http::RateLimit::Clock;
using http::Answer;
using http::Exchange;
using http::Problem;
using http::ProblemType;

namespace {

/// Alike for an unknown address, one that is not confirmed, a wrong password, an account that is
/// closed, and a code that is wrong or was used.
Problem bad_credentials() {
    return {.type = ProblemType::unauthorized,
            .detail = "No account has this address and password, or the code is wrong.",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
}

/// For who knows the password.
Problem second_factor_needed() {
    return {.type = ProblemType::second_factor_needed,
            .detail = "Send it again with `code`: of the authenticator, or one for recovery.",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
}

struct Account {
    std::optional<Uuid> id; ///< nothing: nobody who may log in has the address
    std::string password_hash = {};
    bool waits = false; ///< for its address to be confirmed: it is no account yet
    bool has_factor = false;
};

Account account_of(const store::Rows& rows) {
    if (rows.empty()) {
        return {};
    }
    return {.id = rows.front().get<Uuid>("id"),
            .password_hash = rows.front().get<std::string>("password_hash"),
            .waits = rows.front().get<bool>("waits"),
            .has_factor = rows.front().get<std::optional<Uuid>>("factor_id").has_value()};
}

/// What the client hears: the refusal, or that it could not be recorded.
/// Who waits for their letter, and knows the password, gets it again.
asio::awaitable<Problem> refuse(Exchange& exchange, store::ActorKind as, const Account& account,
                                bool right, Problem refusal) {
    std::vector<store::Call> before;
    if (account.waits && right) {
        before.push_back(store::call(sql::auth::remind, *account.id));
    }
    const auto id = account.waits ? std::nullopt : account.id;
    exchange.request.resource_id = id; // known only now
    const auto person = as == store::ActorKind::user ? id : std::nullopt;
    auto last = audit::refused(exchange, http::status(refusal.type), person);
    const auto recorded = co_await audit::record(exchange, std::move(last), std::move(before));
    co_return recorded ? std::move(refusal)
                       : http::not_recorded(recorded.error(), exchange.request.id);
}

/// Who has an address and its password.
struct Known {
    store::ActorKind kind = store::ActorKind::user;
    std::string who; ///< what attempts are counted by
    accounts::Attempts::LogIn admitted;
    store::Rows rows; ///< of find_credentials
    Account account;  ///< with an id
    std::optional<std::string> new_hash;
    Problem wrong; ///< what is said where something else is wrong
};

/// Those whom a body names by `email`, `password` and `as`; a wrong password has left its row.
asio::awaitable<std::expected<Known, Problem>> prove_password(Exchange& exchange,
                                                              const http::JsonMembers& body) {
    const std::string as = body.text("as").value_or("user");
    const auto kind = as == "user" ? store::ActorKind::user : store::ActorKind::clinician;
    const std::string typed = body.text("email").value_or("");
    const std::string email = accounts::normal_email(typed);
    const std::string password = body.text("password").value_or("");
    std::string who = as + "\n" + email;
    auto admitted =
        co_await exchange.services.attempts.log_in(who, exchange.request.head.client_network);
    if (!admitted) {
        co_return std::unexpected(std::move(admitted.error()));
    }
    auto rows = co_await exchange.query(sql::auth::find_credentials, email,
                                        accounts::older_email(typed), as);
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    Account account = account_of(*rows);
    auto verdict = co_await exchange.services.password_workers.run(
        std::move(admitted->turn), [hash = admitted->held_against(account.password_hash),
                                    &password] { return prove(hash, password); });
    Problem wrong = admitted->refusal.value_or(bad_credentials());
    if (!account.id || account.waits || !verdict.right) {
        co_return std::unexpected(co_await refuse(exchange, kind, account, verdict.right, wrong));
    }
    co_return Known{.kind = kind,
                    .who = std::move(who),
                    .admitted = std::move(*admitted),
                    .rows = std::move(*rows),
                    .account = std::move(account),
                    .new_hash = std::move(verdict.new_hash),
                    .wrong = std::move(wrong)};
}

/// It counts as no guess; `whole`: nor is anything missing.
asio::awaitable<void> right_so_far(const Exchange& exchange, const Known& known, bool whole) {
    co_await exchange.services.attempts.logged_in(known.who, exchange.request.head.client_network,
                                                  known.admitted, whole);
}

/// `refusal`: what is said where the password is another meanwhile, or the code was used.
asio::awaitable<Answer> grant(Exchange& exchange, const Terms& terms,
                              const std::string& proved_hash,
                              const std::optional<std::string>& new_hash, Problem refusal) {
    const TokenPair tokens;
    const std::string said = terms_json(exchange, terms);
    exchange.request.resource_id = terms.bearer_id;
    const auto refresh = terms.in_cookie ? std::nullopt : std::optional(bytes_of(tokens.refresh));
    const auto rows = co_await audit::record(
        exchange, audit::answered_by(exchange, sql::auth::log_in, said, bytes_of(tokens.access),
                                     refresh, new_hash, proved_hash));
    if (!rows) {
        co_return std::unexpected(http::not_recorded(rows.error(), exchange.request.id));
    }
    if (rows->front().get<std::int32_t>("status") == 401) {
        co_return std::unexpected(std::move(refusal));
    }
    if (terms.in_cookie) {
        exchange.services.rates.token_is_good(tokens.access.text, Clock::now());
        http::Response kept = http::no_content();
        kept.headers = {{"Cache-Control", "no-store"},
                        {"Set-Cookie", cookie_with(tokens.access.text)}};
        co_return kept;
    }
    co_return token_answer(exchange, 201, tokens, rows->front().get<std::string_view>("body"));
}

/// The token of the log-in that who asks has, where the new one is to be kept. It is taken over in
/// no case, and ends once the new one is there.
std::optional<TokenHash> token_before(const http::RequestHead& head, bool in_cookie) {
    if (!in_cookie) {
        const auto token = http::bearer_token(head.authorization);
        return token ? hash_of_token(*token) : std::nullopt;
    }
    const auto token = token_in_cookie(head.cookies);
    return head.authorization.empty() && token && *token ? hash_of_token(**token) : std::nullopt;
}

/// Only a page of ours may ask for a cookie: another would log the browser in as somebody else.
std::expected<bool, Problem> wants_cookie(const Exchange& exchange, const http::JsonMembers& body) {
    const bool wanted = body.flag("cookie").value_or(false);
    if (wanted) {
        if (auto ours = check_origin(exchange.services.config, exchange.request.head); !ours) {
            return std::unexpected(std::move(ours.error()));
        }
    }
    return wanted;
}

/// What a token may do that is given now.
Scopes scopes_of(const Exchange& exchange, store::ActorKind kind, bool with_factor) {
    const FactorNeededBy asked_of = exchange.services.config.second_factor;
    const bool asked = kind == store::ActorKind::clinician ? asked_of != FactorNeededBy::nobody
                                                           : asked_of == FactorNeededBy::people;
    return asked && !with_factor ? scope::account : http::scopes_of(kind);
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
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::JsonMembers body(exchange.request.body);
    const auto in_cookie = wants_cookie(exchange, body);
    if (!in_cookie) {
        co_return std::unexpected(in_cookie.error());
    }
    const auto known = co_await prove_password(exchange, body);
    if (!known) {
        co_return std::unexpected(known.error());
    }
    const Account& account = known->account;
    Terms terms{.bearer = known->kind,
                .bearer_id = *account.id,
                .scopes = scopes_of(exchange, known->kind, account.has_factor),
                .factors = {"password"},
                .in_cookie = *in_cookie,
                .replaces = token_before(exchange.request.head, *in_cookie),
                .device_name = body.text("device_name").value_or("")};
    if (account.has_factor) {
        const auto code = body.text("code");
        if (!code) {
            co_await right_so_far(exchange, *known, false);
            co_return std::unexpected(
                co_await refuse(exchange, known->kind, account, true, second_factor_needed()));
        }
        auto proof = prove_factor(exchange, *account.id, known->rows.front(), *code);
        if (!proof) {
            co_return std::unexpected(std::move(proof.error()));
        }
        if (!*proof) {
            co_return std::unexpected(
                co_await refuse(exchange, known->kind, account, true, known->wrong));
        }
        terms.factors.emplace_back((*proof)->step ? "totp" : "recovery");
        terms.proof = std::move(*proof);
    }
    auto answer =
        co_await grant(exchange, terms, account.password_hash, known->new_hash, known->wrong);
    if (answer) {
        co_await right_so_far(exchange, *known, true);
    }
    co_return answer;
}

asio::awaitable<Answer> ask_factor_reset(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::JsonMembers body(exchange.request.body);
    const auto known = co_await prove_password(exchange, body);
    if (!known) {
        co_return std::unexpected(known.error());
    }
    co_await right_so_far(exchange, *known, false);
    exchange.request.resource_id = known->account.id;
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::auth::ask_factor_reset, *known->account.id,
                                     known->account.password_hash));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    if (rows->front().get<std::int32_t>("status") == 401) {
        co_return std::unexpected(known->wrong);
    }
    co_return http::answer_of(http::result_in(rows->front()));
}

namespace {

/// A cookie is looked at where there is no Authorization.
std::expected<std::optional<std::string_view>, Problem> token_of(const http::RequestHead& head) {
    if (head.authorization.empty()) {
        return token_in_cookie(head.cookies);
    }
    return http::bearer_token(head.authorization);
}

} // namespace

asio::awaitable<std::expected<Principal, Problem>> authenticate(http::Services& services,
                                                                const http::Request& request) {
    const http::RequestHead& head = request.head;
    const bool by_cookie = head.authorization.empty();
    const auto brought = token_of(head);
    if (!brought) {
        co_return std::unexpected(brought.error());
    }
    const std::optional<std::string_view>& token = *brought;
    const auto hash = token ? hash_of_token(*token) : std::nullopt;
    if (!hash) {
        co_return std::unexpected(http::unauthorized());
    }
    const std::string& network = head.client_network;
    if (const auto wait = services.rates.before_token(*token, network, Clock::now())) {
        co_return std::unexpected(http::too_many_requests(*wait));
    }
    const store::Actor gate;
    const auto rows = co_await services.database.query_as(
        gate, sql::auth::find_token, std::span<const std::byte>(*hash), by_cookie);
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
    const store::Row row = rows->front();
    const auto family = row.get<Uuid>("family");
    if (row.get<bool>("used_long_ago")) {
        (void)co_await services.database.query_as(gate, sql::auth::family_used, family);
    }
    co_return Principal{.actor = actor_of(row),
                        .token = std::string(*token),
                        .by_cookie = by_cookie,
                        .family = family,
                        .scopes = parse_scopes(row.get<std::string_view>("scopes")),
                        .factors = row.get<std::string>("factors"),
                        .authenticated_at =
                            Principal::Clock::now() - std::chrono::seconds(row.get<std::int64_t>(
                                                          "authenticated_seconds_ago"))};
}

} // namespace haven::auth
