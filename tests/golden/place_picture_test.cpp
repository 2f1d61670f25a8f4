#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using renderer::RgbaPicture;

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

double linear(std::uint8_t byte) { // IEC 61966-2-1
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double relative_luminance(const RgbaPicture& picture) {
    double sum = 0.0;
    for (std::size_t i = 0; i < picture.bytes.size(); i += 4) {
        sum += 0.2126 * linear(picture.bytes[i]) + 0.7152 * linear(picture.bytes[i + 1]) +
               0.0722 * linear(picture.bytes[i + 2]);
    }
    return sum * 4.0 / static_cast<double>(picture.bytes.size());
}

// WCAG 2.3.1 calls a change of a tenth of the relative luminance a flash.
TEST_F(PlacePicture, TheFireSwingsTheRoomByLessThanATenth) {
    const auto place = cabin();
    auto& headless = make({.detail = renderer::Detail::lean}, 64, 64);
    ASSERT_TRUE(headless.renderer().set_scene(place.scene()));
    double darkest = 1.0;
    double brightest = 0.0;
    for (int i = 0; i < 100; ++i) { // ten seconds
        const auto moment = place.frame(0.1 * i);
        const double now = relative_luminance(capture(headless, seated(moment), 0));
        darkest = std::min(darkest, now);
        brightest = std::max(brightest, now);
    }
    EXPECT_GT(darkest, 0.005) << "there is a picture";
    EXPECT_GT(brightest, darkest * 1.001) << "the fire lives";
    EXPECT_LT(brightest / darkest - 1.0, 0.1);
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
