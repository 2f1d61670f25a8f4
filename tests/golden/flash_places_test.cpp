// Every place in every light, looked at for ten seconds: nothing in it may flash (F1).
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/flash_meter.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using environments::LightingPreset;

constexpr std::uint32_t picture_px = 64; // over 90 degrees
constexpr std::uint32_t cell_px = 4;     // a quarter of a field of 10 degrees
constexpr double frames_per_s = 20.0;
constexpr double watched_s = 10.0;
constexpr int flashes_max = 3;
constexpr double fire_swing_max = 0.1;

class Flashes : public Golden, public ::testing::WithParamInterface<LightingPreset> {
  protected:
    /// Both eyes of each moment, the picture faded as `fade` says.
    template <typename Fade>
    std::array<FlashReport, 2> watch(renderer::HeadlessRenderer& headless,
                                     const environments::Environment& place, double seconds,
                                     Fade fade) {
        constexpr std::size_t cells = std::size_t{picture_px / cell_px} * (picture_px / cell_px);
        std::array meters{FlashMeter(cells), FlashMeter(cells)};
        auto picture = standing();
        for (int i = 0; i < static_cast<int>(seconds * frames_per_s); ++i) {
            const double time_s = i / frames_per_s;
            const auto moment = place.frame(time_s);
            picture.scene_frame = &moment;
            picture.fade = static_cast<float>(fade(time_s));
            picture.fade_colour = fade_colour;
            for (std::uint32_t eye = 0; eye < 2; ++eye) {
                const auto seen =
                    eye == 0 ? headless.capture(picture, 0) : headless.read(1); // drawn together
                if (!seen) {
                    ADD_FAILURE() << seen.error().what;
                    return {};
                }
                meters.at(eye).add(time_s, cells_of(seen->bytes, picture_px, picture_px, cell_px));
            }
        }
        return {meters[0].report(), meters[1].report()};
    }
    glm::vec3 fade_colour{0.0F};
    static void expect_calm(const FlashReport& report, const std::string& what) {
        EXPECT_LE(report.flashes, flashes_max)
            << what << ": near " << report.worst_s << " s, cell " << report.worst_cell;
        EXPECT_LE(report.red_flashes, flashes_max)
            << what << ": near " << report.worst_s << " s, cell " << report.worst_cell;
    }
};

bool has_fire(const scene::Scene& scene) {
    return std::ranges::any_of(
        scene.lights, [](const scene::Light& light) { return light.flicker_depth > 0.0F; });
}

double eased(double share) {
    return 0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0));
}

TEST_P(Flashes, EveryPlaceInThisLightIsCalm) {
    auto& headless = make({.detail = renderer::Detail::lean}, picture_px, picture_px);
    const auto catalog = environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments");
    EXPECT_TRUE(catalog.errors.empty()) << to_string(catalog.errors.front());
    ASSERT_FALSE(catalog.entries.empty());
    for (const auto& entry : catalog.entries) {
        const auto place = environments::load_environment(entry.file, {.preset = GetParam()});
        ASSERT_TRUE(place) << environments::to_string(place.error());
        ASSERT_TRUE(headless.renderer().set_scene(place->scene()));
        const auto rested = watch(headless, *place, watched_s, [](double) { return 0.0; });
        for (const FlashReport& report : rested) {
            expect_calm(report, entry.id);
            EXPECT_GT(report.brightest, 0.0005) << entry.id << ": there is a picture";
            if (has_fire(place->scene())) {
                EXPECT_LT(report.swing(), fire_swing_max)
                    << entry.id << ": the fire swings the room";
            }
        }
        // Away and back, as between two places or two views.
        const auto faded = watch(headless, *place, 1.5, [](double time_s) {
            return time_s < 0.75 ? eased(time_s / 0.5) : 1.0 - eased((time_s - 0.75) / 0.5);
        });
        for (const FlashReport& report : faded) {
            EXPECT_LE(report.flashes, 1) << entry.id << ", fading";
            expect_calm(report, entry.id + ", fading");
        }
    }
}

TEST_P(Flashes, AWhiteBlinkWouldBeSeen) {
    auto& headless = make({.detail = renderer::Detail::lean}, picture_px, picture_px);
    const auto catalog = environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments");
    ASSERT_FALSE(catalog.entries.empty());
    const auto place =
        environments::load_environment(catalog.entries.front().file, {.preset = GetParam()});
    ASSERT_TRUE(place) << environments::to_string(place.error());
    ASSERT_TRUE(headless.renderer().set_scene(place->scene()));
    fade_colour = glm::vec3(1.0F);
    const auto blinking = watch(headless, *place, 2.0, [](double time_s) {
        return std::fmod(time_s * 5.0, 1.0) < 0.5 ? 0.0 : 0.9;
    });
    EXPECT_GT(blinking[0].flashes, flashes_max);
    EXPECT_GT(blinking[1].flashes, flashes_max);
}

INSTANTIATE_TEST_SUITE_P(Presets, Flashes,
                         ::testing::Values(LightingPreset::hour, LightingPreset::day,
                                           LightingPreset::warm, LightingPreset::dim),
                         [](const auto& preset) {
                             return std::string(environments::to_string(preset.param));
                         });

} // namespace
} // namespace haven::testing
