#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

/// Images to draw into: an OpenXR swapchain's, or one's own. Each has `layers` array layers, one an
/// eye.
struct StereoTargetInfo {
    std::span<const VkImage> colour; ///< colour attachments of the renderer's format
    std::span<const VkImage>
        depth; ///< as many D32_SFLOAT ones to hand over with the picture; empty: depth is private
    VkExtent2D eye_extent{};
    VkFormat colour_format = VK_FORMAT_R8G8B8A8_SRGB;
    std::uint32_t layers = 2; ///< 1 only for a renderer without multiview
    std::uint32_t samples = 1;
};

/// Views of the images, and the private depth and multisample images of the same size, which are
/// transient: no memory of a GPU that draws in tiles. Lives with
/// the swapchain; when it is replaced, condemn the old one: `ring.deletions().condemn(last_frame,
/// std::move(old))`.
class StereoTarget {
  public:
    [[nodiscard]] static gpu::Result<StereoTarget> create(gpu::Device& device,
                                                          const StereoTargetInfo& info);

    [[nodiscard]] VkExtent2D eye_extent() const { return eye_extent_; }
    [[nodiscard]] std::uint32_t layers() const { return layers_; }
    [[nodiscard]] std::uint32_t samples() const { return samples_; }
    [[nodiscard]] VkFormat colour_format() const { return colour_format_; }
    [[nodiscard]] std::size_t image_count() const { return images_.size(); }

    /// A view of all layers and one of each: multiview draws through the first, two passes through
    /// the others.
    struct Views {
        gpu::ImageView all;
        std::array<gpu::ImageView, 2> layer;
    };
    struct Attachment {
        VkImage image = nullptr;
        Views views;
    };
    [[nodiscard]] const Attachment& colour(std::size_t index) const { return images_.at(index); }
    [[nodiscard]] const Attachment& depth(std::size_t index) const;
    /// What multisampled drawing goes to before it is resolved; nullptr image for one sample.
    [[nodiscard]] const Attachment& multisampled() const { return multisampled_; }
    [[nodiscard]] const Attachment& multisampled_depth() const { return multisampled_depth_; }
    [[nodiscard]] bool depth_is_shared() const { return !shared_depth_.empty(); }

  private:
    gpu::Result<Attachment> attach(gpu::Device& device, VkImage image, VkFormat format,
                                   VkImageAspectFlags aspect) const;
    gpu::Result<void> create_private_images(gpu::Device& device);

    VkExtent2D eye_extent_{};
    std::uint32_t layers_ = 2;
    std::uint32_t samples_ = 1;
    VkFormat colour_format_ = VK_FORMAT_UNDEFINED;
    gpu::Image own_depth_;
    gpu::Image own_multisampled_;
    gpu::Image own_multisampled_depth_;
    std::vector<Attachment> images_;
    std::vector<Attachment> shared_depth_;
    Attachment depth_;
    Attachment multisampled_;
    Attachment multisampled_depth_;
};

} // namespace haven::renderer
