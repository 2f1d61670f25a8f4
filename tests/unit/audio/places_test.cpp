#include "environments/soundscape/score.hpp"
#include "tests/unit/audio/place_listening.hpp"
#include "tests/unit/soundscape/listening.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <print>
#include <string_view>
#include <vector>

namespace haven::listening {
namespace {

constexpr double visit_s = 30.0;

const std::vector<Place>& all_places() {
    static const auto found = places(HAVEN_SOURCE_DIR "/assets");
    return found;
}

class EachPlace : public testing::TestWithParam<std::size_t> {
  protected:
    [[nodiscard]] static const Place& place() { return all_places().at(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Places, EachPlace, testing::Range(std::size_t{0}, all_places().size()),
                         [](const auto& one) { return all_places().at(one.param).id; });

TEST_P(EachPlace, IsHeardAtMinus30Lufs) {
    const Visit heard_there = visit(place().score, visit_s);
    const Loudness loud = loudness(heard_there.samples, 2);
    std::println("{}: {:.1f} LUFS, true peak {:.1f} dBTP", place().id, loud.integrated_lufs,
                 loud.true_peak_db);
    EXPECT_NEAR(loud.integrated_lufs, -30.0, 2.0);
    EXPECT_LT(loud.true_peak_db, -3.0);
}

TEST_P(EachPlace, StaysBelowThePeakWithEverythingTurnedUp) {
    soundscape::Score loudest = place().score;
    for (soundscape::Sound& sound : loudest.sounds) {
        sound.level = 1.0F;
    }
    EXPECT_LT(loudness(visit(loudest, 5.0).samples, 2).true_peak_db, -3.0);
}

TEST_P(EachPlace, GivesTheSameSamplesEachTime) {
    EXPECT_EQ(visit(place().score, 1.0).samples, visit(place().score, 1.0).samples);
}

TEST(Places, SoundAsTheyLook) {
    struct Sounds {
        std::string_view id;
        std::vector<std::string_view> names;
    };
    const std::array<Sounds, 6> expected{
        {{.id = "beach_sunset", .names = {"sea", "wind", "gulls"}},
         {.id = "cozy_cabin", .names = {"fire", "rain", "clock"}},
         {.id = "forest_stream", .names = {"stream", "leaves", "birds"}},
         {.id = "mountain_lake", .names = {"lapping", "wind", "bird"}},
         {.id = "rain_garden", .names = {"rain_wood", "rain_leaf", "rain_water", "spout"}},
         {.id = "starry_night", .names = {"crickets", "wind", "owl"}}}};
    ASSERT_EQ(all_places().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Place& place = all_places().at(i);
        EXPECT_EQ(place.id, expected.at(i).id);
        std::vector<std::string_view> names;
        names.reserve(place.score.sounds.size());
        for (const soundscape::Sound& sound : place.score.sounds) {
            names.emplace_back(sound.name);
        }
        EXPECT_EQ(names, expected.at(i).names) << place.id;
    }
}

TEST(Places, TheCabinsFireIsAtTheLeftAndItsClockSilent) {
    soundscape::Score score = all_places().at(1).score;
    EXPECT_EQ(score.sounds.at(2).level, 0.0F);
    score.sounds.at(1).level = 0.0F;
    const auto samples = visit(score, 5.0).samples;
    EXPECT_GT(loudness(ear(samples, 0), 1).loudest_lufs,
              loudness(ear(samples, 1), 1).loudest_lufs + 2.0);
}

} // namespace
} // namespace haven::listening
