#pragma once

#include "server/store/db_error.hpp"

#include <libpq-fe.h>

#include <string_view>

/// How libpq's failures become DbError. For the store's own files.
namespace haven::store {

[[nodiscard]] DbError error_of_result(const PGresult* result, std::string_view statement);

/// libpq's words about the connection itself, which hold host, port and reason, and nothing of a
/// user.
[[nodiscard]] DbError broken_connection(const PGconn* connection, DbErrorKind kind,
                                        std::string_view doing);

} // namespace haven::store
