#include "server/http/application.hpp"

#include "server/audit/audit.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"

#include <haven/sql_audit.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <expected>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {

namespace asio = boost::asio;

namespace {

/// This request alone fails.
Problem failed(const Request& request, const std::exception& failure) {
    log::error(
        "handler_failed",
        {{"request_id", request.id}, {"route", request.route->path}, {"error", failure.what()}});
    return internal_error();
}

} // namespace

asio::awaitable<store::Outcome<store::Batch>> Exchange::write(std::vector<store::Call> calls) {
    const bool records =
        std::ranges::contains(calls, &sql::audit::record_access, &store::Call::statement);
    auto batch = co_await services.database.write_as(actor(), std::move(calls));
    recorded = recorded || (records && batch);
    co_return batch;
}

Problem problem_of(const store::DbError& error, std::string_view request_id) {
    using std::chrono::seconds;
    using store::DbErrorKind;
    if (!error.is_temporary() && error.kind != DbErrorKind::conflict &&
        error.kind != DbErrorKind::refused) {
        log::error("database_error",
                   {{"request_id", request_id}, {"error", store::describe(error)}});
    }
    switch (error.kind) {
    case DbErrorKind::conflict:
        return conflict();
    case DbErrorKind::violation:
        return invalid_body({{.pointer = "", .detail = "A value is outside what can be stored."}});
    case DbErrorKind::retry:
        return unavailable(seconds(1));
    case DbErrorKind::unavailable:
    case DbErrorKind::pool_exhausted:
        return unavailable(seconds(2));
    case DbErrorKind::refused:
        return {.type = error.sqlstate == "HV403" ? ProblemType::consent_missing
                                                  : ProblemType::conflict,
                .detail = error.message};
    case DbErrorKind::bug:
        return internal_error();
    }
    std::unreachable();
}

asio::awaitable<std::expected<void, Problem>> Application::identify(Request& request) {
    if (request.route->policy.who == who::anyone) {
        co_return std::expected<void, Problem>{};
    }
    try {
        auto identity = co_await authenticate_(services_, request);
        if (!identity) {
            co_return std::unexpected(std::move(identity.error()));
        }
        request.identity = std::move(*identity);
    } catch (const std::exception& failure) { // a row that nobody foresaw
        co_return std::unexpected(failed(request, failure));
    }
    if ((request.route->policy.who & who_is(request.identity->actor)) == 0) {
        co_return std::unexpected(forbidden("This is not for the bearer of this token."));
    }
    co_return std::expected<void, Problem>{};
}

asio::awaitable<std::expected<void, Problem>> Application::admit(Request& request) {
    auto admitted = co_await let_in(request);
    if (!admitted && request.identity) {
        Exchange exchange(services_, request);
        co_await audit::record_refusal(exchange, status(admitted.error().type));
    }
    co_return admitted;
}

asio::awaitable<std::expected<void, Problem>> Application::let_in(Request& request) {
    auto match = find_route(routes_, request.head.method, request.head.path);
    if (!match) {
        const std::string& allow = match.error().allow;
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
    if (auto problem = check_query(request.head.query)) {
        co_return std::unexpected(std::move(*problem));
    }
    if (auto known = co_await identify(request); !known) {
        co_return std::unexpected(std::move(known.error()));
    }
    BodyRule rule = request.route->body;
    rule.bytes_max = std::min<std::size_t>(
        {rule.bytes_max, services_.config.body_bytes_max, services_.config.body_memory_bytes});
    request.body_bytes_max = rule.bytes_max;
    if (auto problem = check_body_head(rule, request.head)) {
        co_return std::unexpected(std::move(*problem));
    }
    co_return std::expected<void, Problem>{};
}

asio::awaitable<Response> Application::answer(Request& request) {
    Problem problem;
    Exchange exchange(services_, request);
    try {
        auto answer = co_await request.route->handler(exchange);
        if (answer) {
            co_return std::move(*answer);
        }
        problem = std::move(answer.error());
    } catch (const std::exception& failure) { // a row that nobody foresaw, or out of memory
        problem = failed(request, failure);
    }
    if (problem.type == ProblemType::validation && request.route->body.kind == BodyKind::none) {
        // Who sent nothing has broken no rule: something that is stored does. The log names it.
        problem = internal_error();
    }
    co_await audit::record_refusal(exchange, status(problem.type));
    co_return to_response(problem, request.id);
}

void Application::answered(const Request& request, int status, std::chrono::nanoseconds duration) {
    const std::string_view route = request.route == nullptr ? "none" : request.route->path;
    // A method nobody knows would make a label of what a stranger wrote.
    const auto method = parse_method(request.head.method);
    const std::string_view method_name = method ? to_string(*method) : "other";
    services_.metrics.count_request(route, method_name, status, duration);
    const auto level = status >= 500 ? log::Level::warn : log::Level::debug;
    log::write(level, "request",
               {{"request_id", request.id},
                {"method", method_name},
                {"route", route},
                {"status", status},
                {"seconds", std::chrono::duration<double>(duration).count()}});
}

} // namespace haven::http
