#include "bilateral/coordination/coordination.hpp"
#include "bilateral/coordination/metrics.hpp"
#include "bilateral/coordination/motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace haven::coordination {

namespace {

constexpr int lag_points_max = 45; // 0.5 s
constexpr double correlation_min = 0.3;
constexpr double variation_min = 0.02; ///< of a speed, over its mean
/// Of peaks that are as high to that, the one nearest to no lag counts: a rhythm has many.
constexpr double as_high = 0.001;
constexpr std::size_t part_points_min = 90; // 1 s

struct Speeds {
    std::vector<double> left, right;
};

struct Moments {
    double mean = 0.0;
    double mean_square = 0.0;
};

Moments moments(std::span<const Speeds> parts, std::vector<double> Speeds::* hand) {
    Moments result;
    std::size_t n = 0;
    for (const Speeds& part : parts) {
        for (const double value : part.*hand) {
            result.mean += value;
            result.mean_square += value * value;
            ++n;
        }
    }
    result.mean /= static_cast<double>(n);
    result.mean_square /= static_cast<double>(n);
    return result;
}

bool varies(const Moments& speed) {
    const double variance = speed.mean_square - speed.mean * speed.mean;
    return variance > variation_min * variation_min * speed.mean * speed.mean;
}

/// Pearson's, of the left hand's speed with the right hand's `lag` later.
double correlation(std::span<const Speeds> parts, int lag) {
    double n = 0.0;
    double a = 0.0;
    double b = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;
    for (const Speeds& part : parts) {
        const std::size_t left = lag < 0 ? static_cast<std::size_t>(-lag) : 0;
        const std::size_t right = lag > 0 ? static_cast<std::size_t>(lag) : 0;
        const std::size_t count = part.left.size() - std::max(left, right);
        for (std::size_t i = 0; i < count; ++i) {
            const double x = part.left[left + i];
            const double y = part.right[right + i];
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
        n += static_cast<double>(count);
    }
    const double spread = (aa - a * a / n) * (bb - b * b / n);
    return spread > 0.0 ? (ab - a * b / n) / std::sqrt(spread) : 0.0;
}

struct Top {
    double lag_points = 0.0;
    double height = 0.0;
};

/// The local maxima, each the top of the parabola through three points.
std::vector<Top> tops_of(const std::vector<double>& heights) {
    std::vector<Top> tops;
    for (std::size_t i = 1; i + 1 < heights.size(); ++i) {
        const double before = heights[i - 1];
        const double after = heights[i + 1];
        const double bend = before - 2.0 * heights[i] + after;
        if (heights[i] >= before && heights[i] >= after && bend < 0.0) {
            const double slope = before - after;
            tops.push_back(
                {.lag_points = static_cast<double>(i) - 1.0 - lag_points_max + 0.5 * slope / bend,
                 .height = std::min(1.0, heights[i] - slope * slope / (8.0 * bend))});
        }
    }
    return tops;
}

std::optional<Top> top_of(const std::vector<double>& heights) {
    std::vector<Top> tops = tops_of(heights);
    if (tops.empty()) {
        return std::nullopt;
    }
    const double most = std::ranges::max(tops, {}, &Top::height).height;
    std::erase_if(tops, [&](const Top& top) { return top.height < most - as_high; });
    return std::ranges::min(tops, {}, [](const Top& top) { return std::abs(top.lag_points); });
}

} // namespace

Lag inter_hand_lag(Together parts) {
    std::vector<Speeds> speeds;
    std::size_t n = 0;
    for (const BothParts& both : parts) {
        if (both[0].size() >= part_points_min) {
            speeds.push_back({.left = lengths(both[0].velocity_m_per_s),
                              .right = lengths(both[1].velocity_m_per_s)});
            n += both[0].size();
        }
    }
    const auto neither = [](NoMetric reason) {
        return Lag{.lag_s = without(reason), .correlation = without(reason)};
    };
    if (seconds(n) < piece_s_min) {
        return neither(NoMetric::too_short);
    }
    const std::array<Moments, 2> both{moments(speeds, &Speeds::left),
                                      moments(speeds, &Speeds::right)};
    for (const Moments& hand : both) {
        if (std::sqrt(hand.mean_square) < still_m_per_s) {
            return neither(NoMetric::no_movement);
        }
        if (!varies(hand)) {
            return neither(NoMetric::no_variation);
        }
    }
    for (Speeds& part : speeds) { // small numbers, for the sums
        for (std::size_t i = 0; i < part.left.size(); ++i) {
            part.left[i] -= both[0].mean;
            part.right[i] -= both[1].mean;
        }
    }
    std::vector<double> heights;
    for (int lag = -lag_points_max - 1; lag <= lag_points_max + 1; ++lag) {
        heights.push_back(correlation(speeds, lag));
    }
    const auto top = top_of(heights);
    if (!top) {
        return neither(NoMetric::no_peak_within);
    }
    Lag lag{.lag_s = metric(top->lag_points / rate_hz, n, seconds(n)),
            .correlation = metric(top->height, n, seconds(n))};
    if (top->height < correlation_min) {
        lag.lag_s.value.reset();
        lag.lag_s.reason = NoMetric::weak_correlation;
    }
    return lag;
}

} // namespace haven::coordination
