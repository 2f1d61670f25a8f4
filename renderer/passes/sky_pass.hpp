#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/scene.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>

namespace haven::renderer {

/// What is behind everything: the sky where no surface is, and the stars.
class SkyPass {
  public:
    [[nodiscard]] static gpu::Result<SkyPass>
    create(const PassContext& context, const scene::Scene& scene, gpu::UploadQueue& uploads);
    std::uint32_t draw(VkCommandBuffer commands) const; ///< draws recorded

  private:
    gpu::Pipeline sky_;
    gpu::Pipeline stars_;
    gpu::Buffer star_list_;
    std::uint32_t star_count_ = 0;
    std::uint32_t corner_count_ = 3; ///< of the sky: one triangle, or cells of two
};

} // namespace haven::renderer
