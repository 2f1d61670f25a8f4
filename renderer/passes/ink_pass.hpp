#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/ink_lod.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <span>

namespace haven::renderer {

/// A hand's ink: instanced draws, an instance for each joint between two rings.
class InkPass {
  public:
    static constexpr std::uint32_t sides = 8; ///< of a tube; ink.vert's SIDES
    static constexpr std::uint32_t triangles_a_tube_joint = 2 * sides;
    static constexpr std::uint32_t triangles_a_ribbon_joint = 2;

    [[nodiscard]] static gpu::Result<InkPass>
    create(const PassContext& context, const SceneConstants& constants, gpu::UploadQueue& uploads);

    struct Drawn {
        std::uint32_t draws = 0;
        std::uint64_t joints = 0;
        std::uint64_t triangles = 0;
    };
    /// Draws the runs of a hand; `rings` are its streams' buffers.
    [[nodiscard]] Drawn draw(VkCommandBuffer commands, std::span<const scene::InkRun> runs,
                             const std::array<VkBuffer, scene::ink_stream_count>& rings) const;

  private:
    gpu::Pipeline tube_;
    gpu::Pipeline ribbon_;
    gpu::Buffer indices_; // of a tube's joint, then of a ribbon's
};

} // namespace haven::renderer
