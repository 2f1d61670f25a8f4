#include "xr_app/mirror/eye_copy.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/image_state.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/status.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace haven {

namespace {

constexpr std::size_t pixel_bytes = 4;

VkOffset3D corner(std::uint32_t x, std::uint32_t y, std::int32_t z) {
    return {.x = static_cast<std::int32_t>(x), .y = static_cast<std::int32_t>(y), .z = z};
}

/// The middle of the eye's picture that has the shape of the room, into all of the room.
VkImageBlit middle_of(const VkExtent2D& eye, const PictureSize& room) {
    const std::uint64_t width_wanted = std::uint64_t{eye.height} * room.width_px / room.height_px;
    const std::uint64_t height_wanted = std::uint64_t{eye.width} * room.height_px / room.width_px;
    const auto width = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(width_wanted, 1, std::uint64_t{eye.width}));
    const auto height = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(height_wanted, 1, std::uint64_t{eye.height}));
    const std::uint32_t left = (eye.width - width) / 2;
    const std::uint32_t top = (eye.height - height) / 2;
    VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                     .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1}};
    blit.srcOffsets[0] = corner(left, top, 0);
    blit.srcOffsets[1] = corner(left + width, top + height, 1);
    blit.dstOffsets[1] = corner(room.width_px, room.height_px, 1);
    return blit;
}

} // namespace

EyeCopy::EyeCopy(gpu::Device& device, gpu::FrameRing& ring, PictureHandover& desk)
    : device_(device), ring_(ring), desk_(desk) {}

EyeCopy::~EyeCopy() {
    desk_.withdraw();
}

bool EyeCopy::make_memory(PictureSize size) {
    if (memory_ && size_ == size) {
        return true;
    }
    if (size.width_px == 0 || size.height_px == 0) {
        return false;
    }
    auto picture = gpu::Image::create(
        device_, {.extent = {.width = size.width_px, .height = size.height_px},
                  .format = VK_FORMAT_R8G8B8A8_SRGB,
                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    auto memory =
        gpu::Buffer::create(device_, VkDeviceSize{size.width_px} * size.height_px * pixel_bytes,
                            VK_BUFFER_USAGE_TRANSFER_DST_BIT, gpu::MemoryUse::readback);
    if (!picture || !memory) {
        return false;
    }
    picture_ = std::move(*picture); // the GPU has passed the old ones, and the desk has read them
    memory_ = std::move(*memory);
    size_ = size;
    return true;
}

void EyeCopy::record(const gpu::Frame& frame, const EyeImages& images) {
    const auto size = copied_in_ == 0 ? desk_.asked() : std::nullopt;
    if (!size || !make_memory(*size)) {
        return;
    }
    copied_in_ = frame.number;
    VkImage eye = images.target->colour(images.index).image;
    change(frame.commands, eye, image_state::drawn, image_state::copied_from);
    change(frame.commands, picture_.get(), image_state::read_before, image_state::copied_to);
    const VkImageBlit blit = middle_of(images.drawn, size_);
    vkCmdBlitImage(frame.commands, eye, image_state::copied_from.layout, picture_.get(),
                   image_state::copied_to.layout, 1, &blit, VK_FILTER_LINEAR);
    change(frame.commands, eye, image_state::copied_from, image_state::drawn);
    change(frame.commands, picture_.get(), image_state::copied_to, image_state::copied_from);
    const VkBufferImageCopy region{
        .imageSubresource = {.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT, .layerCount = 1},
        .imageExtent = {.width = size_.width_px, .height = size_.height_px, .depth = 1}};
    vkCmdCopyImageToBuffer(frame.commands, picture_.get(), image_state::copied_from.layout,
                           memory_.get(), 1, &region);
    gpu::memory_barrier(frame.commands, VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_HOST_BIT,
                        VK_ACCESS_2_HOST_READ_BIT);
}

bool EyeCopy::has_news() const {
    return copied_in_ != 0 && ring_.has_passed(copied_in_);
}

void EyeCopy::hand_over(MirrorStatus status) {
    memory_.invalidate();
    if (desk_.hand_over({.size = size_, .rgba = memory_.mapped()}, std::move(status))) {
        copied_in_ = 0;
    }
}

} // namespace haven
