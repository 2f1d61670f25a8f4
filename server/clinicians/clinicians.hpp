#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Clinicians: log-in, who is one, and who cares for whom.
namespace haven::clinicians {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::clinicians
