#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/singer.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace haven::soundscape {
namespace {

/// One cricket: chirps of three or four pulses at its own pace, for a while, then a rest.
class Cricket {
  public:
    explicit Cricket(std::uint32_t seed)
        : chance_(seed), carrier_hz_(chance_.between(3600.0F, 4700.0F)),
          pulse_s_(chance_.between(0.017F, 0.022F)), pause_s_(chance_.between(0.32F, 0.7F)),
          pulses_(3 + chance_.below(2)), level_(chance_.between(0.25F, 1.0F)),
          chirps_left_(chance_.below(16)) {}

    [[nodiscard]] float next() {
        if (singer_.resting()) {
            chirp();
        }
        return singer_.next();
    }

  private:
    void chirp() {
        Note note{.from_hz = carrier_hz_, .to_hz = 0.99F * carrier_hz_, .length_s = pulse_s_};
        note.level = level_ * (0.6F + 0.4F * static_cast<float>(pulse_ + 1) /
                                          static_cast<float>(pulses_)); // each louder than the last
        note.silence_s = 0.75F * pulse_s_;
        if (pulse_ == 0) {
            note.silence_s = pause_s_ * chance_.between(0.9F, 1.15F);
            if (chirps_left_ == 0) {
                chirps_left_ = 8 + chance_.below(26);
                note.silence_s = 1.5F + chance_.waiting(4.0F);
                pause_s_ *= chance_.between(0.93F, 1.07F);
                pause_s_ = pause_s_ < 0.3F || pause_s_ > 0.75F ? 0.5F : pause_s_;
            }
            --chirps_left_;
        }
        pulse_ = (pulse_ + 1) % pulses_;
        singer_.sing(note);
    }

    Chance chance_;
    Singer singer_{{0.04F, 0.0F, 0.0F, 0.0F}};
    float carrier_hz_;
    float pulse_s_;
    float pause_s_;
    std::uint32_t pulses_;
    float level_;
    std::uint32_t chirps_left_;
    std::uint32_t pulse_ = 0;
};

class Crickets final : public Voice {
  public:
    explicit Crickets(std::uint32_t seed)
        : crickets_{Cricket(branch(seed, 1)), Cricket(branch(seed, 2)), Cricket(branch(seed, 3)),
                    Cricket(branch(seed, 4))},
          white_(branch(seed, 5)),
          field_(branch(seed, 6), {.low = 0.5F, .high = 1.0F, .least_s = 4.0F, .most_s = 13.0F}) {}

  protected:
    void make(Chunk& chunk) override {
        field_gain_.aim(0.11F * field_.next());
        for (float& sample : chunk) {
            float sum = 0.0F;
            for (Cricket& cricket : crickets_) {
                sum += cricket.next();
            }
            // All the others, a meadow away, are one thin shimmer.
            sample += 0.25F * air_.low(sum) + field_gain_.next() * meadow_.band(white_.either());
        }
    }

  private:
    std::array<Cricket, 4> crickets_;
    Chance white_;
    Drift field_;
    Gain field_gain_;
    OnePole air_{5000.0F};
    Svf meadow_{3900.0F, 9.0F};
};

} // namespace

VoicePointer make_crickets(std::uint32_t seed) {
    return std::make_unique<Crickets>(seed);
}

} // namespace haven::soundscape
