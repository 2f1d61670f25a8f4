#include "renderer/gpu/memory.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <vk_mem_alloc.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <utility>

namespace haven::gpu {
namespace {

/// Rather a failure that somebody can answer than memory taken from the compositor.
constexpr VmaAllocationCreateFlags within_budget = VMA_ALLOCATION_CREATE_WITHIN_BUDGET_BIT;

} // namespace

Result<Buffer> Buffer::create(Device& device, VkDeviceSize size_bytes, VkBufferUsageFlags usage,
                              MemoryUse memory) {
    const VkBufferCreateInfo create{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                    .size = size_bytes,
                                    .usage = usage,
                                    .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    VmaAllocationCreateInfo allocation{};
    allocation.flags = within_budget;
    allocation.usage =
        memory == MemoryUse::device ? VMA_MEMORY_USAGE_AUTO_PREFER_DEVICE : VMA_MEMORY_USAGE_AUTO;
    if (memory == MemoryUse::upload) {
        allocation.flags |= VMA_ALLOCATION_CREATE_MAPPED_BIT |
                            VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT;
        allocation.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    } else if (memory == MemoryUse::readback) {
        allocation.flags |=
            VMA_ALLOCATION_CREATE_MAPPED_BIT | VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT;
    }
    Buffer buffer;
    VmaAllocationInfo placed{};
    const VkResult result = vmaCreateBuffer(device.allocator(), &create, &allocation,
                                            &buffer.buffer_, &buffer.allocation_, &placed);
    if (result != VK_SUCCESS) {
        return failure(std::format("no GPU buffer of {} bytes", size_bytes), result);
    }
    buffer.allocator_ = device.allocator();
    buffer.size_bytes_ = size_bytes;
    if (placed.pMappedData != nullptr) {
        buffer.mapped_ = {static_cast<std::byte*>(placed.pMappedData), size_bytes};
    }
    return buffer;
}

Buffer::Buffer(Buffer&& other) noexcept {
    *this = std::move(other);
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    if (this != &other) {
        reset();
        allocator_ = std::exchange(other.allocator_, nullptr);
        buffer_ = std::exchange(other.buffer_, nullptr);
        allocation_ = std::exchange(other.allocation_, nullptr);
        size_bytes_ = std::exchange(other.size_bytes_, 0);
        mapped_ = std::exchange(other.mapped_, {});
    }
    return *this;
}

Buffer::~Buffer() {
    reset();
}

void Buffer::reset() {
    if (buffer_ != nullptr) {
        vmaDestroyBuffer(allocator_, buffer_, allocation_);
        buffer_ = nullptr;
    }
}

void Buffer::invalidate() const {
    vmaInvalidateAllocation(allocator_, allocation_, 0, VK_WHOLE_SIZE);
}

Result<Image> Image::create(Device& device, const ImageInfo& info) {
    const VkImageCreateInfo create{
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = info.format,
        .extent = {.width = info.extent.width, .height = info.extent.height, .depth = 1},
        .mipLevels = info.mip_levels,
        .arrayLayers = info.layers,
        .samples = info.samples,
        .tiling = VK_IMAGE_TILING_OPTIMAL,
        .usage = info.usage,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
        .initialLayout = VK_IMAGE_LAYOUT_UNDEFINED};
    VmaAllocationCreateInfo allocation{};
    allocation.flags = within_budget;
    allocation.usage = VMA_MEMORY_USAGE_AUTO_PREFER_DEVICE;
    if ((info.usage & VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT) != 0) {
        allocation.preferredFlags = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT;
    }
    Image image;
    const VkResult result = vmaCreateImage(device.allocator(), &create, &allocation, &image.image_,
                                           &image.allocation_, nullptr);
    if (result != VK_SUCCESS) {
        return failure(std::format("no GPU image of {} x {} x {} layers", info.extent.width,
                                   info.extent.height, info.layers),
                       result);
    }
    image.allocator_ = device.allocator();
    image.info_ = info;
    return image;
}

Image::Image(Image&& other) noexcept {
    *this = std::move(other);
}

Image& Image::operator=(Image&& other) noexcept {
    if (this != &other) {
        reset();
        allocator_ = std::exchange(other.allocator_, nullptr);
        image_ = std::exchange(other.image_, nullptr);
        allocation_ = std::exchange(other.allocation_, nullptr);
        info_ = other.info_;
    }
    return *this;
}

Image::~Image() {
    reset();
}

void Image::reset() {
    if (image_ != nullptr) {
        vmaDestroyImage(allocator_, image_, allocation_);
        image_ = nullptr;
    }
}

Result<ImageView> make_view(VkDevice device, VkImage image, VkFormat format,
                            VkImageAspectFlags aspect, std::uint32_t first_layer,
                            std::uint32_t layer_count, std::uint32_t mip_levels) {
    const VkImageViewCreateInfo create{.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
                                       .image = image,
                                       .viewType = VK_IMAGE_VIEW_TYPE_2D_ARRAY,
                                       .format = format,
                                       .subresourceRange = {.aspectMask = aspect,
                                                            .baseMipLevel = 0,
                                                            .levelCount = mip_levels,
                                                            .baseArrayLayer = first_layer,
                                                            .layerCount = layer_count}};
    VkImageView view = nullptr;
    if (const VkResult result = vkCreateImageView(device, &create, nullptr, &view);
        result != VK_SUCCESS) {
        return failure("no view of a GPU image", result);
    }
    return ImageView(device, view);
}

std::uint64_t memory_in_use_bytes(const Device& device) {
    std::array<VmaBudget, VK_MAX_MEMORY_HEAPS> heaps{};
    vmaGetHeapBudgets(device.allocator(), heaps.data());
    std::uint64_t bytes = 0;
    for (const VmaBudget& heap : heaps) {
        bytes += heap.statistics.allocationBytes;
    }
    return bytes;
}

} // namespace haven::gpu
