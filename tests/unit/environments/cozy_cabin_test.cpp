#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/scene/scene.hpp"
#include "tests/unit/environments/standing_space.hpp"

#include <gtest/gtest.h>

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

std::filesystem::path folder() {
    return std::filesystem::path(HAVEN_SOURCE_DIR) / "assets" / "environments";
}

const Environment& cabin() {
    static const Environment loaded = [] {
        auto result = load_environment(folder(), "cozy_cabin");
        if (!result) {
            ADD_FAILURE() << to_string(result.error());
            std::abort();
        }
        return *result;
    }();
    return loaded;
}

template <typename T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST(CozyCabin, IsTheSameToTheByteOnEveryStart) {
    const auto again = load_environment(folder(), "cozy_cabin");
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(same_bytes(cabin().scene().mesh.vertices, again->scene().mesh.vertices));
    EXPECT_TRUE(same_bytes(cabin().scene().mesh.indices, again->scene().mesh.indices));
    EXPECT_EQ(cabin().spots(), again->spots());
    const scene::SceneFrame one = cabin().frame(12.345);
    const scene::SceneFrame two = again->frame(12.345);
    EXPECT_EQ(one.sprite_count, two.sprite_count);
    for (std::size_t i = 0; i < one.sprite_count; ++i) {
        EXPECT_EQ(one.sprites.at(i).position_m, two.sprites.at(i).position_m);
        EXPECT_EQ(one.sprites.at(i).opacity, two.sprites.at(i).opacity);
    }
}

TEST(CozyCabin, EveryNumberIsFiniteAndEveryIndexInRange) {
    const scene::SceneMesh& mesh = cabin().scene().mesh;
    for (const scene::SceneVertex& vertex : mesh.vertices) {
        const scene::SurfacePoint point = scene::unpack(vertex);
        for (int axis = 0; axis < 3; ++axis) {
            ASSERT_TRUE(std::isfinite(point.position_m[axis]));
            ASSERT_LT(std::abs(point.position_m[axis]), 80.0F);
            ASSERT_TRUE(std::isfinite(point.normal[axis]));
        }
        ASSERT_NEAR(glm::length(point.normal), 1.0F, 0.01F);
    }
    ASSERT_EQ(mesh.indices.size() % 3, 0U);
    for (const std::uint32_t index : mesh.indices) {
        ASSERT_LT(index, mesh.vertices.size());
    }
}

TEST(CozyCabin, FitsTheTriangleBudgetThatBoundsItsBuildTime) {
    const scene::SceneMesh& mesh = cabin().scene().mesh;
    EXPECT_GT(mesh.indices.size() / 3, 20'000U);
    EXPECT_LE(mesh.indices.size() / 3, 80'000U);
    EXPECT_LE(mesh.vertices.size(), 66'000U);
    EXPECT_LE(cabin().scene().lights.size(), scene::light_count_max);
}

TEST(CozyCabin, ThereIsAFloorUnderfootAndAWallAheadWithinThreeMetresAndAHalf) {
    const scene::SceneMesh& mesh = cabin().scene().mesh;
    const auto seen_along = [&](glm::vec3 from_m, glm::vec3 direction) {
        float nearest_m = 1e9F;
        for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
            const glm::vec3 a = corner(mesh, i);
            const glm::vec3 edge_b = corner(mesh, i + 1) - a;
            const glm::vec3 edge_c = corner(mesh, i + 2) - a;
            const glm::vec3 p = glm::cross(direction, edge_c);
            const float determinant = glm::dot(edge_b, p);
            if (determinant < 1e-9F) { // a side that faces away is not seen
                continue;
            }
            const glm::vec3 to_eye = from_m - a;
            const float u = glm::dot(to_eye, p) / determinant;
            const glm::vec3 q = glm::cross(to_eye, edge_b);
            const float v = glm::dot(direction, q) / determinant;
            const float t_m = glm::dot(edge_c, q) / determinant;
            if (u >= 0.0F && v >= 0.0F && u + v <= 1.0F && t_m > 0.0F) {
                nearest_m = std::min(nearest_m, t_m);
            }
        }
        return nearest_m;
    };
    EXPECT_NEAR(seen_along({0.02F, 1.6F, 0.01F}, {0.0F, -1.0F, 0.0F}), 1.6F, 0.03F);
    EXPECT_NEAR(seen_along({-0.02F, 1.4F, 0.0F}, {0.0F, 0.0F, -1.0F}), 3.1F, 0.4F);
    // Every way a person may look from where they stand, there is something to see.
    for (int i = 0; i < 64; ++i) {
        const float angle = 2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / 64.0F;
        for (const float rise : {-0.6F, 0.25F, 0.9F}) {
            const glm::vec3 way = glm::normalize(glm::vec3(std::sin(angle), rise, std::cos(angle)));
            EXPECT_LT(seen_along({0.0F, 1.6F, 0.0F}, way), 60.0F) << "angle " << angle;
        }
    }
}

TEST(CozyCabin, FireLightSwingsLessThanTenPercentInTenMinutes) {
    const scene::Scene& place = cabin().scene();
    bool burns = false;
    for (std::size_t light = 0; light < place.lights.size(); ++light) {
        float low = 1e9F;
        float high = 0.0F;
        for (int i = 0; i < 600 * 20; ++i) {
            const float scale = cabin().frame(static_cast<double>(i) * 0.05).light_scale.at(light);
            low = std::min(low, scale);
            high = std::max(high, scale);
        }
        EXPECT_LT((high - low) / high, 0.10F) << "light " << light;
        burns = burns || high - low > 0.02F;
        if (place.lights[light].flicker_depth == 0.0F) {
            EXPECT_EQ(low, high) << "a lamp does not move";
        }
    }
    EXPECT_TRUE(burns) << "the fire lives";
}

TEST(CozyCabin, FireLightHasNoQuickPart) {
    const scene::Scene& place = cabin().scene();
    constexpr int samples = 2048;
    constexpr double step_s = 0.1;
    for (std::size_t light = 0; light < place.lights.size(); ++light) {
        std::vector<double> signal;
        for (int i = 0; i < samples; ++i) {
            const auto at = cabin().frame(static_cast<double>(i) * step_s);
            signal.push_back(static_cast<double>(at.light_scale.at(light)) - 1.0);
        }
        double quick = 0.0;
        const int first = static_cast<int>(std::ceil(0.6 * samples * step_s));
        for (int bin = first; bin < samples / 2; ++bin) {
            std::complex<double> sum;
            for (int i = 0; i < samples; ++i) {
                const double window =
                    0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / (samples - 1.0));
                const double angle = -2.0 * std::numbers::pi * bin * i / samples;
                sum += signal[static_cast<std::size_t>(i)] * window * std::polar(1.0, angle);
            }
            quick = std::max(quick, std::abs(sum) * 4.0 / samples);
        }
        EXPECT_LT(quick, 0.012) << "amplitude above 0.6 Hz of light " << light;
    }
}

TEST(CozyCabin, NothingInTheAirComesOrGoesAbruptly) {
    constexpr double step_s = 1.0 / 90.0;
    for (int i = 0; i < 900; ++i) {
        const auto now = cabin().frame(100.0 + i * step_s);
        const auto next = cabin().frame(100.0 + (i + 1) * step_s);
        ASSERT_EQ(now.sprite_count, next.sprite_count);
        for (std::size_t s = 0; s < now.sprite_count; ++s) {
            // A sprite that starts a new life elsewhere is unseen at both ends.
            const float moved_m =
                glm::length(now.sprites.at(s).position_m - next.sprites.at(s).position_m);
            if (moved_m > 0.1F) {
                ASSERT_LT(now.sprites.at(s).opacity, 0.02F);
                ASSERT_LT(next.sprites.at(s).opacity, 0.02F);
            }
            ASSERT_LT(std::abs(now.sprites.at(s).opacity - next.sprites.at(s).opacity), 0.12F);
        }
    }
}

TEST(CozyCabin, LivesOnAfterAMonth) {
    constexpr double month_s = 30.0 * 86400.0;
    const auto frame = cabin().frame(month_s);
    EXPECT_GT(frame.sprite_count, 50U);
    EXPECT_LT(frame.sprite_count, scene::sprite_count_max);
    for (std::size_t s = 0; s < frame.sprite_count; ++s) {
        ASSERT_TRUE(std::isfinite(frame.sprites.at(s).position_m.y));
    }
}

TEST(CozyCabin, DimIsAQuarterOfTheLightAndItsSourcesAreLow) {
    const auto dim = load_environment(folder(), "cozy_cabin", {.preset = LightingPreset::dim});
    ASSERT_TRUE(dim.has_value());
    const scene::Scene& own = cabin().scene();
    EXPECT_LE(dim->scene().exposure * dim->scene().lights.front().colour.r,
              0.3F * own.exposure * own.lights.front().colour.r);
    EXPECT_EQ(dim->scene().mesh.indices.size(), own.mesh.indices.size());
}

} // namespace
} // namespace haven::environments
