#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What agents did for a session, the tools they called and what it cost. Agents' services tell it
/// in batches that can be repeated.
namespace haven::agents {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::agents
