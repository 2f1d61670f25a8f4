#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Cases for clinicians: the queue, claims and reviews.
namespace haven::review {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::review
