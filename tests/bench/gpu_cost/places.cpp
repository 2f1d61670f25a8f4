#define GLM_ENABLE_EXPERIMENTAL
#include "tests/bench/gpu_cost/places.hpp"

#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/gtx/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::gpu_cost {

std::expected<std::vector<environments::Environment>, std::string>
load_places(std::string_view only) {
    std::vector<environments::Environment> places;
    for (const auto& entry :
         environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments").entries) {
        if (!only.empty() && only != entry.id) {
            continue;
        }
        auto place = environments::load_environment(entry.file,
                                                    {.preset = environments::LightingPreset::hour});
        if (!place) {
            return std::unexpected(environments::to_string(place.error()));
        }
        places.push_back(std::move(*place));
    }
    if (places.empty()) {
        return std::unexpected(std::format("there is no place '{}'", only));
    }
    return places;
}

std::expected<std::unique_ptr<renderer::HeadlessRenderer>, std::string>
make_renderer(std::uint32_t width_px, std::uint32_t height_px) {
    auto made = renderer::HeadlessRenderer::create(
        {.eye_extent = {width_px, height_px},
         .options = {.samples = 4, .detail = renderer::Detail::full, .eye_height_px = height_px}});
    if (!made) {
        return std::unexpected(made.error().what);
    }
    return std::move(*made);
}

void set_ink(renderer::HeadlessRenderer& headless, int points) {
    using renderer::InkHand;
    constexpr int stroke_points = 100;
    for (int stroke = 0; stroke * stroke_points < points; ++stroke) {
        const auto at = [&](int i) {
            const float t = 0.02F * static_cast<float>(i);
            const auto s = static_cast<float>(stroke);
            return glm::vec3(0.6F * std::sin(t + s * 2.4F), 1.3F + 0.4F * std::sin(t * 1.3F + s),
                             -0.7F + 0.2F * std::cos(t + s * 1.7F));
        };
        std::vector<scene::InkRing> rings(stroke_points);
        for (int i = 0; i < stroke_points; ++i) {
            auto& ring = rings[static_cast<std::size_t>(i)];
            const glm::quat turn =
                glm::rotation(glm::vec3(0, 0, 1), glm::normalize(at(i + 1) - at(i)));
            ring.centre_m = at(i);
            ring.radius_m = 0.003F;
            for (int k = 0; k < 4; ++k) {
                ring.frame.at(static_cast<std::size_t>(k)) =
                    static_cast<std::int16_t>(std::lround(turn[k] * 32767.0F));
            }
            ring.colour = 0xFF5FA8E8U;
        }
        rings.back().flags = scene::InkRing::last_of_stroke;
        headless.renderer().ink().append(stroke % 2 == 0 ? InkHand::left : InkHand::right, rings);
    }
}

renderer::Picture seen(const scene::SceneFrame& moment, float yaw_degrees) {
    const glm::quat turned = glm::angleAxis(glm::radians(yaw_degrees), glm::vec3(0, 1, 0));
    renderer::Picture picture;
    for (std::size_t eye = 0; eye < 2; ++eye) {
        picture.eyes.at(eye).position_m =
            glm::vec3(0, 1.6F, 0) + turned * glm::vec3(eye == 0 ? -0.0315F : 0.0315F, 0, 0);
        picture.eyes.at(eye).orientation = turned;
    }
    picture.scene_frame = &moment;
    return picture;
}

} // namespace haven::gpu_cost
