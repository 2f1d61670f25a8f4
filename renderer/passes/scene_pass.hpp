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
#include <span>
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
/// chunks in sight are drawn from near to far, so that what is hidden is seldom shaded; then water,
/// which lies under what else is translucent, and that from far to near.
class ScenePass {
  public:
    [[nodiscard]] static gpu::Result<ScenePass>
    create(const PassContext& context, const scene::Scene& scene, gpu::UploadQueue& uploads);

    /// Chooses the chunks to draw; once a frame, before the draws.
    void cull(const Sight& sight);
    [[nodiscard]] bool has_opaque() const { return !opaque_.empty(); }
    /// Both answer how many draws they recorded.
    std::uint32_t draw_opaque(VkCommandBuffer commands) const { return draw(commands, opaque_); }
    std::uint32_t draw_translucent(VkCommandBuffer commands) const {
        return draw(commands, translucent_);
    }
    /// Triangles in sight.
    [[nodiscard]] std::uint64_t triangle_count() const { return triangle_count_; }

  private:
    struct Visible {
        std::uint32_t rank; // lowest first
        std::uint32_t chunk;
    };
    std::uint32_t draw(VkCommandBuffer commands, std::span<const Visible> visible) const;

    gpu::Buffer vertices_;
    gpu::Buffer indices_;
    std::array<gpu::Pipeline, scene::pattern_count> pipelines_;
    std::vector<scene::MeshChunk> chunks_; // by pattern, then by place
    std::vector<Visible> opaque_;          // in sight; has room for all from the start
    std::vector<Visible> translucent_;     // as well
    std::uint64_t triangle_count_ = 0;
};

} // namespace haven::renderer
