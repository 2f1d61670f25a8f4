#define GLM_ENABLE_EXPERIMENTAL
#include "tests/golden/golden_fixture.hpp"

#include "renderer/capture/capture.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/gtx/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {

renderer::HeadlessRenderer& Golden::make(const renderer::RendererOptions& options,
                                         std::uint32_t width, std::uint32_t height) {
    auto made = renderer::HeadlessRenderer::create(
        {.eye_extent = {width, height},
         .options = options,
         .device = {.validation = gpu::DeviceInfo::Validation::on}});
    if (!made) {
        throw std::runtime_error(made.error().what); // gtest reports it as the test's failure
    }
    renderers_.push_back(std::move(*made));
    return *renderers_.back();
}

renderer::RgbaPicture Golden::capture(renderer::HeadlessRenderer& from,
                                      const renderer::Picture& picture, std::uint32_t eye) {
    auto captured = from.capture(picture, eye);
    if (!captured) {
        throw std::runtime_error(captured.error().what);
    }
    return std::move(*captured);
}

void Golden::TearDown() {
    for (const auto& headless : renderers_) {
        EXPECT_TRUE(headless->device().validation().enabled());
        EXPECT_EQ(headless->device().validation().count(), 0U);
    }
}

renderer::Picture Golden::standing() {
    renderer::Picture picture;
    picture.eyes[0].position_m = {-0.0315F, 1.5F, 1.0F};
    picture.eyes[1].position_m = {0.0315F, 1.5F, 1.0F};
    return picture;
}

std::uint64_t differing(const renderer::RgbaPicture& a, const renderer::RgbaPicture& b, int step) {
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i + 3 < a.bytes.size() && i + 3 < b.bytes.size(); i += 4) {
        bool differs = false;
        for (std::size_t c = 0; c < 4; ++c) {
            differs = differs || std::abs(a.bytes[i + c] - b.bytes[i + c]) > step;
        }
        count += differs ? 1 : 0;
    }
    return count;
}

std::optional<glm::vec2> pixel_of(const scene::EyeView& view, glm::vec3 point, std::uint32_t width,
                                  std::uint32_t height) {
    // By angles, not by the renderer's matrix: this is what the picture is checked against.
    const glm::vec3 seen = glm::conjugate(view.orientation) * (point - view.position_m);
    if (seen.z >= 0.0F) {
        return std::nullopt;
    }
    const float right = seen.x / -seen.z;
    const float up = seen.y / -seen.z;
    const auto part = [](float value, float from, float to) {
        return (value - from) / (to - from);
    };
    return glm::vec2(part(right, std::tan(view.fov.left_rad), std::tan(view.fov.right_rad)) *
                         static_cast<float>(width),
                     part(up, std::tan(view.fov.up_rad), std::tan(view.fov.down_rad)) *
                         static_cast<float>(height));
}

std::vector<scene::InkRing> stroke(glm::vec3 from, glm::vec3 to, std::uint32_t rings,
                                   float radius_m, std::uint32_t colour) {
    const glm::quat turn = glm::rotation(glm::vec3(0, 0, 1), glm::normalize(to - from));
    std::vector<scene::InkRing> list;
    for (std::uint32_t i = 0; i < rings; ++i) {
        const float t = static_cast<float>(i) / static_cast<float>(rings - 1);
        scene::InkRing ring{.centre_m = from + t * (to - from), .radius_m = radius_m};
        const glm::vec4 parts{turn.x, turn.y, turn.z, turn.w};
        for (int k = 0; k < 4; ++k) {
            ring.frame.at(static_cast<std::size_t>(k)) =
                static_cast<std::int16_t>(std::lround(parts[k] * 32767.0F));
        }
        ring.colour = colour;
        ring.flags = i + 1 == rings ? scene::InkRing::last_of_stroke : 0;
        list.push_back(ring);
    }
    return list;
}

} // namespace haven::testing
