#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>

namespace haven::renderer {

/// A hand's ink: one instanced draw, an instance for each joint between two rings.
class InkPass {
  public:
    static constexpr std::uint32_t sides = 8; ///< ink.vert's SIDES

    [[nodiscard]] static gpu::Result<InkPass>
    create(const PassContext& context, const SceneConstants& constants, gpu::UploadQueue& uploads);
    /// Joins ring 0 to 1, 1 to 2, and so on, joint_count times; answers the draws recorded.
    std::uint32_t draw(VkCommandBuffer commands, VkBuffer rings, std::uint32_t joint_count) const;

  private:
    gpu::Pipeline pipeline_;
    gpu::Buffer indices_;
};

} // namespace haven::renderer
