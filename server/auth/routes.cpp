#include "server/auth/routes.hpp"

#include "server/auth/browser.hpp"
#include "server/auth/log_in.hpp"
#include "server/auth/oauth.hpp"
#include "server/auth/services.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_auth.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <span>
#include <string_view>

namespace haven::auth {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
using enum http::Method;

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

/// Who asks; a page of ours, what it shows with each change, too.
asio::awaitable<Answer> bearer(Exchange& exchange) {
    auto answer = co_await http::operate_with(exchange, sql::auth::get_bearer);
    if (answer && exchange.request.principal->by_cookie) {
        http::JsonMembers body(answer->body);
        body.set("csrf_token",
                 csrf_token(exchange.services.seal, exchange.request.principal->token));
        answer->body = body.json();
    }
    co_return answer;
}

/// Ends this log-in, perhaps with others: the cookie that it is in goes, too.
template <const store::Answering& statement>
asio::awaitable<Answer> log_out(Exchange& exchange) {
    auto answer = co_await http::operate_with(exchange, statement);
    if (answer && exchange.request.principal->by_cookie) {
        answer->headers.emplace_back("Set-Cookie", cookie_ended());
    }
    co_return answer;
}

/// Whatever the token may do.
constexpr Policy own_token(std::string_view action) {
    return Policy::plain(who::signed_in, scope::any, action, "access_tokens");
}

constexpr Policy own_devices(std::string_view action) {
    return Policy::plain(who::users | who::reviewers, scope::account, action, "token_families");
}

constexpr Policy of_services(std::string_view action) {
    return Policy::plain(who::supervisors, scope::clinic, action, "services");
}

constexpr std::array table{
    Route{post, "/v1/auth/tokens", Policy::open("login"), http::open_body, log_in},
    Route{post, "/v1/auth/factor-resets", Policy::open("factor_reset_ask"), http::open_body,
          ask_factor_reset},
    Route{get, "/v1/auth/tokens/current", own_token("token_bearer_read"), http::no_body, bearer},
    Route{remove, "/v1/auth/tokens/current", own_token("logout"), http::no_body,
          log_out<sql::auth::log_out>},
    Route{get, "/v1/auth/devices", own_devices("device_list"), http::no_body,
          http::list<sql::auth::list_devices>},
    Route{remove, "/v1/auth/devices", own_devices("device_end_all").fresh(), http::no_body,
          log_out<sql::auth::end_devices>},
    Route{remove, "/v1/auth/devices/{id}", own_devices("device_end").fresh(), http::no_body,
          http::operate<sql::auth::end_device>},
    Route{post, "/oauth/token", Policy::open("token"), http::form_body, oauth_token},
    Route{post, "/oauth/revoke", Policy::open("token_revoke"), http::form_body, oauth_revoke},
    Route{get, "/v1/services", of_services("service_list"), http::no_body,
          http::list<sql::auth::list_services>},
    Route{post, "/v1/services", of_services("service_create").fresh(),
          http::json_body.with(http::Again::told_once), create_service},
    Route{get, "/v1/services/{id}", of_services("service_read"), http::no_body,
          http::operate<sql::auth::get_service>},
    Route{post, "/v1/services/{id}/tokens", of_services("service_rotate").fresh(),
          http::json_body.with(http::Again::told_once), rotate_service},
    Route{put, "/v1/services/{id}/status", of_services("service_status"), http::whole_body,
          http::operate<sql::auth::set_service_status>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::auth
