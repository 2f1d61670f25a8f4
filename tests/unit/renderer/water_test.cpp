#include "renderer/passes/frame_uniforms.hpp"

#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/shaders/shared.h"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec4.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>

#include <gtest/gtest.h>

namespace haven::renderer {
namespace {

shared::FrameUniforms sea_at(double time_s, float wave_m = 11.0F) {
    scene::Scene scene;
    scene.water = {.wave_m = wave_m, .height_m = 0.5F, .swash_m = 0.06F};
    return frame_uniforms(scene, {}, {.time_s = time_s}, Picture{}, {64, 64});
}

/// Turns a second between two phases close to each other.
double rate_hz(float before, float after, double seconds) {
    constexpr double turn = 2.0 * std::numbers::pi;
    const double step =
        std::remainder(static_cast<double>(after) - static_cast<double>(before), turn);
    return std::abs(step) / turn / seconds;
}

TEST(Water, NoWaveComesMoreThanThreeTimesInTenSeconds) {
    for (const float wave_m : {0.5F, 2.4F, 11.0F, 60.0F}) {
        const auto before = sea_at(100.0, wave_m);
        const auto after = sea_at(100.5, wave_m);
        for (std::size_t i = 0; i < HAVEN_WAVE_COUNT; ++i) {
            const double hz = rate_hz(before.waves[i].w, after.waves[i].w, 0.5);
            EXPECT_LT(hz, 0.3) << "wave " << i << " of " << wave_m << " m";
            EXPECT_GT(hz, 0.005) << "it moves";
        }
    }
}

TEST(Water, MovesOnAfterAMonthAsOnTheFirstDay) {
    constexpr double month_s = 30.0 * 86400.0;
    const auto before = sea_at(month_s);
    const auto after = sea_at(month_s + 0.5);
    const auto first = sea_at(0.0);
    const auto then = sea_at(0.5);
    for (std::size_t i = 0; i < HAVEN_WAVE_COUNT; ++i) {
        EXPECT_NEAR(rate_hz(before.waves[i].w, after.waves[i].w, 0.5),
                    rate_hz(first.waves[i].w, then.waves[i].w, 0.5), 1e-4);
    }
}

TEST(Water, CrestsNeverFoldOver) {
    const auto sea = sea_at(3.0);
    float steepness = 0.0F; // GPU Gems 1, chapter 1: the sum stays under 1
    for (const glm::vec4& wave : sea.waves) {
        steepness += glm::length(glm::vec2(wave)) * wave.z * sea.water.w;
    }
    EXPECT_GT(steepness, 0.02F);
    EXPECT_LT(steepness, 1.0F);
}

TEST(Water, WavesRunTowardWhereTheyAreSent) {
    const auto before = sea_at(10.0);
    const auto after = sea_at(10.2);
    for (std::size_t i = 0; i < HAVEN_WAVE_COUNT; ++i) {
        // A crest is where the wave vector's product with the place undoes the phase.
        const double step = std::remainder(
            static_cast<double>(after.waves[i].w - before.waves[i].w), 2.0 * std::numbers::pi);
        EXPECT_LT(step, 0.0);
        EXPECT_GT(before.waves[i].y, 0.0F) << "+Z is the shore by default";
    }
}

} // namespace
} // namespace haven::renderer
