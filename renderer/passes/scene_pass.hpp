#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/chunks.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <vector>

namespace haven::renderer {

/// What is in sight this frame, for both eyes at once.
struct Sight {
    scene::Frustum left;
    scene::Frustum right;
    glm::vec3 between_eyes_m;
    bool inside_head_room; ///< both eyes
};

/// The place itself: one vertex buffer, one index buffer, a pipeline for each pattern in use. Solid
/// chunks in sight are drawn from near to far, so that what is hidden is seldom shaded.
class ScenePass {
  public:
    [[nodiscard]] static gpu::Result<ScenePass>
    create(const PassContext& context, const scene::Scene& scene, gpu::UploadQueue& uploads);

    /// Chooses the chunks to draw; once a frame, before the draws.
    void look(const Sight& sight);
    /// Both answer how many draws they recorded.
    std::uint32_t draw_opaque(VkCommandBuffer commands) const;
    std::uint32_t draw_translucent(VkCommandBuffer commands) const;
    /// Solid triangles in sight, and all translucent ones.
    [[nodiscard]] std::uint64_t triangle_count() const { return triangle_count_; }

  private:
    struct Visible {
        std::uint32_t band; // of distance, nearest first
        std::uint32_t chunk;
    };
    void bind(VkCommandBuffer commands) const;
    void bind_pattern(VkCommandBuffer commands, scene::Pattern pattern) const;

    gpu::Buffer vertices_;
    gpu::Buffer indices_;
    std::array<gpu::Pipeline, scene::pattern_count> pipelines_;
    std::vector<scene::MeshChunk> chunks_; // by pattern, then by place
    std::vector<Visible> visible_;         // as large as chunks_ from the start
    std::uint64_t triangle_count_ = 0;
};

} // namespace haven::renderer
