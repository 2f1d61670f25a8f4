#include "tests/bench/gpu_cost/places.hpp"

#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <expected>
#include <format>
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
