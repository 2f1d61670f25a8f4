#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/stereo_renderer.hpp"

#include <memory>

namespace haven {

/// Everything that lives on the GPU, in the order in which it is made; it dies the other way round.
/// Frame thread.
struct Graphics {
    std::unique_ptr<gpu::Device> device;
    std::unique_ptr<gpu::FrameRing> ring;
    std::unique_ptr<renderer::StereoRenderer> renderer;

    [[nodiscard]] static gpu::Result<std::unique_ptr<Graphics>> create(const gpu::DeviceInfo& info);
    /// Once the headset has said into what kind of images.
    [[nodiscard]] gpu::Result<void> build(const renderer::RendererOptions& options);
};

} // namespace haven
