// The night and the wood: sky, small lights and plants are what they should be, at any time.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "environments/parts/leafage.hpp"
#include "environments/parts/life.hpp"
#include "environments/parts/noise.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

namespace haven::environments {
namespace {

std::filesystem::path folder() {
    return std::filesystem::path(HAVEN_SOURCE_DIR) / "assets" / "environments";
}

Environment opened(const std::string& id) {
    auto result = load_environment(folder(), id);
    if (!result) {
        ADD_FAILURE() << to_string(result.error());
        std::abort();
    }
    return *result;
}

const Environment& night() {
    static const Environment place = opened("starry_night");
    return place;
}

const Environment& wood() {
    static const Environment place = opened("forest_stream");
    return place;
}

Life specks(float pulse) {
    Life life;
    life.drifters.push_back({.low_m = {-3.0F, 0.2F, -6.0F},
                             .high_m = {3.0F, 1.8F, 0.0F},
                             .count = 40,
                             .wander_m = 0.8F,
                             .pulse = pulse,
                             .keep_away_m = 1.4F});
    return life;
}

/// The share of a signal's swing (its mean taken off) that lies above `limit_hz`.
double share_above(std::vector<double> signal, double step_s, double limit_hz) {
    const auto count = static_cast<double>(signal.size());
    double mean = 0.0;
    for (const double value : signal) {
        mean += value / count;
    }
    double whole = 0.0;
    double quick = 0.0;
    for (std::size_t bin = 1; bin < signal.size() / 2; ++bin) {
        std::complex<double> sum;
        for (std::size_t i = 0; i < signal.size(); ++i) {
            const double place = static_cast<double>(i) / count;
            const double window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * place);
            sum += (signal[i] - mean) * window *
                   std::polar(1.0, -2.0 * std::numbers::pi * place * static_cast<double>(bin));
        }
        const double power = std::norm(sum);
        whole += power;
        quick += static_cast<double>(bin) / (count * step_s) > limit_hz ? power : 0.0;
    }
    return whole > 0.0 ? quick / whole : 0.0;
}

TEST(Drifters, ArePureFunctionsOfTime) {
    const Life life = specks(1.0F);
    scene::SceneFrame one;
    scene::SceneFrame other;
    add_life(life, 5000.0, other); // another moment first: nothing is remembered
    other = {};
    add_life(life, 77.7, one);
    add_life(life, 77.7, other);
    ASSERT_EQ(one.sprite_count, 40U);
    ASSERT_EQ(other.sprite_count, 40U);
    for (std::size_t i = 0; i < one.sprite_count; ++i) {
        EXPECT_EQ(one.sprites.at(i).position_m, other.sprites.at(i).position_m);
        EXPECT_EQ(one.sprites.at(i).opacity, other.sprites.at(i).opacity);
    }
}

TEST(Drifters, WanderAndPulseUnderAThirdOfAHertz) {
    const Life life = specks(1.0F);
    constexpr double step_s = 0.25;
    constexpr std::size_t moments = 1024;
    std::vector<std::vector<double>> signals(4);
    for (std::size_t i = 0; i < moments; ++i) {
        scene::SceneFrame frame;
        add_life(life, static_cast<double>(i) * step_s, frame);
        const scene::Sprite& speck = frame.sprites.at(7);
        signals[0].push_back(static_cast<double>(speck.position_m.x));
        signals[1].push_back(static_cast<double>(speck.position_m.y));
        signals[2].push_back(static_cast<double>(speck.position_m.z));
        signals[3].push_back(static_cast<double>(speck.opacity));
    }
    for (const std::vector<double>& signal : signals) {
        EXPECT_LT(share_above(signal, step_s, 0.3), 0.01);
        const auto [low, high] = std::ranges::minmax(signal);
        EXPECT_GT(high - low, 0.1) << "it moves at all";
    }
}

TEST(Drifters, GoRoundThePersonAndNeverFast) {
    const Life life = specks(0.0F);
    for (int i = 0; i < 3000; ++i) {
        scene::SceneFrame now;
        scene::SceneFrame next;
        add_life(life, static_cast<double>(i) * 0.37, now);
        add_life(life, static_cast<double>(i) * 0.37 + 0.1, next);
        for (std::size_t k = 0; k < now.sprite_count; ++k) {
            const glm::vec3 at_m = now.sprites.at(k).position_m;
            ASSERT_GE(std::hypot(at_m.x, at_m.z), 1.399F);
            ASSERT_LT(glm::distance(at_m, next.sprites.at(k).position_m), 0.06F);
            ASSERT_FLOAT_EQ(now.sprites.at(k).opacity, 1.0F);
        }
    }
}

TEST(Stars, TurnAboutTheirPoleOnceAPeriodAndStandStillWithoutOne) {
    Life life;
    life.stars = {.start = glm::angleAxis(0.7F, glm::normalize(glm::vec3(1, 2, 3))),
                  .pole = glm::normalize(glm::vec3(0.2F, 0.8F, -0.5F)),
                  .period_s = 14400.0};
    const auto seen = [&](double time_s, glm::vec3 star) {
        scene::SceneFrame frame;
        add_life(life, time_s, frame);
        return frame.world_from_stars * star;
    };
    const glm::vec3 pole_star = glm::conjugate(life.stars.start) * life.stars.pole;
    EXPECT_LT(glm::distance(seen(0.0, pole_star), seen(5000.0, pole_star)), 1e-5F);
    const glm::vec3 other{1.0F, 0.0F, 0.0F};
    EXPECT_GT(glm::distance(seen(0.0, other), seen(7200.0, other)), 0.3F);
    EXPECT_LT(glm::distance(seen(100.0, other), seen(14500.0, other)), 1e-4F);
    EXPECT_LT(glm::distance(seen(100.0, other), seen(101.0, other)), 0.0006F) << "nobody sees it";
    EXPECT_LT(glm::distance(seen(14399.9, other), seen(14400.1, other)), 0.0006F) << "no jump";
    life.stars.period_s = 0.0;
    EXPECT_EQ(seen(0.0, other), seen(9999.0, other));
}

TEST(StarryNight, HasFewBrightStarsAndManyFaintOnes) {
    const std::vector<scene::Star>& stars = night().scene().stars;
    ASSERT_GT(stars.size(), 3000U);
    const auto brighter = [&](float than) {
        return std::ranges::count_if(stars, [&](const scene::Star& star) {
            return std::max({star.colour.r, star.colour.g, star.colour.b}) > than;
        });
    };
    std::vector<float> lights;
    for (const scene::Star& star : stars) {
        EXPECT_NEAR(glm::length(star.direction), 1.0F, 1e-4F);
        EXPECT_LE(star.twinkle, 0.1F) << "hardly any twinkle";
        lights.push_back(std::max({star.colour.r, star.colour.g, star.colour.b}));
    }
    std::ranges::sort(lights);
    const float median = lights.at(lights.size() / 2);
    // Each magnitude (2.05 times the light as shown) has about three times as many as the one
    // above.
    const double ratio =
        static_cast<double>(brighter(median)) / static_cast<double>(brighter(median * 2.05F));
    EXPECT_GT(ratio, 2.2);
    EXPECT_LT(ratio, 4.5);
    EXPECT_GT(lights.back(), 20.0F * median);
}

TEST(StarryNight, StarsAreWhiteYellowAndBluish) {
    int warm = 0;
    int cool = 0;
    for (const scene::Star& star : night().scene().stars) {
        warm += star.colour.r > star.colour.b * 1.1F ? 1 : 0;
        cool += star.colour.b > star.colour.r * 1.1F ? 1 : 0;
    }
    EXPECT_GT(warm, 200);
    EXPECT_GT(cool, warm);
}

TEST(StarryNight, TheMilkyWayHasMoreStarsThanTheRest) {
    const std::vector<scene::Star>& stars = night().scene().stars;
    const auto in_band = std::ranges::count_if(
        stars, [](const scene::Star& star) { return std::abs(star.direction.z) < 0.2F; });
    // A fifth of the sky's area.
    EXPECT_GT(static_cast<double>(in_band), 0.33 * static_cast<double>(stars.size()));
    EXPECT_GT(night().scene().sky.star_band.g, 0.02F);
    EXPECT_EQ(wood().scene().sky.star_band, glm::vec3(0.0F));
}

TEST(StarryNight, ItsSkyTurnsAndItsFirefliesShine) {
    const scene::SceneFrame now = night().frame(0.0);
    const scene::SceneFrame later = night().frame(600.0);
    EXPECT_GT(now.sprite_count, 20U);
    EXPECT_LT(std::abs(glm::dot(now.world_from_stars, later.world_from_stars)), 0.9999F);
}

class QuietPlace : public testing::TestWithParam<const Environment*> {};

TEST_P(QuietPlace, ItsLeavesSwayLittleAndItsLightsKeepStill) {
    const Environment& place = *GetParam();
    for (const scene::SceneVertex& vertex : place.scene().mesh.vertices) {
        const scene::SurfacePoint point = scene::unpack(vertex);
        if (point.pattern == scene::Pattern::foliage) {
            ASSERT_LE(point.motion, 0.15F);
        }
    }
    for (std::size_t light = 0; light < place.scene().lights.size(); ++light) {
        for (int i = 0; i < 600; ++i) {
            ASSERT_NEAR(place.frame(i * 0.5).light_scale.at(light), 1.0F, 0.05F);
        }
    }
}

TEST_P(QuietPlace, FitsItsBudget) {
    const scene::Scene& scene = GetParam()->scene();
    EXPECT_LE(scene.mesh.indices.size() / 3, 120'000U);
    EXPECT_LE(scene.lights.size(), scene::light_count_max);
    EXPECT_LT(GetParam()->frame(3.0).sprite_count, scene::sprite_count_max);
    EXPECT_LT(std::filesystem::file_size(folder() / (GetParam()->id() + ".light")), 400'000U);
}

TEST_P(QuietPlace, ItsSpotToSitIsOutsideWhatStandsThere) {
    const Environment& place = *GetParam();
    const Spot& seat = place.spots().seat;
    const glm::vec3 eye_m = seat.position_m + glm::vec3(0.0F, seat.eye_height_m, 0.0F);
    for (const scene::SceneVertex& vertex : place.scene().mesh.vertices) {
        ASSERT_GT(glm::distance(vertex.position_m, eye_m), 0.35F);
    }
}

INSTANTIATE_TEST_SUITE_P(Places, QuietPlace, testing::Values(&night(), &wood()),
                         [](const auto& one) { return one.param->id(); });

TEST(ForestStream, WaterNeverRunsUphill) {
    const scene::SceneMesh& mesh = wood().scene().mesh;
    float before_m = 1e9F;
    std::size_t corners = 0;
    for (const scene::SceneVertex& vertex : mesh.vertices) { // in the order of the course
        const scene::SurfacePoint point = scene::unpack(vertex);
        if (point.pattern == scene::Pattern::water) {
            ASSERT_LE(point.position_m.y, before_m + 1e-4F);
            before_m = point.position_m.y;
            ++corners;
        }
    }
    EXPECT_GT(corners, 500U);
}

TEST(ForestStream, TreesStandOnTheLandAndNotInTheWater) {
    const scene::SceneMesh& mesh = wood().scene().mesh;
    const Taken water(mesh, scene::Pattern::water);
    for (const scene::SceneVertex& vertex : mesh.vertices) {
        const scene::SurfacePoint point = scene::unpack(vertex);
        if (point.pattern == scene::Pattern::bark && point.position_m.y < 0.1F) {
            ASSERT_FALSE(water.near(point.position_m.x, point.position_m.z, 0.15F))
                << point.position_m.x << " " << point.position_m.z;
        }
    }
}

TEST(ForestStream, LeavesBreakItsSunlight) {
    ASSERT_FALSE(wood().scene().lights.empty());
    const scene::Light& sun = wood().scene().lights.front();
    EXPECT_EQ(sun.kind, scene::LightKind::sun);
    EXPECT_GT(sun.leaves, 0.5F);
}

TEST(LandHeight, IsTheLandsOwnBetweenItsCorners) {
    scene::SceneMesh mesh;
    const auto corner = [&](float x, float y, float z) {
        return mesh.add({.position_m = {x, y, z}, .pattern = scene::Pattern::ground});
    };
    const std::uint32_t a = corner(-2.0F, 0.0F, -2.0F);
    const std::uint32_t b = corner(2.0F, 1.0F, -2.0F);
    const std::uint32_t c = corner(2.0F, 1.0F, 2.0F);
    const std::uint32_t d = corner(-2.0F, 0.0F, 2.0F);
    mesh.quad(a, d, c, b);
    const LandHeight land(mesh);
    EXPECT_NEAR(land.at(0.0F, 0.3F), 0.5F, 1e-4F);
    EXPECT_NEAR(land.at(1.0F, -1.0F), 0.75F, 1e-4F);
    EXPECT_EQ(land.at(30.0F, 0.0F), 0.0F);
}

TEST(LeafCards, KeepTheirPatternInsideOneCell) {
    scene::SceneMesh mesh;
    Dice dice(5U);
    for (const Cut cut :
         {Cut::leaves, Cut::fallen_leaves, Cut::small_leaves, Cut::blades, Cut::frond}) {
        for (int i = 0; i < 50; ++i) {
            const std::size_t first = mesh.vertices.size();
            add_leaf_card({.mesh = mesh, .placement = {}, .seed = 1}, {.cut = cut}, dice);
            const glm::vec2 cell = glm::floor(scene::unpack(mesh.vertices.at(first)).pattern_m);
            EXPECT_GE(std::abs(cell.x + 0.5F), 16.0F);
            for (std::size_t k = first; k < mesh.vertices.size(); ++k) {
                EXPECT_EQ(glm::floor(scene::unpack(mesh.vertices[k]).pattern_m), cell);
            }
        }
    }
}

} // namespace
} // namespace haven::environments
