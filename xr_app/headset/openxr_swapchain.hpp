#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"

#include <openxr/openxr.h>
#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <vector>

namespace haven {

/// The images both eyes are drawn into: one two-layer swapchain for colour, and one for depth where
/// the runtime takes depth. Lives with a session.
class OpenxrSwapchain {
  public:
    struct Request {
        VkExtent2D eye_extent{};
        VkFormat colour_format = VK_FORMAT_UNDEFINED;
        std::uint32_t samples = 1;
        bool with_depth = false;
    };
    [[nodiscard]] static std::expected<std::unique_ptr<OpenxrSwapchain>, HeadsetError>
    create(XrSession session, gpu::Device& device, const Request& request);

    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire();
    /// Leaves the images in the layouts in which OpenXR takes them back.
    void record_release(VkCommandBuffer commands) const;
    /// Gives back what was acquired, if anything was.
    [[nodiscard]] std::expected<void, HeadsetError> release();

    [[nodiscard]] const renderer::StereoTarget& target() const { return target_; }
    [[nodiscard]] bool has_depth() const { return static_cast<bool>(depth_.handle); }
    /// The part of the swapchain that is one eye's picture, for a layer.
    [[nodiscard]] XrSwapchainSubImage colour_of(std::uint32_t eye, VkExtent2D extent) const;
    [[nodiscard]] XrSwapchainSubImage depth_of(std::uint32_t eye, VkExtent2D extent) const;

  private:
    struct Chain {
        XrSwapchainHandle handle;
        std::vector<VkImage> images;
        std::uint32_t index = 0;
        bool acquired = false; ///< asked for, not yet free: the next frame waits for it again
        bool free = false;     ///< to be drawn into, and to be given back
    };
    OpenxrSwapchain() = default;
    [[nodiscard]] static std::expected<Chain, HeadsetError>
    create_chain(XrSession session, const Request& request, VkFormat format,
                 XrSwapchainUsageFlags usage);
    [[nodiscard]] static std::expected<void, HeadsetError> acquire_chain(Chain& chain);
    [[nodiscard]] static std::expected<void, HeadsetError> release_chain(Chain& chain);
    [[nodiscard]] static XrSwapchainSubImage part_of(const Chain& chain, std::uint32_t eye,
                                                     VkExtent2D extent);

    Chain colour_;
    Chain depth_;
    renderer::StereoTarget target_;
};

/// The colour format to draw with: sRGB of eight bits, as early in the runtime's order of
/// preference as it stands.
[[nodiscard]] std::expected<VkFormat, HeadsetError> choose_colour_format(XrSession session);

} // namespace haven
