#pragma once
// The parts that coordination_of is made of: a value, or why there is none.

#include "bilateral/coordination/coordination.hpp"
#include "bilateral/coordination/motion.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace haven::coordination {

using Together = std::span<const BothParts>;

[[nodiscard]] std::span<Metric Coordination::* const> all_metrics();

/// A hand whose speed is less than that (root mean square) does not move.
inline constexpr double still_m_per_s = 0.01;

[[nodiscard]] inline Metric without(NoMetric reason) {
    return {.reason = reason};
}
[[nodiscard]] Metric metric(double value, std::size_t n, double window_s);

/// Level and upright axes of the body: to the right, up, ahead. Nothing for a normal that says no
/// direction.
[[nodiscard]] std::optional<std::array<glm::dvec3, 3>> body_axes(const glm::dvec3& normal);

/// v - 2 n (n . v)
[[nodiscard]] glm::dvec3 mirrored(const glm::dvec3& value, const glm::dvec3& unit_normal);

struct Phase {
    Metric relative_phase_rad, phase_locking;
};
[[nodiscard]] Phase relative_phase(Together parts, const std::array<glm::dvec3, 3>& axes);

/// Of all runs of both hands, each on its own.
[[nodiscard]] Metric dominant_frequency(const Motion& motion);

struct Lag {
    Metric lag_s, correlation;
};
[[nodiscard]] Lag inter_hand_lag(Together parts);

struct Smoothness {
    Metric sparc, jerk;
};
[[nodiscard]] Smoothness smoothness(const Motion& motion, Hand hand);

/// From here on a hand is said to move: a tenth of its 95th percentile of speed. Nothing for one
/// that does not move.
[[nodiscard]] std::optional<double> moving_from_m_per_s(const Motion& motion, Hand hand);

} // namespace haven::coordination
