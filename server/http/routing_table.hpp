#pragma once

#include "server/http/routes.hpp"

#include <span>

namespace haven::http {

/// Every route of the API with its policy, its body and its handler.
[[nodiscard]] std::span<const Route> api_routes();

/// What the metrics listener serves.
[[nodiscard]] std::span<const Route> metrics_routes();

} // namespace haven::http
