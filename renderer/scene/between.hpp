#pragma once

#include "renderer/scene/scene.hpp"

#include <span>

namespace haven::scene {

/// Between up to eight corners of one surface, everything that a vertex holds; the weights' sum is
/// 1. Roughness and emission are the first corner's.
[[nodiscard]] SceneVertex between(std::span<const SceneVertex> corners,
                                  std::span<const float> weights);

} // namespace haven::scene
