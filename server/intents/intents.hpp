#pragma once

#include "server/http/routes.hpp"

#include <span>

/// The intake of a session: what a person comes for.
namespace haven::intents {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::intents
