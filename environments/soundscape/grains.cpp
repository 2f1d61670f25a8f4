#include "environments/soundscape/grains.hpp"

#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::soundscape {
namespace {

constexpr float silent = 1e-5F; ///< -100 dB

float decay_a_sample(float seconds) {
    return std::exp(-1.0F / (std::max(seconds, 1e-4F) * sample_rate_hz));
}

} // namespace

void Pings::start(const Ping& ping) {
    auto* const grain = std::ranges::find(grains_, false, &Grain::live);
    if (grain == grains_.end()) {
        return;
    }
    *grain = {.sine = 0.0F,
              .cosine = 1.0F,
              .hz = ping.hz,
              .rise_a_chunk = std::exp2(ping.rise * chunk_s),
              .slow = ping.level,
              .fast = ping.level,
              .slow_step = decay_a_sample(ping.decay_s),
              .fast_step = decay_a_sample(std::min(ping.attack_s, 0.5F * ping.decay_s)),
              .offset = ping.offset,
              .live = true};
}

void Pings::add(Grain& grain, Chunk& chunk) const {
    const float angle =
        2.0F * std::numbers::pi_v<float> * std::min(grain.hz, 18000.0F) / sample_rate_hz;
    const float turn_cosine = std::cos(angle);
    const float turn_sine = std::sin(angle);
    for (std::size_t i = grain.offset; i < chunk.size(); ++i) {
        chunk[i] += (grain.slow - grain.fast) * grain.sine;
        const float sine = grain.sine * turn_cosine + grain.cosine * turn_sine;
        grain.cosine = grain.cosine * turn_cosine - grain.sine * turn_sine;
        grain.sine = sine;
        grain.slow *= grain.slow_step;
        grain.fast *= grain.fast_step;
    }
    grain.offset = 0;
    grain.hz *= grain.rise_a_chunk;
    grain.fast = grain.fast < silent * silent ? 0.0F : grain.fast; // denormals are slow
    grain.live = grain.slow > silent;
}

void Pings::add(Chunk& chunk) {
    for (Grain& grain : grains_) {
        if (grain.live) {
            add(grain, chunk);
        }
    }
}

void Bursts::start(const Burst& burst) {
    auto* const grain = std::ranges::find(grains_, false, &Grain::live);
    if (grain == grains_.end()) {
        return;
    }
    *grain = {.filter = Svf(std::min(burst.hz, 18000.0F), burst.q),
              .slow = burst.level,
              .fast = burst.level,
              .slow_step = decay_a_sample(burst.decay_s),
              .fast_step = decay_a_sample(std::min(burst.attack_s, 0.5F * burst.decay_s)),
              .offset = burst.offset,
              .live = true};
}

void Bursts::add(Chunk& chunk) {
    for (Grain& grain : grains_) {
        if (!grain.live) {
            continue;
        }
        for (std::size_t i = grain.offset; i < chunk.size(); ++i) {
            chunk[i] += grain.filter.band(chance_.either() * (grain.slow - grain.fast));
            grain.slow *= grain.slow_step;
            grain.fast *= grain.fast_step;
        }
        grain.offset = 0;
        grain.fast = grain.fast < silent * silent ? 0.0F : grain.fast;
        grain.live = grain.slow > silent;
    }
}

} // namespace haven::soundscape
