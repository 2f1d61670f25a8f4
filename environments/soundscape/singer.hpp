#pragma once

#include "environments/soundscape/score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::soundscape {

/// One note of a throat: a pitch that slides, and what colours it.
struct Note {
    float from_hz = 1000.0F;
    float to_hz = 1000.0F;
    float bend = 0.0F; ///< octaves up (or down) in its middle
    float length_s = 0.1F;
    float silence_s = 0.0F; ///< before it
    float level = 1.0F;
    float swell = 0.5F;      ///< where it is loudest: 0.1 struck, 0.5 even, 0.9 growing
    float flutter_hz = 0.0F; ///< of a trill
    float flutter = 0.0F;    ///< its depth in loudness, 0 to 1
    float vibrato = 0.0F;    ///< octaves each way, six times a second
};

/// Sings one note at a time: a sine and up to four overtones, from silence and back to it.
class Singer {
  public:
    using Overtones = std::array<float, 4>; ///< level of the 2nd to the 5th partial
    explicit Singer(Overtones overtones) : overtones_(overtones) {}

    [[nodiscard]] bool resting() const { return left_s_ <= 0.0F; }
    /// When resting.
    void sing(const Note& note) {
        note_ = note;
        left_s_ = note.silence_s + note.length_s;
    }
    [[nodiscard]] float next() {
        if (left_s_ <= 0.0F) {
            return 0.0F;
        }
        left_s_ -= 1.0F / sample_rate_hz;
        if (left_s_ > note_.length_s) {
            return 0.0F;
        }
        const float t = 1.0F - std::max(left_s_, 0.0F) / note_.length_s;
        const float seconds = t * note_.length_s;
        const float octaves = std::log2(note_.to_hz / note_.from_hz) * t +
                              note_.bend * std::sin(pi * t) +
                              note_.vibrato * std::sin(2.0F * pi * 6.0F * seconds);
        phase_ += note_.from_hz * std::exp2(octaves) / sample_rate_hz;
        phase_ -= std::floor(phase_);
        // A sine over bent time: soft at both ends, loudest where the note says.
        const float bent = t < note_.swell ? 0.5F * t / note_.swell
                                           : 0.5F + 0.5F * (t - note_.swell) / (1.0F - note_.swell);
        const float envelope = std::sin(pi * bent) * std::sin(pi * bent);
        const float trill =
            1.0F - note_.flutter * (0.5F - 0.5F * std::cos(2.0F * pi * note_.flutter_hz * seconds));
        return note_.level * envelope * trill * wave();
    }

  private:
    static constexpr float pi = std::numbers::pi_v<float>;
    [[nodiscard]] float wave() const {
        float sum = std::sin(2.0F * pi * phase_);
        for (std::size_t i = 0; i < overtones_.size(); ++i) {
            if (overtones_[i] > 0.0F) {
                sum += overtones_[i] * std::sin(2.0F * pi * static_cast<float>(i + 2) * phase_);
            }
        }
        return sum;
    }

    Overtones overtones_;
    Note note_;
    float left_s_ = 0.0F;
    float phase_ = 0.0F;
};

} // namespace haven::soundscape
