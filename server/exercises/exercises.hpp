#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Exercises: what a person does within a session. Beginning and ending one moves the session's
/// status.
namespace haven::exercises {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::exercises
