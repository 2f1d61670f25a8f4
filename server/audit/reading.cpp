#include "server/audit/reading.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_audit.hpp>

#include <array>
#include <span>

namespace haven::audit {
namespace {

constexpr std::array table{
    http::Route{http::Method::get, "/v1/audit-logs",
                http::Policy::health(http::who::users | http::who::supervisors,
                                     http::scope::journal | http::scope::clinic, "audit_read",
                                     "audit_logs", "who saw whose data"),
                http::no_body, http::list<sql::audit::list_audit_logs>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::audit
