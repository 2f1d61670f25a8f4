#include "xr_app/headset/openxr_swapchain.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp" // IWYU pragma: keep (OpenXR with its Vulkan half)

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <utility>
#include <vector>

namespace haven {

namespace {

/// A compositor that stands still for longer costs frames, and at last the headset, not the desk.
constexpr XrDuration image_patience_ns = 1'000'000'000;

constexpr VkFormat depth_format = VK_FORMAT_D32_SFLOAT;
constexpr std::array colour_formats{VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB};

std::expected<std::vector<std::int64_t>, HeadsetError> formats_of(XrSession session) {
    std::uint32_t count = 0;
    XrResult result = xrEnumerateSwapchainFormats(session, 0, &count, nullptr);
    std::vector<std::int64_t> formats(XR_SUCCEEDED(result) ? count : 0U);
    if (XR_SUCCEEDED(result)) {
        result = xrEnumerateSwapchainFormats(session, count, &count, formats.data());
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrEnumerateSwapchainFormats", result));
    }
    return formats;
}

bool offers(XrSession session, VkFormat format) {
    const auto formats = formats_of(session);
    return formats && std::ranges::contains(*formats, static_cast<std::int64_t>(format));
}

} // namespace

std::expected<VkFormat, HeadsetError> choose_colour_format(XrSession session) {
    const auto formats = formats_of(session);
    if (!formats) {
        return std::unexpected(formats.error());
    }
    for (const std::int64_t format : *formats) {
        const auto known = std::ranges::find(colour_formats, static_cast<VkFormat>(format));
        if (known != colour_formats.end()) {
            return *known;
        }
    }
    return std::unexpected(
        HeadsetError{.kind = HeadsetError::Kind::unsupported,
                     .message = "The runtime offers no sRGB image of eight bits to draw into."});
}

std::expected<std::unique_ptr<OpenxrSwapchain>, HeadsetError>
OpenxrSwapchain::create(XrSession session, gpu::Device& device, const Request& request) {
    std::unique_ptr<OpenxrSwapchain> self(new OpenxrSwapchain);
    auto colour =
        create_chain(session, request, request.colour_format,
                     XR_SWAPCHAIN_USAGE_COLOR_ATTACHMENT_BIT | XR_SWAPCHAIN_USAGE_TRANSFER_SRC_BIT |
                         XR_SWAPCHAIN_USAGE_SAMPLED_BIT);
    if (!colour) {
        return std::unexpected(colour.error());
    }
    self->colour_ = std::move(*colour);
    if (request.with_depth && offers(session, depth_format)) {
        auto depth = create_chain(session, request, depth_format,
                                  XR_SWAPCHAIN_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                                      XR_SWAPCHAIN_USAGE_SAMPLED_BIT);
        if (!depth) {
            return std::unexpected(depth.error());
        }
        self->depth_ = std::move(*depth);
    }
    // The two chains hand out their images in step or not, as the runtime likes: a target for each
    // pair.
    std::vector<VkImage> colours;
    std::vector<VkImage> depths;
    const std::size_t depth_count = std::max<std::size_t>(self->depth_.images.size(), 1);
    for (VkImage image : self->colour_.images) {
        colours.insert(colours.end(), depth_count, image);
        depths.insert(depths.end(), self->depth_.images.begin(), self->depth_.images.end());
    }
    auto target = renderer::StereoTarget::create(device, {.colour = colours,
                                                          .depth = depths,
                                                          .eye_extent = request.eye_extent,
                                                          .colour_format = request.colour_format,
                                                          .layers = 2,
                                                          .samples = request.samples});
    if (!target) {
        return std::unexpected(
            HeadsetError{.kind = HeadsetError::Kind::failed, .message = target.error().what});
    }
    self->target_ = std::move(*target);
    return self;
}

std::expected<OpenxrSwapchain::Chain, HeadsetError>
OpenxrSwapchain::create_chain(XrSession session, const Request& request, VkFormat format,
                              XrSwapchainUsageFlags usage) {
    const XrSwapchainCreateInfo info{.type = XR_TYPE_SWAPCHAIN_CREATE_INFO,
                                     .usageFlags = usage,
                                     .format = format,
                                     .sampleCount = 1,
                                     .width = request.eye_extent.width,
                                     .height = request.eye_extent.height,
                                     .faceCount = 1,
                                     .arraySize = 2,
                                     .mipCount = 1};
    Chain chain;
    XrResult result = xrCreateSwapchain(session, &info, chain.handle.out());
    if (XR_FAILED(result)) {
        return std::unexpected(
            xr_failure(std::format("xrCreateSwapchain of {} x {} (--eye-size chooses another size)",
                                   info.width, info.height),
                       result));
    }
    std::uint32_t count = 0;
    result = xrEnumerateSwapchainImages(chain.handle.get(), 0, &count, nullptr);
    std::vector<XrSwapchainImageVulkan2KHR> images(XR_SUCCEEDED(result) ? count : 0U,
                                                   {.type = XR_TYPE_SWAPCHAIN_IMAGE_VULKAN2_KHR});
    if (XR_SUCCEEDED(result)) {
        result = xrEnumerateSwapchainImages(
            chain.handle.get(), count, &count,
            reinterpret_cast<XrSwapchainImageBaseHeader*>(images.data()));
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrEnumerateSwapchainImages", result));
    }
    for (const XrSwapchainImageVulkan2KHR& image : images) {
        chain.images.push_back(image.image);
    }
    return chain;
}

std::expected<void, HeadsetError> OpenxrSwapchain::acquire_chain(Chain& chain) {
    const XrSwapchainImageAcquireInfo acquire{.type = XR_TYPE_SWAPCHAIN_IMAGE_ACQUIRE_INFO};
    XrResult result = XR_SUCCESS;
    if (!chain.acquired) {
        result = xrAcquireSwapchainImage(chain.handle.get(), &acquire, &chain.index);
        if (XR_FAILED(result)) {
            return std::unexpected(xr_failure("xrAcquireSwapchainImage", result));
        }
        chain.acquired = true;
    }
    const XrSwapchainImageWaitInfo wait{.type = XR_TYPE_SWAPCHAIN_IMAGE_WAIT_INFO,
                                        .timeout = image_patience_ns};
    result = xrWaitSwapchainImage(chain.handle.get(), &wait);
    // That it is not free yet is no failure in OpenXR. The next frame waits for the same image.
    if (XR_FAILED(result) || result == XR_TIMEOUT_EXPIRED) {
        return std::unexpected(xr_failure("xrWaitSwapchainImage", result));
    }
    chain.free = true;
    return {};
}

std::expected<void, HeadsetError> OpenxrSwapchain::release_chain(Chain& chain) {
    if (!chain.free) {
        return {};
    }
    chain.acquired = false;
    chain.free = false;
    const XrSwapchainImageReleaseInfo info{.type = XR_TYPE_SWAPCHAIN_IMAGE_RELEASE_INFO};
    const XrResult result = xrReleaseSwapchainImage(chain.handle.get(), &info);
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrReleaseSwapchainImage", result));
    }
    return {};
}

std::expected<EyeImages, HeadsetError> OpenxrSwapchain::acquire() {
    if (auto colour = acquire_chain(colour_); !colour) {
        return std::unexpected(colour.error());
    }
    if (has_depth()) {
        if (auto depth = acquire_chain(depth_); !depth) {
            return std::unexpected(depth.error());
        }
    }
    const std::size_t depth_count = std::max<std::size_t>(depth_.images.size(), 1);
    return EyeImages{.target = &target_, .index = colour_.index * depth_count + depth_.index};
}

void OpenxrSwapchain::record_release(VkCommandBuffer commands) const {
    if (!has_depth()) {
        return;
    }
    // OpenXR takes depth back in DEPTH_STENCIL_ATTACHMENT_OPTIMAL (XR_KHR_vulkan_enable2,
    // "Swapchain Image Layout").
    gpu::image_barrier(commands, {.image = depth_.images.at(depth_.index),
                                  .aspect = VK_IMAGE_ASPECT_DEPTH_BIT,
                                  .from_stages = VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT |
                                                 VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                  .from_access = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT |
                                                 VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                  .from_layout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                  .to_stages = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT,
                                  .to_access = VK_ACCESS_2_MEMORY_READ_BIT,
                                  .to_layout = VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL});
}

std::expected<void, HeadsetError> OpenxrSwapchain::release() {
    auto colour = release_chain(colour_);
    auto depth = release_chain(depth_);
    return colour ? depth : colour;
}

XrSwapchainSubImage OpenxrSwapchain::part_of(const Chain& chain, std::uint32_t eye,
                                             VkExtent2D extent) {
    return {.swapchain = chain.handle.get(),
            .imageRect = {.offset = {0, 0},
                          .extent = {static_cast<std::int32_t>(extent.width),
                                     static_cast<std::int32_t>(extent.height)}},
            .imageArrayIndex = eye};
}

XrSwapchainSubImage OpenxrSwapchain::colour_of(std::uint32_t eye, VkExtent2D extent) const {
    return part_of(colour_, eye, extent);
}

XrSwapchainSubImage OpenxrSwapchain::depth_of(std::uint32_t eye, VkExtent2D extent) const {
    return part_of(depth_, eye, extent);
}

} // namespace haven
