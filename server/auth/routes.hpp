#pragma once

#include "server/http/routes.hpp"

#include <span>

namespace haven::auth {

/// Log-in, tokens, devices; the endpoints of OAuth; services.
[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::auth
