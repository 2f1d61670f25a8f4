#include "server/accounts/profile.hpp"

#include "net/api/utf8.hpp"
#include "server/accounts/codes.hpp"
#include "server/accounts/password_change.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_accounts.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace haven::accounts {
namespace {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr std::size_t search_length_min = 3;

/// The text is trimmed here, and is in no log and no record: the audit has the people it found.
asio::awaitable<Answer> search_people(Exchange& exchange) {
    const auto typed = http::JsonMembers(exchange.request.query_json).text("search").value_or("");
    const std::size_t first = typed.find_first_not_of(' ');
    const std::size_t last = typed.find_last_not_of(' ');
    const auto trimmed = first == std::string::npos
                             ? std::string_view()
                             : std::string_view(typed).substr(first, last - first + 1);
    if (api::utf8_length(trimmed) < search_length_min) {
        co_return std::unexpected(
            http::invalid_parameter("search", "has 3 characters at least, without spaces around"));
    }
    co_return co_await http::list_with(exchange, sql::accounts::search_people);
}

constexpr std::array table{
    Route{get, "/v1/users",
          Policy::plain(who::supervisors, scope::clinic, "user_search", "users").fresh(),
          http::no_body, search_people},
    Route{get, "/v1/users/me", Policy::plain(who::users, scope::account, "account_read", "users"),
          http::no_body, http::operate<sql::accounts::get_account>},
    Route{patch, "/v1/users/me",
          Policy::plain(who::users, scope::account, "account_change", "users"), http::merge_body,
          http::operate<sql::accounts::patch_account>},
    Route{remove, "/v1/users/me",
          Policy::plain(who::users, scope::account, "account_delete", "users").fresh(),
          http::no_body, http::operate<sql::accounts::delete_account>},
    Route{put, "/v1/users/me/password",
          Policy::plain(who::users, scope::account, "password_change", "users"),
          http::json_body.with(http::Again::anew), change_password},
    Route{put, "/v1/users/me/email",
          Policy::plain(who::users, scope::account, "email_change", "users"),
          http::json_body.with(http::Again::anew), change_email},
    Route{get, "/v1/users/{id}",
          Policy::plain(who::reviewers, scope::care, "account_read", "users"), http::no_body,
          http::operate<sql::accounts::get_account>},
    Route{put, "/v1/users/{id}/status",
          Policy::plain(who::supervisors, scope::clinic, "user_status", "users"), http::whole_body,
          http::operate<sql::accounts::set_status>},
};

} // namespace

std::span<const Route> profile_routes() {
    return table;
}

} // namespace haven::accounts
