#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/scene/scene.hpp"

#include <gtest/gtest.h>

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace haven::environments {
namespace {

const Environment& lake() {
    static const Environment loaded =
        load_environment(std::filesystem::path(HAVEN_SOURCE_DIR) / "assets" / "environments",
                         "mountain_lake")
            .value();
    return loaded;
}

constexpr float level_m = -0.4F;

float highest_m(const scene::SceneMesh& mesh, float sign) {
    float highest = -1e9F;
    for (const std::uint32_t index : mesh.indices) {
        highest = std::max(highest, sign * (mesh.vertices.at(index).position_m.y - level_m));
    }
    return highest;
}

TEST(StillWater, ShowsTheHighestPeakAsFarBelowAsItStandsAbove) {
    const scene::SceneMesh& mesh = lake().scene().mesh;
    EXPECT_GT(highest_m(mesh, 1.0F), 100.0F);
    EXPECT_NEAR(highest_m(mesh, -1.0F), highest_m(mesh, 1.0F), 1e-2F);
}

TEST(StillWater, AReflectionIsLitAsWhatItReflectsAndTurnsTheOtherWay) {
    const scene::SceneMesh& mesh = lake().scene().mesh;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const scene::SceneVertex& a = mesh.vertices.at(mesh.indices[i]);
        const scene::SceneVertex& b = mesh.vertices.at(mesh.indices[i + 1]);
        const scene::SceneVertex& c = mesh.vertices.at(mesh.indices[i + 2]);
        if (std::max({a.position_m.y, b.position_m.y, c.position_m.y}) > level_m - 20.0F) {
            continue;
        }
        const glm::vec3 turned =
            glm::cross(b.position_m - a.position_m, c.position_m - a.position_m);
        const glm::vec3 kept =
            scene::unpack(a).normal + scene::unpack(b).normal + scene::unpack(c).normal;
        seen += turned.y * kept.y < 0.0F ? 1 : 0;
        ASSERT_LE(turned.y * kept.y, 1e-2F) << "triangle " << i / 3;
    }
    EXPECT_GT(seen, 500U);
}

} // namespace
} // namespace haven::environments
