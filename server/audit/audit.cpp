#include "server/audit/audit.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/param.hpp"

#include <haven/sql_audit.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace haven::audit {

namespace {

/// The id of who asks, where that is `kind`.
std::optional<Uuid> asking(const http::Exchange& exchange, store::ActorKind kind) {
    const auto& identity = exchange.request.identity;
    return identity && identity->actor.kind == kind ? identity->actor.id : std::nullopt;
}

} // namespace

store::Call record_access(const http::Exchange& exchange) {
    return record_access(exchange, asking(exchange, store::ActorKind::user),
                         exchange.request.resource_id);
}

store::Call record_access(const http::Exchange& exchange, const std::optional<Uuid>& user_id,
                          const std::optional<Uuid>& resource_id) {
    const http::Route& route = *exchange.request.route;
    return store::call(sql::audit::record_access, user_id,
                       asking(exchange, store::ActorKind::clinician),
                       asking(exchange, store::ActorKind::service), route.policy.action,
                       route.policy.resource_type, resource_id, exchange.request.head.client_ip,
                       exchange.request.head.user_agent, http::to_string(route.method), route.path,
                       route.policy.health_data, route.policy.reason, exchange.request.id);
}

boost::asio::awaitable<void> record_refusal(http::Exchange& exchange, int status) {
    if (exchange.recorded || !exchange.request.identity) {
        co_return;
    }
    std::vector<store::Call> calls;
    calls.push_back(note_status(status));
    calls.push_back(record_access(exchange));
    if (!co_await exchange.write(std::move(calls))) {
        log::warn("refusal_not_recorded", {{"request_id", exchange.request.id}});
    }
}

store::Call note_status(int status) {
    return store::call(sql::audit::note_status, status);
}

store::Call lock_id(const Uuid& id) {
    return store::call(sql::audit::lock_id, id);
}

} // namespace haven::audit
