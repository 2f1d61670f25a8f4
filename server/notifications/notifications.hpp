#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What the platform tells a person: by rule (haven_notify) or by a service.
namespace haven::notifications {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::notifications
