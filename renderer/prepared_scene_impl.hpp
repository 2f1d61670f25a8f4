#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/hidden_area_pass.hpp"
#include "renderer/passes/ink_pass.hpp"
#include "renderer/passes/marker_pass.hpp"
#include "renderer/passes/panel_pass.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/scene_pass.hpp"
#include "renderer/passes/sky_pass.hpp"
#include "renderer/passes/sprite_pass.hpp"
#include "renderer/prepared_scene.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"
#include "renderer/scene_textures.hpp"

#include <vulkan/vulkan.h>

#include <memory>

namespace haven::renderer {

/// What a scene was prepared for.
struct SceneDetail {
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    bool plain_light = false;
    bool lean = false;
    friend bool operator==(const SceneDetail&, const SceneDetail&) = default;
};

/// What the renderer keeps of a place. The passes know the scene; all of them are replaced with it.
struct PreparedScene::Impl {
    SceneDetail detail;
    gpu::UploadQueue uploads;
    std::shared_ptr<const SceneTextures> textures;
    HiddenAreaPass hidden_area;
    ScenePass scene;
    SkyPass sky;
    InkPass ink;
    SpritePass sprites;
    MarkerPass markers;
    PanelPass panel;
    scene::Scene look; ///< the scene without its mesh and stars
    scene::SkyLight sky_light;

    [[nodiscard]] static gpu::Result<std::unique_ptr<Impl>> create(const PassContext& context,
                                                                   const scene::Scene& scene);
};

} // namespace haven::renderer
