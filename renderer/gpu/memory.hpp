#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <cstdint>
#include <span>

struct VmaAllocator_T;
struct VmaAllocation_T;
using VmaAllocator = VmaAllocator_T*;
using VmaAllocation = VmaAllocation_T*;

namespace haven::gpu {

class Device;

enum class MemoryUse : std::uint8_t {
    device,   ///< fastest for the GPU; filled by copies
    upload,   ///< written by the CPU in order, read by the GPU; always mapped
    readback, ///< written by the GPU, read by the CPU; always mapped
};

/// A buffer and its memory; moves, never copies. Fails where it would leave the budget that the
/// driver gives this process.
class Buffer {
  public:
    Buffer() = default;
    [[nodiscard]] static Result<Buffer> create(Device& device, VkDeviceSize size_bytes,
                                               VkBufferUsageFlags usage, MemoryUse memory);
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer();

    [[nodiscard]] VkBuffer get() const { return buffer_; }
    [[nodiscard]] VkDeviceSize size_bytes() const { return size_bytes_; }
    /// The mapped bytes; empty for device memory.
    [[nodiscard]] std::span<std::byte> mapped() const { return mapped_; }
    /// Makes the GPU's writes visible here (readback memory need not be coherent).
    void invalidate() const;
    explicit operator bool() const { return buffer_ != nullptr; }

  private:
    void reset();
    VmaAllocator allocator_ = nullptr;
    VkBuffer buffer_ = nullptr;
    VmaAllocation allocation_ = nullptr;
    VkDeviceSize size_bytes_ = 0;
    std::span<std::byte> mapped_;
};

struct ImageInfo {
    VkExtent2D extent{};
    std::uint32_t layers = 1;
    std::uint32_t mip_levels = 1;
    VkFormat format = VK_FORMAT_UNDEFINED;
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    VkImageUsageFlags usage = 0;
};

/// A 2D image (array) and its memory; moves, never copies. One that is used as a transient
/// attachment has memory only where it is needed, if the GPU can draw from tile to tile.
class Image {
  public:
    Image() = default;
    [[nodiscard]] static Result<Image> create(Device& device, const ImageInfo& info);
    Image(Image&& other) noexcept;
    Image& operator=(Image&& other) noexcept;
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    ~Image();

    [[nodiscard]] VkImage get() const { return image_; }
    [[nodiscard]] const ImageInfo& info() const { return info_; }
    explicit operator bool() const { return image_ != nullptr; }

  private:
    void reset();
    VmaAllocator allocator_ = nullptr;
    VkImage image_ = nullptr;
    VmaAllocation allocation_ = nullptr;
    ImageInfo info_{};
};

/// Bytes of the GPU's memory in use by this device's buffers and images.
[[nodiscard]] std::uint64_t memory_in_use_bytes(const Device& device);

/// A 2D-array view of `layer_count` layers from `first_layer`.
[[nodiscard]] Result<ImageView> make_view(VkDevice device, VkImage image, VkFormat format,
                                          VkImageAspectFlags aspect, std::uint32_t first_layer,
                                          std::uint32_t layer_count, std::uint32_t mip_levels = 1);

} // namespace haven::gpu
