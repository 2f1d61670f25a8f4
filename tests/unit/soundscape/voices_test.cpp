#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/spout_moments.hpp"
#include "environments/soundscape/voice.hpp"
#include "tests/unit/soundscape/listening.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace haven::soundscape {
namespace {

using listening::envelope;
using listening::heard;
using listening::Spectrum;

class EachVoice : public testing::TestWithParam<std::size_t> {
  protected:
    [[nodiscard]] static VoiceKind kind() { return static_cast<VoiceKind>(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Voices, EachVoice, testing::Range(std::size_t{0}, voice_kind_count),
                         [](const auto& one) {
                             return std::string(to_string(static_cast<VoiceKind>(one.param)));
                         });

TEST_P(EachVoice, GivesTheSameSamplesForTheSameSeedInAnyBlockSize) {
    const auto whole = heard(*make_voice(kind(), 5), 3.0);
    const auto pieces_voice = make_voice(kind(), 5);
    std::vector<float> pieces(whole.size());
    std::size_t at = 0;
    for (std::size_t size = 1; at < pieces.size(); size = size % 701 + 97) {
        const std::size_t count = std::min(size, pieces.size() - at);
        pieces_voice->read(std::span(pieces).subspan(at, count));
        at += count;
    }
    EXPECT_EQ(whole, pieces);
}

TEST_P(EachVoice, GivesOtherSamplesForAnotherSeed) {
    const auto one = make_voice(kind(), 5);
    const auto other = make_voice(kind(), 6);
    bool differ = false;
    // The rare ones are silent at first.
    for (int second = 0; second < 60 && !differ; ++second) {
        differ = heard(*one, 1.0) != heard(*other, 1.0);
    }
    EXPECT_TRUE(differ);
}

struct Band {
    VoiceKind kind;
    double low_hz;
    double high_hz;
    double share; ///< of its power, at least
};

TEST(Voices, SoundInTheirBands) {
    constexpr std::array<Band, voice_kind_count> bands{
        {{.kind = VoiceKind::sea, .low_hz = 60, .high_hz = 3000, .share = 0.8},
         {.kind = VoiceKind::wind, .low_hz = 60, .high_hz = 1500, .share = 0.9},
         {.kind = VoiceKind::leaves, .low_hz = 1000, .high_hz = 10000, .share = 0.85},
         {.kind = VoiceKind::rain_wood, .low_hz = 250, .high_hz = 2500, .share = 0.75},
         {.kind = VoiceKind::rain_roof, .low_hz = 120, .high_hz = 1200, .share = 0.75},
         {.kind = VoiceKind::rain_glass, .low_hz = 1200, .high_hz = 9000, .share = 0.8},
         {.kind = VoiceKind::rain_leaf, .low_hz = 600, .high_hz = 9000, .share = 0.8},
         {.kind = VoiceKind::rain_water, .low_hz = 600, .high_hz = 6000, .share = 0.8},
         {.kind = VoiceKind::fire, .low_hz = 60, .high_hz = 6000, .share = 0.8},
         {.kind = VoiceKind::stream, .low_hz = 150, .high_hz = 4000, .share = 0.85},
         {.kind = VoiceKind::lapping, .low_hz = 100, .high_hz = 1500, .share = 0.8},
         {.kind = VoiceKind::spout, .low_hz = 300, .high_hz = 4000, .share = 0.9},
         {.kind = VoiceKind::birds, .low_hz = 1500, .high_hz = 8000, .share = 0.95},
         {.kind = VoiceKind::bird, .low_hz = 900, .high_hz = 3500, .share = 0.95},
         {.kind = VoiceKind::gulls, .low_hz = 350, .high_hz = 4000, .share = 0.95},
         {.kind = VoiceKind::crickets, .low_hz = 3000, .high_hz = 5500, .share = 0.8},
         {.kind = VoiceKind::owl, .low_hz = 250, .high_hz = 900, .share = 0.95},
         {.kind = VoiceKind::clock, .low_hz = 250, .high_hz = 4500, .share = 0.8}}};
    for (const Band& band : bands) {
        const double share =
            Spectrum(heard(*make_voice(band.kind, 7), 45.0)).share(band.low_hz, band.high_hz);
        EXPECT_GT(share, band.share) << to_string(band.kind);
    }
}

/// Of the row and itself `lag` later, both about their means.
double correlation(std::span<const float> row, std::size_t lag) {
    const std::size_t count = row.size() - lag;
    const auto mean = [&](std::size_t from) {
        double sum = 0.0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += row[from + i];
        }
        return sum / static_cast<double>(count);
    };
    const double mean_now = mean(0);
    const double mean_later = mean(lag);
    double both = 0.0;
    double now = 0.0;
    double later = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double a = row[i] - mean_now;
        const double b = row[i + lag] - mean_later;
        both += a * b;
        now += a * a;
        later += b * b;
    }
    return both / (std::sqrt(now * later) + 1e-12);
}

struct Repetition {
    double likeness = 0.0;
    double after_s = 0.0;
};

/// The lag from 15 s to 5 minutes at which ten minutes are most like themselves.
Repetition repetition(const std::vector<float>& loudness_row, double piece_s) {
    Repetition worst;
    for (auto lag = static_cast<std::size_t>(15.0 / piece_s);
         lag < static_cast<std::size_t>(300.0 / piece_s); ++lag) {
        const double likeness = correlation(loudness_row, lag);
        if (likeness > worst.likeness) {
            worst = {.likeness = likeness, .after_s = static_cast<double>(lag) * piece_s};
        }
    }
    return worst;
}

/// Ten minutes, read piece by piece: only the envelope is kept.
std::vector<float> ten_minutes_of(VoiceKind kind, double piece_s) {
    const auto voice = make_voice(kind, 21);
    std::vector<float> row;
    std::vector<float> piece(static_cast<std::size_t>(piece_s * sample_rate_hz));
    for (double at = 0.0; at < 600.0; at += piece_s) {
        voice->read(piece);
        row.push_back(envelope(piece, piece_s).at(0));
    }
    return row;
}

TEST(Voices, DoNotRepeatWithinTenMinutes) {
    // A clock repeats; nobody hears it who did not ask for it.
    constexpr double piece_s = 0.2;
    std::vector<std::future<Repetition>> found;
    found.reserve(voice_kind_count);
    for (std::size_t i = 0; i < voice_kind_count; ++i) {
        found.push_back(std::async(std::launch::async, [i] {
            return repetition(ten_minutes_of(static_cast<VoiceKind>(i), piece_s), piece_s);
        }));
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto kind = static_cast<VoiceKind>(i);
        const Repetition worst = found.at(i).get();
        if (kind == VoiceKind::clock) {
            EXPECT_GT(worst.likeness, 0.9) << "what repeats is found";
        } else {
            EXPECT_LT(worst.likeness, 0.6) << to_string(kind) << " after " << worst.after_s << " s";
        }
    }
}

TEST(Sea, NeverVanishes) {
    const auto row = envelope(heard(*make_voice(VoiceKind::sea, 9), 90.0), 0.5);
    const float loudest = *std::ranges::max_element(row);
    const float softest = *std::min_element(row.begin() + 4, row.end());
    EXPECT_GT(softest, 0.03F * loudest);
    EXPECT_LT(softest, 0.6F * loudest) << "waves come and go";
}

TEST(Sea, EnginesAreOutOfStep) {
    const auto one = heard(*make_voice(VoiceKind::sea, 31), 60.0);
    const auto other = heard(*make_voice(VoiceKind::sea, 32), 60.0);
    auto rows = envelope(one, 0.25);
    const std::size_t lag = rows.size();
    const auto second = envelope(other, 0.25);
    rows.insert(rows.end(), second.begin(), second.end());
    EXPECT_LT(std::abs(correlation(rows, lag)), 0.6);
    double both = 0.0;
    double power = 0.0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        both += static_cast<double>(one[i]) * other[i];
        power += static_cast<double>(one[i]) * one[i];
    }
    EXPECT_LT(std::abs(both / power), 0.05) << "the same noise";
}

/// Seconds at which a sound begins after at least `quiet_s` of near silence.
std::vector<double> beginnings(const std::vector<float>& samples, double quiet_s) {
    const auto row = envelope(samples, 0.05);
    const float loudest = *std::ranges::max_element(row);
    std::vector<double> found;
    double last_loud_s = -1000.0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] < 0.2F * loudest) {
            continue;
        }
        const double at_s = 0.05 * static_cast<double>(i);
        if (at_s - last_loud_s > quiet_s) {
            found.push_back(at_s);
        }
        last_loud_s = at_s;
    }
    return found;
}

TEST(Spout, KnocksAtItsMoments) {
    const auto samples = heard(*make_voice(VoiceKind::spout, 4), 240.0);
    float loudest = 0.0F;
    for (const float sample : samples) {
        loudest = std::max(loudest, std::abs(sample));
    }
    std::vector<double> knocks_s;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double at_s = static_cast<double>(i) / sample_rate_hz;
        if (std::abs(samples[i]) > 0.5F * loudest &&
            (knocks_s.empty() || at_s - knocks_s.back() > 1.0)) {
            knocks_s.push_back(at_s);
        }
    }
    ASSERT_GE(knocks_s.size(), 4U);
    for (const double at_s : knocks_s) {
        const SpoutTip tip = spout_tip_at(4, at_s);
        EXPECT_NEAR(tip.since_s, spout_knock_after_s, 0.01);
    }
    EXPECT_EQ(spout_tip_at(4, knocks_s.back()).number - spout_tip_at(4, knocks_s.front()).number,
              static_cast<std::int64_t>(knocks_s.size() - 1))
        << "none is left out";
}

TEST(Owl, IsRare) {
    const auto calls = beginnings(heard(*make_voice(VoiceKind::owl, 4), 400.0), 15.0);
    EXPECT_GE(calls.size(), 2U);
    EXPECT_LE(calls.size(), 10U);
}

TEST(Birds, AreMostlySilent) {
    for (const VoiceKind kind : {VoiceKind::birds, VoiceKind::bird, VoiceKind::gulls}) {
        const auto row = envelope(heard(*make_voice(kind, 8), 180.0), 0.1);
        const float loudest = *std::ranges::max_element(row);
        const auto silent =
            std::ranges::count_if(row, [&](float one) { return one < 0.02F * loudest; });
        EXPECT_GT(loudest, 0.0F) << to_string(kind);
        EXPECT_GT(static_cast<double>(silent), 0.6 * static_cast<double>(row.size()))
            << to_string(kind);
    }
}

TEST(Score, KnowsEveryVoiceByItsName) {
    for (std::size_t i = 0; i < voice_kind_count; ++i) {
        const auto kind = static_cast<VoiceKind>(i);
        EXPECT_EQ(parse_voice_kind(to_string(kind)), kind);
    }
    EXPECT_EQ(parse_voice_kind("thunder"), std::nullopt);
}

TEST(Chance, IsEvenAndRepeats) {
    Chance one(1);
    Chance again(1);
    double sum = 0.0;
    for (int i = 0; i < 100000; ++i) {
        const float value = one.either();
        ASSERT_EQ(value, again.either());
        sum += static_cast<double>(value);
    }
    EXPECT_LT(std::abs(sum / 100000.0), 0.01);
}

} // namespace
} // namespace haven::soundscape
