#include "server/accounts/profile.hpp"

#include "server/accounts/codes.hpp"
#include "server/accounts/password_change.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_accounts.hpp>

#include <array>
#include <span>

namespace haven::accounts {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
using enum http::Method;

constexpr std::array table{
    Route{get, "/v1/auth/tokens/current",
          Policy::plain(who::signed_in, "token_bearer_read", "access_tokens"), http::no_body,
          http::operate<sql::accounts::get_bearer>},
    Route{get, "/v1/users/me", Policy::plain(who::users, "account_read", "users"), http::no_body,
          http::operate<sql::accounts::get_account>},
    Route{put, "/v1/users/me", Policy::plain(who::users, "account_change", "users"),
          http::json_body, http::operate<sql::accounts::put_account>},
    Route{remove, "/v1/users/me", Policy::plain(who::users, "account_delete", "users"),
          http::no_body, http::operate<sql::accounts::delete_account>},
    Route{put, "/v1/users/me/password", Policy::plain(who::users, "password_change", "users"),
          http::json_body, change_password},
    Route{put, "/v1/users/me/email", Policy::plain(who::users, "email_change", "users"),
          http::json_body, change_email},
    Route{get, "/v1/users/{id}", Policy::plain(who::reviewers, "account_read", "users"),
          http::no_body, http::operate<sql::accounts::get_account>},
    Route{put, "/v1/users/{id}/status", Policy::plain(who::supervisors, "user_status", "users"),
          http::json_body, http::operate<sql::accounts::set_status>},
};

} // namespace

std::span<const Route> profile_routes() {
    return table;
}

} // namespace haven::accounts
