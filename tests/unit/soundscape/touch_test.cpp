#include "environments/soundscape/touch.hpp"
#include "tests/unit/soundscape/listening.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace haven::soundscape {
namespace {

using listening::edge_db;
using listening::envelope;
using listening::heard;
using listening::Spectrum;

constexpr Stroking slow{.drawing = true, .speed_m_per_s = 0.15F, .pressure = 0.5F};
constexpr Stroking fast{.drawing = true, .speed_m_per_s = 1.2F, .pressure = 0.5F};

double power(const std::vector<float>& samples) {
    double sum = 0.0;
    for (const float sample : samples) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    return sum / static_cast<double>(samples.size());
}

TEST(InkVoice, IsSilentWhileNothingIsDrawn) {
    InkVoice ink(1, 196.0F);
    EXPECT_EQ(power(heard(ink, 0.5)), 0.0);
    ink.follow({.drawing = true, .speed_m_per_s = 0.0F, .pressure = 1.0F});
    EXPECT_EQ(power(heard(ink, 0.5)), 0.0) << "a resting pen";
}

TEST(InkVoice, IsLouderAndBrighterForAFasterHand) {
    InkVoice ink(1, 196.0F);
    ink.follow(slow);
    static_cast<void>(heard(ink, 1.0));
    const auto softly = heard(ink, 3.0);
    ink.follow(fast);
    static_cast<void>(heard(ink, 1.0));
    const auto briskly = heard(ink, 3.0);
    EXPECT_GT(power(briskly), 2.0 * power(softly));
    EXPECT_GT(Spectrum(briskly).share(900.0, 6000.0), 1.3 * Spectrum(softly).share(900.0, 6000.0));
}

TEST(InkVoice, IsLouderUnderMorePressure) {
    InkVoice light(1, 196.0F);
    InkVoice heavy(1, 196.0F);
    light.follow({.drawing = true, .speed_m_per_s = 0.5F, .pressure = 0.1F});
    heavy.follow({.drawing = true, .speed_m_per_s = 0.5F, .pressure = 1.0F});
    EXPECT_GT(power(heard(heavy, 2.0)), 1.5 * power(heard(light, 2.0)));
}

TEST(InkVoice, ComesAndGoesWithoutAClick) {
    InkVoice ink(1, 196.0F);
    auto samples = heard(ink, 0.5);
    const std::size_t begins = samples.size();
    ink.follow(fast);
    auto more = heard(ink, 1.0);
    samples.insert(samples.end(), more.begin(), more.end());
    const std::size_t ends = samples.size();
    ink.follow({});
    more = heard(ink, 2.0);
    samples.insert(samples.end(), more.begin(), more.end());
    EXPECT_LT(edge_db(samples, begins), 10.0);
    EXPECT_LT(edge_db(samples, ends), 10.0);
    EXPECT_LT(std::abs(samples.back()), 1e-4F);
    // What a click would measure.
    samples[begins] += 0.05F;
    EXPECT_GT(edge_db(samples, begins), 10.0);
}

TEST(BellVoice, RingsAtItsPitchAndDiesAway) {
    BellVoice bell;
    bell.strike(293.7F, 1.0F);
    const auto samples = heard(bell, 12.0);
    EXPECT_GT(Spectrum(samples).share(280.0, 310.0), 0.6);
    const auto row = envelope(samples, 0.5);
    EXPECT_GT(row.at(0), row.at(8));
    EXPECT_LT(row.back(), 0.01F * row.front());
    EXPECT_LT(std::abs(samples.front()), 1e-4F);
}

} // namespace
} // namespace haven::soundscape
