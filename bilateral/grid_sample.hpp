#pragma once

#include "bilateral/hand_sample.hpp"

#include <array>
#include <cstdint>

namespace haven {

/// A HandSample on the grid, as the integers that the trace stores. snap_to_grid is
/// from_grid(to_grid(sample)).
struct GridSample {
    static constexpr std::int64_t time_us_max = std::int64_t{1}
                                                << 40;            ///< 12.7 days; later is clamped
    static constexpr std::int32_t position_10um_max = 10'000'000; ///< 100 m; farther is untracked
    static constexpr std::int32_t orientation_max = 16'383;       ///< stands for 1 / sqrt(2)
    static constexpr std::int32_t pressure_max = 1'023;

    std::int64_t time_us = 0; ///< 0 to time_us_max
    std::array<std::int32_t, 3> position_10um{};
    /// The unit quaternion without its largest component, in the order x, y, z, w. The sign is
    /// chosen so that the largest is positive.
    std::array<std::int32_t, 3> orientation{};
    std::uint8_t orientation_largest = 3; ///< which of x, y, z, w was left out
    std::int32_t pressure = 0;            ///< 0 to pressure_max
    Hand hand = Hand::left;
    InteractionMode source = InteractionMode::controller;
    bool tracked = false;
    bool inferred = false; ///< only where tracked
    bool drawing = false;

    friend bool operator==(const GridSample&, const GridSample&) = default;
};

[[nodiscard]] GridSample to_grid(const HandSample& sample);

/// Exact for every value that to_grid gives: to_grid(from_grid(g)) == g.
[[nodiscard]] HandSample from_grid(const GridSample& sample);

/// True for values that to_grid can give; anything else was not written by it.
[[nodiscard]] bool is_on_grid(const GridSample& sample);

} // namespace haven
