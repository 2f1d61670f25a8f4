#include "server/analytics/analytics.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_analytics.hpp>

#include <array>
#include <span>

namespace haven::analytics {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr std::array table{
    Route{get, "/v1/sessions/{id}/feedback",
          Policy::health(who::signed_in, scope::journal | scope::care | scope::analytics,
                         "feedback_read", "session_feedback", "how a session was found"),
          http::no_body, http::operate<sql::analytics::get_feedback>},
    Route{put, "/v1/sessions/{id}/feedback",
          Policy::health(who::users, scope::journal, "feedback_create", "session_feedback",
                         "how a session was found"),
          http::json_body, http::operate<sql::analytics::put_feedback>},
    // Sums over all people: nobody's health.
    Route{get, "/v1/daily-metrics",
          Policy::plain(who::supervisors | who::services, scope::clinic | scope::analytics,
                        "daily_metrics_list", "daily_metrics"),
          http::no_body, http::list<sql::analytics::list_metrics>},
    Route{post, "/v1/daily-metrics/{date}/computation",
          Policy::plain(who::supervisors, scope::clinic, "daily_metrics_compute", "daily_metrics"),
          http::no_body.with(http::Again::key), http::operate<sql::analytics::compute_metrics>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::analytics
