#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/stereo_renderer.hpp"
#include "renderer/stereo_target.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace haven::renderer {

/// Eight-bit sRGB, rows from the top, four bytes a pixel.
struct RgbaPicture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<std::uint8_t> bytes;
    [[nodiscard]] std::array<std::uint8_t, 4> at(std::uint32_t x, std::uint32_t y) const;
};

/// Writes a PNG; the error says which file and why.
[[nodiscard]] std::expected<void, std::string> write_png(const std::filesystem::path& file,
                                                         const RgbaPicture& picture);

/// Copies one layer of a two-layer colour image (8-bit RGBA or BGRA, created with TRANSFER_SRC, as
/// record() left it) into a picture. Waits for the GPU: for screenshots and tests, not for the
/// frame loop.
[[nodiscard]] gpu::Result<RgbaPicture> read_layer(gpu::Device& device, gpu::FrameRing& ring,
                                                  VkImage image, VkFormat format, VkExtent2D extent,
                                                  std::uint32_t layer);

struct HeadlessInfo {
    VkExtent2D eye_extent{512, 512};
    RendererOptions options;
    gpu::DeviceInfo device;
};

/// A renderer with images of its own and no window or headset: pictures for `--capture`, tests and
/// tools.
class HeadlessRenderer {
  public:
    [[nodiscard]] static gpu::Result<std::unique_ptr<HeadlessRenderer>>
    create(const HeadlessInfo& info);
    ~HeadlessRenderer(); ///< waits for the GPU
    HeadlessRenderer(const HeadlessRenderer&) = delete;
    HeadlessRenderer& operator=(const HeadlessRenderer&) = delete;

    [[nodiscard]] gpu::Device& device() { return *device_; }
    [[nodiscard]] gpu::FrameRing& ring() { return *ring_; }
    [[nodiscard]] StereoRenderer& renderer() { return *renderer_; }
    gpu::Result<void> resize(VkExtent2D eye_extent);

    /// Draws one frame without reading it back.
    gpu::Result<void> draw(const Picture& picture);
    /// Draws one frame and reads one eye (0 left, 1 right).
    [[nodiscard]] gpu::Result<RgbaPicture> capture(const Picture& picture, std::uint32_t eye);
    /// Reads an eye of the last drawn frame.
    [[nodiscard]] gpu::Result<RgbaPicture> read(std::uint32_t eye);

  private:
    HeadlessRenderer() = default;
    std::unique_ptr<gpu::Device> device_;
    std::unique_ptr<gpu::FrameRing> ring_;
    std::unique_ptr<StereoRenderer> renderer_;
    RendererOptions options_;
    gpu::Image colour_;
    StereoTarget target_;
};

} // namespace haven::renderer
