#include "environments/soundscape/score.hpp"
#include "tests/unit/audio/place_listening.hpp"
#include "tests/unit/soundscape/listening.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/latest.hpp"
#include "xr_app/audio/mixer.hpp"

#include <gtest/gtest.h>

#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace haven::audio {
namespace {

using listening::ear;
using listening::edge_db;
using listening::heard;
using soundscape::VoiceKind;

double power_db(const std::vector<float>& samples) {
    double sum = 0.0;
    for (const float sample : samples) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    return 10.0 * std::log10(sum / static_cast<double>(samples.size()) + 1e-20);
}

/// Left over right.
double leaning_db(const std::vector<float>& both) {
    return power_db(ear(both, 0)) - power_db(ear(both, 1));
}

soundscape::Score one_voice(VoiceKind kind, glm::vec3 at_m) {
    return {.sounds = {{.name = "it", .level = 0.5F}},
            .voices = {{.kind = kind, .at_m = at_m, .seed = 3}}};
}

void enter(Mixer& mixer, const soundscape::Score& score, double fade_s = 0.05) {
    mixer.set_place(std::make_unique<PlaceVoices>(score, fade_s));
}

std::unique_ptr<Mixer> open(const Hearing& hearing = {}) {
    auto mixer = Mixer::open(hearing);
    EXPECT_NE(mixer, nullptr) << "OpenAL Soft with its loopback is part of the platform";
    return mixer;
}

const glm::vec3 left_m{-3.0F, 1.6F, 0.0F};
const glm::vec3 right_m{3.0F, 1.6F, 0.0F};

TEST(Mixer, ASourceIsLouderOnItsSide) {
    for (const bool spatial : {true, false}) {
        const auto at_left = open({.spatial = spatial});
        enter(*at_left, one_voice(VoiceKind::stream, left_m));
        EXPECT_GT(leaning_db(heard(*at_left, 2.0)), 4.0);
        EXPECT_EQ(at_left->spatial(), spatial);
        const auto at_right = open({.spatial = spatial});
        enter(*at_right, one_voice(VoiceKind::stream, right_m));
        EXPECT_LT(leaning_db(heard(*at_right, 2.0)), -4.0);
    }
}

TEST(Mixer, ASourceMovesOverWhenTheHeadTurns) {
    const auto mixer = open();
    enter(*mixer, one_voice(VoiceKind::stream, left_m));
    EXPECT_GT(leaning_db(heard(*mixer, 1.0)), 4.0);
    Ears ears;
    ears.world_from_head.orientation = {0.0F, 0.0F, 1.0F, 0.0F}; // half a turn about +Y
    mixer->set_ears(ears);
    static_cast<void>(heard(*mixer, 0.2));
    EXPECT_LT(leaning_db(heard(*mixer, 1.0)), -4.0);
}

double power_from_db(float head_z_m) {
    const auto mixer = open({.spatial = false});
    soundscape::Score score = one_voice(VoiceKind::stream, {0.0F, 1.6F, -4.0F});
    score.heard_from_m = {0.0F, 1.6F, 0.0F};
    Ears ears;
    ears.world_from_head.position_m = {0.0F, 1.6F, head_z_m};
    mixer->set_ears(ears);
    enter(*mixer, score);
    static_cast<void>(heard(*mixer, 0.5));
    return power_db(heard(*mixer, 1.0));
}

TEST(Mixer, ASourceIsLouderNearby) {
    EXPECT_NEAR(power_from_db(-2.0F) - power_from_db(0.0F), 6.02, 0.2);
    EXPECT_NEAR(power_from_db(4.0F) - power_from_db(0.0F), -6.02, 0.2);
}

TEST(Mixer, MonoIsTheSameOnBothEars) {
    const auto mixer = open({.mono = true});
    enter(*mixer, one_voice(VoiceKind::stream, left_m));
    const auto both = heard(*mixer, 1.0);
    EXPECT_EQ(ear(both, 0), ear(both, 1));
    EXPECT_GT(power_db(both), -60.0);
}

TEST(Mixer, EachEarHasItsVolume) {
    const auto mixer = open({.mono = true, .left = 1.0F, .right = 0.5F});
    enter(*mixer, one_voice(VoiceKind::stream, left_m));
    EXPECT_NEAR(leaning_db(heard(*mixer, 1.0)), 6.02, 0.1);
    mixer->set_hearing({.mono = true, .left = 0.0F, .right = 1.0F});
    static_cast<void>(heard(*mixer, 0.5));
    const auto only_right = heard(*mixer, 1.0);
    EXPECT_LT(power_db(ear(only_right, 0)), -120.0);
    EXPECT_GT(power_db(ear(only_right, 1)), -60.0);
}

TEST(Mixer, SurroundingsCanBeMutedAndBellsStay) {
    const auto mixer = open({.surroundings = 0.0F});
    enter(*mixer, one_voice(VoiceKind::stream, left_m));
    EXPECT_LT(power_db(heard(*mixer, 0.5)), -120.0);
    mixer->ring(Bell::begin);
    EXPECT_GT(power_db(heard(*mixer, 1.0)), -60.0);
}

TEST(Mixer, ALevelIsSetByNameWithoutAClick) {
    const auto mixer = open({.spatial = false});
    enter(*mixer, one_voice(VoiceKind::wind, left_m));
    auto samples = ear(heard(*mixer, 1.0), 0);
    const std::size_t change = samples.size();
    const double before_db = power_db(samples);
    mixer->set_level("it", 0.0F);
    const auto after = ear(heard(*mixer, 1.0), 0);
    samples.insert(samples.end(), after.begin(), after.end());
    EXPECT_LT(power_db({samples.end() - 4800, samples.end()}), before_db - 60.0);
    EXPECT_LT(edge_db(samples, change + 96), 10.0);
}

TEST(Mixer, PlacesCrossFadeWithoutAGapOrAClick) {
    const auto mixer = open({.spatial = false});
    enter(*mixer, one_voice(VoiceKind::wind, left_m));
    auto samples = ear(heard(*mixer, 2.0), 0);
    const std::size_t change = samples.size();
    soundscape::Score other = one_voice(VoiceKind::wind, left_m);
    other.voices.at(0).seed = 4;
    ASSERT_TRUE(mixer->has_room_for_a_place());
    enter(*mixer, other, 1.0);
    EXPECT_FALSE(mixer->has_room_for_a_place());
    const auto after = ear(heard(*mixer, 2.0), 0);
    EXPECT_TRUE(mixer->has_room_for_a_place());
    samples.insert(samples.end(), after.begin(), after.end());
    EXPECT_LT(edge_db(samples, change + 96), 10.0);
    const auto row = listening::envelope(samples, 0.25);
    EXPECT_GT(*std::ranges::min_element(row.begin() + 2, row.end()),
              0.1F * *std::ranges::max_element(row));
}

TEST(Mixer, AnEmptyPlaceIsSilent) {
    const auto mixer = open();
    enter(*mixer, one_voice(VoiceKind::stream, left_m));
    static_cast<void>(heard(*mixer, 0.5));
    enter(*mixer, {}, 0.5);
    static_cast<void>(heard(*mixer, 1.0));
    EXPECT_LT(power_db(heard(*mixer, 0.5)), -120.0);
}

TEST(Mixer, InkSoundsWhereItsHandIs) {
    for (const std::size_t hand : {0U, 1U}) {
        const auto mixer = open();
        Ears ears;
        ears.hands.at(hand) = {
            .world_position_m = {hand == 0 ? -0.5F : 0.5F, 1.4F, -0.3F},
            .stroking = {.drawing = true, .speed_m_per_s = 0.8F, .pressure = 0.7F}};
        mixer->set_ears(ears);
        const auto both = heard(*mixer, 2.0);
        EXPECT_GT(leaning_db(both) * (hand == 0 ? 1.0 : -1.0), 4.0);
        const auto loud = listening::loudness(both, 2);
        EXPECT_GT(loud.integrated_lufs, -48.0);
        EXPECT_LT(loud.integrated_lufs, -30.0) << "softer than the place";
    }
}

TEST(Mixer, BellsOverEachOtherStayBelowThePeak) {
    const auto mixer = open();
    for (int i = 0; i < 8; ++i) {
        mixer->ring(Bell::begin);
    }
    EXPECT_LT(listening::loudness(heard(*mixer, 2.0), 2).true_peak_db, -3.0);
}

TEST(Mixer, SpatialSoundIsSwitchedInSilence) {
    const auto mixer = open({.spatial = true});
    enter(*mixer, one_voice(VoiceKind::wind, left_m));
    auto samples = ear(heard(*mixer, 1.0), 0);
    mixer->set_hearing({.spatial = false});
    const auto after = ear(heard(*mixer, 1.0), 0);
    EXPECT_FALSE(mixer->spatial());
    const std::size_t change = samples.size();
    samples.insert(samples.end(), after.begin(), after.end());
    EXPECT_GT(power_db({samples.end() - 9600, samples.end()}), -60.0) << "it comes back";
    for (std::size_t at = change; at < change + 24000; at += 240) {
        EXPECT_LT(edge_db(samples, at), 14.0) << at;
    }
}

TEST(Mixer, ClosesWithinATenthOfASecondWithoutAClick) {
    const auto mixer = open({.spatial = false});
    enter(*mixer, one_voice(VoiceKind::wind, left_m));
    auto samples = ear(heard(*mixer, 1.0), 0);
    const std::size_t change = samples.size();
    mixer->close();
    const auto after = ear(heard(*mixer, 0.15), 0);
    EXPECT_TRUE(mixer->closed());
    samples.insert(samples.end(), after.begin(), after.end());
    EXPECT_LT(edge_db(samples, change), 10.0);
    EXPECT_LT(std::abs(samples.back()), 1e-5F);
}

TEST(Latest, GivesTheNewestWholeValueAcrossThreads) {
    struct Pair {
        std::uint64_t one = 0;
        std::uint64_t same = 0;
    };
    Latest<Pair> latest;
    constexpr std::uint64_t last = 200000;
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= last; ++i) {
            latest.post({.one = i, .same = i});
        }
    });
    std::uint64_t seen = 0;
    while (seen < last) {
        if (latest.take()) {
            ASSERT_EQ(latest.value().one, latest.value().same);
            ASSERT_GT(latest.value().one, seen);
            seen = latest.value().one;
        }
    }
    writer.join();
    EXPECT_FALSE(latest.take());
}

} // namespace
} // namespace haven::audio
