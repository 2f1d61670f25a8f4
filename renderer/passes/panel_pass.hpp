#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/passes/pipeline.hpp"

#include <cstdint>

namespace haven::renderer {

/// A panel in the scene, where no runtime composes it as a layer: the picture of its canvas on a
/// bent strip.
class PanelPass {
  public:
    [[nodiscard]] static gpu::Result<PanelPass> create(const PassContext& context);
    /// The frame's set already has the canvas.
    std::uint32_t draw(const gpu::Frame& frame, const ShownPanel& panel) const;

  private:
    gpu::Pipeline pipeline_;
};

} // namespace haven::renderer
