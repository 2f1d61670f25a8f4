#pragma once

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::gpu {

class Device;
struct Frame;

/// Large things that go to the GPU once (a place's mesh, a texture): staged at once, copied by the
/// next frames, the staging memory condemned with the last of its copies. Nothing waits. Fill it on
/// any one thread, record on the frame thread.
class UploadQueue {
  public:
    Result<void> add(Device& device, const Buffer& to, std::span<const std::byte> bytes);

    /// A new device buffer of these bytes, for `usage`.
    [[nodiscard]] Result<Buffer> make_buffer(Device& device, std::span<const std::byte> bytes,
                                             VkBufferUsageFlags usage);

    /// `levels` hold one layer's mips, largest first, tightly packed.
    Result<void> add(Device& device, const Image& to,
                     std::span<const std::vector<std::byte>> levels);

    /// Records copies of at most so many bytes (an image is copied as a whole), and what makes them
    /// visible to every shader and vertex fetch after. True when nothing is left.
    bool record(Frame& frame, DeletionQueue& deletions, VkDeviceSize bytes_max = VK_WHOLE_SIZE);
    [[nodiscard]] bool empty() const { return buffers_.empty() && images_.empty(); }

  private:
    struct BufferCopy {
        Buffer staged;
        VkBuffer to;
        VkDeviceSize size_bytes;
        VkDeviceSize copied_bytes = 0;
    };
    struct ImageCopy {
        Buffer staged;
        VkImage to;
        std::uint32_t mip_levels;
        std::vector<VkBufferImageCopy> regions;
    };
    std::vector<BufferCopy> buffers_;
    std::vector<ImageCopy> images_;
};

/// One memory dependency between everything before and after it.
void memory_barrier(VkCommandBuffer commands, VkPipelineStageFlags2 from_stages,
                    VkAccessFlags2 from_access, VkPipelineStageFlags2 to_stages,
                    VkAccessFlags2 to_access);

/// One image's dependency, with its change of layout; all mips and layers.
struct ImageBarrier {
    VkImage image = nullptr;
    VkImageAspectFlags aspect = VK_IMAGE_ASPECT_COLOR_BIT;
    VkPipelineStageFlags2 from_stages = 0;
    VkAccessFlags2 from_access = 0;
    VkImageLayout from_layout = VK_IMAGE_LAYOUT_UNDEFINED;
    VkPipelineStageFlags2 to_stages = 0;
    VkAccessFlags2 to_access = 0;
    VkImageLayout to_layout = VK_IMAGE_LAYOUT_UNDEFINED;
};
void image_barrier(VkCommandBuffer commands, const ImageBarrier& barrier);

} // namespace haven::gpu
