#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/scene.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <vector>

namespace haven::renderer {

/// The place itself: one vertex buffer, one index buffer, a draw for each pattern in use.
class ScenePass {
  public:
    [[nodiscard]] static gpu::Result<ScenePass>
    create(const PassContext& context, const scene::Scene& scene, gpu::UploadQueue& uploads);

    /// Both answer how many draws they recorded.
    std::uint32_t draw_opaque(VkCommandBuffer commands) const { return draw(commands, false); }
    std::uint32_t draw_translucent(VkCommandBuffer commands) const { return draw(commands, true); }
    [[nodiscard]] std::uint64_t triangle_count() const { return triangle_count_; }

  private:
    struct Draw {
        scene::PatternRange range;
        gpu::Pipeline pipeline;
    };
    std::uint32_t draw(VkCommandBuffer commands, bool translucent) const;

    gpu::Buffer vertices_;
    gpu::Buffer indices_;
    std::vector<Draw> draws_;
    std::uint64_t triangle_count_ = 0;
};

} // namespace haven::renderer
