#pragma once

#include "renderer/capture/capture.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {

/// A headless renderer under the validation layer; every test demands the layer's silence at its
/// end.
class Golden : public ::testing::Test {
  protected:
    static constexpr std::uint32_t size_px = 160;

    /// A renderer of the test's own; it goes away with the test.
    renderer::HeadlessRenderer& make(const renderer::RendererOptions& options = {},
                                     std::uint32_t width = size_px, std::uint32_t height = size_px);
    renderer::RgbaPicture capture(renderer::HeadlessRenderer& from,
                                  const renderer::Picture& picture, std::uint32_t eye);
    void TearDown() override;

    /// Both eyes 63 mm apart at standing height, looking ahead.
    static renderer::Picture standing();

  private:
    std::vector<std::unique_ptr<renderer::HeadlessRenderer>> renderers_;
};

/// Pixels that differ by more than `step` in any channel.
[[nodiscard]] std::uint64_t differing(const renderer::RgbaPicture& a,
                                      const renderer::RgbaPicture& b, int step = 0);

/// Where a point falls in a picture, in pixels; nothing behind the eye.
[[nodiscard]] std::optional<glm::vec2> pixel_of(const scene::EyeView& view, glm::vec3 point,
                                                std::uint32_t width, std::uint32_t height);

/// A straight stroke with its frame along it; colour as 0xAABBGGRR.
[[nodiscard]] std::vector<scene::InkRing> stroke(glm::vec3 from, glm::vec3 to, std::uint32_t rings,
                                                 float radius_m, std::uint32_t colour);

} // namespace haven::testing
