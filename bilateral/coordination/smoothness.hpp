#pragma once

#include <optional>
#include <span>

/// How smooth a movement is, by its speed alone. Nothing for fewer than four values, values that
/// are not numbers, and what does not move.
namespace haven::coordination {

/// The spectral arc length (Balasubramanian and others 2015), 0 and less; less is less smooth.
[[nodiscard]] std::optional<double> sparc(std::span<const double> speed, double rate_hz);

/// The log dimensionless jerk of the speed, -ln((T^3 / v_peak^2) integral(s''^2 dt)), the same
/// paper; less is less smooth. Nothing for a speed that is a straight line: it has no jerk.
[[nodiscard]] std::optional<double> log_dimensionless_jerk(std::span<const double> speed,
                                                           double rate_hz);

} // namespace haven::coordination
