#pragma once

#include "environments/definition/definition.hpp"
#include "environments/environment.hpp"

namespace haven::environments {

/// Builds every part of a checked definition, bakes its light, and applies the light asked for.
[[nodiscard]] Environment build_environment(const Definition& definition, const Lighting& lighting);

} // namespace haven::environments
