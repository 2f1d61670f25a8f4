#include "server/store/connection.hpp"

#include "server/store/db_error.hpp"
#include "server/store/errors.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "server/store/wire.hpp"

#include <libpq-fe.h>

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::store {

namespace {

Outcome<Rows> rows_of(PGconn* connection, PGresult* raw, std::string_view statement) {
    ResultHandle result(raw);
    if (!result) {
        return std::unexpected(broken_connection(connection, DbErrorKind::retry, "sending SQL"));
    }
    switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        return Rows(std::move(result));
    default:
        return std::unexpected(error_of_result(result.get(), statement));
    }
}

} // namespace

Outcome<Connection> Connection::open(const std::string& url) {
    PgConn connection(PQconnectdb(url.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK) {
        return std::unexpected(broken_connection(connection.get(), DbErrorKind::unavailable,
                                                 "connecting to PostgreSQL"));
    }
    PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
    return Connection(std::move(connection));
}

Outcome<Rows> Connection::execute(const std::string& sql) {
    return rows_of(raw(), PQexec(raw(), sql.c_str()), {});
}

Outcome<Rows> Connection::query_params(const std::string& sql, std::span<const Param> params) {
    const auto wire = WireParams::make(params);
    if (!wire) {
        return std::unexpected(wire.error());
    }
    return rows_of(raw(),
                   PQexecParams(raw(), sql.c_str(), wire->count(), nullptr, wire->values(),
                                wire->lengths(), wire->formats(), 1),
                   {});
}

Outcome<void> Connection::prepare(const Statement& statement) {
    const auto prepared =
        rows_of(raw(), PQprepare(raw(), statement.name, statement.sql, 0, nullptr), statement.name);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    return {};
}

} // namespace haven::store
