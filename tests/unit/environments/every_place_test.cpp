// What holds in every place that ships.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "environments/light_file.hpp"
#include "renderer/scene/scene.hpp"
#include "tests/unit/environments/standing_space.hpp"

#include <gtest/gtest.h>

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace haven::environments {
namespace {

std::filesystem::path folder() {
    return std::filesystem::path(HAVEN_SOURCE_DIR) / "assets" / "environments";
}

std::vector<std::string> ids() {
    std::vector<std::string> found;
    for (const CatalogEntry& entry : list_environments(folder()).entries) {
        found.push_back(entry.id);
    }
    return found;
}

Environment loaded(const std::string& id, LightingPreset preset) {
    auto result = load_environment(folder(), id, {.preset = preset});
    if (!result) {
        ADD_FAILURE() << to_string(result.error());
        std::abort();
    }
    return *result;
}

class EveryPlace : public testing::TestWithParam<std::string> {
  protected:
    static const Environment& place() {
        static std::map<std::string, Environment> places;
        const auto found = places.find(GetParam());
        return found != places.end()
                   ? found->second
                   : places.emplace(GetParam(), loaded(GetParam(), LightingPreset::hour))
                         .first->second;
    }
};

TEST_P(EveryPlace, NothingStandsInTheSpaceToDraw) {
    const scene::SceneMesh& mesh = place().scene().mesh;
    const Spots& spots = place().spots();
    const glm::vec2 axis{spots.draw.position_m.x, spots.draw.position_m.z};
    const float floor_m = spots.draw.position_m.y;
    EXPECT_GE(spots.draw_radius_m, 1.0F);
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const float away_m =
            nearest_to_axis_m({corner(mesh, i), corner(mesh, i + 1), corner(mesh, i + 2)}, axis,
                              floor_m + 0.05F, floor_m + 2.0F);
        ASSERT_GE(away_m, spots.draw_radius_m)
            << "triangle " << i / 3 << " at " << corner(mesh, i).x << ", " << corner(mesh, i).y
            << ", " << corner(mesh, i).z;
    }
}

TEST_P(EveryPlace, KeepsToItsBudget) {
    const scene::Scene& built = place().scene();
    EXPECT_LE(built.mesh.indices.size() / 3, 160'000U);
    EXPECT_LE(built.lights.size(), scene::light_count_max);
    const auto light = light_file_of(folder() / (GetParam() + ".json"));
    ASSERT_TRUE(std::filesystem::exists(light)) << "run haven-bake";
    EXPECT_LE(std::filesystem::file_size(light), 400'000U);
}

TEST_P(EveryPlace, HasNumbersThatAreFinite) {
    const scene::SceneMesh& mesh = place().scene().mesh;
    for (const scene::SceneVertex& vertex : mesh.vertices) {
        const scene::SurfacePoint point = scene::unpack(vertex);
        ASSERT_TRUE(std::isfinite(glm::dot(point.position_m, point.position_m)));
        ASSERT_NEAR(glm::length(point.normal), 1.0F, 0.01F);
    }
    for (const std::uint32_t index : mesh.indices) {
        ASSERT_LT(index, mesh.vertices.size());
    }
}

TEST_P(EveryPlace, KeepsItsGeometryAndBakedLightInAllPresets) {
    const auto& own = place().scene().mesh;
    for (const auto preset : {LightingPreset::day, LightingPreset::warm, LightingPreset::dim}) {
        const Environment other = loaded(GetParam(), preset);
        const auto& mesh = other.scene().mesh;
        ASSERT_EQ(own.vertices.size(), mesh.vertices.size()) << to_string(preset);
        EXPECT_EQ(own.indices, mesh.indices) << to_string(preset);
        std::size_t differing = 0;
        for (std::size_t i = 0; i < own.vertices.size(); ++i) {
            differing += own.vertices[i].light_visibility != mesh.vertices[i].light_visibility;
        }
        EXPECT_EQ(differing, 0U) << to_string(preset);
    }
}

/// What shines in a place as it is shown: its lights and its sky.
float shining(const scene::Scene& scene) {
    float sum = scene.sky.zenith.g + scene.sky.horizon.g;
    for (const scene::Light& light : scene.lights) {
        sum += light.colour.g;
    }
    return scene.exposure * sum;
}

TEST_P(EveryPlace, DimIsLessThanHalfOfItsOwnHour) {
    const Environment dim = loaded(GetParam(), LightingPreset::dim);
    EXPECT_LT(shining(dim.scene()), 0.5F * shining(place().scene()));
}

TEST_P(EveryPlace, HasFourLightsThatDiffer) {
    std::vector<glm::vec3> moods;
    std::vector<glm::vec3> suns;
    for (const auto preset :
         {LightingPreset::hour, LightingPreset::day, LightingPreset::warm, LightingPreset::dim}) {
        const Environment mood = loaded(GetParam(), preset);
        const scene::Scene& scene = mood.scene();
        suns.push_back(scene.sky.to_sun);
        moods.push_back(scene.white * (shining(scene) / shining(place().scene())));
    }
    for (std::size_t a = 0; a < moods.size(); ++a) {
        for (std::size_t b = a + 1; b < moods.size(); ++b) {
            EXPECT_GT(glm::length(moods[a] - moods[b]) + glm::length(suns[a] - suns[b]), 0.12F)
                << a << " and " << b;
        }
    }
}

TEST_P(EveryPlace, NothingInTheAirJumpsWhileItIsSeen) {
    constexpr double step_s = 1.0 / 90.0;
    for (int i = 0; i < 450; ++i) {
        const auto now = place().frame(100.0 + i * step_s);
        const auto next = place().frame(100.0 + (i + 1) * step_s);
        ASSERT_EQ(now.sprite_count, next.sprite_count);
        ASSERT_LT(now.sprite_count, scene::sprite_count_max);
        for (std::size_t s = 0; s < now.sprite_count; ++s) {
            const float moved_m =
                glm::length(now.sprites.at(s).position_m - next.sprites.at(s).position_m);
            if (moved_m > 0.1F) {
                ASSERT_LT(now.sprites.at(s).opacity, 0.03F);
                ASSERT_LT(next.sprites.at(s).opacity, 0.03F);
            }
            ASSERT_LT(std::abs(now.sprites.at(s).opacity - next.sprites.at(s).opacity), 0.12F);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryPlace, testing::ValuesIn(ids()),
                         [](const auto& one) { return one.param; });

} // namespace
} // namespace haven::environments
