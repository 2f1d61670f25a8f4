#include "renderer/capture/capture.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/stereo_renderer.hpp"
#include "renderer/stereo_target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <utility>

namespace haven::renderer {
namespace {

bool blue_first(VkFormat format) {
    return format == VK_FORMAT_B8G8R8A8_SRGB || format == VK_FORMAT_B8G8R8A8_UNORM;
}

void copy_layer(VkCommandBuffer commands, VkImage image, VkExtent2D extent, std::uint32_t layer,
                VkBuffer to) {
    gpu::image_barrier(commands, {.image = image,
                                  .from_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                  .from_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                  .from_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                  .to_stages = VK_PIPELINE_STAGE_2_COPY_BIT,
                                  .to_access = VK_ACCESS_2_TRANSFER_READ_BIT,
                                  .to_layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL});
    const VkBufferImageCopy region{
        .imageSubresource = {.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT,
                             .baseArrayLayer = layer,
                             .layerCount = 1},
        .imageExtent = {.width = extent.width, .height = extent.height, .depth = 1}};
    vkCmdCopyImageToBuffer(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, to, 1, &region);
    gpu::image_barrier(commands, {.image = image,
                                  .from_stages = VK_PIPELINE_STAGE_2_COPY_BIT,
                                  .from_layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                  .to_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                  .to_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                  .to_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL});
    gpu::memory_barrier(commands, VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
                        VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT);
}

} // namespace

gpu::Result<RgbaPicture> read_layer(gpu::Device& device, gpu::FrameRing& ring, VkImage image,
                                    VkFormat format, VkExtent2D extent, std::uint32_t layer) {
    const std::size_t size_bytes = std::size_t{extent.width} * extent.height * 4;
    auto buffer = gpu::Buffer::create(device, size_bytes, VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                      gpu::MemoryUse::readback);
    if (!buffer) {
        return std::unexpected(buffer.error());
    }
    auto frame = ring.begin();
    if (!frame) {
        return std::unexpected(frame.error());
    }
    copy_layer(frame->commands, image, extent, layer, buffer->get());
    auto done = ring.submit(*frame);
    if (done) {
        done = ring.wait();
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    buffer->invalidate();
    RgbaPicture picture{.width = extent.width, .height = extent.height, .bytes = {}};
    picture.bytes.resize(size_bytes);
    std::memcpy(picture.bytes.data(), buffer->mapped().data(), size_bytes);
    if (blue_first(format)) {
        for (std::size_t i = 0; i < size_bytes; i += 4) {
            std::swap(picture.bytes[i], picture.bytes[i + 2]);
        }
    }
    return picture;
}

gpu::Result<std::unique_ptr<HeadlessRenderer>> HeadlessRenderer::create(const HeadlessInfo& info) {
    std::unique_ptr<HeadlessRenderer> headless(new HeadlessRenderer);
    headless->options_ = info.options;
    headless->options_.eye_height_px = info.eye_extent.height;
    auto device = gpu::Device::create(info.device);
    if (!device) {
        return std::unexpected(device.error());
    }
    headless->device_ = std::move(*device);
    auto ring = gpu::FrameRing::create(*headless->device_);
    if (!ring) {
        return std::unexpected(ring.error());
    }
    headless->ring_ = std::move(*ring);
    auto renderer =
        StereoRenderer::create(*headless->device_, *headless->ring_, headless->options_);
    if (!renderer) {
        return std::unexpected(renderer.error());
    }
    headless->renderer_ = std::move(*renderer);
    if (auto sized = headless->resize(info.eye_extent); !sized) {
        return std::unexpected(sized.error());
    }
    return headless;
}

HeadlessRenderer::~HeadlessRenderer() {
    if (device_) {
        vkDeviceWaitIdle(device_->logical());
    }
}

gpu::Result<void> HeadlessRenderer::resize(VkExtent2D eye_extent) {
    if (auto idle = ring_->wait(); !idle) {
        return idle;
    }
    auto colour = gpu::Image::create(
        *device_, {.extent = eye_extent,
                   .layers = 2,
                   .format = options_.colour_format,
                   .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT});
    if (!colour) {
        return std::unexpected(colour.error());
    }
    VkImage image = colour->get();
    auto target = StereoTarget::create(*device_, {.colour = {&image, 1},
                                                  .eye_extent = eye_extent,
                                                  .colour_format = options_.colour_format,
                                                  .samples = options_.samples});
    if (!target) {
        return std::unexpected(target.error());
    }
    target_ = std::move(*target); // the views of the old image go before it
    colour_ = std::move(*colour);
    return {};
}

gpu::Result<void> HeadlessRenderer::draw(const Picture& picture) {
    auto frame = ring_->begin();
    if (!frame) {
        return std::unexpected(frame.error());
    }
    if (auto recorded = renderer_->record(*frame, target_, 0, picture); !recorded) {
        return recorded;
    }
    return ring_->submit(*frame);
}

gpu::Result<RgbaPicture> HeadlessRenderer::read(std::uint32_t eye) {
    return read_layer(*device_, *ring_, colour_.get(), options_.colour_format, target_.eye_extent(),
                      eye);
}

gpu::Result<RgbaPicture> HeadlessRenderer::capture(const Picture& picture, std::uint32_t eye) {
    if (auto drawn = draw(picture); !drawn) {
        return std::unexpected(drawn.error());
    }
    return read(eye);
}

} // namespace haven::renderer
