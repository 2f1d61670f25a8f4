#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>

namespace haven::soundscape {
namespace {

constexpr float floor_hz = 300.0F;
constexpr float foam = 0.25F; ///< of a wave's body: what makes it bright as it breaks

/// One wave: it rolls in, breaks, washes up the sand and hisses as it runs back.
class Wave {
  public:
    void begin(Chance& chance) {
        age_s_ = 0.0F;
        size_ = chance.between(0.55F, 1.0F);
        roll_s_ = chance.between(2.6F, 4.2F);
        break_s_ = chance.between(0.7F, 1.3F);
        wash_s_ = chance.between(3.0F, 5.0F);
        bright_hz_ = chance.between(1700.0F, 3200.0F) * (0.6F + 0.4F * size_);
        hiss_hz_ = chance.between(3800.0F, 5600.0F);
    }
    [[nodiscard]] bool live() const { return age_s_ >= 0.0F; }

    /// Where it is by the end of this chunk.
    void pass() {
        age_s_ += chunk_s;
        const float broken_s = age_s_ - roll_s_;
        const float washing_s = broken_s - break_s_;
        float body = 0.0F;
        float hz = 0.0F;
        if (broken_s < 0.0F) {
            const float near = ease(age_s_ / roll_s_);
            body = 0.3F * near;
            hz = 240.0F + 320.0F * near;
        } else if (washing_s < 0.0F) {
            const float breaking = ease(broken_s / break_s_);
            body = 0.3F + 0.7F * breaking;
            hz = 560.0F * std::pow(bright_hz_ / 560.0F, breaking);
        } else {
            const float left = std::exp(-2.6F * washing_s / wash_s_);
            body = left;
            hz = 420.0F + (bright_hz_ - 420.0F) * left;
        }
        // The last of it lies down within a second, so that its end is not heard.
        const float gone_s = washing_s - 2.0F * wash_s_;
        body *= 1.0F - ease(std::clamp(gone_s, 0.0F, 1.0F));
        const float hiss_at =
            std::clamp((broken_s - 0.4F) / (break_s_ + 1.6F * wash_s_), 0.0F, 1.0F);
        const float hissing = std::sin(hiss_at * std::numbers::pi_v<float>);
        body_.aim(size_ * body);
        hiss_.aim(0.085F * size_ * hissing * hissing);
        filter_.tune(hz, 0.6F);
        hiss_filter_.tune(hiss_hz_ - 1400.0F * hiss_at, 0.8F);
        if (gone_s > 1.0F + chunk_s) {
            age_s_ = -1.0F;
        }
    }
    [[nodiscard]] float next(float pink, float white) {
        return body_.next() * filter_.low(pink + foam * white) +
               hiss_.next() * hiss_filter_.band(white);
    }

  private:
    float age_s_ = -1.0F;
    float size_ = 1.0F;
    float roll_s_ = 3.0F;
    float break_s_ = 1.0F;
    float wash_s_ = 4.0F;
    float bright_hz_ = 2000.0F;
    float hiss_hz_ = 4500.0F;
    Gain body_;
    Gain hiss_;
    Svf filter_{300.0F, 0.6F};
    Svf hiss_filter_{4500.0F, 0.8F};
};

class Sea final : public Voice {
  public:
    explicit Sea(std::uint32_t seed)
        : chance_(branch(seed, 1)), pink_(branch(seed, 2)), white_(branch(seed, 3)),
          depth_(branch(seed, 4), {.low = 0.7F, .high = 1.0F, .least_s = 5.0F, .most_s = 11.0F}),
          floor_gain_(0.35F), next_wave_(chance_.between(0.0F, 6.0F)) {}

  protected:
    void make(Chunk& chunk) override {
        std::size_t offset = 0;
        while (next_wave_.due(offset)) {
            auto* const wave =
                std::ranges::find_if(waves_, [](const Wave& one) { return !one.live(); });
            if (wave != waves_.end()) {
                wave->begin(chance_);
            }
            next_wave_.again(chance_.between(8.0F, 12.0F));
        }
        next_wave_.pass();
        floor_gain_.aim(0.35F * depth_.next());
        for (Wave& wave : waves_) {
            if (wave.live()) {
                wave.pass();
            }
        }
        for (float& sample : chunk) {
            const float pink = rumble_.high(pink_.next());
            const float white = 0.3F * white_.either();
            float sum = floor_gain_.next() * floor_.low(pink);
            for (Wave& wave : waves_) {
                if (wave.live()) {
                    sum += wave.next(pink, white);
                }
            }
            sample += sum;
        }
    }

  private:
    Chance chance_;
    PinkNoise pink_;
    Chance white_;
    Drift depth_;
    Gain floor_gain_;
    OnePole rumble_{90.0F};
    Svf floor_{floor_hz, 0.6F};
    std::array<Wave, 3> waves_;
    Countdown next_wave_;
};

} // namespace

VoicePointer make_sea(std::uint32_t seed) {
    return std::make_unique<Sea>(seed);
}

} // namespace haven::soundscape
