#pragma once

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/scene/panel_drawing.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <vector>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

/// The image that a panel is painted into: sRGB, premultiplied, with its mips, so that words do not
/// shimmer. Frame thread. Condemn it with the last frame that shows it.
class PanelCanvas {
  public:
    [[nodiscard]] static gpu::Result<PanelCanvas>
    create(gpu::Device& device, const scene::GlyphSheet& glyphs, VkExtent2D extent);

    /// Records the drawing, of the canvas's size, outside of any rendering; the frames from this
    /// one on show it. False where this frame has no room for it: again with the next.
    [[nodiscard]] gpu::Result<bool> paint(gpu::Frame& frame, gpu::DeletionQueue& deletions,
                                          const scene::PanelDrawing& drawing);
    [[nodiscard]] bool painted() const { return painted_; }
    [[nodiscard]] VkImageView view() const { return whole_.get(); }
    [[nodiscard]] std::uint64_t id() const { return id_; } ///< no two have the same

  private:
    gpu::Result<void> create_images(gpu::Device& device, const scene::GlyphSheet& glyphs,
                                    VkExtent2D extent);
    gpu::Result<void> create_set(VkDevice device);
    gpu::Result<void> create_pipeline(gpu::Device& device);
    void draw(VkCommandBuffer commands, const gpu::StagingSlice::Range& corners,
              std::uint32_t corner_count) const;
    void fill_mips(VkCommandBuffer commands) const;

    std::uint64_t id_ = 0;
    bool painted_ = false;
    gpu::UploadQueue uploads_;
    gpu::Image sheet_;
    gpu::ImageView sheet_view_;
    gpu::Image image_;
    gpu::ImageView top_;   ///< its largest mip, which is drawn into
    gpu::ImageView whole_; ///< all of them
    gpu::Sampler sampler_;
    gpu::DescriptorSetLayout set_layout_;
    gpu::PipelineLayout layout_;
    gpu::DescriptorPool pool_;
    VkDescriptorSet set_ = nullptr;
    gpu::Pipeline pipeline_;
};

/// Smooth between texels and mips, and no farther than the edge.
[[nodiscard]] gpu::Result<gpu::Sampler> make_panel_sampler(VkDevice device);

} // namespace haven::renderer
