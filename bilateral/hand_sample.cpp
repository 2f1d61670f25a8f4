#include "bilateral/hand_sample.hpp"

#include "bilateral/grid_sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace haven {

namespace {

// Doubles throughout: each result is then exact or correctly rounded IEEE arithmetic, the same on
// every machine.

constexpr double steps_per_m = 100'000.0;
constexpr double orientation_scale = 0.70710678118654752440 / GridSample::orientation_max;

using Quaternion = std::array<double, 4>; // x, y, z, w

struct GridOrientation {
    std::uint8_t largest = 3;
    std::array<std::int32_t, 3> rest{};
    friend auto operator<=>(const GridOrientation&, const GridOrientation&) = default;
};

/// To the nearest, halves away from zero. The value fits. Adding and cutting off is many times
/// faster than std::round.
std::int32_t rounded(double value) {
    return static_cast<std::int32_t>(value < 0.0 ? value - 0.5 : value + 0.5);
}

GridOrientation encode(const Quaternion& q) {
    GridOrientation grid;
    std::size_t largest = 0;
    for (std::size_t i = 1; i < q.size(); ++i) {
        if (std::abs(q[i]) > std::abs(q[largest])) {
            largest = i;
        }
    }
    grid.largest = static_cast<std::uint8_t>(largest);
    const double length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    const double steps = (q[largest] < 0.0 ? -1.0 : 1.0) / (length * orientation_scale);
    std::size_t place = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
        if (i != largest) {
            grid.rest[place++] = std::clamp(rounded(q[i] * steps), -GridSample::orientation_max,
                                            GridSample::orientation_max);
        }
    }
    return grid;
}

/// As floats, since that is what comes back.
Quaternion decode(const GridOrientation& grid) {
    Quaternion q{};
    double squares = 0.0;
    std::size_t place = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
        if (i != grid.largest) {
            const double value = grid.rest[place++] * orientation_scale;
            squares += value * value;
            q[i] = static_cast<float>(value);
        }
    }
    q[grid.largest] = static_cast<float>(std::sqrt(std::max(0.0, 1.0 - squares)));
    return q;
}

/// Where two components are nearly equal, rounding can make the other one the largest, so
/// encode(decode(g)) may differ from g, and may come back to it in turn. Follow until it stays, or
/// take the least of the cycle: then the result is the same from wherever on it one starts, which
/// makes snapping idempotent.
GridOrientation settled(GridOrientation grid) {
    for (int round = 0; round < 16; ++round) {
        const GridOrientation next = encode(decode(grid));
        if (next == grid) {
            return grid;
        }
        if (encode(decode(next)) == grid) {
            return std::min(grid, next);
        }
        grid = next;
    }
    return GridOrientation{}; // never seen; stays where it is put, so still idempotent
}

bool all_finite(const HandSample& sample) {
    const auto& [p, q] = sample.tracking_from_tip;
    return std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z) && std::isfinite(q.x) &&
           std::isfinite(q.y) && std::isfinite(q.z) && std::isfinite(q.w) &&
           std::isfinite(sample.pressure);
}

std::int64_t grid_time_us(std::int64_t time_ns) {
    if (time_ns <= 0) {
        return 0;
    }
    const std::int64_t whole_us = time_ns / 1000 + (time_ns % 1000 >= 500 ? 1 : 0);
    return std::min(whole_us, GridSample::time_us_max);
}

} // namespace

GridSample to_grid(const HandSample& sample) {
    GridSample grid;
    grid.time_us = grid_time_us(sample.time_ns);
    grid.hand = sample.hand;
    grid.source = sample.source;
    grid.drawing = sample.drawing;
    if (!all_finite(sample)) {
        return grid;
    }
    const auto& [p, q] = sample.tracking_from_tip;
    const std::array<double, 3> position{p.x * steps_per_m, p.y * steps_per_m, p.z * steps_per_m};
    for (const double coordinate : position) {
        if (std::abs(coordinate) >= GridSample::position_10um_max + 0.5) {
            return grid;
        }
    }
    const Quaternion orientation{q.x, q.y, q.z, q.w};
    const double squares = orientation[0] * orientation[0] + orientation[1] * orientation[1] +
                           orientation[2] * orientation[2] + orientation[3] * orientation[3];
    if (squares < 1e-6 || squares > 1e6) {
        return grid; // no rotation
    }

    for (std::size_t i = 0; i < 3; ++i) {
        grid.position_10um[i] = rounded(position[i]);
    }
    const GridOrientation settled_orientation = settled(encode(orientation));
    grid.orientation = settled_orientation.rest;
    grid.orientation_largest = settled_orientation.largest;
    grid.pressure = rounded(std::clamp(static_cast<double>(sample.pressure), 0.0, 1.0) *
                            GridSample::pressure_max);
    grid.tracked = sample.tracked;
    grid.inferred = sample.tracked && sample.inferred;
    return grid;
}

HandSample from_grid(const GridSample& grid) {
    HandSample sample;
    sample.time_ns = grid.time_us * 1000;
    sample.hand = grid.hand;
    sample.source = grid.source;
    sample.tracked = grid.tracked;
    sample.inferred = grid.inferred;
    sample.drawing = grid.drawing;
    sample.pressure =
        static_cast<float>(grid.pressure / static_cast<double>(GridSample::pressure_max));
    sample.tracking_from_tip.position_m = {static_cast<float>(grid.position_10um[0] / steps_per_m),
                                           static_cast<float>(grid.position_10um[1] / steps_per_m),
                                           static_cast<float>(grid.position_10um[2] / steps_per_m)};
    const Quaternion q = decode({.largest = grid.orientation_largest, .rest = grid.orientation});
    sample.tracking_from_tip.orientation =
        glm::quat{static_cast<float>(q[3]), static_cast<float>(q[0]), static_cast<float>(q[1]),
                  static_cast<float>(q[2])};
    return sample;
}

bool is_on_grid(const GridSample& sample) {
    const auto within = [](std::int64_t value, std::int64_t low, std::int64_t high) {
        return value >= low && value <= high;
    };
    if (!within(sample.time_us, 0, GridSample::time_us_max) ||
        !within(sample.pressure, 0, GridSample::pressure_max) || sample.orientation_largest > 3 ||
        sample.hand > Hand::right || sample.source > InteractionMode::gaze) {
        return false;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (!within(sample.position_10um[i], -GridSample::position_10um_max,
                    GridSample::position_10um_max) ||
            !within(sample.orientation[i], -GridSample::orientation_max,
                    GridSample::orientation_max)) {
            return false;
        }
    }
    return to_grid(from_grid(sample)) == sample;
}

HandSample snap_to_grid(const HandSample& sample) {
    return from_grid(to_grid(sample));
}

} // namespace haven
