#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace haven::soundscape {
namespace {

/// Flames that breathe, embers that hiss, wood that crackles in clusters and pops now and then.
class Fire final : public Voice {
  public:
    explicit Fire(std::uint32_t seed)
        : chance_(branch(seed, 1)), pink_(branch(seed, 2)), white_(branch(seed, 3)),
          snaps_(branch(seed, 4)),
          heat_(branch(seed, 5), {.low = 0.5F, .high = 1.0F, .least_s = 4.0F, .most_s = 12.0F}),
          breath_(branch(seed, 6), {.low = 0.35F, .high = 1.0F, .least_s = 0.12F, .most_s = 0.6F}),
          flame_hz_(branch(seed, 7),
                    {.low = 210.0F, .high = 480.0F, .least_s = 0.3F, .most_s = 1.2F}),
          hiss_level_(branch(seed, 8),
                      {.low = 0.0F, .high = 1.0F, .least_s = 1.5F, .most_s = 6.0F}),
          liveliness_(branch(seed, 9),
                      {.low = 0.0F, .high = 1.0F, .least_s = 2.0F, .most_s = 9.0F}),
          next_crackle_(0.2F), next_pop_(chance_.between(4.0F, 15.0F)) {}

  protected:
    void make(Chunk& chunk) override {
        const float heat = heat_.next();
        const float lively = liveliness_.next();
        std::size_t offset = 0;
        while (next_crackle_.due(offset)) {
            crackle(offset, 1.0F);
            // Wood splits in runs: most crackles follow close upon another.
            const bool in_a_run = chance_.unit() < 0.55F;
            next_crackle_.again(in_a_run
                                    ? chance_.between(0.004F, 0.06F)
                                    : chance_.waiting(0.5F / (0.45F + 1.7F * lively * lively)));
        }
        next_crackle_.pass();
        while (next_pop_.due(offset)) {
            pop(offset);
            next_pop_.again(8.0F + chance_.waiting(11.0F));
        }
        next_pop_.pass();
        flame_.tune(flame_hz_.next(), 0.6F);
        flame_gain_.aim(1.8F * heat * breath_.next());
        const float hiss = hiss_level_.next();
        hiss_gain_.aim(0.006F + 0.02F * hiss * hiss);
        for (float& sample : chunk) {
            sample += flame_gain_.next() * flame_.low(under_.high(pink_.next())) +
                      hiss_gain_.next() * hiss_.band(white_.either());
        }
        wood_.add(chunk);
        snaps_.add(chunk);
    }

  private:
    void crackle(std::size_t offset, float scale) {
        const float size = scale * std::min(0.1F * std::exp(0.7F * chance_.around()), 0.2F);
        const float hz = chance_.between_octaves(900.0F, 4800.0F);
        snaps_.start({.hz = hz,
                      .q = 1.4F,
                      .decay_s = chance_.between(0.0012F, 0.006F),
                      .attack_s = 0.0004F,
                      .level = 1.6F * size,
                      .offset = offset});
        wood_.start({.hz = hz * chance_.between(0.4F, 0.8F),
                     .decay_s = chance_.between(0.002F, 0.008F),
                     .attack_s = 0.0005F,
                     .level = 0.6F * size,
                     .offset = offset});
    }
    void pop(std::size_t offset) {
        wood_.start({.hz = chance_.between(260.0F, 620.0F),
                     .rise = -3.0F,
                     .decay_s = chance_.between(0.016F, 0.032F),
                     .attack_s = 0.002F,
                     .level = chance_.between(0.1F, 0.2F),
                     .offset = offset});
        crackle(offset, 1.5F);
    }

    Chance chance_;
    PinkNoise pink_;
    Chance white_;
    Pings wood_;
    Bursts snaps_;
    Drift heat_;
    Drift breath_;
    Drift flame_hz_;
    Drift hiss_level_;
    Drift liveliness_;
    OnePole under_{110.0F};
    Svf flame_{220.0F, 0.6F};
    Svf hiss_{4200.0F, 0.6F};
    Gain flame_gain_;
    Gain hiss_gain_;
    Countdown next_crackle_;
    Countdown next_pop_;
};

/// A wall clock: two soft ticks of wood, a second apart.
class Clock final : public Voice {
  public:
    explicit Clock(std::uint32_t seed) : chance_(branch(seed, 1)), next_tick_(0.5F) {}

  protected:
    void make(Chunk& chunk) override {
        std::size_t offset = 0;
        while (next_tick_.due(offset)) {
            const float hz = tick_ ? 1480.0F : 1260.0F;
            tick_ = !tick_;
            const float level = chance_.between(0.27F, 0.33F);
            wood_.start({.hz = hz, .decay_s = 0.007F, .level = level, .offset = offset});
            wood_.start(
                {.hz = 2.43F * hz, .decay_s = 0.003F, .level = 0.5F * level, .offset = offset});
            wood_.start(
                {.hz = 0.23F * hz, .decay_s = 0.02F, .level = 0.5F * level, .offset = offset});
            next_tick_.again(1.0F);
        }
        next_tick_.pass();
        wood_.add(chunk);
    }

  private:
    Chance chance_;
    Pings wood_;
    Countdown next_tick_;
    bool tick_ = false;
};

} // namespace

VoicePointer make_fire(std::uint32_t seed) {
    return std::make_unique<Fire>(seed);
}

VoicePointer make_clock(std::uint32_t seed) {
    return std::make_unique<Clock>(seed);
}

} // namespace haven::soundscape
