#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/passes/pipeline.hpp"

#include <cstdint>
#include <span>

namespace haven::renderer {

/// Hands, pen tips, dots: soft round shapes, all in one draw.
class MarkerPass {
  public:
    [[nodiscard]] static gpu::Result<MarkerPass>
    create(const PassContext& context, const SceneConstants& constants, gpu::UploadQueue& uploads);
    /// Beyond marker_count_max the rest is left out.
    std::uint32_t draw(const gpu::Frame& frame, std::span<const Marker> markers) const;

  private:
    gpu::Pipeline pipeline_;
    gpu::Buffer vertices_;
    gpu::Buffer indices_;
    std::uint32_t index_count_ = 0;
};

} // namespace haven::renderer
