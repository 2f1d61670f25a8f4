#pragma once
// How sound is judged here: loudness as broadcasters measure it, bands, repetition, clicks.

#include "environments/soundscape/voice.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace haven::listening {

/// By EBU R 128 (ITU-R BS.1770).
struct Loudness {
    double integrated_lufs = -100.0;
    double loudest_lufs = -100.0; ///< within 400 ms
    double true_peak_db = -100.0;
};
[[nodiscard]] Loudness loudness(std::span<const float> samples, unsigned channels);

[[nodiscard]] std::vector<float> heard(soundscape::Voice& voice, double seconds);

/// Mean power by frequency: windows of 4096 samples, half over each other.
class Spectrum {
  public:
    explicit Spectrum(std::span<const float> mono);
    /// Of all the power, that between two frequencies.
    [[nodiscard]] double share(double low_hz, double high_hz) const;
    /// The frequency that has half of the power below it.
    [[nodiscard]] double middle_hz() const;

  private:
    std::vector<double> power_; ///< by bin
};

/// Power of each piece of `piece_s`, as amplitude.
[[nodiscard]] std::vector<float> envelope(std::span<const float> mono, double piece_s);

/// The largest correlation of a piece of `piece` values of the row with any later one that does not
/// touch it: 1 is a loop.
[[nodiscard]] double most_alike(std::span<const float> row, std::size_t piece);

/// The highest ratio of power above 6 kHz within 2 ms to the same mean over 100 ms before and
/// after, in dB, around a sample: an edge has it high.
[[nodiscard]] double edge_db(std::span<const float> mono, std::size_t around);

} // namespace haven::listening
