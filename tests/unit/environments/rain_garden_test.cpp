#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/spout_moments.hpp"
#include "environments/soundscape/voice.hpp"
#include "renderer/scene/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace haven::environments {
namespace {

const Environment& garden() {
    static const Environment loaded = [] {
        auto result = load_environment(
            std::filesystem::path(HAVEN_SOURCE_DIR) / "assets" / "environments", "rain_garden");
        if (!result) {
            ADD_FAILURE() << to_string(result.error());
            std::abort();
        }
        return *result;
    }();
    return loaded;
}

constexpr double step_s = 0.02;

float spout_speed_rad_per_s(double time_s) {
    return (garden().frame(time_s + step_s).hinge_rad - garden().frame(time_s).hinge_rad) /
           static_cast<float>(step_s);
}

TEST(Spout, TipsOnceInHalfAMinuteToAMinute) {
    double shortest_s = 1e9;
    double longest_s = 0.0;
    for (const std::uint32_t seed : {1U, 77U, 4'000'000'000U}) {
        for (std::int64_t number = -5; number < 2000; ++number) {
            const double gap_s =
                soundscape::spout_tips_s(seed, number + 1) - soundscape::spout_tips_s(seed, number);
            shortest_s = std::min(shortest_s, gap_s);
            longest_s = std::max(longest_s, gap_s);
        }
    }
    EXPECT_GE(shortest_s, 30.0);
    EXPECT_LE(longest_s, 60.0);
    EXPECT_GT(longest_s - shortest_s, 10.0) << "never to be counted on";
}

TEST(Spout, SeenInTheFrameGoesDownAsOftenAsItIsSaid) {
    int tips = 0;
    bool down = false;
    for (double t = 0.0; t < 900.0; t += 0.1) {
        const float angle = garden().frame(t).hinge_rad;
        tips += !down && angle < -0.2F ? 1 : 0;
        down = angle < -0.2F || (down && angle < 0.2F);
    }
    EXPECT_GE(tips, 900 / 60);
    EXPECT_LE(tips, 900 / 30);
}

TEST(Spout, IsStillButForTheFewSecondsOfItsTip) {
    double moving_s = 0.0;
    float fastest = 0.0F;
    constexpr double watched_s = 450.0;
    for (double t = 0.0; t < watched_s; t += step_s) {
        const float speed = std::abs(spout_speed_rad_per_s(t));
        moving_s += speed > 0.05F ? step_s : 0.0;
        fastest = std::max(fastest, speed);
    }
    EXPECT_GT(moving_s, 10.0);
    EXPECT_LT(moving_s / watched_s, 0.1);
    EXPECT_LT(fastest, 1.6F) << "nothing moves suddenly";
}

const soundscape::PlacedVoice& spouts_voice() {
    return *std::ranges::find(garden().score().voices, soundscape::VoiceKind::spout,
                              &soundscape::PlacedVoice::kind);
}

/// When it is back on its stone, after it was seen to lie tipped.
double strikes_s(double after_s) {
    double at_s = after_s;
    while (garden().frame(at_s).hinge_rad > -0.3F) {
        at_s += 0.05;
    }
    const float raised = garden().frame(at_s + 8.0).hinge_rad;
    while (garden().frame(at_s).hinge_rad < raised - 0.0005F) {
        at_s += 0.001;
    }
    return at_s;
}

TEST(Spout, IsHeardWhenItIsSeenToStrike) {
    const auto voice = soundscape::make_voice(soundscape::VoiceKind::spout, spouts_voice().seed);
    constexpr double heard_s = 260.0;
    std::vector<float> samples(static_cast<std::size_t>(heard_s * soundscape::sample_rate_hz));
    voice->read(samples);
    float loudest = 0.0F;
    for (const float sample : samples) {
        loudest = std::max(loudest, std::abs(sample));
    }
    int strikes = 0;
    for (double at_s = strikes_s(0.0); at_s < heard_s - 1.0; at_s = strikes_s(at_s + 10.0)) {
        const auto from = static_cast<std::size_t>((at_s - 0.5) * soundscape::sample_rate_hz);
        std::size_t knock = from;
        while (std::abs(samples.at(knock)) < 0.5F * loudest) {
            ++knock;
        }
        EXPECT_NEAR(static_cast<double>(knock) / soundscape::sample_rate_hz, at_s, 0.05);
        ++strikes;
    }
    EXPECT_GE(strikes, 4);
}

TEST(Spout, IsTheSameAtTheSameMomentWheneverItIsAsked) {
    const float once = garden().frame(1234.5).hinge_rad;
    static_cast<void>(garden().frame(99'999.0));
    EXPECT_EQ(garden().frame(1234.5).hinge_rad, once);
    EXPECT_TRUE(std::isfinite(garden().frame(30.0 * 86400.0).hinge_rad));
}

TEST(RainGarden, OnlyTheSpoutStandsOnTheHinge) {
    const scene::SceneMesh& mesh = garden().scene().mesh;
    std::size_t on_hinge = 0;
    for (const scene::SceneVertex& vertex : mesh.vertices) {
        const scene::SurfacePoint point = scene::unpack(vertex);
        if (point.pattern == scene::Pattern::plain && point.motion > 0.0F) {
            ++on_hinge;
            const glm::vec3 away = point.position_m - garden().scene().hinge.point_m;
            ASSERT_LT(glm::dot(away, away), 0.25F);
        }
    }
    EXPECT_GT(on_hinge, 50U);
}

TEST(RainGarden, ItsLightRestsAndItsDropsFallStraight) {
    const scene::Scene& place = garden().scene();
    for (const scene::Light& light : place.lights) {
        EXPECT_EQ(light.flicker_depth, 0.0F);
    }
    EXPECT_EQ(place.water.height_m, 0.0F) << "a pond has no waves but the rings of drops";
    EXPECT_GT(place.water.rings, 0.0F);
    for (double t = 40.0; t < 44.0; t += step_s) {
        const auto now = garden().frame(t);
        const auto next = garden().frame(t + step_s);
        for (std::size_t s = 0; s < now.sprite_count; ++s) {
            const auto& a = now.sprites.at(s);
            const auto& b = next.sprites.at(s);
            if (a.kind == scene::SpriteKind::streak && a.opacity > 0.03F && b.opacity > 0.03F) {
                ASSERT_LE(b.position_m.y, a.position_m.y + 1e-3F) << "nothing rises";
                ASSERT_NEAR(b.position_m.z, a.position_m.z, 0.02F) << "nor comes nearer";
            }
        }
    }
}

} // namespace
} // namespace haven::environments
