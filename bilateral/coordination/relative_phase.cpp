#include "bilateral/coordination/coordination.hpp"
#include "bilateral/coordination/fourier.hpp"
#include "bilateral/coordination/metrics.hpp"
#include "bilateral/coordination/motion.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace haven::coordination {

namespace {

constexpr double rhythm_hz_min = 0.2;
constexpr double rhythm_hz_max = 3.0;
constexpr double cycles_min = 4.0;
constexpr double peak_share_min = 0.5;
constexpr double amplitude_m_min = 0.005; ///< root mean square, of both hands
constexpr double lateral_share_min = 0.5;
constexpr double locking_min = 0.3;

using Signal = std::vector<double>;

/// Where the signals' summed power is most, and whether that is a rhythm: within 0.2 to 3 Hz, and
/// at least half of all power lies around it.
struct Peak {
    double hz = 0.0;
    bool clear = false;
};

Peak peak_of(std::span<const Signal> signals) {
    const std::size_t n = signals.front().size();
    const std::size_t size = std::bit_ceil(n) * 2;
    const double step_hz = rate_hz / static_cast<double>(size);
    std::vector<double> power(static_cast<std::size_t>(cutoff_hz / step_hz) + 1, 0.0);
    for (const Signal& signal : signals) {
        double mean = 0.0;
        for (const double value : signal) {
            mean += value / static_cast<double>(n);
        }
        Signal tapered(n);
        for (std::size_t i = 0; i < n; ++i) { // von Hann
            const double turn =
                2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
            tapered[i] = (signal[i] - mean) * 0.5 * (1.0 - std::cos(turn));
        }
        const std::vector<double> one = power_spectrum(tapered, size);
        for (std::size_t k = 0; k < power.size(); ++k) {
            power[k] += one[k];
        }
    }
    const auto most = static_cast<std::size_t>(std::ranges::max_element(power) - power.begin());
    Peak peak{.hz = static_cast<double>(most) * step_hz};
    if (most > 0 && most + 1 < power.size()) { // the top of the parabola through three bins
        const double before = power[most - 1];
        const double after = power[most + 1];
        const double bend = before - 2.0 * power[most] + after;
        peak.hz += bend < 0.0 ? 0.5 * (before - after) / bend * step_hz : 0.0;
    }
    // The window's main lobe is two bins of the signal's length wide on each side.
    const double around_hz = std::max(2.0 / seconds(n), 0.2 * peak.hz);
    double all = 0.0;
    double near = 0.0;
    for (std::size_t k = 0; k < power.size(); ++k) {
        all += power[k];
        near += std::abs(static_cast<double>(k) * step_hz - peak.hz) <= around_hz ? power[k] : 0.0;
    }
    peak.clear = peak.hz >= rhythm_hz_min && peak.hz <= rhythm_hz_max && all > 0.0 &&
                 near >= peak_share_min * all;
    return peak;
}

double variance(std::span<const glm::dvec3> values, const glm::dvec3& axis) {
    const auto n = static_cast<double>(values.size());
    double sum = 0.0;
    double squares = 0.0;
    for (const glm::dvec3& value : values) {
        const double along = glm::dot(value - values.front(), axis);
        sum += along;
        squares += along * along;
    }
    return std::max(0.0, squares / n - (sum / n) * (sum / n));
}

/// The axis along which both hands move: to the side, unless both move much more along another.
struct SharedAxis {
    std::size_t axis = 0;
    double variance_m2 = 0.0; ///< of the hand that moves less along it
};

SharedAxis shared_axis(const BothParts& parts, const std::array<glm::dvec3, 3>& axes) {
    std::array<double, 3> shared{};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        shared[i] = std::min(variance(parts[0].position_m, axes[i]),
                             variance(parts[1].position_m, axes[i]));
    }
    const auto most = static_cast<std::size_t>(std::ranges::max_element(shared) - shared.begin());
    const std::size_t axis = shared[0] >= lateral_share_min * shared[most] ? 0 : most;
    return {.axis = axis, .variance_m2 = shared[axis]};
}

/// Centred between its extremes (Lamb and Stoeckl 2014).
Signal centred(std::span<const glm::dvec3> values, const glm::dvec3& axis) {
    Signal signal;
    signal.reserve(values.size());
    for (const glm::dvec3& value : values) {
        signal.push_back(glm::dot(value, axis));
    }
    const auto [least, most] = std::ranges::minmax(signal);
    for (double& value : signal) {
        value -= least + (most - least) / 2.0;
    }
    return signal;
}

class PhaseSum {
  public:
    void add(const BothParts& parts, const std::array<glm::dvec3, 3>& axes) {
        const SharedAxis shared = shared_axis(parts, axes);
        if (shared.variance_m2 < amplitude_m_min * amplitude_m_min) {
            return miss(NoMetric::no_movement);
        }
        // Outward is the same for both hands.
        const glm::dvec3& axis = axes[shared.axis];
        const Signal left = centred(parts[0].position_m, shared.axis == 0 ? -axis : axis);
        const Signal right = centred(parts[1].position_m, axis);
        const Peak of_left = peak_of({&left, 1});
        const Peak of_right = peak_of({&right, 1});
        if (!of_left.clear || !of_right.clear) {
            return miss(NoMetric::no_clear_peak);
        }
        const double hz = std::min(of_left.hz, of_right.hz);
        const double duration_s = seconds(left.size());
        if (hz * duration_s < cycles_min) {
            return miss(NoMetric::too_few_cycles);
        }
        if (std::abs(of_left.hz - of_right.hz) > std::max(1.0 / duration_s, 0.1 * hz)) {
            return miss(NoMetric::frequencies_differ);
        }
        sum(left, right, hz);
        cycles_ += hz * duration_s;
        window_s_ += duration_s;
    }

    [[nodiscard]] Phase result() const {
        if (count_ == 0) {
            return {.relative_phase_rad = without(reason_), .phase_locking = without(reason_)};
        }
        const Complex z = sum_ / static_cast<double>(count_);
        const auto n = static_cast<std::size_t>(std::lround(cycles_));
        Phase phase{.relative_phase_rad = metric(std::arg(z), n, window_s_),
                    .phase_locking = metric(std::abs(z), n, window_s_)};
        if (std::abs(z) < locking_min) {
            phase.relative_phase_rad.value.reset();
            phase.relative_phase_rad.reason = NoMetric::weak_locking;
        }
        return phase;
    }

  private:
    /// Of several pieces that give nothing, the one that came farthest says why.
    void miss(NoMetric reason) { reason_ = std::max(reason_, reason); }

    /// The first and last half cycle stay out: a transform is wrong where its signal was cut.
    void sum(const Signal& left, const Signal& right, double hz) {
        const std::vector<Complex> a = analytic_signal(left);
        const std::vector<Complex> b = analytic_signal(right);
        const auto margin = static_cast<std::size_t>(rate_hz / (2.0 * hz));
        for (std::size_t i = margin; i + margin < a.size(); ++i) {
            const Complex turn = a[i] * std::conj(b[i]);
            const double length = std::abs(turn);
            if (length > 0.0) {
                sum_ += turn / length;
                ++count_;
            }
        }
    }

    Complex sum_{0.0, 0.0};
    std::size_t count_ = 0;
    double cycles_ = 0.0;
    double window_s_ = 0.0;
    NoMetric reason_ = NoMetric::too_short;
};

} // namespace

Phase relative_phase(Together parts, const std::array<glm::dvec3, 3>& axes) {
    PhaseSum phase;
    for (const BothParts& both : parts) {
        for (const auto& [offset, count] : pieces_of(both[0].size())) {
            phase.add({both[0].part(offset, count), both[1].part(offset, count)}, axes);
        }
    }
    return phase.result();
}

Metric dominant_frequency(const Motion& motion) {
    std::vector<std::pair<double, std::size_t>> peaks; // hz, points
    NoMetric reason = NoMetric::too_short;
    std::size_t all = 0;
    double cycles = 0.0;
    for (const auto& runs : motion.runs) {
        for (const Run& run : runs) {
            for (const auto& [offset, count] : pieces_of(run.position_m.size())) {
                const auto part = run.whole().part(offset, count);
                std::array<Signal, 3> signals;
                double variances_m2 = 0.0;
                for (int axis = 0; axis < 3; ++axis) {
                    glm::dvec3 unit(0.0);
                    unit[axis] = 1.0;
                    variances_m2 += variance(part.position_m, unit);
                    signals.at(static_cast<std::size_t>(axis)) = centred(part.position_m, unit);
                }
                const Peak peak = peak_of(signals);
                if (variances_m2 < amplitude_m_min * amplitude_m_min) {
                    reason = std::max(reason, NoMetric::no_movement);
                } else if (!peak.clear) {
                    reason = std::max(reason, NoMetric::no_clear_peak);
                } else if (peak.hz * seconds(count) < cycles_min) {
                    reason = std::max(reason, NoMetric::too_few_cycles);
                } else {
                    peaks.emplace_back(peak.hz, count);
                    all += count;
                    cycles += peak.hz * seconds(count);
                }
            }
        }
    }
    if (peaks.empty()) {
        return without(reason);
    }
    std::ranges::sort(peaks); // the median, by the time that each stands for
    std::size_t below = 0;
    auto at = peaks.begin();
    while (2 * (below + at->second) < all) {
        below += at->second;
        ++at;
    }
    return metric(at->first, static_cast<std::size_t>(std::lround(cycles)), seconds(all));
}

} // namespace haven::coordination
