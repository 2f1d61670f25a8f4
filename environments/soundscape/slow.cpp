#include "environments/soundscape/slow.hpp"

#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voice.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace haven::soundscape {

Drift::Drift(std::uint32_t seed, Shape shape) : chance_(seed), shape_(shape) {
    to_ = chance_.between(shape_.low, shape_.high);
    aim();
    progress_ = chance_.unit(); // not every drift turns when the place begins
}

void Drift::aim() {
    from_ = to_;
    to_ = chance_.between(shape_.low, shape_.high);
    progress_ = 0.0F;
    step_ = chunk_s / chance_.between(shape_.least_s, shape_.most_s);
}

float Drift::next() {
    progress_ += step_;
    if (progress_ >= 1.0F) {
        aim();
    }
    return from_ + (to_ - from_) * ease(progress_);
}

bool Countdown::due(std::size_t& offset) {
    if (left_s_ >= chunk_s) {
        return false;
    }
    const float samples = std::max(left_s_, 0.0F) * sample_rate_hz;
    offset = std::min(static_cast<std::size_t>(samples), chunk_samples - 1);
    return true;
}

} // namespace haven::soundscape
