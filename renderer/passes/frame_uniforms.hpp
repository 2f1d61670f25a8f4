#pragma once

#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/shaders/shared.h"

#include <vulkan/vulkan.h>

namespace haven::renderer {

/// Everything the shaders know of one moment.
[[nodiscard]] shared::FrameUniforms frame_uniforms(const scene::Scene& scene,
                                                   const scene::SkyLight& sky_light,
                                                   const scene::SceneFrame& moment,
                                                   const Picture& picture, VkExtent2D extent);

} // namespace haven::renderer
