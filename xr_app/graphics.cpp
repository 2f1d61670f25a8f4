#include "xr_app/graphics.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/stereo_renderer.hpp"
#include "xr_app/thread_priority.hpp"

#include <spdlog/spdlog.h>

#include <expected>
#include <memory>
#include <utility>
#include <vector>

namespace haven {

gpu::Result<std::unique_ptr<Graphics>> Graphics::create(const gpu::DeviceInfo& info) {
    auto self = std::make_unique<Graphics>();
    const std::vector<ThreadNumber> threads_before = threads_of_process();
    auto device = gpu::Device::create(info);
    if (!device) {
        return std::unexpected(device.error());
    }
    if ((*device)->is_software()) {
        spdlog::debug("{} threads that draw in software run after others",
                      let_others_run_before_new_threads(threads_before));
    }
    self->device = std::move(*device);
    auto ring = gpu::FrameRing::create(*self->device);
    if (!ring) {
        return std::unexpected(ring.error());
    }
    self->ring = std::move(*ring);
    return self;
}

gpu::Result<void> Graphics::build(const renderer::RendererOptions& options) {
    auto made = renderer::StereoRenderer::create(*device, *ring, options);
    if (!made) {
        return std::unexpected(made.error());
    }
    renderer = std::move(*made);
    return {};
}

} // namespace haven
