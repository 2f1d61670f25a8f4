#pragma once

#include "server/store/db_error.hpp"

namespace haven::http {

/// Logged where no connection to the database can be had; seldom, for every request meets it.
void log_unavailable(const store::DbError& error);

} // namespace haven::http
