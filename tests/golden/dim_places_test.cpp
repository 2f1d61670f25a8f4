// `dim` is for people whom light hurts, and it is a place all the same. docs/places.md says what is
// held here, on pictures.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/flash_meter.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using environments::LightingPreset;
using renderer::Detail;

constexpr std::uint32_t picture_px = 256; // over 90 degrees
constexpr std::uint32_t patch_px = 2;     // about two thirds of a degree: a little over the sun
constexpr double mid_least = 0.2;
constexpr double mid_most = 0.3;
constexpr double source_most = 2.0;
constexpr double black = 0.0006; ///< two steps of a display's 255
constexpr double black_share_max = 0.2;

float middle(const std::vector<float>& sorted) {
    return sorted.at(sorted.size() / 2);
}

class DimPlaces : public Golden, public ::testing::WithParamInterface<Detail> {
  protected:
    /// Relative luminance of each patch, the darkest first.
    std::vector<float> patches(renderer::HeadlessRenderer& headless,
                               const environments::Environment& place, float yaw_deg) {
        const auto moment = place.frame(3.0);
        renderer::Picture picture;
        picture.scene_frame = &moment;
        for (auto& eye : picture.eyes) {
            eye.position_m = {0.0F, 1.4F, 0.0F};
            eye.orientation = glm::angleAxis(glm::radians(yaw_deg), glm::vec3(0.0F, 1.0F, 0.0F));
        }
        const auto shown = capture(headless, picture, 0);
        std::vector<float> list;
        for (const glm::vec3 cell : cells_of(shown.bytes, picture_px, picture_px, patch_px)) {
            list.push_back(glm::dot(cell, glm::vec3(0.2126F, 0.7152F, 0.0722F)));
        }
        std::ranges::sort(list);
        return list;
    }
};

TEST_P(DimPlaces, HaveAQuarterOfTheLightAndNoSourceOverTwiceTheHoursMidTone) {
    auto& full = make({.detail = Detail::full}, picture_px, picture_px);
    auto& headless =
        GetParam() == Detail::full ? full : make({.detail = GetParam()}, picture_px, picture_px);
    const auto catalog = environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments");
    ASSERT_FALSE(catalog.entries.empty());
    for (const auto& entry : catalog.entries) {
        SCOPED_TRACE(entry.id);
        const auto hour = environments::load_environment(entry.file);
        const auto dim =
            environments::load_environment(entry.file, {.preset = LightingPreset::dim});
        ASSERT_TRUE(hour && dim);
        ASSERT_TRUE(full.renderer().set_scene(hour->scene()));
        const double hours_full_mid = middle(patches(full, *hour, 0.0F));
        ASSERT_TRUE(headless.renderer().set_scene(hour->scene()));
        const double hours_mid = middle(patches(headless, *hour, 0.0F));
        ASSERT_TRUE(headless.renderer().set_scene(dim->scene()));
        for (const float yaw_deg : {0.0F, 90.0F, 180.0F, 270.0F}) {
            const auto seen = patches(headless, *dim, yaw_deg);
            EXPECT_LE(seen.back(), source_most * hours_full_mid)
                << "a source is too bright, " << yaw_deg
                << " degrees to the left: " << seen.back() / hours_full_mid
                << " of the hour's mid tone";
            if (yaw_deg != 0.0F) {
                continue;
            }
            const double mid = middle(seen);
            EXPECT_GE(mid, mid_least * hours_mid) << "too dark: " << mid / hours_mid;
            EXPECT_LE(mid, mid_most * hours_mid) << "too bright: " << mid / hours_mid;
            const auto end_of_black = std::ranges::lower_bound(seen, static_cast<float>(black));
            EXPECT_LE(static_cast<double>(end_of_black - seen.begin()),
                      black_share_max * static_cast<double>(seen.size()))
                << "shapes are lost in black";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Details, DimPlaces, ::testing::Values(Detail::full, Detail::lean),
                         [](const auto& detail) {
                             return std::string(detail.param == Detail::full ? "Full" : "Lean");
                         });

} // namespace
} // namespace haven::testing
