#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// How both hands move together: the metrics M1 to M7. FORMAT-coordination.md has each with its
/// equation, its source and the reasons for which it is null. No norms, no diagnosis.
namespace haven {

/// Goes up whenever the same motion may give another value.
inline constexpr int coordination_version = 1;

/// Why a metric has no value.
enum class NoMetric : std::uint8_t {
    none, ///< it has one
    no_data,
    not_measured, ///< the poses were predicted
    one_hand,
    too_short,
    midline_unknown,
    handedness_unknown,
    no_ink,
    no_movement,
    no_clear_peak,
    too_few_cycles,
    frequencies_differ,
    weak_locking,
    no_variation,
    no_peak_within,
    weak_correlation,
};
[[nodiscard]] std::string_view to_string(NoMetric reason);

struct Metric {
    std::optional<double> value;
    std::size_t n = 0;     ///< of what, says FORMAT-coordination.md
    double window_s = 0.0; ///< of motion that it was made from
    NoMetric reason = NoMetric::no_data;
    friend bool operator==(const Metric&, const Metric&) = default;
};

/// The plane between a person's left and right, M = I - 2 n n^T.
struct Midline {
    enum class Source : std::uint8_t {
        unknown,
        given,    ///< by the caller
        symmetry, ///< as the drawing's symmetry has it, which is taken from the stance
        hands,    ///< half way between where both hands were on average
    };
    glm::dvec3 point_m{0.0};
    glm::dvec3 normal{1.0, 0.0, 0.0}; ///< to the right; any length but 0
    friend bool operator==(const Midline&, const Midline&) = default;
};
[[nodiscard]] std::string_view to_string(Midline::Source source);

struct Coordination {
    double from_s = 0.0; ///< the first measured sample, and
    double to_s = 0.0;   ///< the last one, on the samples' clock
    double left_s = 0.0; ///< how long the hand was measured
    double right_s = 0.0;
    double together_s = 0.0; ///< how long both were
    Midline::Source midline = Midline::Source::unknown;

    Metric relative_phase_rad, phase_locking;                               // M1
    Metric lag_s, speed_correlation;                                        // M2
    Metric mirror_correlation, parallel_correlation, mirror_deviation;      // M3
    Metric sparc_left, sparc_right;                                         // M4
    Metric jerk_left, jerk_right;                                           // M5
    Metric path_ratio, path_laterality, time_laterality, stroke_laterality; // M6
    Metric drawing_simultaneity, movement_simultaneity, midline_crossings_per_minute,
        dominant_frequency_hz; // M7

    friend bool operator==(const Coordination&, const Coordination&) = default;
};

struct CoordinationOptions {
    std::optional<Midline> midline; ///< else the trace's symmetry, else the hands
    std::optional<Hand> dominant;   ///< as the person says; never guessed
};

/// Of raw measured samples of both hands, each hand's in the order of time. At most the two hours
/// after the first of them; time and memory grow with the samples' number. Any thread, but not one
/// that has a frame to keep: allocates.
[[nodiscard]] Coordination coordination_of(std::span<const HandSample> samples,
                                           const CoordinationOptions& options = {});

/// Without what moved while the drawing was paused.
[[nodiscard]] Coordination coordination_of(const Trace& trace,
                                           const CoordinationOptions& options = {});

/// As JSON in its one spelling (RFC 8785), as it is stored with a drawing.
[[nodiscard]] std::string encode_coordination(const Coordination& coordination);

/// The last 20 s, for a live view: coordination_of over what it holds. One thread at a time.
class CoordinationWindow {
  public:
    static constexpr std::int64_t window_ns = 20'000'000'000;
    static constexpr std::size_t samples_max = 16'384; ///< of both hands: twice what 200 Hz give

    void add(const HandSample& sample);
    [[nodiscard]] Coordination measure(const CoordinationOptions& options = {}) const;
    [[nodiscard]] std::size_t samples() const { return samples_.size(); }

  private:
    std::deque<HandSample> samples_;
    std::int64_t newest_ns_ = 0;
};

} // namespace haven
