#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "xr_app/mirror/window.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace haven {

/// A window's images. Never waits for one: when none is free now, there is none.
class WindowSwapchain {
  public:
    struct Image {
        VkImage image = nullptr;
        VkImageView view = nullptr;
        VkExtent2D extent{};
    };
    [[nodiscard]] static gpu::Result<std::unique_ptr<WindowSwapchain>> create(const Window& window,
                                                                              gpu::Device& device);
    WindowSwapchain(const WindowSwapchain&) = delete;
    WindowSwapchain& operator=(const WindowSwapchain&) = delete;
    ~WindowSwapchain(); ///< the GPU must be idle

    [[nodiscard]] VkFormat format() const { return format_.format; }
    [[nodiscard]] std::uint32_t image_count() const {
        return static_cast<std::uint32_t>(images_.size());
    }

    /// An image to draw into in this frame, or none. Follows the window's size.
    [[nodiscard]] const Image* acquire(std::uint32_t frame_slot);
    [[nodiscard]] gpu::SubmitSync sync() const;
    void present();

  private:
    struct Slot {
        Image image;
        gpu::ImageView view;
        gpu::Semaphore drawn;
    };
    WindowSwapchain(const Window& window, gpu::Device& device);
    [[nodiscard]] gpu::Result<void> make_surface();
    [[nodiscard]] gpu::Result<void> choose_format();
    [[nodiscard]] VkPresentModeKHR choose_present_mode() const;
    [[nodiscard]] gpu::Result<void> build();

    const Window& window_;
    gpu::Device& device_;
    VkSurfaceKHR surface_ = nullptr;
    VkSurfaceFormatKHR format_{};
    gpu::SwapchainHandle swapchain_;
    std::vector<Slot> images_;
    std::array<gpu::Semaphore, gpu::frames_in_flight> acquired_;
    VkExtent2D extent_{};
    std::uint32_t index_ = 0;
    bool stale_ = true;
    VkSemaphoreSubmitInfo wait_{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
    VkSemaphoreSubmitInfo signal_{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
};

} // namespace haven
