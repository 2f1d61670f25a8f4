#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace haven::soundscape {
namespace {

/// What the drops fall on.
struct Surface {
    float drops_a_s = 10.0F; ///< near enough to be heard one by one
    std::array<float, 7> pitches_hz{};
    float detune = 0.04F; ///< no two places of it sound alike
    float decay_least_s = 0.01F;
    float decay_most_s = 0.03F;
    float rise = 0.0F;   ///< octaves a second
    float ring = 1.0F;   ///< of the pitched part
    float splash = 0.3F; ///< of the noise at the blow
    float splash_hz = 3000.0F;
    float splash_q = 0.8F;
    float splash_decay_s = 0.003F;
    float bed = 0.05F; ///< of all the drops too far to be heard one by one
    float bed_hz = 2500.0F;
    float bed_q = 0.5F;
};

constexpr Surface wood{.drops_a_s = 7.0F,
                       .pitches_hz = {372.0F, 430.0F, 512.0F, 604.0F, 690.0F, 818.0F, 962.0F},
                       .decay_least_s = 0.012F,
                       .decay_most_s = 0.034F,
                       .ring = 1.0F,
                       .splash = 0.55F,
                       .splash_hz = 1900.0F,
                       .splash_decay_s = 0.0025F,
                       .bed = 0.035F,
                       .bed_hz = 1100.0F,
                       .bed_q = 0.5F};

constexpr Surface roof{.drops_a_s = 42.0F,
                       .pitches_hz = {184.0F, 226.0F, 278.0F, 330.0F, 402.0F, 486.0F, 590.0F},
                       .detune = 0.12F,
                       .decay_least_s = 0.008F,
                       .decay_most_s = 0.022F,
                       .ring = 0.8F,
                       .splash = 0.35F,
                       .splash_hz = 1000.0F,
                       .splash_decay_s = 0.004F,
                       .bed = 0.16F,
                       .bed_hz = 620.0F,
                       .bed_q = 0.45F};

constexpr Surface glass{
    .drops_a_s = 16.0F,
    .pitches_hz = {1710.0F, 2080.0F, 2410.0F, 2890.0F, 3320.0F, 3910.0F, 4560.0F},
    .detune = 0.08F,
    .decay_least_s = 0.004F,
    .decay_most_s = 0.014F,
    .ring = 0.7F,
    .splash = 0.8F,
    .splash_hz = 3300.0F,
    .splash_decay_s = 0.002F,
    .bed = 0.03F,
    .bed_hz = 3000.0F,
    .bed_q = 0.6F};

constexpr Surface leaf{.drops_a_s = 24.0F,
                       .pitches_hz = {640.0F, 780.0F, 905.0F, 1080.0F, 1270.0F, 1490.0F, 1730.0F},
                       .detune = 0.15F,
                       .decay_least_s = 0.004F,
                       .decay_most_s = 0.010F,
                       .ring = 0.25F,
                       .splash = 1.3F,
                       .splash_hz = 1900.0F,
                       .splash_q = 0.9F,
                       .splash_decay_s = 0.006F,
                       .bed = 0.07F,
                       .bed_hz = 3400.0F,
                       .bed_q = 0.5F};

constexpr Surface water{
    .drops_a_s = 13.0F,
    .pitches_hz = {870.0F, 1030.0F, 1240.0F, 1460.0F, 1720.0F, 2060.0F, 2480.0F},
    .detune = 0.1F,
    .decay_least_s = 0.016F,
    .decay_most_s = 0.05F,
    .rise = 4.0F,
    .ring = 1.0F,
    .splash = 0.25F,
    .splash_hz = 3600.0F,
    .splash_decay_s = 0.002F,
    .bed = 0.05F,
    .bed_hz = 2400.0F,
    .bed_q = 0.5F};

class Rain final : public Voice {
  public:
    Rain(std::uint32_t seed, const Surface& surface)
        : surface_(surface), chance_(branch(seed, 1)), white_(branch(seed, 2)),
          splashes_(branch(seed, 3)),
          force_(branch(seed, 4), {.low = 0.6F, .high = 1.0F, .least_s = 6.0F, .most_s = 19.0F}),
          bed_(surface.bed_hz, surface.bed_q), next_drop_(0.01F) {}

  protected:
    void make(Chunk& chunk) override {
        const float force = force_.next();
        std::size_t offset = 0;
        while (next_drop_.due(offset)) {
            drop(offset);
            next_drop_.again(chance_.waiting(1.0F / (surface_.drops_a_s * force)));
        }
        next_drop_.pass();
        bed_gain_.aim(surface_.bed * force);
        for (float& sample : chunk) {
            sample += bed_gain_.next() * bed_.band(white_.either());
        }
        pings_.add(chunk);
        splashes_.add(chunk);
    }

  private:
    void drop(std::size_t offset) {
        // Many small drops and a few large ones, none of them startling.
        const float size = std::min(0.22F * std::exp(0.75F * chance_.around()), 1.0F);
        const float pitch = surface_.pitches_hz.at(
            chance_.below(static_cast<std::uint32_t>(surface_.pitches_hz.size())));
        const float detune = 1.0F + surface_.detune * chance_.around();
        const float decay_s = chance_.between(surface_.decay_least_s, surface_.decay_most_s);
        pings_.start({.hz = pitch * detune,
                      .rise = surface_.rise * chance_.between(0.4F, 1.6F),
                      .decay_s = decay_s,
                      .attack_s = 0.0012F,
                      .level = surface_.ring * size,
                      .offset = offset});
        // A second mode makes it a thing rather than a tone.
        pings_.start({.hz = pitch * detune * chance_.between(2.3F, 2.9F),
                      .rise = surface_.rise,
                      .decay_s = 0.4F * decay_s,
                      .attack_s = 0.0008F,
                      .level = 0.3F * surface_.ring * size,
                      .offset = offset});
        splashes_.start({.hz = surface_.splash_hz * chance_.between(0.75F, 1.35F),
                         .q = surface_.splash_q,
                         .decay_s = surface_.splash_decay_s * chance_.between(0.7F, 1.6F),
                         .attack_s = 0.0006F,
                         .level = surface_.splash * size,
                         .offset = offset});
    }

    const Surface& surface_;
    Chance chance_;
    Chance white_;
    Pings pings_;
    Bursts splashes_;
    Drift force_;
    Svf bed_;
    Gain bed_gain_;
    Countdown next_drop_;
};

} // namespace

VoicePointer make_rain_on_wood(std::uint32_t seed) {
    return std::make_unique<Rain>(seed, wood);
}

VoicePointer make_rain_on_roof(std::uint32_t seed) {
    return std::make_unique<Rain>(seed, roof);
}

VoicePointer make_rain_on_glass(std::uint32_t seed) {
    return std::make_unique<Rain>(seed, glass);
}

VoicePointer make_rain_on_leaves(std::uint32_t seed) {
    return std::make_unique<Rain>(seed, leaf);
}

VoicePointer make_rain_on_water(std::uint32_t seed) {
    return std::make_unique<Rain>(seed, water);
}

} // namespace haven::soundscape
