#include "server/sessions/sessions.hpp"

#include "bilateral/stroke.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/objects/loose_objects.hpp"
#include "server/review/pseudonym.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_safety.hpp>
#include <haven/sql_sessions.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <expected>
#include <span>
#include <string_view>
#include <utility>

namespace haven::sessions {
namespace {

using http::Answer;
using http::Exchange;
using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

/// Who moves a session into review opens its case: that calls the person by their number.
boost::asio::awaitable<Answer> move_session(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::JsonMembers body(exchange.request.body);
    if (body.text("status") == "hitl_review") {
        const auto found = co_await exchange.query(sql::safety::person_of_session, exchange.id());
        if (!found) {
            co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
        }
        body.set("pseudonym", found->empty()
                                  ? ""
                                  : review::pseudonym(exchange.services.seal,
                                                      found->front().get<Uuid>("user_id")));
    }
    co_return co_await http::answer_with(exchange, sql::sessions::move_session, body.json());
}

constexpr auth::Scopes of_sessions = scope::journal | scope::care | scope::sessions;

constexpr Policy of_session(http::Who may, std::string_view action,
                            std::string_view resource_type = "sessions",
                            auth::Scopes scopes = of_sessions) {
    return Policy::health(may, scopes, action, resource_type, "the session itself");
}

/// A session with what stands under it.
constexpr Policy looking_back(http::Who may, std::string_view action,
                              std::string_view resource_type) {
    return Policy::health(may, scope::journal | scope::care, action, resource_type,
                          "looking back, by the person or who cares for them");
}

constexpr http::Who person_or_service = who::users | who::services;

constexpr std::array table{
    Route{get, "/v1/sessions", of_session(who::users, "session_list"), http::no_body,
          http::list<sql::sessions::list_sessions>},
    Route{get, "/v1/sessions/{id}", of_session(who::signed_in, "session_read"), http::no_body,
          http::operate<sql::sessions::get_session>},
    Route{put, "/v1/sessions/{id}",
          of_session(who::users, "session_create", "sessions", scope::journal | scope::drawing),
          http::device_body, http::operate<sql::sessions::put_session>},
    Route{remove, "/v1/sessions/{id}",
          of_session(who::users, "session_delete", "sessions", scope::journal).fresh(),
          http::on_what_was_read, objects::erase<sql::sessions::delete_session>},
    Route{put, "/v1/sessions/{id}/status", of_session(who::signed_in, "session_move"),
          http::whole_body, move_session},
    Route{put, "/v1/sessions/{id}/end", of_session(person_or_service, "session_complete"),
          http::json_body, http::operate<sql::sessions::end_session>},
    Route{get, "/v1/sessions/{id}/events", of_session(who::signed_in, "session_event_list"),
          http::no_body, http::list<sql::sessions::list_events>},
    Route{post, "/v1/sessions/{id}/events", of_session(person_or_service, "session_event_add"),
          http::json_body.with(http::Again::key), http::operate<sql::sessions::add_events>},
    Route{put, "/v1/session-events/{id}",
          of_session(who::users, "session_event_put", "session_events",
                     scope::journal | scope::drawing),
          http::device_body, http::operate<sql::sessions::put_event>},
    Route{get, "/v1/session-moves",
          Policy::plain(who::signed_in, of_sessions, "session_moves_read", "session_moves"),
          http::no_body, http::operate<sql::sessions::get_moves>},
    Route{get, "/v1/sessions/{id}/page",
          looking_back(who::users | who::reviewers, "session_page_read", "sessions"), http::no_body,
          http::operate<sql::sessions::get_page>},
    Route{get, "/v1/users/me/timeline", looking_back(who::users, "timeline_list", "sessions"),
          http::no_body, http::list<sql::sessions::list_timeline>},
    Route{get, "/v1/users/{id}/timeline", looking_back(who::reviewers, "timeline_list", "users"),
          http::no_body, http::list<sql::sessions::list_timeline>},
    Route{get, "/v1/users/{id}/sessions",
          of_session(who::reviewers | who::services, "session_list", "users"), http::no_body,
          http::list<sql::sessions::list_sessions>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::sessions
