#include "bilateral/coordination/smoothness.hpp"

#include "bilateral/coordination/fourier.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace haven::coordination {

namespace {

constexpr std::size_t values_min = 4;

bool moves(std::span<const double> speed) {
    return speed.size() >= values_min &&
           std::ranges::all_of(speed, [](double v) { return std::isfinite(v); }) &&
           std::ranges::any_of(speed, [](double v) { return v != 0.0; });
}

} // namespace

std::optional<double> sparc(std::span<const double> speed, double rate_hz) {
    if (!moves(speed)) {
        return std::nullopt;
    }
    constexpr double frequency_hz_max = 10.0;
    constexpr double share_min = 0.05;
    constexpr unsigned padding = 4; // zeros for a spectrum 16 times as fine
    const std::size_t size = std::bit_ceil(speed.size()) << padding;
    std::vector<double> magnitude = power_spectrum(speed, size);
    for (double& value : magnitude) {
        value = std::sqrt(value);
    }
    const double step_hz = rate_hz / static_cast<double>(size);
    const auto below = static_cast<std::size_t>(frequency_hz_max / step_hz) + 1;
    const double most = *std::ranges::max_element(magnitude);
    magnitude.resize(std::min(magnitude.size(), below));
    for (double& value : magnitude) {
        value /= most;
    }
    const auto strong = [&](double value) { return value >= share_min; };
    const auto first = std::ranges::find_if(magnitude, strong);
    const auto last = std::ranges::find_last_if(magnitude, strong).begin();
    if (last <= first) {
        return std::nullopt;
    }
    const double step = 1.0 / static_cast<double>(last - first);
    double length = 0.0;
    for (auto at = first + 1; at != last + 1; ++at) {
        length += std::hypot(step, *at - at[-1]);
    }
    return -length;
}

std::optional<double> log_dimensionless_jerk(std::span<const double> speed, double rate_hz) {
    if (!moves(speed)) {
        return std::nullopt;
    }
    double peak = 0.0;
    for (const double value : speed) {
        peak = std::max(peak, std::abs(value));
    }
    double squares = 0.0;
    for (std::size_t i = 2; i < speed.size(); ++i) {
        const double jerk = (speed[i] - 2.0 * speed[i - 1] + speed[i - 2]) * rate_hz * rate_hz;
        squares += jerk * jerk;
    }
    const double duration_s = static_cast<double>(speed.size()) / rate_hz;
    const double dimensionless = std::pow(duration_s, 3.0) / (peak * peak) * squares / rate_hz;
    if (!(dimensionless > 0.0) || !std::isfinite(dimensionless)) {
        return std::nullopt;
    }
    return -std::log(dimensionless);
}

} // namespace haven::coordination
