#include "environments/light_file.hpp"

#include "environments/definition/definition.hpp"
#include "environments/environment_builder.hpp"
#include "renderer/scene/scene.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <fstream>
#include <random>

namespace haven::environments {
namespace {

namespace fs = std::filesystem;

class LightFile : public testing::Test {
  protected:
    LightFile()
        : file_(fs::temp_directory_path() /
                std::format("haven-{:08x}.light", std::random_device{}())) {
        scene_.lights.push_back(
            {.kind = scene::LightKind::point, .position_m = {0.0F, 2.0F, 0.0F}});
        for (int i = 0; i < 300; ++i) {
            const auto x = static_cast<float>(i);
            scene_.mesh.add({.position_m = {x, 0.0F, 0.0F}, .occlusion = x / 300.0F});
            scene_.mesh.vertices.back().light_visibility = static_cast<std::uint32_t>(i) * 7919U;
        }
        for (std::uint32_t i = 0; i + 2 < 300; ++i) {
            scene_.mesh.triangle(i, i + 1, i + 2);
        }
    }
    ~LightFile() override { fs::remove(file_); }

    /// The same scene before anything was baked.
    [[nodiscard]] scene::Scene unlit() const {
        scene::Scene fresh = scene_;
        for (scene::SceneVertex& vertex : fresh.mesh.vertices) {
            vertex.tint_occlusion |= 0xFF000000U;
            vertex.light_visibility = ~0U;
        }
        return fresh;
    }
    void write() const { ASSERT_TRUE(write_light_file(file_, scene_).has_value()); }

    scene::Scene scene_; // NOLINT(misc-non-private-member-variables-in-classes)
    fs::path file_;      // NOLINT(misc-non-private-member-variables-in-classes)
};

TEST_F(LightFile, GivesBackWhatWasBaked) {
    write();
    scene::Scene fresh = unlit();
    ASSERT_TRUE(apply_light_file(file_, fresh));
    for (std::size_t i = 0; i < fresh.mesh.vertices.size(); ++i) {
        ASSERT_EQ(fresh.mesh.vertices[i].tint_occlusion, scene_.mesh.vertices[i].tint_occlusion);
        ASSERT_EQ(fresh.mesh.vertices[i].light_visibility,
                  scene_.mesh.vertices[i].light_visibility);
    }
}

TEST_F(LightFile, OfOtherGeometryIsNotApplied) {
    write();
    scene::Scene moved = unlit();
    for (scene::SceneVertex& vertex : moved.mesh.vertices) {
        vertex.position_m.y += 0.01F;
    }
    EXPECT_FALSE(apply_light_file(file_, moved));
    scene::Scene sewn = unlit();
    sewn.mesh.indices[5] = 0;
    EXPECT_FALSE(apply_light_file(file_, sewn));
    scene::Scene lit = unlit();
    lit.lights[0].position_m.x += 0.1F;
    EXPECT_FALSE(apply_light_file(file_, lit));
    EXPECT_EQ(lit.mesh.vertices[9].light_visibility, ~0U) << "nothing half applied";
}

TEST_F(LightFile, SurvivesTheRoundingOfAnotherMachine) {
    write();
    scene::Scene elsewhere = unlit();
    for (scene::SceneVertex& vertex : elsewhere.mesh.vertices) {
        vertex.position_m.x += 1e-5F;
    }
    EXPECT_TRUE(apply_light_file(file_, elsewhere));
}

TEST_F(LightFile, TruncatedOrMissingIsNotApplied) {
    scene::Scene fresh = unlit();
    EXPECT_FALSE(apply_light_file(file_, fresh));
    write();
    fs::resize_file(file_, fs::file_size(file_) - 1);
    EXPECT_FALSE(apply_light_file(file_, fresh));
    std::ofstream(file_, std::ios::trunc).close();
    EXPECT_FALSE(apply_light_file(file_, fresh));
}

TEST(ShippedLight, FitsEveryPlaceThatShips) {
    const fs::path folder = fs::path(HAVEN_SOURCE_DIR) / "assets" / "environments";
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            const auto definition = read_definition(entry.path());
            ASSERT_TRUE(definition.has_value());
            scene::Scene scene = build_scene(*definition);
            EXPECT_TRUE(apply_light_file(light_file_of(entry.path()), scene))
                << "run haven-bake on " << entry.path().filename();
        }
    }
}

} // namespace
} // namespace haven::environments
