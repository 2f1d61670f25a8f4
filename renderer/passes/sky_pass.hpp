#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/shaders/shared.h"

#include <glm/vec3.hpp>
#include <vulkan/vulkan.h>

#include <cstdint>
#include <optional>

namespace haven::renderer {

/// What is behind everything: the sky where no surface is, and the stars.
class SkyPass {
  public:
    /// Strips of triangles that the sky is drawn in: the whole picture, or rows of cells.
    struct Rows {
        std::uint32_t count = 1;
        std::uint32_t corners = 4; ///< of each
    };

    [[nodiscard]] static gpu::Result<SkyPass>
    create(const PassContext& context, const scene::Scene& scene, gpu::UploadQueue& uploads);
    /// Linear light that the images are cleared to where there is ground and nothing else below the
    /// horizon; nothing where the ground has to be drawn.
    [[nodiscard]] std::optional<glm::vec3> cleared_ground(const shared::FrameUniforms& frame) const;
    std::uint32_t draw(VkCommandBuffer commands, bool ground_is_cleared) const; ///< draws recorded

  private:
    gpu::Pipeline sky_;
    gpu::Pipeline even_sky_; ///< over cleared ground; none where it has to be drawn
    gpu::Pipeline stars_;
    gpu::Buffer star_list_;
    std::uint32_t star_count_ = 0;
    Rows rows_;
};

} // namespace haven::renderer
