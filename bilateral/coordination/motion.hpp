#pragma once

#include "bilateral/hand_sample.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Both hands' measured motion, made ready for its metrics: on one grid of 90 Hz, without tremor
/// of devices, split where a hand was not seen. Allocates; any thread.
namespace haven::coordination {

inline constexpr double rate_hz = 90.0;
inline constexpr double cutoff_hz = 10.0;
inline constexpr std::int64_t gap_ns_max = 100'000'000;
/// What comes later after the first sample is left out: it bounds time and memory.
inline constexpr std::int64_t span_ns_max = std::int64_t{2} * 3600 * 1'000'000'000;
/// A shorter run is left out.
inline constexpr std::size_t run_points_min = 9;

/// A part of one hand's motion, or of both hands' at the same moments.
struct Part {
    std::span<const glm::dvec3> position_m;
    std::span<const glm::dvec3> velocity_m_per_s;
    std::span<const std::uint8_t> drawing; ///< 1 where ink was asked for
    [[nodiscard]] std::size_t size() const { return position_m.size(); }
    [[nodiscard]] Part part(std::size_t offset, std::size_t count) const {
        return {.position_m = position_m.subspan(offset, count),
                .velocity_m_per_s = velocity_m_per_s.subspan(offset, count),
                .drawing = drawing.subspan(offset, count)};
    }
};
using BothParts = std::array<Part, 2>; ///< by hand, of one size

/// One hand without a gap.
struct Run {
    std::int64_t first = 0; ///< in steps of 1/90 s since the first sample of either hand
    std::vector<glm::dvec3> position_m;
    std::vector<glm::dvec3> velocity_m_per_s;
    std::vector<std::uint8_t> drawing;
    [[nodiscard]] Part whole() const {
        return {.position_m = position_m, .velocity_m_per_s = velocity_m_per_s, .drawing = drawing};
    }
};

struct Motion {
    std::int64_t begin_ns = 0; ///< the first sample that was measured
    std::int64_t end_ns = 0;   ///< the last one
    std::array<std::vector<Run>, 2> runs;
    std::array<std::size_t, 2> strokes{}; ///< how often ink was begun
    [[nodiscard]] std::size_t points(Hand hand) const;
};

/// Samples of both hands, each hand's in the order of time. Left out are those that are not
/// tracked, inferred, not numbers, off the grid of samples, or not later than the hand's last one.
/// A run ends at a gap of more than 100 ms and at a jump (StrokeRecorder's).
[[nodiscard]] Motion motion_of(std::span<const HandSample> samples);

/// Where both hands were measured; views into `motion`.
[[nodiscard]] std::vector<BothParts> together(const Motion& motion);

/// A Butterworth filter of second order there and back, without a shift in time: -3 dB at 10 Hz in
/// all (Winter 2009, section 3.4.4). Both ends are continued by their own mirror image.
void low_pass(std::vector<glm::dvec3>& values);

/// Central differences; one-sided at the ends.
[[nodiscard]] std::vector<glm::dvec3> derivative(std::span<const glm::dvec3> values);

[[nodiscard]] std::vector<double> lengths(std::span<const glm::dvec3> values);

/// Equal pieces of a length, none longer than 40 s; a length under 2 s has none. That bounds what a
/// transform costs.
struct Piece {
    std::size_t offset = 0;
    std::size_t count = 0;
};
inline constexpr double piece_s_max = 40.0;
inline constexpr double piece_s_min = 2.0;
[[nodiscard]] std::vector<Piece> pieces_of(std::size_t length);

[[nodiscard]] inline double seconds(std::size_t points) {
    return static_cast<double>(points) / rate_hz;
}

} // namespace haven::coordination
