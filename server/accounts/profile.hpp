#pragma once

#include "server/http/routes.hpp"

#include <span>

namespace haven::accounts {

/// The routes of an account that is there: its profile, its password, its status, its end.
[[nodiscard]] std::span<const http::Route> profile_routes();

} // namespace haven::accounts
