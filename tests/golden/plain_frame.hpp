#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"

#include <vulkan/vulkan.h>

namespace haven::testing {

/// The measure of frames: both eyes by multiview, one triangle over the whole picture, a colour
/// that depends on the pixel, no depth.
class PlainFrame {
  public:
    [[nodiscard]] static gpu::Result<PlainFrame> create(gpu::Device& device, VkExtent2D eye_extent);
    gpu::Result<void> draw(gpu::FrameRing& ring) const;

  private:
    VkExtent2D extent_{};
    gpu::Image image_;
    gpu::ImageView view_;
    gpu::PipelineLayout layout_;
    gpu::Pipeline pipeline_;
};

} // namespace haven::testing
