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
#include <ios>
#include <random>

namespace haven::environments {
namespace {

namespace fs = std::filesystem;

class LightFile : public testing::Test {
  protected:
    LightFile()
        : file(fs::temp_directory_path() /
               std::format("haven-{:08x}.light", std::random_device{}())) {
        baked.lights.push_back({.kind = scene::LightKind::point, .position_m = {0.0F, 2.0F, 0.0F}});
        for (int i = 0; i < 300; ++i) {
            const auto x = static_cast<float>(i);
            baked.mesh.add({.position_m = {x, 0.0F, 0.0F}, .occlusion = x / 300.0F});
            baked.mesh.vertices.back().light_visibility = static_cast<std::uint32_t>(i) * 7919U;
        }
        for (std::uint32_t i = 0; i + 2 < 300; ++i) {
            baked.mesh.triangle(i, i + 1, i + 2);
        }
    }
    ~LightFile() override { fs::remove(file); }

    /// The same scene before anything was baked.
    [[nodiscard]] scene::Scene unlit() const {
        scene::Scene fresh = baked;
        for (scene::SceneVertex& vertex : fresh.mesh.vertices) {
            vertex.tint_occlusion |= 0xFF000000U;
            vertex.light_visibility = ~0U;
        }
        return fresh;
    }
    void write() const { ASSERT_TRUE(write_light_file(file, baked).has_value()); }

    haven::scene::Scene baked;
    fs::path file;
};

TEST_F(LightFile, GivesBackWhatWasBaked) {
    write();
    scene::Scene fresh = unlit();
    ASSERT_TRUE(apply_light_file(file, fresh));
    for (std::size_t i = 0; i < fresh.mesh.vertices.size(); ++i) {
        ASSERT_EQ(fresh.mesh.vertices[i].tint_occlusion, baked.mesh.vertices[i].tint_occlusion);
        ASSERT_EQ(fresh.mesh.vertices[i].light_visibility, baked.mesh.vertices[i].light_visibility);
    }
}

TEST_F(LightFile, OfOtherGeometryIsNotApplied) {
    write();
    scene::Scene moved = unlit();
    for (scene::SceneVertex& vertex : moved.mesh.vertices) {
        vertex.position_m.y += 0.01F;
    }
    EXPECT_FALSE(apply_light_file(file, moved));
    scene::Scene sewn = unlit();
    sewn.mesh.indices[5] = 0;
    EXPECT_FALSE(apply_light_file(file, sewn));
    scene::Scene lit = unlit();
    lit.lights[0].position_m.x += 0.1F;
    EXPECT_FALSE(apply_light_file(file, lit));
    EXPECT_EQ(lit.mesh.vertices[9].light_visibility, ~0U) << "nothing half applied";
}

TEST_F(LightFile, SurvivesTheRoundingOfAnotherMachine) {
    write();
    scene::Scene elsewhere = unlit();
    for (scene::SceneVertex& vertex : elsewhere.mesh.vertices) {
        vertex.position_m.x += 1e-5F;
    }
    EXPECT_TRUE(apply_light_file(file, elsewhere));
}

TEST_F(LightFile, TruncatedOrMissingIsNotApplied) {
    scene::Scene fresh = unlit();
    EXPECT_FALSE(apply_light_file(file, fresh));
    write();
    fs::resize_file(file, fs::file_size(file) - 1);
    EXPECT_FALSE(apply_light_file(file, fresh));
    std::ofstream(file, std::ios::trunc).close();
    EXPECT_FALSE(apply_light_file(file, fresh));
}

TEST(ShippedLight, FitsEveryPlaceThatShips) {
    const fs::path folder = fs::path(HAVEN_SOURCE_DIR) / "assets" / "environments";
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            const auto definition = read_definition(entry.path());
            ASSERT_TRUE(definition.has_value());
            scene::Scene built = build_scene(*definition);
            EXPECT_TRUE(apply_light_file(light_file_of(entry.path()), built))
                << "run haven-bake on " << entry.path().filename();
        }
    }
}

} // namespace
} // namespace haven::environments
