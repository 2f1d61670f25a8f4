#include "xr_app/mirror/window_swapchain.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "xr_app/mirror/window.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <utility>
#include <vector>

namespace haven {

namespace {

constexpr std::size_t retired_max = 2;

gpu::Result<gpu::Semaphore> make_semaphore(VkDevice device) {
    const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
    VkSemaphore semaphore = nullptr;
    if (const VkResult result = vkCreateSemaphore(device, &info, nullptr, &semaphore);
        result != VK_SUCCESS) {
        return gpu::failure("making a semaphore for the window", result);
    }
    return gpu::Semaphore(device, semaphore);
}

} // namespace

WindowSwapchain::WindowSwapchain(const Window& window, gpu::Device& device)
    : window_(window), device_(device) {}

gpu::Result<std::unique_ptr<WindowSwapchain>> WindowSwapchain::create(const Window& window,
                                                                      gpu::Device& device) {
    std::unique_ptr<WindowSwapchain> self(new WindowSwapchain(window, device));
    for (const auto step : {&WindowSwapchain::make_surface, &WindowSwapchain::choose_format,
                            &WindowSwapchain::build}) {
        if (auto done = ((*self).*step)(); !done) {
            return std::unexpected(done.error());
        }
    }
    const VkFenceCreateInfo info{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence = nullptr;
    if (const VkResult result = vkCreateFence(device.logical(), &info, nullptr, &fence);
        result != VK_SUCCESS) {
        return gpu::failure("making a fence for the window", result);
    }
    self->free_ = gpu::Fence(device.logical(), fence);
    return self;
}

WindowSwapchain::~WindowSwapchain() {
    retired_.clear();
    images_.clear();
    swapchain_.reset();
    if (surface_ != nullptr) {
        vkDestroySurfaceKHR(device_.instance(), surface_, nullptr);
    }
}

gpu::Result<void> WindowSwapchain::make_surface() {
    if (!device_.has_extension(VK_KHR_SWAPCHAIN_EXTENSION_NAME)) {
        return gpu::failure("the headset's GPU cannot show windows",
                            VK_ERROR_EXTENSION_NOT_PRESENT);
    }
    const VkResult result =
        glfwCreateWindowSurface(device_.instance(), window_.get(), nullptr, &surface_);
    if (result != VK_SUCCESS) {
        return gpu::failure("making the window's surface", result);
    }
    VkBool32 presents = VK_FALSE;
    vkGetPhysicalDeviceSurfaceSupportKHR(device_.physical(), device_.queue_family(), surface_,
                                         &presents);
    if (presents != VK_TRUE) {
        return gpu::failure("the headset's GPU cannot show in this window",
                            VK_ERROR_FEATURE_NOT_PRESENT);
    }
    return {};
}

gpu::Result<void> WindowSwapchain::choose_format() {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceSurfaceFormatsKHR(device_.physical(), surface_, &count, nullptr);
    std::vector<VkSurfaceFormatKHR> formats(count);
    vkGetPhysicalDeviceSurfaceFormatsKHR(device_.physical(), surface_, &count, formats.data());
    // sRGB, so that the eye's picture arrives as it is and blending happens in linear light.
    const auto found = std::ranges::find_if(formats, [](const VkSurfaceFormatKHR& one) {
        return one.format == VK_FORMAT_B8G8R8A8_SRGB || one.format == VK_FORMAT_R8G8B8A8_SRGB;
    });
    if (found == formats.end()) {
        return gpu::failure("the window has no sRGB format", VK_ERROR_FORMAT_NOT_SUPPORTED);
    }
    format_ = *found;
    return {};
}

/// One that never makes the frame loop wait; FIFO is always there.
VkPresentModeKHR WindowSwapchain::choose_present_mode() const {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceSurfacePresentModesKHR(device_.physical(), surface_, &count, nullptr);
    std::vector<VkPresentModeKHR> modes(count);
    vkGetPhysicalDeviceSurfacePresentModesKHR(device_.physical(), surface_, &count, modes.data());
    for (const VkPresentModeKHR wanted :
         {VK_PRESENT_MODE_MAILBOX_KHR, VK_PRESENT_MODE_IMMEDIATE_KHR}) {
        if (std::ranges::contains(modes, wanted)) {
            return wanted;
        }
    }
    return VK_PRESENT_MODE_FIFO_KHR;
}

gpu::Result<void> WindowSwapchain::build() {
    VkSurfaceCapabilitiesKHR able{};
    if (const VkResult result =
            vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device_.physical(), surface_, &able);
        result != VK_SUCCESS) {
        return gpu::failure("asking for the window's size", result);
    }
    stale_ = true;
    size_asked_px_ = window_.size_px();
    const auto [width, height] = size_asked_px_;
    extent_ =
        able.currentExtent.width != UINT32_MAX ? able.currentExtent : VkExtent2D{width, height};
    if (extent_.width == 0 || extent_.height == 0) {
        return {}; // minimised
    }
    const std::uint32_t most = able.maxImageCount == 0 ? UINT32_MAX : able.maxImageCount;
    const VkSwapchainCreateInfoKHR info{
        .sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR,
        .surface = surface_,
        .minImageCount = std::min(std::max(able.minImageCount + 1, 3U), most),
        .imageFormat = format_.format,
        .imageColorSpace = format_.colorSpace,
        .imageExtent = extent_,
        .imageArrayLayers = 1,
        .imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
        .imageSharingMode = VK_SHARING_MODE_EXCLUSIVE,
        .preTransform = able.currentTransform,
        .compositeAlpha = VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR,
        .presentMode = choose_present_mode(),
        .clipped = VK_TRUE,
        .oldSwapchain = swapchain_.get()};
    VkSwapchainKHR made = nullptr;
    {
        const auto alone = gpu::alone_in_loader();
        if (const VkResult result = vkCreateSwapchainKHR(device_.logical(), &info, nullptr, &made);
            result != VK_SUCCESS) {
            return gpu::failure("making the window's images", result);
        }
    }
    retire();
    swapchain_ = gpu::SwapchainHandle(device_.logical(), made);
    std::uint32_t count = 0;
    vkGetSwapchainImagesKHR(device_.logical(), made, &count, nullptr);
    std::vector<VkImage> handles(count);
    vkGetSwapchainImagesKHR(device_.logical(), made, &count, handles.data());
    for (VkImage image : handles) {
        auto view = gpu::make_view(device_.logical(), image, format_.format,
                                   VK_IMAGE_ASPECT_COLOR_BIT, 0, 1);
        auto drawn = make_semaphore(device_.logical());
        if (!view || !drawn) {
            return std::unexpected(!view ? view.error() : drawn.error());
        }
        images_.push_back({.image = {.image = image, .view = view->get(), .extent = extent_},
                           .view = std::move(*view),
                           .drawn = std::move(*drawn)});
    }
    stale_ = false;
    return {};
}

/// What was presented last may still be on its way to the screen; the one before it is not, when
/// somebody changes the window's size again and again.
void WindowSwapchain::retire() {
    if (!swapchain_) {
        return;
    }
    retired_.push_back({.swapchain = std::move(swapchain_), .images = std::move(images_)});
    images_.clear();
    if (retired_.size() > retired_max) {
        retired_.erase(retired_.begin());
    }
    presented_ = 0;
}

bool WindowSwapchain::is_free() {
    if (vkGetFenceStatus(device_.logical(), free_.get()) != VK_SUCCESS) {
        return false;
    }
    if (presented_ > images_.size()) { // each image came back: the old ones are long gone
        retired_.clear();
    }
    return true;
}

const WindowSwapchain::Image* WindowSwapchain::acquire() {
    if (acquired_) {
        return is_free() ? &images_.at(index_).image : nullptr;
    }
    const auto [width, height] = window_.size_px();
    if (width == 0 || height == 0) {
        return nullptr;
    }
    if ((stale_ || size_asked_px_ != window_.size_px()) && (!build() || images_.empty())) {
        return nullptr;
    }
    vkResetFences(device_.logical(), 1, free_.address());
    const VkResult result = vkAcquireNextImageKHR(device_.logical(), swapchain_.get(), 0, nullptr,
                                                  free_.get(), &index_);
    stale_ = result == VK_ERROR_OUT_OF_DATE_KHR || result == VK_SUBOPTIMAL_KHR;
    acquired_ = result == VK_SUCCESS || result == VK_SUBOPTIMAL_KHR;
    return acquired_ && is_free() ? &images_.at(index_).image : nullptr;
}

void WindowSwapchain::present() {
    VkSwapchainKHR swapchain = swapchain_.get();
    VkSemaphore drawn_now = drawn();
    const VkPresentInfoKHR info{.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR,
                                .waitSemaphoreCount = 1,
                                .pWaitSemaphores = &drawn_now,
                                .swapchainCount = 1,
                                .pSwapchains = &swapchain,
                                .pImageIndices = &index_};
    acquired_ = false;
    presented_ += 1;
    if (vkQueuePresentKHR(device_.queue(), &info) != VK_SUCCESS) {
        stale_ = true;
    }
}

} // namespace haven
