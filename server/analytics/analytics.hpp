#pragma once

#include "server/http/routes.hpp"

#include <span>

/// The figures of the days, and the satisfaction with a session that they need.
namespace haven::analytics {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::analytics
