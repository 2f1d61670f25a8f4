// The shaders' time begins again after 8192 s (renderer/passes/frame_uniforms.cpp). Nothing that
// moves may jump there.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/flash_meter.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <glm/common.hpp>
#include <glm/exponential.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using renderer::Detail;

constexpr std::uint32_t picture_px = 192;
constexpr std::uint32_t cell_px = 4;
constexpr double begins_again_s = 8192.0;
constexpr double apart_s = 0.04;
constexpr std::size_t still_larger = 5;
/// What two such moments may differ beyond what others do.
constexpr double times_others = 1.5;
constexpr double mean_beyond = 0.02;
constexpr double steps_beyond = 2.5;
/// Near enough to the cabin's window to see the drops on its glass.
constexpr glm::vec3 before_window_m{0.92F, 1.5F, -2.5F};

/// How much a picture changes from one moment to the next, in steps of 255: of all of it, and of
/// the cell that changes most but for a few: a drop of rain may be anywhere.
struct Change {
    double mean = 0.0;
    double most = 0.0;
};

class TimeBeginsAgain : public Golden, public ::testing::WithParamInterface<Detail> {
  protected:
    std::vector<glm::vec3> cells_at(renderer::HeadlessRenderer& headless,
                                    const environments::Environment& place, glm::vec3 from_m,
                                    double time_s) {
        const auto moment = place.frame(time_s);
        renderer::Picture picture;
        picture.scene_frame = &moment;
        for (auto& eye : picture.eyes) {
            eye.position_m = from_m;
        }
        const auto shown = capture(headless, picture, 0);
        auto cells = cells_of(shown.bytes, picture_px, picture_px, cell_px);
        for (glm::vec3& cell : cells) {
            cell = 255.0F * glm::pow(cell, glm::vec3(1.0F / 2.2F)); // as an eye steps
        }
        return cells;
    }
    Change around(renderer::HeadlessRenderer& headless, const environments::Environment& place,
                  glm::vec3 from_m, double time_s) {
        const auto before = cells_at(headless, place, from_m, time_s - 0.5 * apart_s);
        const auto after = cells_at(headless, place, from_m, time_s + 0.5 * apart_s);
        std::vector<double> steps;
        double sum = 0.0;
        for (std::size_t i = 0; i < before.size(); ++i) {
            const glm::vec3 step = glm::abs(after.at(i) - before.at(i));
            steps.push_back(static_cast<double>(std::max({step.x, step.y, step.z})));
            sum += steps.back();
        }
        std::ranges::sort(steps);
        return {.mean = sum / static_cast<double>(steps.size()),
                .most = steps.at(steps.size() - still_larger)};
    }
};

TEST_P(TimeBeginsAgain, WithoutAJumpInAnyPlace) {
    auto& headless = make({.detail = GetParam()}, picture_px, picture_px);
    const auto catalog = environments::list_environments(HAVEN_SOURCE_DIR "/assets/environments");
    ASSERT_FALSE(catalog.entries.empty());
    for (const auto& entry : catalog.entries) {
        const auto place = environments::load_environment(entry.file);
        ASSERT_TRUE(place) << environments::to_string(place.error());
        ASSERT_TRUE(headless.renderer().set_scene(place->scene()));
        std::vector<glm::vec3> views_m{{0.0F, 1.4F, 0.0F}};
        if (entry.id == "cozy_cabin") {
            views_m.push_back(before_window_m);
        }
        for (const glm::vec3 from_m : views_m) {
            Change others;
            for (const double time_s : {611.0, 3001.7, 5050.3, 7777.1}) {
                const Change one = around(headless, *place, from_m, time_s);
                others = {.mean = std::max(others.mean, one.mean),
                          .most = std::max(others.most, one.most)};
            }
            const Change there = around(headless, *place, from_m, begins_again_s);
            EXPECT_LE(there.mean, times_others * others.mean + mean_beyond) << entry.id;
            EXPECT_LE(there.most, times_others * others.most + steps_beyond) << entry.id;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Details, TimeBeginsAgain, ::testing::Values(Detail::full, Detail::lean),
                         [](const auto& detail) {
                             return std::string(detail.param == Detail::full ? "Full" : "Lean");
                         });

} // namespace
} // namespace haven::testing
