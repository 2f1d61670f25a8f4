#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/view.hpp"

#include <glm/vec2.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace haven::renderer {

/// Triangles of an eye's picture that its lens never shows, three corners each, on the plane one
/// metre before the eye: x right, y up (XrVisibilityMaskKHR's hidden triangle mesh).
using HiddenTriangles = std::vector<glm::vec2>;

/// Fills what no lens shows with black at the near plane, before anything else: nothing is shaded
/// there.
class HiddenAreaPass {
  public:
    [[nodiscard]] static gpu::Result<HiddenAreaPass> create(const PassContext& context);
    std::uint32_t draw(const gpu::Frame& frame, std::span<const scene::EyeView, 2> eyes,
                       std::span<const HiddenTriangles, 2> triangles) const;

  private:
    gpu::Pipeline pipeline_;
};

} // namespace haven::renderer
