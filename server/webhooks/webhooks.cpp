#include "server/webhooks/webhooks.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/store/statement.hpp"
#include "server/webhooks/delivery.hpp"

#include <haven/sql_webhooks.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::webhooks {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

/// The secret goes to the statement sealed, and to who asked once, where the statement took it.
asio::awaitable<Answer> with_secret(Exchange& exchange, const store::Answering& statement) {
    const seal::DataKey key = seal::Seal::make_key(exchange.id());
    http::JsonMembers body(exchange.request.body);
    body.set("secret_id", to_string(key.id));
    body.set("sealed_secret", seal::to_base64(exchange.services.seal.wrap(key)));
    body.set("master_key", exchange.services.seal.master_key());
    auto result = co_await http::run_operation(exchange, statement, body.json());
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    const bool is_taken = result->status == 201;
    Answer answer = http::answer_of(std::move(*result));
    if (is_taken && answer) { // its entity-tag is of what GET shows
        http::JsonMembers told(answer->body);
        told.set("secret", secret_text(key.secret));
        answer->body = told.json();
    }
    co_return answer;
}

asio::awaitable<Answer> put_webhook(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const std::string url = http::JsonMembers(exchange.request.body).text("url").value_or("");
    if (const auto fault = url_fault(url)) {
        co_return std::unexpected(http::invalid_body(
            {{.pointer = "/url", .code = api::ErrorCode::not_allowed, .detail = *fault}}));
    }
    co_return co_await with_secret(exchange, sql::webhooks::put_webhook);
}

asio::awaitable<Answer> rotate_secret(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await with_secret(exchange, sql::webhooks::rotate_secret);
}

constexpr http::Policy access(std::string_view action) {
    return http::Policy::plain(http::who::supervisors, http::scope::clinic, action, "webhooks");
}

using enum http::Method;

constexpr std::array table{
    http::Route{get, "/v1/webhooks", access("webhook_list"), http::no_body,
                http::list<sql::webhooks::list_webhooks>},
    http::Route{get, "/v1/webhooks/{id}", access("webhook_read"), http::no_body,
                http::operate<sql::webhooks::get_webhook>},
    http::Route{put, "/v1/webhooks/{id}", access("webhook_put").fresh(), http::whole_body,
                put_webhook},
    http::Route{remove, "/v1/webhooks/{id}", access("webhook_remove"), http::no_body,
                http::operate<sql::webhooks::remove_webhook>},
    http::Route{post, "/v1/webhooks/{id}/secret", access("webhook_rotate").fresh(),
                http::json_body.with(http::Again::told_once), rotate_secret},
    http::Route{get, "/v1/webhooks/{id}/deliveries", access("webhook_deliveries"), http::no_body,
                http::list<sql::webhooks::list_deliveries>},
    http::Route{post, "/v1/webhooks/{id}/deliveries/{delivery_id}/redelivery",
                access("webhook_redeliver"), http::no_body.with(http::Again::anew),
                http::operate<sql::webhooks::redeliver>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::webhooks
