#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace haven::soundscape {
namespace {

/// How hard it blows: gusts of many seconds, stirred by short ones. 0.2 to 1.
class Gusts {
  public:
    explicit Gusts(std::uint32_t seed)
        : gust_(branch(seed, 1), {.low = 0.2F, .high = 1.0F, .least_s = 4.0F, .most_s = 13.0F}),
          swell_(branch(seed, 2), {.low = 0.6F, .high = 1.0F, .least_s = 17.0F, .most_s = 41.0F}),
          stir_(branch(seed, 3), {.low = 0.8F, .high = 1.0F, .least_s = 0.4F, .most_s = 1.5F}) {}
    [[nodiscard]] float next() { return gust_.next() * swell_.next() * stir_.next(); }

  private:
    Drift gust_;
    Drift swell_;
    Drift stir_;
};

class Wind final : public Voice {
  public:
    explicit Wind(std::uint32_t seed)
        : pink_(branch(seed, 1)), gusts_(branch(seed, 2)),
          low_hz_(branch(seed, 3),
                  {.low = 130.0F, .high = 240.0F, .least_s = 5.0F, .most_s = 14.0F}),
          middle_hz_(branch(seed, 4),
                     {.low = 300.0F, .high = 560.0F, .least_s = 3.0F, .most_s = 9.0F}),
          high_hz_(branch(seed, 5),
                   {.low = 750.0F, .high = 1250.0F, .least_s = 2.0F, .most_s = 7.0F}) {}

  protected:
    void make(Chunk& chunk) override {
        const float force = gusts_.next();
        low_.tune(low_hz_.next(), 0.7F);
        middle_.tune(middle_hz_.next() * (0.8F + 0.4F * force), 1.1F);
        high_.tune(high_hz_.next() * (0.8F + 0.4F * force), 1.6F);
        low_gain_.aim(0.22F + 0.78F * force);
        middle_gain_.aim(0.12F + 0.88F * force);
        high_gain_.aim(0.5F * force * force);
        for (float& sample : chunk) {
            const float pink = air_.low(pink_.next());
            sample += low_gain_.next() * low_.band(pink) +
                      middle_gain_.next() * middle_.band(pink) +
                      high_gain_.next() * high_.band(pink);
        }
    }

  private:
    PinkNoise pink_;
    Gusts gusts_;
    Drift low_hz_;
    Drift middle_hz_;
    Drift high_hz_;
    OnePole air_{1800.0F};
    Svf low_{180.0F, 0.7F};
    Svf middle_{420.0F, 1.1F};
    Svf high_{1000.0F, 1.6F};
    Gain low_gain_;
    Gain middle_gain_;
    Gain high_gain_;
};

class Leaves final : public Voice {
  public:
    explicit Leaves(std::uint32_t seed)
        : chance_(branch(seed, 1)), white_(branch(seed, 2)), gusts_(branch(seed, 3)),
          flutter_(branch(seed, 4), {.low = 0.55F, .high = 1.0F, .least_s = 0.08F, .most_s = 0.4F}),
          colour_hz_(branch(seed, 5),
                     {.low = 1500.0F, .high = 2800.0F, .least_s = 3.0F, .most_s = 10.0F}),
          touches_(branch(seed, 6)), next_touch_(0.1F) {}

  protected:
    void make(Chunk& chunk) override {
        const float force = gusts_.next();
        const float rustle = force * force;
        std::size_t offset = 0;
        while (next_touch_.due(offset)) {
            touches_.start({.hz = chance_.between_octaves(2200.0F, 6500.0F),
                            .q = 2.5F,
                            .decay_s = chance_.between(0.003F, 0.011F),
                            .attack_s = 0.001F,
                            .level = 0.9F * rustle * chance_.unit(),
                            .offset = offset});
            next_touch_.again(chance_.waiting(0.03F / (0.15F + force)));
        }
        next_touch_.pass();
        filter_.tune(colour_hz_.next(), 0.55F);
        gain_.aim((0.05F + 0.95F * rustle) * flutter_.next());
        for (float& sample : chunk) {
            sample +=
                0.26F * gain_.next() * hollow_.high(distance_.low(filter_.band(white_.either())));
        }
        touches_.add(chunk);
    }

  private:
    Chance chance_;
    Chance white_;
    Gusts gusts_;
    Drift flutter_;
    Drift colour_hz_;
    Svf filter_{3200.0F, 0.55F};
    OnePole hollow_{900.0F};
    OnePole distance_{4500.0F};
    Gain gain_;
    Bursts touches_;
    Countdown next_touch_;
};

} // namespace

VoicePointer make_wind(std::uint32_t seed) {
    return std::make_unique<Wind>(seed);
}

VoicePointer make_leaves(std::uint32_t seed) {
    return std::make_unique<Leaves>(seed);
}

} // namespace haven::soundscape
