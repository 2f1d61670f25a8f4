#include "bilateral/coordination/coordination.hpp"
#include "bilateral/coordination/metrics.hpp"
#include "bilateral/coordination/motion.hpp"
#include "bilateral/coordination/smoothness.hpp"
#include "bilateral/hand_sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven::coordination {

namespace {

constexpr auto movement_points_min = static_cast<std::size_t>(0.5 * rate_hz);
constexpr auto movement_points_max = static_cast<std::size_t>(piece_s_max * rate_hz);
constexpr double moving_share = 0.1;
constexpr double usual_share = 0.95;

/// Equal pieces, none longer than a transform may be.
void cut(std::span<const double> movement, std::vector<std::span<const double>>& into) {
    const std::size_t count = (movement.size() + movement_points_max - 1) / movement_points_max;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = movement.size() * i / count;
        into.push_back(movement.subspan(from, movement.size() * (i + 1) / count - from));
    }
}

/// What a hand does between two rests.
std::vector<std::span<const double>> movements_of(std::span<const double> speed, double from) {
    std::vector<std::span<const double>> movements;
    for (std::size_t i = 0; i < speed.size();) {
        std::size_t end = i;
        while (end < speed.size() && speed[end] >= from) {
            ++end;
        }
        if (end - i >= movement_points_min) {
            cut(speed.subspan(i, end - i), movements);
        }
        i = end + 1;
    }
    return movements;
}

Metric median(std::vector<double> values, double window_s) {
    if (values.empty()) {
        return without(NoMetric::too_short);
    }
    std::ranges::sort(values);
    const std::size_t n = values.size();
    return metric((values[(n - 1) / 2] + values[n / 2]) / 2.0, n, window_s);
}

} // namespace

std::optional<double> moving_from_m_per_s(const Motion& motion, Hand hand) {
    std::vector<double> speeds;
    for (const Run& run : motion.runs[static_cast<std::size_t>(hand)]) {
        const std::vector<double> of_run = lengths(run.velocity_m_per_s);
        speeds.insert(speeds.end(), of_run.begin(), of_run.end());
    }
    if (speeds.empty()) {
        return std::nullopt;
    }
    const auto usual = speeds.begin() + static_cast<std::ptrdiff_t>(
                                            usual_share * static_cast<double>(speeds.size() - 1));
    std::ranges::nth_element(speeds, usual);
    return *usual < still_m_per_s ? std::nullopt : std::optional(moving_share * *usual);
}

Smoothness smoothness(const Motion& motion, Hand hand) {
    const auto from = moving_from_m_per_s(motion, hand);
    if (!from) {
        const auto reason = motion.points(hand) == 0 ? NoMetric::no_data : NoMetric::no_movement;
        return {.sparc = without(reason), .jerk = without(reason)};
    }
    std::vector<double> arcs;
    std::vector<double> jerks;
    std::size_t points = 0;
    for (const Run& run : motion.runs[static_cast<std::size_t>(hand)]) {
        const std::vector<double> speed = lengths(run.velocity_m_per_s);
        for (const std::span<const double> movement : movements_of(speed, *from)) {
            points += movement.size();
            if (const auto arc = sparc(movement, rate_hz)) {
                arcs.push_back(*arc);
            }
            if (const auto jerk = log_dimensionless_jerk(movement, rate_hz)) {
                jerks.push_back(*jerk);
            }
        }
    }
    return {.sparc = median(std::move(arcs), seconds(points)),
            .jerk = median(std::move(jerks), seconds(points))};
}

} // namespace haven::coordination
