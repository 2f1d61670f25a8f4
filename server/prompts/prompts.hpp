#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What agents are told: prompts in versions, of which one of a family is active at most.
namespace haven::prompts {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::prompts
