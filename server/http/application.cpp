#include "server/http/application.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/browser.hpp"
#include "server/auth/principal.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/answer_fields.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/contract.hpp"
#include "server/http/digest.hpp"
#include "server/http/etag.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/idempotency_key.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routes.hpp"
#include "server/http/security_log.hpp"
#include "server/http/unavailable.hpp"
#include "server/log.hpp"
#include "server/seldom.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {

namespace asio = boost::asio;

namespace {

/// So little that all connections together hold no more than one large answer.
constexpr std::size_t answer_bytes_not_counted = std::size_t{16} << 10U;

/// This request alone fails.
Problem failed(const Request& request, const std::exception& failure) {
    log::error(
        "handler_failed",
        {{"request_id", request.id}, {"route", request.route->path}, {"error", failure.what()}});
    return internal_error();
}

} // namespace

asio::awaitable<store::Outcome<store::Batch>> Exchange::write(std::vector<store::Call> calls) {
    co_return co_await services.database.write_as(actor(), std::move(calls));
}

asio::awaitable<std::expected<void, Problem>> Exchange::take_room(ByteBudget& budget,
                                                                  std::size_t bytes) const {
    request.body = {};
    request.room.reset();
    auto room = co_await budget.acquire(bytes, services.admission_wait_max, holder_of(request));
    if (!room) {
        co_return std::unexpected(unavailable(std::chrono::seconds(5)));
    }
    request.room.emplace(std::move(*room));
    co_return std::expected<void, Problem>{};
}

ByteBudget::Holder holder_of(const Request& request) {
    ByteBudget::Holder holder{.network = request.head.client_network,
                              .connection = request.connection};
    if (request.principal && request.principal->actor.id) {
        holder.identity = to_string(*request.principal->actor.id);
    }
    return holder;
}

void log_unavailable(const store::DbError& error) {
    thread_local Seldom failures;
    if (error.kind == store::DbErrorKind::unavailable) {
        if (const auto count = failures.happened()) {
            log::error("database_unavailable",
                       {{"error", store::describe(error)}, {"count", *count}});
        }
    }
}

Problem not_recorded(const store::DbError& error, std::string_view request_id) {
    if (error.kind == store::DbErrorKind::unavailable) {
        log_unavailable(error);
        return unavailable(std::chrono::seconds(2));
    }
    log::error("not_recorded", {{"request_id", request_id}, {"error", store::describe(error)}});
    return unavailable(std::chrono::seconds(2));
}

namespace {

/// By its SQLSTATE (haven_refuse, haven_key_take).
Problem refused_by(const store::DbError& error) {
    Problem problem{.type = ProblemType::conflict, .detail = error.message};
    if (error.sqlstate == "HV403") {
        problem.type = ProblemType::consent_missing;
    } else if (error.sqlstate == "HV422") {
        problem.type = ProblemType::key_reused;
    } else if (error.sqlstate == "HV425") {
        problem.headers = {{"Retry-After", "1"}};
    }
    return problem;
}

} // namespace

Problem problem_of(const store::DbError& error, std::string_view request_id) {
    using std::chrono::seconds;
    using store::DbErrorKind;
    log_unavailable(error);
    if (error.in_record && !error.is_temporary()) {
        return not_recorded(error, request_id); // an access that leaves no trace is none
    }
    if (!error.is_temporary() && error.kind != DbErrorKind::conflict &&
        error.kind != DbErrorKind::refused) {
        log::error("database_error",
                   {{"request_id", request_id}, {"error", store::describe(error)}});
    }
    switch (error.kind) {
    case DbErrorKind::conflict:
        return conflict();
    case DbErrorKind::violation:
        return invalid_body({{.pointer = "",
                              .code = api::ErrorCode::not_storable,
                              .detail = "A value is outside what can be stored."}});
    case DbErrorKind::retry:
        return unavailable(seconds(1));
    case DbErrorKind::unavailable:
    case DbErrorKind::pool_exhausted:
        return unavailable(seconds(2));
    case DbErrorKind::refused:
        return refused_by(error);
    case DbErrorKind::bug:
        return internal_error();
    }
    std::unreachable();
}

namespace {

/// 429 where the bearer has asked for too much; where they stand goes with any answer.
std::optional<Problem> count_request(const Services& services, Request& request) {
    const auto counted = services.rates.count(request, RateLimit::Clock::now());
    request.answer_fields = rate_limit_fields(counted.policy, counted.standing);
    if (!counted.standing.refused) {
        return std::nullopt;
    }
    return too_many_requests(counted.standing.reset);
}

std::expected<void, Problem> may_call(const Request& request) {
    const Policy& policy = request.route->policy;
    const auth::Principal& principal = *request.principal;
    if ((policy.who & who_is(principal.actor)) == 0) {
        return std::unexpected(forbidden("This is not for the bearer of this token."));
    }
    if ((policy.scopes & principal.scopes) == 0) {
        return std::unexpected(
            insufficient_scope(auth::to_string(policy.scopes & scopes_of(principal.actor.kind))));
    }
    if (policy.age_max > std::chrono::seconds(0) &&
        auth::Principal::Clock::now() - principal.authenticated_at > policy.age_max) {
        return std::unexpected(log_in_again(policy.age_max));
    }
    return {};
}

/// What OPTIONS says of a path, or of the server (RFC 9110 9.3.7).
Response options_of(std::span<const Route> routes, const RequestHead& head) {
    const auto of_the_path = find_route(routes, head.method, head.path);
    Response response = no_content();
    response.headers = {{"Allow", head.path == "*" ? "OPTIONS, HEAD, GET, PUT, PATCH, POST, DELETE"
                                                   : of_the_path.error().allow}};
    return response;
}

/// A body of JSON as its handler gets it: in its one spelling.
std::expected<void, Problem> read_body(Request& request) {
    const BodyRule& rule = request.route->body;
    if (rule.kind != BodyKind::json || !rule.read_first) {
        return {};
    }
    request.received = digest_of(request.body);
    auto read = api::canonical_json(request.body);
    if (!read) {
        return std::unexpected(unreadable(read.error()));
    }
    request.body = std::move(*read);
    return {};
}

} // namespace

asio::awaitable<std::expected<void, Problem>> Application::identify(Request& request) {
    if (request.route->policy.who == who::anyone) {
        co_return std::expected<void, Problem>{};
    }
    try {
        auto principal = co_await authenticate_(services_, request);
        if (!principal) {
            co_return std::unexpected(std::move(principal.error()));
        }
        request.principal = std::move(*principal);
    } catch (const std::exception& failure) { // a row that nobody foresaw
        co_return std::unexpected(failed(request, failure));
    }
    // Before what they may not do: each such refusal is a row, too.
    if (auto refused = count_request(services_, request)) {
        co_return std::unexpected(std::move(*refused));
    }
    if (auto asked = auth::check_forgery(services_, request); !asked) {
        co_return asked;
    }
    co_return may_call(request);
}

asio::awaitable<std::expected<void, Problem>> Application::identify_again(Request& request) {
    if (!request.principal ||
        auth::Principal::Clock::now() - request.principal->since < services_.identity_time_max) {
        co_return std::expected<void, Problem>{};
    }
    auto principal = co_await authenticate_(services_, request);
    if (!principal) {
        co_return std::unexpected(std::move(principal.error()));
    }
    request.principal = std::move(*principal);
    co_return may_call(request);
}

asio::awaitable<std::expected<void, Problem>> Application::admit(Request& request) {
    auto admitted = co_await let_in(request);
    // Who asks too often is not written down each time: that would be their way to fill the disk.
    if (!admitted && request.principal && admitted.error().type != ProblemType::too_many_requests) {
        Exchange exchange(services_, request);
        co_await audit::record_refusal(exchange, status(admitted.error().type));
    }
    co_return admitted;
}

asio::awaitable<std::expected<void, Problem>> Application::let_in(Request& request) {
    // RFC 9110 9.3.2: HEAD is GET, and the connection leaves the body out.
    const bool head = request.head.method == "HEAD";
    auto match = find_route(routes_, head ? "GET" : request.head.method, request.head.path);
    if (!match) {
        const std::string& allow = match.error().allow;
        if (request.head.method == "OPTIONS" && (!allow.empty() || request.head.path == "*")) {
            const auto refused = check_body_head(no_body, request.head);
            co_return refused ? std::expected<void, Problem>(std::unexpected(*refused))
                              : std::expected<void, Problem>();
        }
        if (allow.empty()) {
            co_return std::unexpected(not_found());
        }
        co_return std::unexpected(Problem{.type = ProblemType::method_not_allowed,
                                          .detail = "The methods are in Allow.",
                                          .headers = {{"Allow", allow}}});
    }
    request.route = match->route;
    request.resource_id = match->places.id;
    request.parameters = std::move(match->places.others);
    const bool of_the_server =
        match->route->policy.who == who::anyone && match->route->method == Method::get;
    if (!services_.schema_ready && !of_the_server) {
        co_return std::unexpected(unavailable(std::chrono::seconds(5)));
    }
    if (auto problem = check_query(request.head.query)) {
        co_return std::unexpected(std::move(*problem));
    }
    if (auto known = co_await identify(request); !known) {
        co_return std::unexpected(std::move(known.error()));
    }
    co_return check_head(request);
}

std::expected<void, Problem> Application::check_head(Request& request) const {
    static const OperationContract not_described;
    const OperationContract* const described = services_.contract.find(*request.route);
    auto query = read_query(described != nullptr ? *described : not_described, request.head.query);
    if (!query) {
        return std::unexpected(std::move(query.error()));
    }
    request.query_json = std::move(*query);
    BodyRule rule = request.route->body;
    rule.bytes_max = std::min<std::size_t>({rule.bytes_max, services_.config.body_bytes_max,
                                            services_.config.body_memory_bytes / rule.copies});
    request.body_bytes_max = rule.bytes_max;
    request.body_copies = rule.copies;
    if (auto problem = check_body_head(rule, request.head)) {
        return std::unexpected(std::move(*problem));
    }
    if (auto problem =
            check_conditions(*request.route, request.head)) { // after all else: RFC 9110 13.2.1
        return std::unexpected(std::move(*problem));
    }
    if (auto problem = check_idempotency_key(*request.route, request.head)) {
        return std::unexpected(std::move(*problem));
    }
    return {};
}

Response Application::held(Request& request, Response answer) {
    const std::size_t bytes = answer.body.size();
    if (request.room || bytes <= answer_bytes_not_counted || request.route->method != Method::get) {
        return answer;
    }
    auto room = services_.answer_budget.try_acquire(bytes, holder_of(request));
    if (!room) {
        return to_response(unavailable(std::chrono::seconds(1)), request.id);
    }
    request.room.emplace(std::move(*room));
    return answer;
}

asio::awaitable<Response> Application::answer(Request& request) {
    if (request.route == nullptr) {
        co_return options_of(routes_, request.head);
    }
    Problem problem;
    Exchange exchange(services_, request);
    try {
        auto read = co_await identify_again(request);
        read = read ? read_body(request) : read;
        auto answer = read ? co_await request.route->handler(exchange)
                           : Answer(std::unexpected(read.error()));
        if (answer) {
            co_return held(request, conditional(request, std::move(*answer)));
        }
        problem = std::move(answer.error());
    } catch (const std::exception& failure) { // a row that nobody foresaw, or out of memory
        problem = failed(request, failure);
    }
    if (problem.type == ProblemType::validation && request.route->body.kind == BodyKind::none &&
        request.head.query.empty()) {
        // Who sent nothing has broken no rule: something that is stored does. The log names it.
        problem = internal_error();
    }
    co_await audit::record_refusal(exchange, status(problem.type));
    request.refused = event_of(problem);
    co_return to_response(problem, request.id);
}

void Application::complete(const Request& request, Response& response) const {
    add_browser_fields(services_.config, request.head, response);
}

namespace {

/// Whether somebody tried: who brings no token at all tries none, a wrong password is a row of the
/// record, and who is known may have to log in again.
bool was_tried(const Request& request) {
    if (request.refused != SecurityEvent::token_refused) {
        return request.refused.has_value();
    }
    const auto cookie = auth::token_in_cookie(request.head.cookies);
    return !request.principal && request.route != nullptr &&
           request.route->policy.who != who::anyone &&
           (!request.head.authorization.empty() || !cookie || *cookie);
}

} // namespace

void Application::answered(const Request& request, int status, std::chrono::nanoseconds duration) {
    const std::string_view route = request.route == nullptr ? "none" : request.route->path;
    // A method nobody knows would make a label of what a stranger wrote.
    const auto method = parse_method(request.head.method);
    const std::string_view method_name = method ? to_string(*method) : "other";
    services_.metrics.count_request(route, method_name, status, duration);
    if (was_tried(request)) {
        services_.security_log.happened(*request.refused, route, request.head.client_network,
                                        request.id);
    }
    const auto level = status >= 500 ? log::Level::warn : log::Level::debug;
    log::write(level, "request",
               {{"request_id", request.id},
                {"method", method_name},
                {"route", route},
                {"status", status},
                {"seconds", std::chrono::duration<double>(duration).count()}});
}

} // namespace haven::http
