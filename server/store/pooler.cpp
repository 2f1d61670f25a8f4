#include "server/store/pooler.hpp"

#include "server/store/connection.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <expected>
#include <string>

namespace haven::store {

namespace {

constexpr Statement probe{.name = "haven_probe", .sql = "SELECT 1"};

/// Of the process that answers; 0 where none does.
std::int32_t backend_of(Connection& connection) {
    const auto rows = connection.query("SELECT pg_backend_pid()");
    return rows ? rows->front().get<std::int32_t>(0) : 0;
}

/// A pooler that keeps prepared statements calls them by names of its own on each connection.
bool renames_statements(Connection& connection) {
    const bool prepared = connection.execute("BEGIN") && connection.prepare(probe);
    const auto found =
        connection.query("SELECT count(*) FROM pg_prepared_statements WHERE name = 'haven_probe'");
    const bool renamed = prepared && found && found->front().get<std::int64_t>(0) == 0;
    (void)connection.execute("ROLLBACK");
    if (!renamed) {
        (void)connection.execute("DEALLOCATE haven_probe");
    }
    return renamed;
}

} // namespace

std::expected<void, std::string> check_pooler(const std::string& url) {
    auto one = Connection::open(url);
    if (!one) {
        return {};
    }
    // A pooler makes up the number that it gives its clients for the backend's.
    if (backend_of(*one) == PQbackendPID(one->raw()) || renames_statements(*one)) {
        return {};
    }
    auto other = Connection::open(url);
    // Whoever keeps a client's connection for it, as long as it stays, keeps its statements too.
    if (!other || backend_of(*one) != backend_of(*other)) {
        return {};
    }
    return std::unexpected("the pooler before PostgreSQL keeps no prepared statements: set "
                           "max_prepared_statements to 500 in pgbouncer.ini (PgBouncer 1.21 or "
                           "newer), or give the address of PostgreSQL itself");
}

} // namespace haven::store
