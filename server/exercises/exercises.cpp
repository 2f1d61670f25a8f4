#include "server/exercises/exercises.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/objects/loose_objects.hpp"

#include <haven/sql_exercises.hpp>

#include <array>
#include <span>
#include <string_view>

namespace haven::exercises {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr Policy own(std::string_view action) {
    return Policy::health(who::users, scope::journal | scope::drawing, action, "exercises",
                          "the person's own device");
}

/// Also by those who care for the person, and by the agents.
constexpr Policy seen(std::string_view action, std::string_view resource_type) {
    return Policy::health(who::users | who::reviewers | who::services,
                          scope::journal | scope::care | scope::sessions, action, resource_type,
                          "the person's own device, care or an agent");
}

constexpr std::array table{
    Route{get, "/v1/sessions/{id}/exercises", seen("exercise_list", "sessions"), http::no_body,
          http::list<sql::exercises::list_exercises>},
    Route{get, "/v1/exercises/{id}", seen("exercise_read", "exercises"), http::no_body,
          http::operate<sql::exercises::get_exercise>},
    Route{put, "/v1/exercises/{id}", own("exercise_start"), http::device_body,
          http::operate<sql::exercises::put_exercise>},
    Route{remove, "/v1/exercises/{id}",
          Policy::health(who::users, scope::journal, "exercise_delete", "exercises",
                         "what is the person's own"),
          http::on_what_was_read, objects::erase<sql::exercises::delete_exercise>},
    Route{put, "/v1/exercises/{id}/end", own("exercise_end"), http::device_body,
          http::operate<sql::exercises::end_exercise>},
    Route{patch, "/v1/exercises/{id}",
          Policy::health(who::users | who::services, scope::journal | scope::sessions,
                         "exercise_guidance", "exercises",
                         "what leads the person through an exercise"),
          http::merge_body, http::operate<sql::exercises::patch_exercise>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::exercises
