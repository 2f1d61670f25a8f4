#include "renderer/texture.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <utility>
#include <vector>

namespace haven::renderer {

gpu::Result<Texture> create_texture(gpu::Device& device, gpu::UploadQueue& uploads,
                                    const std::vector<std::vector<std::byte>>& levels) {
    const auto mip_levels = static_cast<std::uint32_t>(levels.size());
    const std::uint32_t size_px = 1U << (mip_levels - 1);
    auto image = gpu::Image::create(
        device, {.extent = {.width = size_px, .height = size_px},
                 .mip_levels = mip_levels,
                 .format = VK_FORMAT_R8G8B8A8_UNORM,
                 .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    if (!image) {
        return std::unexpected(image.error());
    }
    if (auto staged = uploads.add(device, *image, levels); !staged) {
        return std::unexpected(staged.error());
    }
    const VkImageViewCreateInfo view_info{
        .sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
        .image = image->get(),
        .viewType = VK_IMAGE_VIEW_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, mip_levels, 0, 1}};
    VkImageView view = nullptr;
    if (const VkResult result = vkCreateImageView(device.logical(), &view_info, nullptr, &view);
        result != VK_SUCCESS) {
        return gpu::failure("no view of a texture", result);
    }
    return Texture{.image = std::move(*image), .view = gpu::ImageView(device.logical(), view)};
}

} // namespace haven::renderer
