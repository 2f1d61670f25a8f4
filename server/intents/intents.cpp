#include "server/intents/intents.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/seal/words.hpp"

#include <haven/sql_intents.hpp>

#include <array>
#include <span>
#include <string_view>

namespace haven::intents {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr Policy intake(http::Who may, std::string_view action, std::string_view resource_type) {
    return Policy::health(may, scope::journal | scope::care | scope::sessions, action,
                          resource_type, "the intake of a session");
}

constexpr std::array table{
    Route{get, "/v1/session-intents/{id}",
          intake(who::signed_in, "session_intent_read", "session_intents"), http::no_body,
          http::operate<sql::intents::get_intent>},
    Route{put, "/v1/session-intents/{id}",
          intake(who::users | who::services, "session_intent_create", "session_intents"),
          http::json_body, seal::put_with_words<sql::intents::put_intent, seal::intent_words>},
    Route{remove, "/v1/session-intents/{id}",
          Policy::health(who::users, scope::journal, "session_intent_delete", "session_intents",
                         "the intake of a session"),
          http::no_body, http::operate<sql::intents::delete_intent>},
    Route{get, "/v1/sessions/{id}/intents",
          intake(who::signed_in, "session_intent_list", "sessions"), http::no_body,
          http::list<sql::intents::list_intents>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::intents
