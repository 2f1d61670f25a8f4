#include "environments/soundscape/echo.hpp"

#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/score.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace haven::soundscape {
namespace {

/// Primes, so that no two ever fall together.
constexpr std::array<int, 4> delays_samples{1499, 2213, 3163, 4273};
constexpr float never_denormal = 1e-18F; // what dies away would else become slow to compute

} // namespace

Echo::Echo(Shape shape) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        Line& line = lines_.at(i);
        const float samples = static_cast<float>(delays_samples.at(i)) * shape.size;
        line.samples.assign(static_cast<std::size_t>(samples), 0.0F);
        line.gain = std::pow(10.0F, -3.0F * samples / (shape.decay_s * sample_rate_hz));
        line.damping.tune(shape.bright_hz);
    }
}

float Echo::next(float in) {
    std::array<float, 4> heard{};
    float sum = 0.0F;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        Line& line = lines_[i];
        heard[i] = line.damping.low(line.samples[line.at]) * line.gain;
        sum += heard[i];
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        Line& line = lines_[i];
        line.samples[line.at] = in + heard[i] - 0.5F * sum + never_denormal;
        line.at = line.at + 1 == line.samples.size() ? 0 : line.at + 1;
    }
    return 0.5F * (heard[0] - heard[1] + heard[2] - heard[3]);
}

} // namespace haven::soundscape
