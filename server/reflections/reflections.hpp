#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What a person, or an agent for them, makes of a session afterwards.
namespace haven::reflections {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::reflections
