#include "server/progress/progress.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_progress.hpp>

#include <array>
#include <span>

namespace haven::progress {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr std::array table{
    Route{get, "/v1/users/me/progress",
          Policy::health(who::users, scope::journal, "progress_read", "user_progress",
                         "the person's own progress"),
          http::no_body, http::operate<sql::progress::get_progress>},
    Route{get, "/v1/users/{id}/progress",
          Policy::health(who::reviewers, scope::care, "progress_read", "user_progress",
                         "care for the person"),
          http::no_body, http::operate<sql::progress::get_progress>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::progress
