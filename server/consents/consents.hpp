#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What a person agrees to: each word a record, the newest of a matter counts. What follows from it
/// is held by the database (server/consents/routines/guard.sql).
namespace haven::consents {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::consents
