#include "environments/soundscape/touch.hpp"

#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace haven::soundscape {
namespace {

constexpr float turn = 2.0F * std::numbers::pi_v<float>;
constexpr float rise_s = 0.09F;
constexpr float fall_s = 0.28F;
constexpr float fastest_m_per_s = 1.6F; ///< faster is not louder

/// How far a follower goes each chunk to be within 1/e after `seconds`.
float follow_step(float seconds) {
    return 1.0F - std::exp(-chunk_s / seconds);
}

} // namespace

InkVoice::InkVoice(std::uint32_t seed, float tone_hz)
    : chance_(branch(seed, 1)), pink_(branch(seed, 2)),
      grain_(branch(seed, 3), {.low = 0.7F, .high = 1.0F, .least_s = 0.03F, .most_s = 0.15F}),
      tone_hz_(tone_hz) {}

void InkVoice::make(Chunk& chunk) {
    const float speed =
        std::clamp(stroking_.speed_m_per_s, 0.0F, fastest_m_per_s) / fastest_m_per_s;
    const float wanted =
        stroking_.drawing
            ? std::sqrt(speed) * (0.45F + 0.55F * std::clamp(stroking_.pressure, 0.0F, 1.0F))
            : 0.0F;
    flow_ += follow_step(wanted > flow_ ? rise_s : fall_s) * (wanted - flow_);
    flow_ = flow_ < 1e-5F ? 0.0F : flow_;
    speed_ += follow_step(0.15F) * (speed - speed_);
    brush_.tune(520.0F * std::exp2(1.7F * speed_), 0.8F);
    brush_gain_.aim(0.30F * flow_ * grain_.next());
    tone_gain_.aim(0.010F * flow_);
    for (float& sample : chunk) {
        phase_ += tone_hz_ / sample_rate_hz;
        phase_ -= std::floor(phase_);
        fifth_phase_ += 1.498F * tone_hz_ / sample_rate_hz;
        fifth_phase_ -= std::floor(fifth_phase_);
        const float tone = std::sin(turn * phase_) + 0.5F * std::sin(turn * fifth_phase_);
        sample += brush_gain_.next() * brush_.band(pink_.next()) + tone_gain_.next() * tone;
    }
}

void BellVoice::strike(float hz, float warmth) {
    struct Partial {
        float ratio;
        float decay_s;
        float level;
    };
    // A bowl's modes; each of the low ones is two a little apart, which beat slowly.
    constexpr std::array<Partial, 7> bowl{{{.ratio = 1.0F, .decay_s = 1.9F, .level = 0.055F},
                                           {.ratio = 1.0016F, .decay_s = 1.7F, .level = 0.04F},
                                           {.ratio = 2.71F, .decay_s = 1.1F, .level = 0.03F},
                                           {.ratio = 2.717F, .decay_s = 1.0F, .level = 0.02F},
                                           {.ratio = 5.15F, .decay_s = 0.55F, .level = 0.012F},
                                           {.ratio = 8.35F, .decay_s = 0.25F, .level = 0.005F},
                                           {.ratio = 12.1F, .decay_s = 0.12F, .level = 0.002F}}};
    for (const Partial& partial : bowl) {
        partials_.start({.hz = hz * partial.ratio,
                         .decay_s = warmth * partial.decay_s,
                         .attack_s = 0.012F,
                         .level = partial.level});
    }
}

void BellVoice::make(Chunk& chunk) {
    Chunk struck{};
    partials_.add(struck);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        chunk[i] += struck[i] + 0.35F * room_.next(struck[i]);
    }
}

} // namespace haven::soundscape
