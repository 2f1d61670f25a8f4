#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Sessions: the visit that exercises, vr-sessions and all else hang under; their states (docs/
/// sessions.md) and what happened in them.
namespace haven::sessions {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::sessions
