#include "server/reflections/reflections.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/seal/words.hpp"

#include <haven/sql_reflections.hpp>

#include <array>
#include <span>

namespace haven::reflections {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr auto everybody = http::Who{who::signed_in};
constexpr const char* why = "looking back on a session";

constexpr std::array table{
    Route{get, "/v1/reflections",
          Policy::health(who::users, scope::journal, "reflection_list", "reflections", why),
          http::no_body, http::list<sql::reflections::list_user_reflections>},
    Route{get, "/v1/reflections/{id}",
          Policy::health(everybody, scope::journal | scope::care | scope::sessions,
                         "reflection_read", "reflections", why),
          http::no_body, http::operate<sql::reflections::get_reflection>},
    Route{put, "/v1/reflections/{id}",
          Policy::health(who::users | who::services, scope::journal | scope::sessions,
                         "reflection_create", "reflections", why),
          http::json_body,
          seal::put_with_words<sql::reflections::put_reflection, seal::reflection_words>},
    Route{remove, "/v1/reflections/{id}",
          Policy::health(who::users, scope::journal, "reflection_delete", "reflections", why),
          http::no_body, http::operate<sql::reflections::delete_reflection>},
    Route{get, "/v1/sessions/{id}/reflections",
          Policy::health(everybody, scope::journal | scope::care | scope::sessions,
                         "reflection_list", "sessions", why),
          http::no_body, http::list<sql::reflections::list_session_reflections>},
    Route{get, "/v1/users/{id}/reflections",
          Policy::health(who::reviewers, scope::care, "reflection_list", "users", why),
          http::no_body, http::list<sql::reflections::list_user_reflections>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::reflections
