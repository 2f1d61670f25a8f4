#include "renderer/gpu/upload.hpp"

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <utility>
#include <vector>

namespace haven::gpu {

Result<void> UploadQueue::add(Device& device, const Buffer& to, std::span<const std::byte> bytes) {
    assert(bytes.size() <= to.size_bytes());
    if (bytes.empty()) {
        return {};
    }
    auto staged =
        Buffer::create(device, bytes.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT, MemoryUse::upload);
    if (!staged) {
        return std::unexpected(staged.error());
    }
    std::memcpy(staged->mapped().data(), bytes.data(), bytes.size());
    buffers_.push_back({std::move(*staged), to.get(), bytes.size()});
    return {};
}

Result<Buffer> UploadQueue::make_buffer(Device& device, std::span<const std::byte> bytes,
                                        VkBufferUsageFlags usage) {
    auto buffer = Buffer::create(device, bytes.size(), usage | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                 MemoryUse::device);
    if (buffer) {
        if (auto staged = add(device, *buffer, bytes); !staged) {
            return std::unexpected(staged.error());
        }
    }
    return buffer;
}

Result<void> UploadQueue::add(Device& device, const Image& to,
                              std::span<const std::vector<std::byte>> levels) {
    std::size_t size_bytes = 0;
    for (const auto& level : levels) {
        size_bytes += level.size();
    }
    auto staged =
        Buffer::create(device, size_bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, MemoryUse::upload);
    if (!staged) {
        return std::unexpected(staged.error());
    }
    ImageCopy copy{.staged = {},
                   .to = to.get(),
                   .mip_levels = static_cast<std::uint32_t>(levels.size()),
                   .regions = {}};
    std::size_t offset_bytes = 0;
    for (std::uint32_t mip = 0; mip < levels.size(); ++mip) {
        std::ranges::copy(levels[mip], staged->mapped().subspan(offset_bytes).begin());
        const VkExtent3D extent{.width = std::max(1U, to.info().extent.width >> mip),
                                .height = std::max(1U, to.info().extent.height >> mip),
                                .depth = 1};
        copy.regions.push_back({.bufferOffset = offset_bytes,
                                .imageSubresource = {.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT,
                                                     .mipLevel = mip,
                                                     .layerCount = 1},
                                .imageExtent = extent});
        offset_bytes += levels[mip].size();
    }
    copy.staged = std::move(*staged);
    images_.push_back(std::move(copy));
    return {};
}

bool UploadQueue::record(Frame& frame, DeletionQueue& deletions, VkDeviceSize bytes_max) {
    if (empty()) {
        return true;
    }
    VkDeviceSize left_bytes = bytes_max;
    while (!buffers_.empty() && left_bytes > 0) {
        BufferCopy& copy = buffers_.back();
        const VkBufferCopy region{.srcOffset = copy.copied_bytes,
                                  .dstOffset = copy.copied_bytes,
                                  .size =
                                      std::min(copy.size_bytes - copy.copied_bytes, left_bytes)};
        vkCmdCopyBuffer(frame.commands, copy.staged.get(), copy.to, 1, &region);
        copy.copied_bytes += region.size;
        left_bytes -= region.size;
        if (copy.copied_bytes == copy.size_bytes) {
            deletions.condemn(frame.number, std::move(copy.staged));
            buffers_.pop_back();
        }
    }
    while (!images_.empty() && left_bytes > 0) {
        ImageCopy& copy = images_.back();
        image_barrier(frame.commands, {.image = copy.to,
                                       .to_stages = VK_PIPELINE_STAGE_2_COPY_BIT,
                                       .to_access = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                                       .to_layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL});
        vkCmdCopyBufferToImage(
            frame.commands, copy.staged.get(), copy.to, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
            static_cast<std::uint32_t>(copy.regions.size()), copy.regions.data());
        image_barrier(frame.commands, {.image = copy.to,
                                       .from_stages = VK_PIPELINE_STAGE_2_COPY_BIT,
                                       .from_access = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                                       .from_layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                                       .to_stages = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                                       .to_access = VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                                       .to_layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL});
        left_bytes -= std::min(left_bytes, copy.staged.size_bytes());
        deletions.condemn(frame.number, std::move(copy.staged));
        images_.pop_back();
    }
    memory_barrier(frame.commands, VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
                   VK_PIPELINE_STAGE_2_VERTEX_INPUT_BIT,
                   VK_ACCESS_2_VERTEX_ATTRIBUTE_READ_BIT | VK_ACCESS_2_INDEX_READ_BIT);
    return empty();
}

void memory_barrier(VkCommandBuffer commands, VkPipelineStageFlags2 from_stages,
                    VkAccessFlags2 from_access, VkPipelineStageFlags2 to_stages,
                    VkAccessFlags2 to_access) {
    const VkMemoryBarrier2 barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
                                   .srcStageMask = from_stages,
                                   .srcAccessMask = from_access,
                                   .dstStageMask = to_stages,
                                   .dstAccessMask = to_access};
    const VkDependencyInfo dependency{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                      .memoryBarrierCount = 1,
                                      .pMemoryBarriers = &barrier};
    vkCmdPipelineBarrier2(commands, &dependency);
}

void image_barrier(VkCommandBuffer commands, const ImageBarrier& barrier) {
    const VkImageMemoryBarrier2 image{
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
        .srcStageMask = barrier.from_stages,
        .srcAccessMask = barrier.from_access,
        .dstStageMask = barrier.to_stages,
        .dstAccessMask = barrier.to_access,
        .oldLayout = barrier.from_layout,
        .newLayout = barrier.to_layout,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = barrier.image,
        .subresourceRange = {.aspectMask = barrier.aspect,
                             .levelCount = VK_REMAINING_MIP_LEVELS,
                             .layerCount = VK_REMAINING_ARRAY_LAYERS}};
    const VkDependencyInfo dependency{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                      .imageMemoryBarrierCount = 1,
                                      .pImageMemoryBarriers = &image};
    vkCmdPipelineBarrier2(commands, &dependency);
}

} // namespace haven::gpu
