#include "server/auth/services.hpp"

#include "server/auth/token.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_auth.hpp>

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <utility>

namespace haven::auth {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

/// The token's hash goes to the statement, its text to who asked, once.
asio::awaitable<Answer> with_token(Exchange& exchange, const store::Answering& statement) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const Token token = make_token();
    http::JsonMembers body(exchange.request.body);
    body.set("token_hash", http::hexadecimal(token.hash));
    auto result = co_await http::run_operation(exchange, statement, body.json());
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status == 201 && result->body) {
        http::JsonMembers answer(*result->body);
        answer.set("access_token", token.text);
        answer.set("token_type", "Bearer");
        result->body = answer.json();
    }
    co_return http::answer_of(std::move(*result));
}

} // namespace

asio::awaitable<Answer> create_service(Exchange& exchange) {
    co_return co_await with_token(exchange, sql::auth::create_service);
}

asio::awaitable<Answer> rotate_service(Exchange& exchange) {
    co_return co_await with_token(exchange, sql::auth::rotate_service);
}

} // namespace haven::auth
