#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/scene_textures.hpp"
#include "renderer/shaders/shared.h"

#include <vulkan/vulkan.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

/// What every shader knows, common.glsl: the frame, and the textures once there is a place. A set
/// for each frame in flight; what is done to a slot's is done after its last frame has passed.
class FrameSets {
  public:
    /// `smooth`: textures are looked at between their texels.
    [[nodiscard]] static gpu::Result<FrameSets> create(gpu::Device& device, bool smooth);

    [[nodiscard]] VkPipelineLayout layout() const { return layout_.get(); }
    void write(std::size_t slot, const shared::FrameUniforms& uniforms);
    void use(VkDevice device, std::size_t slot, std::shared_ptr<const SceneTextures> textures);
    /// `canvas`: which one the view is of, since a view's handle may be another's later.
    void use_panel(VkDevice device, std::size_t slot, VkImageView view, std::uint64_t canvas);
    void bind(VkCommandBuffer commands, std::size_t slot, std::uint32_t eye) const;

  private:
    gpu::Result<void> create_layouts(VkDevice device);
    gpu::Result<void> create_sampler(VkDevice device, bool smooth);
    gpu::Result<void> create_sets(gpu::Device& device);

    gpu::DescriptorSetLayout set_layout_;
    gpu::PipelineLayout layout_;
    gpu::Sampler sampler_;
    gpu::Sampler panel_sampler_;
    gpu::DescriptorPool pool_;
    std::array<VkDescriptorSet, gpu::frames_in_flight> sets_{};
    std::array<gpu::Buffer, gpu::frames_in_flight> uniforms_;
    std::array<std::shared_ptr<const SceneTextures>, gpu::frames_in_flight> textures_;
    std::array<std::uint64_t, gpu::frames_in_flight> panels_{}; ///< which canvas; 0: none yet
};

} // namespace haven::renderer
