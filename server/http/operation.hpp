#pragma once

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

/// Routes whose rule is one SQL statement.
///
/// A request's body and query are held against the API's description (server/http/contract.hpp),
/// then the statement runs with three parameters: $1 uuid, the path's {id} or NULL; $2 jsonb, the
/// body or NULL; $3 jsonb, {"path": {"place": "text"}, "query": {"name": "text"}, "received":
/// "SHA-256 of the body as it came"}. It gives one row (status integer, body jsonb or text, pointer
/// text, detail text), made with the words of server/store/routines/answers.sql. The access is
/// recorded in the same transaction.
namespace haven::http {

/// What a statement answered.
struct OperationResult {
    std::int32_t status = 500;
    std::optional<std::string> body;
    std::string pointer; ///< of a 422
    std::string detail;
};

/// Whether the request is what the API's description says. What `operate` and `list` begin with.
/// The body is in one spelling then, its times and ids too.
[[nodiscard]] std::expected<void, Problem> check_request(Exchange& exchange);

/// The body as it is, or as a handler has made it (sealed, hashed). `check_request` is the
/// caller's.
[[nodiscard]] boost::asio::awaitable<std::expected<OperationResult, Problem>>
run_operation(Exchange& exchange, const store::Statement& statement,
              std::optional<std::string> body_json);

[[nodiscard]] Answer answer_of(OperationResult result);

/// The two together.
[[nodiscard]] boost::asio::awaitable<Answer> answer_with(Exchange& exchange,
                                                         const store::Statement& statement,
                                                         std::optional<std::string> body_json);

[[nodiscard]] boost::asio::awaitable<Answer> operate_with(Exchange& exchange,
                                                          const store::Statement& statement);
[[nodiscard]] boost::asio::awaitable<Answer>
list_with(Exchange& exchange, const store::Statement& statement, const store::Statement* parent);

/// The handler of an operation.
template <const store::Statement& statement>
[[nodiscard]] boost::asio::awaitable<Answer> operate(Exchange& exchange) {
    return operate_with(exchange, statement);
}

/// The handler of a listing: $1 uuid, the path's {id} or NULL; $2 timestamptz and $3 uuid,
/// page_time and id of the last row seen, or NULL; $4 integer, how many; $5 jsonb like an
/// operation's $3. Rows (id uuid, page_time timestamptz, item jsonb or text), one more than asked
/// for where others follow; a row whose item is NULL ends the page before it.
template <const store::Statement& statement>
[[nodiscard]] boost::asio::awaitable<Answer> list(Exchange& exchange) {
    return list_with(exchange, statement, nullptr);
}

/// The same below a parent: `parent` takes $1 uuid, gives a row where it may be seen and sets
/// haven.status to 200; otherwise the answer is 404.
template <const store::Statement& statement, const store::Statement& parent>
[[nodiscard]] boost::asio::awaitable<Answer> list(Exchange& exchange) {
    return list_with(exchange, statement, &parent);
}

/// For handlers in C++: the calls and the record of the access, in one transaction and one round
/// trip. Each call's rows, and the record's.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Batch, Problem>>
write_recorded(Exchange& exchange, std::vector<store::Call> calls);

/// The same of one call that only looks: its rows, 404 where there are none. It sets haven.status
/// to 200 where it finds something.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Rows, Problem>>
look_recorded(Exchange& exchange, store::Call look);

} // namespace haven::http
