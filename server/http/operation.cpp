#include "server/http/operation.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/error_code.hpp"
#include "net/api/records.hpp"
#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/contract.hpp"
#include "server/http/digest.hpp"
#include "server/http/etag.hpp"
#include "server/http/idempotency_key.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/paging.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/schema.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/words.hpp"
#include "server/store/errors.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_http.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {

namespace asio = boost::asio;

namespace {

/// The SQLSTATE of haven_key_take.
constexpr std::string_view carried_out_before = "HV208";

/// {"name":"text"} of the route's places other than {id}.
std::string places_json(const Request& request) {
    std::string json = "{";
    std::string_view path = request.route->path;
    for (const std::string& value : request.parameters) {
        std::string_view name = "{id}";
        while (name == "{id}") {
            path.remove_prefix(path.find('{'));
            name = path.substr(0, path.find('}') + 1);
            path.remove_prefix(name.size());
        }
        json += std::format("{}{}:{}", json.size() > 1 ? "," : "",
                            json_string(name.substr(1, name.size() - 2)), json_string(value));
    }
    return json + "}";
}

std::string request_json(const Exchange& exchange) {
    const Request& request = exchange.request;
    const std::string received =
        request.route->body.kind == BodyKind::json
            ? std::format(R"(,"received":"{}")", hexadecimal(request.received))
            : "";
    const std::string family =
        request.principal ? std::format(R"(,"family":"{}")", to_string(request.principal->family))
                          : "";
    const std::string if_match =
        request.route->body.if_match()
            ? std::format(R"(,"if_match":{})", if_match_json(request.head.if_match))
            : "";
    const std::string if_none_match =
        request.route->body.if_match() && !request.head.if_none_match.empty()
            ? R"(,"if_none_match":true)"
            : "";
    return std::format(R"({{"path":{},"query":{}{}{}{}{}}})", places_json(request),
                       request.query_json, received, family, if_match, if_none_match);
}

} // namespace

std::expected<void, Problem> check_request(Exchange& exchange) {
    const OperationContract* contract = exchange.services.contract.find(*exchange.request.route);
    if (contract == nullptr) {
        return std::unexpected(internal_error()); // the suite compares the table with the document
    }
    if (contract->body != nullptr) {
        auto checked = check_body(*contract->body, exchange.request.body);
        if (!checked) {
            return std::unexpected(invalid_body(std::move(checked.error())));
        }
        exchange.request.body = std::move(*checked);
    }
    exchange.request.key = key_of(exchange.request);
    return {};
}

asio::awaitable<std::expected<OperationResult, Problem>>
run_operation(Exchange& exchange, const store::Answering& statement,
              std::optional<std::string> body_json) {
    const std::string request = request_json(exchange);
    const auto rows = co_await write_recorded(
        exchange,
        audit::answered_by(exchange, statement, exchange.request.resource_id, body_json, request));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return result_in(rows->front());
}

OperationResult result_in(const store::Row& row) {
    using OptionalText = std::optional<std::string>;
    return {.status = row.get<std::int32_t>("status"),
            .body = row.get<OptionalText>("body"),
            .pointer = row.get<OptionalText>("pointer").value_or(""),
            .detail = row.get<OptionalText>("detail").value_or("")};
}

Response accepted() {
    Response response = no_content();
    response.status = 202;
    return response;
}

namespace {

/// What haven_invalid says.
api::BodyError error_of(const OperationResult& result) {
    const JsonMembers said(result.body.value_or("{}"));
    const auto code = api::parse_error_code(said.text("code").value_or(""));
    if (!code) {
        throw store::BadRow("an answer refuses a body with a code that nobody knows");
    }
    const auto limit = said.number("limit");
    return {.pointer = result.pointer,
            .code = *code,
            .detail = result.detail,
            .limit = limit ? std::optional(static_cast<double>(*limit)) : std::nullopt};
}

/// The first call of a request that came with a key.
store::Call take_key(const Request& request) {
    return store::call(sql::http::take_key, request.route->path,
                       std::span<const std::byte>(request.key->key),
                       std::span<const std::byte>(request.key->request));
}

/// What was answered the first time.
asio::awaitable<store::Outcome<store::Rows>> told_by_key(Exchange& exchange) {
    const Request& request = exchange.request;
    const bool secret = request.route->body.again == Again::told_once;
    co_return co_await audit::record(
        exchange, audit::answered_by(exchange, sql::http::told_by_key, request.route->path,
                                     std::span<const std::byte>(request.key->key), secret));
}

/// A headset lets go of what it sent once it sees its digest (net/uploader/answer.hpp). A token
/// that reads nothing back gets that alone.
Response with_receipt(const Request& request, Response response) {
    if ((request.principal->scopes & scope::journal) == 0) {
        return json(response.status,
                    api::encode(api::Receipt{.id = *request.resource_id,
                                             .sha256 = hexadecimal(request.received)}));
    }
    response.body.pop_back();
    response.body += std::format(R"(, "sha256": "{}"}})", hexadecimal(request.received));
    return response;
}

} // namespace

Answer answer_of(OperationResult result) {
    switch (result.status) {
    case 200:
    case 201:
        return result.pointer.empty()
                   ? json(result.status, result.body.value_or("null"))
                   : written(result.status, result.body.value_or("null"), result.pointer);
    case 202:
        return accepted();
    case 204:
        return no_content();
    case 403:
        return std::unexpected(forbidden(std::move(result.detail)));
    case 409: {
        Problem problem = conflict();
        if (!result.detail.empty()) {
            problem.detail = std::move(result.detail);
        }
        return std::unexpected(std::move(problem));
    }
    case 410:
        return std::unexpected(gone());
    case 412:
        return std::unexpected(
            Problem{.type = ProblemType::precondition_failed,
                    .detail = "It was changed since that ETag: read it again, then change that."});
    case 422:
        return std::unexpected(invalid_body({error_of(result)}));
    case 503:
        return std::unexpected(unavailable(std::chrono::seconds(1)));
    default:
        return std::unexpected(not_found());
    }
}

asio::awaitable<Answer> answer_with(Exchange& exchange, const store::Answering& statement,
                                    std::optional<std::string> body_json) {
    auto result = co_await run_operation(exchange, statement, std::move(body_json));
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->body) {
        auto opened = co_await seal::open_words(exchange, std::move(*result->body));
        if (!opened) {
            co_return std::unexpected(std::move(opened.error()));
        }
        result->body = std::move(*opened);
    }
    Answer answer = answer_of(std::move(*result));
    if (answer && exchange.request.route->body.receipt) {
        co_return with_receipt(exchange.request, std::move(*answer));
    }
    co_return answer;
}

asio::awaitable<Answer> operate_with(Exchange& exchange, const store::Answering& statement) {
    if (auto checked = check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    std::optional<std::string> body;
    if (exchange.request.route->body.kind == BodyKind::json) {
        body = std::move(exchange.request.body);
    }
    co_return co_await answer_with(exchange, statement, std::move(body));
}

asio::awaitable<Answer> list_with(Exchange& exchange, const store::Listing& listing) {
    if (auto checked = check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const seal::Seal& seal = exchange.services.seal;
    const auto page = read_page(exchange.request, seal);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    const std::string request = request_json(exchange);
    const auto rows = co_await write_recorded(
        exchange,
        audit::answered_by(exchange, page->newest_first ? listing.newest : listing.oldest,
                           exchange.request.resource_id, page->after.time(), page->after.id,
                           page->before.time(), page->before.id, page->items_max, request));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    if (!rows->empty() && rows->front().get<std::int32_t>("status") != 200) {
        co_return std::unexpected(not_found());
    }
    Response response = page_of(*rows, *page, seal);
    auto opened = co_await seal::open_words(exchange, std::move(response.body));
    if (!opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    response.body = std::move(*opened);
    co_return response;
}

asio::awaitable<std::expected<store::Rows, Problem>>
write_recorded(Exchange& exchange, audit::Recorded last, std::vector<store::Call> before) {
    if (exchange.request.key) {
        before.insert(before.begin(), take_key(exchange.request));
    }
    auto rows = co_await audit::record(exchange, std::move(last), std::move(before));
    if (!rows && rows.error().sqlstate == carried_out_before) {
        rows = co_await told_by_key(exchange);
    }
    if (!rows) {
        co_return std::unexpected(problem_of(rows.error(), exchange.request.id));
    }
    co_return std::move(*rows);
}

asio::awaitable<std::expected<store::Rows, Problem>> look_recorded(Exchange& exchange,
                                                                   audit::Recorded look) {
    auto rows = co_await write_recorded(exchange, std::move(look));
    if (rows && rows->front().get<std::int32_t>("status") != 200) {
        co_return std::unexpected(not_found());
    }
    co_return rows;
}

} // namespace haven::http
