#pragma once

#include "server/http/routes.hpp"

#include <span>

namespace haven::webhooks {

/// /v1/webhooks, by supervisors.
[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::webhooks
