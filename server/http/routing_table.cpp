#include "server/http/routing_table.hpp"

#include "net/api/limits.hpp"
#include "server/accounts/accounts.hpp"
#include "server/accounts/profile.hpp"
#include "server/agents/agents.hpp"
#include "server/analytics/analytics.hpp"
#include "server/artifacts/artifacts.hpp"
#include "server/audit/reading.hpp"
#include "server/clinicians/clinicians.hpp"
#include "server/consents/consents.hpp"
#include "server/exercises/exercises.hpp"
#include "server/http/health.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/intents/intents.hpp"
#include "server/notifications/notifications.hpp"
#include "server/progress/progress.hpp"
#include "server/prompts/prompts.hpp"
#include "server/reflections/reflections.hpp"
#include "server/review/review.hpp"
#include "server/safety/safety.hpp"
#include "server/sessions/sessions.hpp"
#include "server/speech/speech.hpp"
#include "server/vr/drawings.hpp"
#include "server/vr/traces.hpp"
#include "server/vr/vr_sessions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

namespace haven::http {
namespace {

constexpr Policy own(std::string_view action, std::string_view resource_type) {
    return Policy::health(who::users, action, resource_type, "the person's own device");
}

/// Also by those who care for the person, and by the agents.
constexpr Policy seen(std::string_view action, std::string_view resource_type) {
    return Policy::health(who::users | who::reviewers | who::services, action, resource_type,
                          "the person's own device, care or an agent");
}

constexpr BodyRule none{};
constexpr BodyRule small{.kind = BodyKind::json, .bytes_max = api::small_body_bytes_max};
constexpr BodyRule metrics{.kind = BodyKind::json, .bytes_max = api::metrics_body_bytes_max};
constexpr BodyRule ink{
    .kind = BodyKind::json, .bytes_max = api::drawing_body_bytes_max, .read_first = false};
constexpr BodyRule chunk{.kind = BodyKind::octets,
                         .bytes_max = static_cast<std::size_t>(api::trace_chunk_bytes_max)};

using enum Method;

constexpr std::array api_table{
    Route{get, "/livez", Policy::open("livez"), none, live},
    Route{get, "/readyz", Policy::open("readyz"), none, ready},
    Route{get, "/v1/openapi.yaml", Policy::open("openapi"), none, openapi},
    Route{post, "/v1/users", Policy::open("register"), open_body, accounts::register_user},
    Route{post, "/v1/auth/tokens", Policy::open("login"), open_body, accounts::log_in},
    Route{delete_, "/v1/auth/tokens/current",
          Policy::plain(who::signed_in, "logout", "access_tokens"), none, accounts::log_out},
    Route{get, "/v1/sessions/{id}/exercises", seen("exercise_list", "sessions"), none,
          exercises::list_exercises},
    Route{get, "/v1/sessions/{id}/vr-sessions", own("vr_session_list", "sessions"), none,
          vr::list_vr_sessions},
    Route{get, "/v1/exercises/{id}", seen("exercise_read", "exercises"), none,
          exercises::get_exercise},
    Route{put, "/v1/exercises/{id}", own("exercise_start", "exercises"), small,
          exercises::put_exercise},
    Route{put, "/v1/exercises/{id}/end", own("exercise_end", "exercises"), small,
          exercises::end_exercise},
    Route{get, "/v1/exercises/{id}/bilateral-drawings", own("bilateral_drawing_list", "exercises"),
          none, vr::list_drawings},
    Route{get, "/v1/vr-sessions/{id}", own("vr_session_read", "vr_sessions"), none,
          vr::get_vr_session},
    Route{put, "/v1/vr-sessions/{id}", own("vr_session_start", "vr_sessions"), small,
          vr::put_vr_session},
    Route{put, "/v1/vr-sessions/{id}/metrics", own("vr_session_metrics", "vr_sessions"), metrics,
          vr::put_metrics},
    Route{put, "/v1/vr-sessions/{id}/end", own("vr_session_end", "vr_sessions"), small,
          vr::end_vr_session},
    Route{get, "/v1/bilateral-drawings/{id}", own("bilateral_drawing_read", "bilateral_drawings"),
          none, vr::get_drawing},
    Route{put, "/v1/bilateral-drawings/{id}", own("bilateral_drawing_create", "bilateral_drawings"),
          ink, vr::put_drawing},
    Route{get, "/v1/bilateral-drawings/{id}/canvases/{sheet}",
          own("canvas_read", "bilateral_drawings"), none, vr::get_canvas},
    Route{get, "/v1/bilateral-drawings/{id}/trace",
          own("motion_trace_status", "bilateral_drawings"), none, vr::get_trace},
    Route{put, "/v1/bilateral-drawings/{id}/trace",
          own("motion_trace_complete", "bilateral_drawings"), small, vr::complete_trace},
    Route{put, "/v1/bilateral-drawings/{id}/trace/{offset}",
          own("motion_trace_append", "bilateral_drawings"), chunk, vr::put_trace_chunk},
};

constexpr std::array metrics_table{
    Route{get, "/metrics", Policy::open("metrics"), none, metrics_text},
    Route{get, "/livez", Policy::open("livez"), none, live},
    Route{get, "/readyz", Policy::open("readyz"), none, ready},
};

std::vector<Route> all_routes() {
    std::vector<Route> all(api_table.begin(), api_table.end());
    for (const auto area :
         {accounts::profile_routes, agents::routes, analytics::routes, artifacts::routes,
          audit::routes, clinicians::routes, consents::routes, exercises::routes, intents::routes,
          notifications::routes, progress::routes, prompts::routes, reflections::routes,
          review::routes, safety::routes, sessions::routes, speech::routes}) {
        std::ranges::copy(area(), std::back_inserter(all));
    }
    return all;
}

} // namespace

std::span<const Route> api_routes() {
    static const std::vector<Route> all = all_routes();
    return all;
}

std::span<const Route> metrics_routes() {
    return metrics_table;
}

} // namespace haven::http
