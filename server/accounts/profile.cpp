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
namespace scope = http::scope;
using enum http::Method;

constexpr std::array table{
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
