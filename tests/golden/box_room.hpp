#pragma once

#include "renderer/scene/scene.hpp"

namespace haven::testing {

/// A room of 4 x 3 x 5 m with every solid pattern somewhere, a lamp, a window and a flame: for
/// tests of the renderer.
[[nodiscard]] scene::Scene box_room();

} // namespace haven::testing
