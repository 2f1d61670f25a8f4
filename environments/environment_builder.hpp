#pragma once

#include "environments/definition/definition.hpp"
#include "environments/environment.hpp"
#include "renderer/scene/scene.hpp"

namespace haven::environments {

/// Geometry, lights and air as the definition says, by its own light, nothing baked yet.
[[nodiscard]] scene::Scene build_scene(const Definition& definition);

/// Builds every part of a checked definition, takes its baked light from the file beside it or
/// else bakes it in haste, and applies the light asked for.
[[nodiscard]] Environment build_environment(const Definition& definition, const Lighting& lighting);

} // namespace haven::environments
