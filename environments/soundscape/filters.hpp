#pragma once
// Small filters and colours of noise, one sample at a time.

#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/score.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::soundscape {

/// How far a one-pole filter goes each sample to be 3 dB down at a frequency.
[[nodiscard]] inline float one_pole_step(float hz) {
    return 1.0F - std::exp(-2.0F * std::numbers::pi_v<float> * hz / sample_rate_hz);
}

/// 6 dB an octave; the rest of the signal is its high pass.
class OnePole {
  public:
    explicit OnePole(float hz) : step_(one_pole_step(hz)) {}
    void tune(float hz) { step_ = one_pole_step(hz); }
    [[nodiscard]] float low(float in) {
        state_ += step_ * (in - state_);
        return state_;
    }
    [[nodiscard]] float high(float in) { return in - low(in); }

  private:
    float step_;
    float state_ = 0.0F;
};

/// State variable filter by trapezoidal integration (Simper 2013), 12 dB an octave: steady while it
/// is retuned. All three answers at once.
class Svf {
  public:
    Svf(float hz, float q) { tune(hz, q); }
    void tune(float hz, float q) {
        const float g = std::tan(std::numbers::pi_v<float> * hz / sample_rate_hz);
        damping_ = 1.0F / q;
        a1_ = 1.0F / (1.0F + g * (g + damping_));
        a2_ = g * a1_;
        a3_ = g * a2_;
    }
    void feed(float in) {
        const float v3 = in - second_;
        const float v1 = a1_ * first_ + a2_ * v3;
        const float v2 = second_ + a2_ * first_ + a3_ * v3;
        first_ = 2.0F * v1 - first_;
        second_ = 2.0F * v2 - second_;
        low_ = v2;
        band_ = v1;
        high_ = in - damping_ * v1 - v2;
    }
    [[nodiscard]] float low(float in) {
        feed(in);
        return low_;
    }
    /// 0 dB at its middle.
    [[nodiscard]] float band(float in) {
        feed(in);
        return damping_ * band_;
    }
    [[nodiscard]] float high(float in) {
        feed(in);
        return high_;
    }

  private:
    float damping_ = 1.0F;
    float a1_ = 0.0F;
    float a2_ = 0.0F;
    float a3_ = 0.0F;
    float first_ = 0.0F;
    float second_ = 0.0F;
    float low_ = 0.0F;
    float band_ = 0.0F;
    float high_ = 0.0F;
};

/// -3 dB an octave from 20 Hz up: one-pole filters two octaves apart, each with the same power.
class PinkNoise {
  public:
    explicit PinkNoise(std::uint32_t seed) : chance_(seed) {
        float hz = 20.0F;
        float gain = 1.0F;
        for (std::size_t i = 0; i < step_.size(); ++i) {
            step_.at(i) = one_pole_step(hz);
            gain_.at(i) = gain;
            hz *= 4.0F;
            gain *= 0.5F;
        }
    }
    /// Spread about 0.1.
    [[nodiscard]] float next() {
        const float white = chance_.either();
        float sum = 0.0F;
        for (std::size_t i = 0; i < step_.size(); ++i) {
            state_[i] += step_[i] * (white - state_[i]);
            sum += gain_[i] * state_[i];
        }
        return sum;
    }

  private:
    Chance chance_;
    std::array<float, 5> step_{};
    std::array<float, 5> gain_{};
    std::array<float, 5> state_{};
};

} // namespace haven::soundscape
