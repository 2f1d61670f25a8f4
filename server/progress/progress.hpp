#pragma once

#include "server/http/routes.hpp"

#include <span>

/// How far a person has come. Kept by triggers (server/progress/routines); here it is read.
namespace haven::progress {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::progress
