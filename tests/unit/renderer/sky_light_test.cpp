#include "renderer/scene/sky_light.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

Sky air_with_sun_at(float elevation_rad) {
    Sky sky;
    sky.to_sun = {0.0F, std::sin(elevation_rad), -std::cos(elevation_rad)};
    sky.air_share = 1.0F;
    return sky;
}

constexpr glm::vec3 overhead{0.0F, 1.0F, 0.0F};

glm::vec3 low_at(float x, float z) {
    return glm::normalize(glm::vec3(x, 0.05F, z));
}

TEST(SkyLight, AHemisphereIsTheMixOfItsTwoColours) {
    const Ambient ambient{.sky = {0.4F, 0.5F, 0.6F}, .ground = {0.2F, 0.1F, 0.05F}};
    const SkyLight light = sky_light({}, ambient);
    for (const glm::vec3 n : {overhead, -overhead, glm::vec3(1, 0, 0), low_at(0.3F, 0.8F)}) {
        const glm::vec3 mixed = glm::mix(ambient.ground, ambient.sky, 0.5F + 0.5F * n.y);
        EXPECT_LT(glm::length(ambient_on(light, n) - mixed), 1e-5F);
    }
}

TEST(SkyLight, AnEvenSkyLightsTheGroundWithItsOwnColour) {
    Sky sky;
    sky.zenith = sky.horizon = {0.3F, 0.4F, 0.5F};
    const SkyLight light =
        sky_light(sky, {.sky = glm::vec3(0), .ground = glm::vec3(0), .from_sky = 1.0F});
    EXPECT_LT(glm::length(ambient_on(light, overhead) - sky.zenith), 0.03F);
    EXPECT_LT(ambient_on(light, -overhead).g, 0.05F) << "nothing comes from below";
}

TEST(SkyLight, NoonIsBlueOverheadAndPalerAtTheHorizon) {
    const Sky sky = air_with_sun_at(1.0F);
    const SkyLight light = sky_light(sky, {});
    const glm::vec3 up = sky_in(light, sky, overhead);
    const glm::vec3 low = sky_in(light, sky, low_at(1.0F, 0.0F));
    EXPECT_GT(up.b, up.g);
    EXPECT_GT(up.g, up.r);
    EXPECT_GT(low.r / low.b, up.r / up.b);
    EXPECT_GT(low.g, up.g) << "more air, more light";
}

TEST(SkyLight, ALowSunReddensTheSkyTowardIt) {
    const Sky sky = air_with_sun_at(0.05F);
    const SkyLight light = sky_light(sky, {});
    const glm::vec3 toward = sky_in(light, sky, low_at(0.0F, -1.0F));
    const glm::vec3 away = sky_in(light, sky, low_at(0.0F, 1.0F));
    const glm::vec3 up = sky_in(light, sky, overhead);
    EXPECT_GT(toward.r, toward.b);
    EXPECT_GT(up.b, up.r);
    EXPECT_GT(toward.r, 2.0F * away.r);
}

TEST(SkyLight, TheMoreOfTheAirTheLessOfThePaint) {
    Sky sky = air_with_sun_at(0.6F);
    sky.air_share = 0.5F;
    Sky painted = sky;
    painted.air_share = 0.0F;
    Sky air = sky;
    air.air_share = 1.0F;
    const glm::vec3 way = low_at(0.7F, 0.7F);
    const glm::vec3 half = sky_in(sky_light(sky, {}), sky, way);
    const glm::vec3 mean = 0.5F * (sky_in(sky_light(painted, {}), painted, way) +
                                   sky_in(sky_light(air, {}), air, way));
    EXPECT_LT(glm::length(half - mean), 1e-4F);
}

TEST(SkyLight, HasNoStepsAndNothingNegative) {
    const Sky sky = air_with_sun_at(0.075F);
    const SkyLight light = sky_light(sky, {});
    glm::vec3 before = sky_in(light, sky, glm::normalize(glm::vec3(0.4F, 0.0F, -1.0F)));
    for (int i = 1; i < 2000; ++i) {
        const float up = static_cast<float>(i) * 0.001F;
        const glm::vec3 now = sky_in(light, sky, glm::normalize(glm::vec3(0.4F, up, -1.0F)));
        ASSERT_GE(std::min({now.r, now.g, now.b}), 0.0F);
        ASSERT_LT(glm::length(now - before), 0.05F * glm::length(before) + 1e-3F) << "at " << up;
        before = now;
    }
}

} // namespace
} // namespace haven::scene
