#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/echo.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/spout_moments.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace haven::soundscape {
namespace {

/// A bubble rings at a pitch of its size (Minnaert 1933), rises as it surfaces (van den Doel 2005),
/// and the small ones are gone sooner.
Ping bubble(Chance& chance, float hz, float level, std::size_t offset) {
    return {.hz = hz,
            .rise = chance.between(1.0F, 6.0F),
            .decay_s = std::clamp(13.0F / hz * chance.between(0.7F, 1.5F), 0.005F, 0.06F),
            .attack_s = 0.0015F,
            .level = level,
            .offset = offset};
}

/// Water over pebbles: a bed with three throats that open and close, and bubbles by the hundred.
class Stream final : public Voice {
  public:
    explicit Stream(std::uint32_t seed)
        : chance_(branch(seed, 1)), pink_(branch(seed, 2)),
          flow_(branch(seed, 3), {.low = 0.75F, .high = 1.0F, .least_s = 4.0F, .most_s = 13.0F}),
          low_hz_(branch(seed, 4),
                  {.low = 260.0F, .high = 420.0F, .least_s = 0.5F, .most_s = 3.0F}),
          middle_hz_(branch(seed, 5),
                     {.low = 620.0F, .high = 1000.0F, .least_s = 0.3F, .most_s = 2.0F}),
          high_hz_(branch(seed, 6),
                   {.low = 1700.0F, .high = 2900.0F, .least_s = 0.3F, .most_s = 2.0F}),
          babble_(branch(seed, 7), {.low = 0.35F, .high = 1.0F, .least_s = 0.2F, .most_s = 1.4F}),
          next_bubble_(0.01F) {}

  protected:
    void make(Chunk& chunk) override {
        const float flow = flow_.next();
        const float babble = babble_.next();
        std::size_t offset = 0;
        while (next_bubble_.due(offset)) {
            const float hz = chance_.between_octaves(330.0F, 3100.0F);
            const float size = std::min(0.035F * std::exp(0.8F * chance_.around()), 0.3F);
            bubbles_.start(bubble(chance_, hz, size * std::pow(700.0F / hz, 0.15F), offset));
            next_bubble_.again(chance_.waiting(0.009F / babble));
        }
        next_bubble_.pass();
        low_.tune(low_hz_.next(), 1.2F);
        middle_.tune(middle_hz_.next(), 1.0F);
        high_.tune(high_hz_.next(), 0.7F);
        gain_.aim(0.3F * flow);
        for (float& sample : chunk) {
            const float pink = pink_.next();
            sample +=
                gain_.next() * (low_.band(pink) + middle_.band(pink) + 0.8F * high_.band(pink));
        }
        bubbles_.add(chunk);
    }

  private:
    Chance chance_;
    PinkNoise pink_;
    Drift flow_;
    Drift low_hz_;
    Drift middle_hz_;
    Drift high_hz_;
    Drift babble_;
    Svf low_{340.0F, 1.2F};
    Svf middle_{800.0F, 1.0F};
    Svf high_{2300.0F, 0.7F};
    Gain gain_;
    Pings bubbles_;
    Countdown next_bubble_;
};

constexpr float fade_a_chunk = 0.992F; ///< a lap gives way to the next within a fifth of a second

/// Small waves that find the underside of a jetty, one, two or three at a time.
class Lapping final : public Voice {
  public:
    explicit Lapping(std::uint32_t seed)
        : chance_(branch(seed, 1)), pink_(branch(seed, 2)),
          still_(branch(seed, 3), {.low = 0.02F, .high = 0.05F, .least_s = 5.0F, .most_s = 14.0F}),
          hz_(branch(seed, 4), {.low = 240.0F, .high = 520.0F, .least_s = 0.4F, .most_s = 2.5F}),
          next_lap_(chance_.between(0.5F, 2.0F)), next_bubble_(1000.0F) {}

  protected:
    void make(Chunk& chunk) override {
        std::size_t offset = 0;
        while (next_lap_.due(offset)) {
            lap();
            const bool follows = chance_.unit() < 0.35F;
            next_lap_.again(follows ? chance_.between(0.7F, 1.3F) : chance_.between(2.2F, 5.5F));
        }
        next_lap_.pass();
        while (next_bubble_.due(offset)) {
            const float hz = chance_.between_octaves(300.0F, 950.0F);
            bubbles_.start(bubble(chance_, hz, 0.16F * size_ * chance_.unit(), offset));
            --bubbles_left_;
            next_bubble_.again(bubbles_left_ > 0 ? chance_.waiting(0.07F) : 1000.0F);
        }
        next_bubble_.pass();
        age_s_ += chunk_s;
        // A slow swell up, a slower one down: soft at both ends.
        const float up = ease(std::min(age_s_ / rise_s_, 1.0F));
        const float down = std::exp(-std::max(age_s_ - rise_s_, 0.0F) / fall_s_);
        // What is left of the lap before dies away under this one.
        before_ *= fade_a_chunk;
        heave_ = size_ * up * down + before_;
        gain_.aim(still_.next() + heave_);
        body_.tune(hz_.next() * (0.75F + 0.5F * heave_), 0.9F);
        for (float& sample : chunk) {
            sample += gain_.next() * soft_.low(body_.band(pink_.next()));
        }
        bubbles_.add(chunk);
    }

  private:
    void lap() {
        before_ = heave_;
        age_s_ = 0.0F;
        size_ = chance_.between(0.4F, 1.0F);
        rise_s_ = chance_.between(0.12F, 0.3F);
        fall_s_ = chance_.between(0.2F, 0.5F);
        bubbles_left_ = static_cast<int>(2 + chance_.below(6));
        next_bubble_ = Countdown(chance_.between(0.1F, 0.3F));
    }

    Chance chance_;
    PinkNoise pink_;
    Drift still_;
    Drift hz_;
    Gain gain_;
    Svf body_{350.0F, 0.9F};
    OnePole soft_{900.0F};
    Pings bubbles_;
    Countdown next_lap_;
    Countdown next_bubble_;
    float age_s_ = 100.0F;
    float size_ = 0.0F;
    float rise_s_ = 0.2F;
    float fall_s_ = 0.4F;
    float before_ = 0.0F;
    float heave_ = 0.0F;
    int bubbles_left_ = 0;
};

class Spout final : public Voice {
  public:
    explicit Spout(std::uint32_t seed)
        : seed_(seed), chance_(branch(seed, 1)), blows_(branch(seed, 2)), next_bubble_(0.1F) {}
    void keep_time(double scene_s) override { now_s_ = scene_s; }

  protected:
    void make(Chunk& chunk) override {
        const SpoutTip tip = spout_tip_at(seed_, now_s_);
        knock_when_due(tip, spout_knock_after_s, 1.0F, knocked_);
        knock_when_due(tip, spout_second_knock_after_s, 0.24F, knocked_again_);
        std::size_t offset = 0;
        while (next_bubble_.due(offset)) {
            trickle(tip, offset);
        }
        next_bubble_.pass();
        now_s_ += static_cast<double>(chunk_samples) / sample_rate_hz;
        Chunk near{};
        blows_.add(near);
        wood_.add(near);
        water_.add(chunk);
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            chunk[i] += near[i] + 0.5F * garden_.next(near[i]);
        }
    }

  private:
    /// Once a tip, though the time it follows may be set a little forth or back.
    void knock_when_due(const SpoutTip& tip, double after_s, float level, std::int64_t& newest) {
        constexpr double chunk_length_s = static_cast<double>(chunk_samples) / sample_rate_hz;
        constexpr double too_late_s = 0.05; // then it is left out
        const double in_s = after_s - tip.since_s;
        if (newest >= tip.number || in_s >= chunk_length_s || in_s < -too_late_s) {
            return;
        }
        newest = tip.number;
        knock(static_cast<std::size_t>(std::max(in_s, 0.0) * sample_rate_hz), level);
    }
    /// A thin thread of water into the tube: the fuller, the higher it sings. While it lies tipped
    /// all of it pours out.
    void trickle(const SpoutTip& tip, std::size_t offset) {
        const double filled_s = std::max(tip.since_s - spout_knock_after_s, 0.0);
        const auto full = static_cast<float>(filled_s / (filled_s + tip.until_next_s));
        const bool pouring =
            tip.since_s > spout_pours_after_s && tip.since_s < spout_poured_after_s;
        const float sings_hz = pouring ? 520.0F : 560.0F + 700.0F * full;
        const float hz = sings_hz * chance_.between_octaves(0.7F, 1.9F);
        const float level = pouring ? 0.05F : 0.022F;
        water_.start(bubble(chance_, hz, level * chance_.between(0.2F, 1.0F), offset));
        next_bubble_.again(chance_.waiting(pouring ? 0.014F : 0.045F));
    }
    void knock(std::size_t offset, float level) {
        struct Mode {
            float hz;
            float decay_s;
            float level;
        };
        constexpr std::array<Mode, 4> hollow_bamboo{
            {{.hz = 436.0F, .decay_s = 0.085F, .level = 0.5F},
             {.hz = 1010.0F, .decay_s = 0.04F, .level = 0.3F},
             {.hz = 1740.0F, .decay_s = 0.02F, .level = 0.16F},
             {.hz = 2630.0F, .decay_s = 0.01F, .level = 0.08F}}};
        const float pitch = chance_.between(0.97F, 1.03F);
        for (const Mode& mode : hollow_bamboo) {
            wood_.start({.hz = pitch * mode.hz,
                         .decay_s = mode.decay_s,
                         .attack_s = 0.0015F,
                         .level = level * mode.level,
                         .offset = offset});
        }
        blows_.start({.hz = 1300.0F,
                      .q = 0.9F,
                      .decay_s = 0.006F,
                      .attack_s = 0.001F,
                      .level = 0.25F * level,
                      .offset = offset});
    }

    std::uint32_t seed_;
    double now_s_ = 0.0; ///< of the scene
    std::int64_t knocked_ = std::numeric_limits<std::int64_t>::min();
    std::int64_t knocked_again_ = std::numeric_limits<std::int64_t>::min();
    Chance chance_;
    Bursts blows_;
    Pings wood_;
    Pings water_;
    Echo garden_{{.decay_s = 0.7F, .size = 0.8F, .bright_hz = 2500.0F}};
    Countdown next_bubble_;
};

} // namespace

VoicePointer make_stream(std::uint32_t seed) {
    return std::make_unique<Stream>(seed);
}

VoicePointer make_lapping(std::uint32_t seed) {
    return std::make_unique<Lapping>(seed);
}

VoicePointer make_spout(std::uint32_t seed) {
    return std::make_unique<Spout>(seed);
}

} // namespace haven::soundscape
