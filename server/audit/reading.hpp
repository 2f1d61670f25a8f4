#pragma once

#include "server/http/routes.hpp"

#include <span>

/// The record of accesses, as those read it whom it concerns.
namespace haven::audit {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::audit
