#pragma once

#include "server/http/routes.hpp"

#include <span>

namespace haven::events {

/// GET /v1/events.
[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::events
