#pragma once

#include "environments/environment.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace haven::gpu_cost {

/// Every place in its own hour, or `only` one.
[[nodiscard]] std::expected<std::vector<environments::Environment>, std::string>
load_places(std::string_view only = "");

/// Both eyes of somebody who stands on the spot, turned left by so much.
[[nodiscard]] renderer::Picture seen(const scene::SceneFrame& moment, float yaw_degrees);

} // namespace haven::gpu_cost
