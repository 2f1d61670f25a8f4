#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "xr_app/mirror/window.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace haven {

/// A window's images. Never waits for one, neither here nor on the GPU: when none is free now,
/// there is none.
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

    /// An image to draw into, or none; the same until it is presented. Follows the window's size.
    /// Call it when the GPU has passed what was drawn before.
    [[nodiscard]] const Image* acquire();
    /// Signalled by what draws into the acquired image.
    [[nodiscard]] VkSemaphore drawn() const { return images_.at(index_).drawn.get(); }
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
    void retire();
    [[nodiscard]] bool is_free();

    /// A swapchain of another size, as long as the window may still show an image of it.
    struct Retired {
        gpu::SwapchainHandle swapchain;
        std::vector<Slot> images;
    };
    const Window& window_;
    gpu::Device& device_;
    VkSurfaceKHR surface_ = nullptr;
    VkSurfaceFormatKHR format_{};
    gpu::SwapchainHandle swapchain_;
    std::vector<Slot> images_;
    std::vector<Retired> retired_;
    std::uint32_t presented_ = 0; ///< of this swapchain
    gpu::Fence free_;             ///< the acquired image is
    VkExtent2D extent_{};
    std::pair<std::uint32_t, std::uint32_t> size_asked_px_{};
    std::uint32_t index_ = 0;
    bool acquired_ = false;
    bool stale_ = true;
};

} // namespace haven
