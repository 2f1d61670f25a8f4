#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/scene.hpp"

#include <cstdint>

namespace haven::renderer {

/// Embers, steam, rain, fireflies: what the scene's frame lists, in one draw.
class SpritePass {
  public:
    [[nodiscard]] static gpu::Result<SpritePass> create(const PassContext& context,
                                                        const SceneConstants& constants);
    /// Takes the list's memory from the frame's staging; draws nothing when that is full. Of every
    /// kind about `share` are drawn, always the same ones.
    std::uint32_t draw(const gpu::Frame& frame, const scene::SceneFrame& moment, float share) const;

  private:
    gpu::Pipeline pipeline_;
};

} // namespace haven::renderer
