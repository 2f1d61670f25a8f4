#include "server/http/routing_table.hpp"

#include "server/accounts/codes.hpp"
#include "server/accounts/profile.hpp"
#include "server/accounts/registration.hpp"
#include "server/agents/agents.hpp"
#include "server/analytics/analytics.hpp"
#include "server/artifacts/artifacts.hpp"
#include "server/audit/reading.hpp"
#include "server/auth/device_grants.hpp"
#include "server/auth/factors.hpp"
#include "server/auth/routes.hpp"
#include "server/clinicians/clinicians.hpp"
#include "server/consents/consents.hpp"
#include "server/events/events.hpp"
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
#include "server/vr/vr.hpp"
#include "server/web/web.hpp"
#include "server/webhooks/webhooks.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <vector>

namespace haven::http {
namespace {

using enum Method;

constexpr std::array api_table{
    Route{get, "/livez", Policy::open("livez"), no_body, live},
    Route{get, "/readyz", Policy::open("readyz"), no_body, ready},
    Route{get, "/v1/openapi.yaml", Policy::open("openapi"), no_body, openapi},
    Route{post, "/v1/users", Policy::open("register"), open_body, accounts::register_user},
};

constexpr std::array metrics_table{
    Route{get, "/metrics", Policy::open("metrics"), no_body, metrics_text},
    Route{get, "/livez", Policy::open("livez"), no_body, live},
    Route{get, "/readyz", Policy::open("readyz"), no_body, ready},
};

std::vector<Route> all_routes() {
    std::vector<Route> all(api_table.begin(), api_table.end());
    for (const auto area : {accounts::code_routes,
                            accounts::profile_routes,
                            agents::routes,
                            analytics::routes,
                            artifacts::routes,
                            audit::routes,
                            auth::routes,
                            auth::device_grant_routes,
                            auth::factor_routes,
                            clinicians::routes,
                            consents::routes,
                            events::routes,
                            exercises::routes,
                            intents::routes,
                            notifications::routes,
                            progress::routes,
                            prompts::routes,
                            reflections::routes,
                            review::routes,
                            safety::routes,
                            sessions::routes,
                            speech::routes,
                            vr::routes,
                            web::routes,
                            webhooks::routes}) {
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
