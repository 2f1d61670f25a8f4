#pragma once

#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
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
/// then the statement runs with four parameters: $1 uuid, the path's {id} or NULL; $2 jsonb, the
/// body or NULL; $3 jsonb, {"path": {"place": "text"}, "query": {"name": "text"}, "received":
/// "SHA-256 of the body as it came", "family": "the log-in of who asks"}; $4 jsonb, the access. It
/// gives one row (status integer, body jsonb or text, pointer text, detail text) by haven_answered,
/// which records the access, of an answer made with the words of server/store/routines/answers.sql.
namespace haven::http {

/// What a statement answered.
struct OperationResult {
    std::int32_t status = 500;
    std::optional<std::string> body;
    std::string pointer; ///< of a 422; of a write, where GET finds what it answers
    std::string detail;
};

/// Whether the request is what the API's description says. What `operate` and `list` begin with.
/// The body is in one spelling then, its times and ids too.
[[nodiscard]] std::expected<void, Problem> check_request(Exchange& exchange);

/// The body as it is, or as a handler has made it (sealed, hashed). `check_request` is the
/// caller's.
[[nodiscard]] boost::asio::awaitable<std::expected<OperationResult, Problem>>
run_operation(Exchange& exchange, const store::Answering& statement,
              std::optional<std::string> body_json);

[[nodiscard]] OperationResult result_in(const store::Row& row);

/// 202: what was asked for is done later, and is told to somebody else.
[[nodiscard]] Response accepted();

[[nodiscard]] Answer answer_of(OperationResult result);

/// The two together.
[[nodiscard]] boost::asio::awaitable<Answer> answer_with(Exchange& exchange,
                                                         const store::Answering& statement,
                                                         std::optional<std::string> body_json);

[[nodiscard]] boost::asio::awaitable<Answer> operate_with(Exchange& exchange,
                                                          const store::Answering& statement);
[[nodiscard]] boost::asio::awaitable<Answer> list_with(Exchange& exchange,
                                                       const store::Listing& listing);

/// The handler of an operation.
template <const store::Answering& statement>
[[nodiscard]] boost::asio::awaitable<Answer> operate(Exchange& exchange) {
    return operate_with(exchange, statement);
}

/// The handler of a listing: $1 uuid, the path's {id} or NULL; $2 timestamptz and $3 uuid, the
/// place after which rows are shown, $4 and $5 the one before which they are, as page_time and id;
/// $6 integer, how many; $7 jsonb like an operation's $3; $8 jsonb, the access. Rows of haven_item
/// by haven_listed, one more than asked for where others follow; a row whose item is NULL ends the
/// page before it. Where what it is listed below may not be seen the answer is 404.
template <const store::Listing& listing>
[[nodiscard]] boost::asio::awaitable<Answer> list(Exchange& exchange) {
    return list_with(exchange, listing);
}

/// For handlers in C++: the calls before it and the one that answers, in one transaction and one
/// round trip. The rows of the last; of a request whose key came before, those of the first time.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Rows, Problem>>
write_recorded(Exchange& exchange, audit::Recorded last, std::vector<store::Call> before = {});

/// The same of one call that only looks: its rows, which have a status. 404 where it is not 200.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Rows, Problem>>
look_recorded(Exchange& exchange, audit::Recorded look);

} // namespace haven::http
