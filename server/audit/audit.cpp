#include "server/audit/audit.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_audit.hpp>

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::audit {

namespace {

/// Nothing is null.
std::string text_or_null(std::string_view text) {
    return text.empty() ? "null" : http::json_string(text);
}

} // namespace

const std::string& access_of(http::Exchange& exchange) {
    const http::Request& request = exchange.request;
    const http::Route& route = *request.route;
    exchange.access = std::format(
        R"({{"action":{},"resource_type":{},"resource_id":{},"ip_address":{},"user_agent":{},)"
        R"("method":{},"path":{},"is_phi_access":{},"phi_access_reason":{},"request_id":{}}})",
        text_or_null(route.policy.action), text_or_null(route.policy.resource_type),
        text_or_null(request.resource_id ? to_string(*request.resource_id) : ""),
        text_or_null(request.head.client_ip), text_or_null(request.head.user_agent),
        text_or_null(http::to_string(route.method)), text_or_null(route.path),
        route.policy.health_data, text_or_null(route.policy.reason), text_or_null(request.id));
    return exchange.access;
}

boost::asio::awaitable<store::Outcome<store::Rows>> record(http::Exchange& exchange, Recorded last,
                                                           std::vector<store::Call> before) {
    before.push_back(std::move(last.call));
    auto batch = co_await exchange.write(std::move(before));
    if (!batch) {
        exchange.refused_for = batch.error().person;
        co_return std::unexpected(std::move(batch.error()));
    }
    exchange.recorded = true;
    co_return std::move(batch->back());
}

Recorded refused(http::Exchange& exchange, int status, const std::optional<Uuid>& person) {
    return answered_by(exchange, sql::audit::record_refusal, person, status);
}

boost::asio::awaitable<void> record_refusal(http::Exchange& exchange, int status) {
    if (exchange.recorded || !exchange.request.principal) {
        co_return;
    }
    if (!co_await record(exchange, refused(exchange, status, exchange.refused_for))) {
        log::warn("refusal_not_recorded", {{"request_id", exchange.request.id}});
    }
}

store::Call lock_id(const Uuid& id) {
    return store::call(sql::audit::lock_id, id);
}

} // namespace haven::audit
