#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Screenings of what a person writes, and what a crisis sets going. The words themselves are never
/// kept: they leave this process as a keyed hash.
namespace haven::safety {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::safety
