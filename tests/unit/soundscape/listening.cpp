#include "tests/unit/soundscape/listening.hpp"

#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voice.hpp"

#include <ebur128.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace haven::listening {
namespace {

using soundscape::sample_rate_hz;

constexpr std::size_t window_samples = 4096;

void fourier(std::vector<std::complex<double>>& values) {
    const std::size_t count = values.size();
    for (std::size_t i = 1, j = 0; i < count; ++i) {
        std::size_t bit = count >> 1U;
        for (; (j & bit) != 0; bit >>= 1U) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            std::swap(values[i], values[j]);
        }
    }
    for (std::size_t length = 2; length <= count; length <<= 1U) {
        const std::complex<double> step =
            std::polar(1.0, -2.0 * std::numbers::pi / static_cast<double>(length));
        for (std::size_t start = 0; start < count; start += length) {
            std::complex<double> turn = 1.0;
            for (std::size_t i = 0; i < length / 2; ++i) {
                const auto even = values[start + i];
                const auto odd = values[start + i + length / 2] * turn;
                values[start + i] = even + odd;
                values[start + i + length / 2] = even - odd;
                turn *= step;
            }
        }
    }
}

double bin_hz(std::size_t bin) {
    return static_cast<double>(bin) * sample_rate_hz / static_cast<double>(window_samples);
}

} // namespace

Loudness loudness(std::span<const float> samples, unsigned channels) {
    ebur128_state* meter = ebur128_init(channels, static_cast<unsigned long>(sample_rate_hz),
                                        EBUR128_MODE_I | EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK);
    assert(meter != nullptr);
    if (channels == 1) {
        // One loudspeaker's worth would be 3 dB below what both ears hear.
        ebur128_set_channel(meter, 0, EBUR128_DUAL_MONO);
    }
    Loudness result;
    const std::size_t frames = samples.size() / channels;
    const std::size_t step = sample_rate_hz / 10;
    for (std::size_t at = 0; at < frames; at += step) {
        const std::size_t count = std::min(step, frames - at);
        ebur128_add_frames_float(meter, samples.data() + at * channels, count);
        double now = 0.0;
        ebur128_loudness_momentary(meter, &now);
        result.loudest_lufs = std::max(result.loudest_lufs, now);
    }
    ebur128_loudness_global(meter, &result.integrated_lufs);
    double peak = 0.0;
    for (unsigned channel = 0; channel < channels; ++channel) {
        double one = 0.0;
        ebur128_true_peak(meter, channel, &one);
        peak = std::max(peak, one);
    }
    result.true_peak_db = 20.0 * std::log10(std::max(peak, 1e-5));
    ebur128_destroy(&meter);
    return result;
}

std::vector<float> heard(soundscape::Voice& voice, double seconds) {
    std::vector<float> samples(static_cast<std::size_t>(seconds * sample_rate_hz));
    voice.read(samples);
    return samples;
}

Spectrum::Spectrum(std::span<const float> mono) : power_(window_samples / 2) {
    std::vector<std::complex<double>> window(window_samples);
    for (std::size_t at = 0; at + window_samples <= mono.size(); at += window_samples / 2) {
        for (std::size_t i = 0; i < window_samples; ++i) {
            const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) /
                                 static_cast<double>(window_samples);
            window[i] = mono[at + i] * (0.5 - 0.5 * std::cos(angle));
        }
        fourier(window);
        for (std::size_t i = 0; i < power_.size(); ++i) {
            power_[i] += std::norm(window[i]);
        }
    }
}

double Spectrum::share(double low_hz, double high_hz) const {
    double inside = 0.0;
    double all = 0.0;
    for (std::size_t i = 1; i < power_.size(); ++i) {
        all += power_[i];
        if (bin_hz(i) >= low_hz && bin_hz(i) <= high_hz) {
            inside += power_[i];
        }
    }
    return all > 0.0 ? inside / all : 0.0;
}

double Spectrum::middle_hz() const {
    double all = 0.0;
    for (const double power : power_) {
        all += power;
    }
    double below = 0.0;
    for (std::size_t i = 0; i < power_.size(); ++i) {
        below += power_[i];
        if (below >= 0.5 * all) {
            return bin_hz(i);
        }
    }
    return 0.0;
}

std::vector<float> envelope(std::span<const float> mono, double piece_s) {
    const auto piece = static_cast<std::size_t>(piece_s * sample_rate_hz);
    std::vector<float> row;
    row.reserve(mono.size() / piece);
    for (std::size_t at = 0; at + piece <= mono.size(); at += piece) {
        double sum = 0.0;
        for (const float sample : mono.subspan(at, piece)) {
            sum += static_cast<double>(sample) * static_cast<double>(sample);
        }
        row.push_back(static_cast<float>(std::sqrt(sum / static_cast<double>(piece))));
    }
    return row;
}

double most_alike(std::span<const float> row, std::size_t piece) {
    // Every piece, centred and of length 1, against every later one that does not touch it.
    const auto centred = [&](std::size_t at) {
        std::vector<double> values(row.begin() + static_cast<std::ptrdiff_t>(at),
                                   row.begin() + static_cast<std::ptrdiff_t>(at + piece));
        double mean = 0.0;
        for (const double value : values) {
            mean += value / static_cast<double>(piece);
        }
        double power = 0.0;
        for (double& value : values) {
            value -= mean;
            power += value * value;
        }
        for (double& value : values) {
            value /= std::sqrt(power) + 1e-12;
        }
        return values;
    };
    double highest = 0.0;
    std::vector<std::vector<double>> pieces;
    for (std::size_t at = 0; at + piece <= row.size(); ++at) {
        pieces.push_back(centred(at));
    }
    for (std::size_t first = 0; first < pieces.size(); first += piece / 2) {
        for (std::size_t later = first + piece; later < pieces.size(); ++later) {
            double sum = 0.0;
            for (std::size_t i = 0; i < piece; ++i) {
                sum += pieces[first][i] * pieces[later][i];
            }
            highest = std::max(highest, sum);
        }
    }
    return highest;
}

double edge_db(std::span<const float> mono, std::size_t around) {
    constexpr std::size_t near = 4800;
    constexpr std::size_t sharp = 96;
    const std::size_t from = around > near ? around - near : 0;
    const std::size_t until = std::min(around + near, mono.size());
    soundscape::Svf above(6000.0F, 0.7F);
    std::vector<double> powers;
    double sum = 0.0;
    for (std::size_t i = from; i < until; ++i) {
        const double high = above.high(mono[i]);
        powers.push_back(high * high);
        sum += high * high;
    }
    double highest = 0.0;
    const std::size_t middle = around - from;
    for (std::size_t at = middle > 2 * sharp ? middle - 2 * sharp : 0;
         at + sharp <= powers.size() && at < middle + 2 * sharp; ++at) {
        double one = 0.0;
        for (std::size_t i = 0; i < sharp; ++i) {
            one += powers[at + i];
        }
        highest = std::max(highest, one / sharp);
    }
    const double mean = sum / static_cast<double>(powers.size());
    return 10.0 * std::log10((highest + 1e-14) / (mean + 1e-14));
}

} // namespace haven::listening
