#include "server/consents/consents.hpp"

#include "server/auth/scopes.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_consents.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <format>
#include <span>
#include <string_view>
#include <utility>

namespace haven::consents {
namespace {

using http::Answer;
using http::Exchange;
using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

/// The words, and where they came from.
boost::asio::awaitable<Answer> put_consent(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::RequestHead& head = exchange.request.head;
    co_return co_await http::answer_with(
        exchange, sql::consents::put_consent,
        std::format(R"({{"said":{},"ip_address":{},"user_agent":{}}})", exchange.request.body,
                    http::json_string(head.client_ip), http::json_string(head.user_agent)));
}

constexpr Policy of_person(std::string_view action, auth::Scopes scopes = scope::account) {
    return Policy::plain(who::users, scopes, action, "consent_records");
}

/// Twenty languages at most.
constexpr http::BodyRule texts_body{
    .kind = http::BodyKind::json, .bytes_max = std::size_t{1} << 20U, .again = http::Again::once};

constexpr std::array table{
    Route{get, "/v1/consents", of_person("consent_list"), http::no_body,
          http::list<sql::consents::list_consents>},
    Route{get, "/v1/consents/current", of_person("consent_read", scope::account | scope::drawing),
          http::no_body, http::operate<sql::consents::get_current>},
    Route{get, "/v1/consents/{id}", of_person("consent_read"), http::no_body,
          http::operate<sql::consents::get_consent>},
    Route{put, "/v1/consents/{id}", of_person("consent_give"), http::json_body, put_consent},
    Route{put, "/v1/consents/{id}/withdrawal", of_person("consent_withdraw"),
          http::json_body.with(http::Again::mark), http::operate<sql::consents::withdraw_consent>},
    Route{get, "/v1/users/{id}/consents",
          Policy::plain(who::reviewers | who::services, scope::care | scope::consents,
                        "consent_read", "users"),
          http::no_body, http::operate<sql::consents::get_of_user>},
    Route{get, "/v1/consent-texts", Policy::open("consent_text_list"), http::no_body,
          http::operate<sql::consents::get_texts>},
    Route{get, "/v1/consent-texts/{consent_type}/{consent_version}",
          Policy::open("consent_text_read"), http::no_body, http::operate<sql::consents::get_text>},
    Route{
        put, "/v1/consent-texts/{consent_type}/{consent_version}",
        Policy::plain(who::supervisors, scope::clinic, "consent_text_put", "consent_texts").fresh(),
        texts_body, http::operate<sql::consents::put_text>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::consents
