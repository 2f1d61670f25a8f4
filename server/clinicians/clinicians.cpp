#include "server/clinicians/clinicians.hpp"

#include "net/api/error_code.hpp"
#include "server/accounts/codes.hpp"
#include "server/accounts/password_change.hpp"
#include "server/accounts/rules.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/text/text.hpp"

#include <haven/sql_clinicians.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::clinicians {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

asio::awaitable<Answer> create_clinician(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::JsonMembers body(exchange.request.body);
    const std::string typed = body.text("email").value_or("");
    if (!text::address_of(typed)) {
        co_return std::unexpected(
            http::invalid_body({{.pointer = "/email",
                                 .code = api::ErrorCode::malformed,
                                 .detail = std::string(accounts::email_rule)}}));
    }
    const std::string email = accounts::normal_email(typed);
    body.set("email", email);
    body.set("email_older", accounts::older_email(typed));
    co_return co_await http::answer_with(exchange, sql::clinicians::create_clinician, body.json());
}

constexpr http::Policy plain(http::Who who, auth::Scopes scopes, std::string_view action) {
    return http::Policy::plain(who, scopes, action, "clinicians");
}

/// Who cares for whom tells of a person's health.
constexpr http::Policy care(http::Who who, auth::Scopes scopes, std::string_view action) {
    return http::Policy::health(who, scopes, action, "clinician_assignments",
                                "care for a person by a clinician");
}

namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr std::array table{
    http::Route{get, "/v1/clinicians", plain(who::supervisors, scope::clinic, "clinician_list"),
                http::no_body, http::list<sql::clinicians::list_clinicians>},
    http::Route{post, "/v1/clinicians",
                plain(who::supervisors, scope::clinic, "clinician_create").fresh(),
                http::json_body.with(http::Again::key), create_clinician},
    http::Route{get, "/v1/clinicians/me",
                plain(who::reviewers, scope::account, "clinician_read_me"), http::no_body,
                http::operate<sql::clinicians::get_me>},
    http::Route{patch, "/v1/clinicians/me",
                plain(who::reviewers, scope::account, "clinician_change_me"), http::merge_body,
                http::operate<sql::clinicians::patch_me>},
    http::Route{put, "/v1/clinicians/me/password",
                plain(who::reviewers, scope::account, "clinician_password"),
                http::json_body.with(http::Again::anew), accounts::change_password},
    http::Route{put, "/v1/clinicians/me/email",
                plain(who::reviewers, scope::account, "clinician_email"),
                http::json_body.with(http::Again::anew), accounts::change_email},
    http::Route{get, "/v1/clinicians/me/users", care(who::reviewers, scope::care, "care_list_me"),
                http::no_body, http::list<sql::clinicians::list_users>},
    http::Route{get, "/v1/clinicians/{id}",
                plain(who::supervisors, scope::clinic, "clinician_read"), http::no_body,
                http::operate<sql::clinicians::get_clinician>},
    http::Route{put, "/v1/clinicians/{id}",
                plain(who::supervisors, scope::clinic, "clinician_change").fresh(),
                http::whole_body, http::operate<sql::clinicians::put_clinician>},
    http::Route{post, "/v1/clinicians/{id}/invitation",
                plain(who::supervisors, scope::clinic, "clinician_invite").fresh(),
                http::no_body.with(http::Again::key),
                http::operate<sql::clinicians::invite_clinician>},
    http::Route{remove, "/v1/clinicians/{id}/factors",
                plain(who::supervisors, scope::clinic, "clinician_factors_end").fresh(),
                http::no_body, http::operate<sql::clinicians::end_factors>},
    http::Route{get, "/v1/clinicians/{id}/users",
                care(who::supervisors, scope::clinic, "care_list"), http::no_body,
                http::list<sql::clinicians::list_users>},
    http::Route{put, "/v1/clinicians/{id}/users/{user_id}",
                care(who::supervisors, scope::clinic, "care_begin"), http::no_body,
                http::operate<sql::clinicians::put_assignment>},
    http::Route{remove, "/v1/clinicians/{id}/users/{user_id}",
                care(who::supervisors, scope::clinic, "care_end"), http::no_body,
                http::operate<sql::clinicians::end_assignment>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::clinicians
