#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"
#include "tests/golden/golden_pictures.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using renderer::RgbaPicture;

constexpr const char* make_golden =
    "UPDATE_GOLDEN=1 build/dev/bin/golden_places --gtest_filter='*GoldenPicture'";

class PlacePicture : public Golden {
  protected:
    static environments::Environment cabin() {
        auto loaded =
            environments::load_environment(HAVEN_SOURCE_DIR "/assets/environments", "cozy_cabin");
        EXPECT_TRUE(loaded) << environments::to_string(loaded.error());
        return *loaded;
    }
    static renderer::Picture seated(const scene::SceneFrame& moment) {
        renderer::Picture picture;
        picture.eyes[0].position_m = {-0.0315F, 1.4F, 0.0F};
        picture.eyes[1].position_m = {0.0315F, 1.4F, 0.0F};
        picture.scene_frame = &moment;
        return picture;
    }
};

/// Each place at its own hour, both eyes, against the picture kept in tests/golden/pictures.
TEST_F(PlacePicture, EveryPlaceLooksAsItsGoldenPicture) {
    constexpr std::uint32_t px = 256;
    const auto catalog = environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments");
    ASSERT_TRUE(catalog.errors.empty()) << environments::to_string(catalog.errors.front());
    ASSERT_FALSE(catalog.entries.empty());
    auto& headless = make({.detail = renderer::Detail::full}, px, px);
    for (const auto& entry : catalog.entries) {
        const auto place = environments::load_environment(entry.file);
        ASSERT_TRUE(place) << environments::to_string(place.error());
        ASSERT_TRUE(headless.renderer().set_scene(place->scene()));
        const auto moment = place->frame(3.0);
        const auto left = capture(headless, seated(moment), 0);
        const auto right = headless.read(1);
        ASSERT_TRUE(right) << right.error().what;
        EXPECT_GT(differing(left, *right, 4), 0U) << entry.id << ": both eyes see the same";
        const auto shown = side_by_side(left, *right);
        EXPECT_EQ(golden_fault(entry.id, shown, make_golden), "");
    }
}

TEST(GoldenPictures, TellAMovedLampFromNoise) {
    renderer::RgbaPicture wall{.width = 64, .height = 64, .bytes = {}};
    wall.bytes.assign(std::size_t{64} * 64 * 4, 90);
    auto grainy = wall;
    auto moved = wall;
    for (std::size_t i = 0; i < wall.bytes.size(); ++i) {
        grainy.bytes[i] = static_cast<std::uint8_t>(grainy.bytes[i] + (i * 7 / 4) % 3 - 1);
        const std::size_t x = i / 4 % 64;
        const std::size_t y = i / 4 / 64;
        if (x >= 20 && x < 32 && y >= 20 && y < 32) {
            moved.bytes[i] = 120;
        }
    }
    EXPECT_TRUE(difference_of(wall, grainy).looks_the_same());
    EXPECT_FALSE(difference_of(wall, moved).looks_the_same());
    EXPECT_FALSE(difference_of(wall, {}).looks_the_same());
}

TEST_F(PlacePicture, TheLeanCabinLooksLikeTheFullOneWithAThirdOfItsTriangles) {
    const auto place = cabin();
    const auto moment = place.frame(3.0);
    auto& full = make({.detail = renderer::Detail::full}, 256, 256);
    auto& lean = make({.detail = renderer::Detail::lean}, 256, 256);
    ASSERT_TRUE(full.renderer().set_scene(place.scene()));
    ASSERT_TRUE(lean.renderer().set_scene(place.scene()));
    const auto a = capture(full, seated(moment), 0);
    const auto b = capture(lean, seated(moment), 0);
    EXPECT_LT(3 * lean.renderer().stats().scene_triangles, full.renderer().stats().scene_triangles);
    // Tile by tile, so that a wall in the wrong light shows.
    constexpr std::uint32_t tile = 32;
    std::array<int, 3> worst{};
    for (std::uint32_t y = 0; y < 256; y += tile) {
        for (std::uint32_t x = 0; x < 256; x += tile) {
            std::array<int, 3> sums{};
            for (std::uint32_t i = 0; i < tile * tile; ++i) {
                for (std::size_t c = 0; c < 3; ++c) {
                    sums.at(c) += a.at(x + i % tile, y + i / tile).at(c) -
                                  b.at(x + i % tile, y + i / tile).at(c);
                }
            }
            for (std::size_t c = 0; c < 3; ++c) {
                worst.at(c) = std::max(worst.at(c), std::abs(sums.at(c)) / int{tile * tile});
            }
        }
    }
    EXPECT_LT(worst[0], 32);
    EXPECT_LT(worst[1], 32);
    EXPECT_LT(worst[2], 32);
}

} // namespace
} // namespace haven::testing
