#include "bilateral/coordination/coordination.hpp"

#include "bilateral/coordination/metrics.hpp"
#include "bilateral/coordination/motion.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/symmetry.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace haven {

namespace coordination {

Metric metric(double value, std::size_t n, double window_s) {
    return std::isfinite(value)
               ? Metric{.value = value, .n = n, .window_s = window_s, .reason = NoMetric::none}
               : without(NoMetric::no_data);
}

std::optional<std::array<glm::dvec3, 3>> body_axes(const glm::dvec3& normal) {
    const double length = glm::length(normal);
    if (!std::isfinite(length) || length < 1e-6) {
        return std::nullopt;
    }
    const glm::dvec3 right = normal / length;
    const glm::dvec3 ahead = glm::cross(glm::dvec3(0.0, 1.0, 0.0), right);
    if (glm::length(ahead) < 1e-3) {
        return std::nullopt; // nobody's right side is up
    }
    const glm::dvec3 level = glm::normalize(ahead);
    return std::array{right, glm::cross(right, level), level};
}

glm::dvec3 mirrored(const glm::dvec3& value, const glm::dvec3& unit_normal) {
    return value - 2.0 * glm::dot(unit_normal, value) * unit_normal;
}

namespace {

constexpr double hands_apart_m_min = 0.05;
constexpr double crossing_m = 0.02; ///< so far beyond the midline a hand has crossed it
constexpr double crossing_s_min = 10.0;
constexpr double path_m_min = 0.1;

double clamped(double correlation) {
    return std::clamp(correlation, -1.0, 1.0);
}

glm::dvec3 mean_of(Together parts, std::size_t hand) {
    glm::dvec3 sum(0.0);
    std::size_t n = 0;
    for (const BothParts& both : parts) {
        for (const glm::dvec3& position_m : both.at(hand).position_m) {
            sum += position_m;
            ++n;
        }
    }
    return sum / static_cast<double>(std::max<std::size_t>(n, 1));
}

std::size_t points_of(Together parts) {
    std::size_t n = 0;
    for (const BothParts& both : parts) {
        n += both[0].size();
    }
    return n;
}

struct Body {
    Midline::Source source = Midline::Source::unknown;
    glm::dvec3 point_m{0.0};
    std::array<glm::dvec3, 3> axes{}; ///< where the source is known
    [[nodiscard]] bool known() const { return source != Midline::Source::unknown; }
};

Body body_of(Together parts, const std::optional<Midline>& told, Midline::Source told_by) {
    if (told) {
        if (const auto axes = body_axes(told->normal)) {
            return {.source = told_by, .point_m = told->point_m, .axes = *axes};
        }
    }
    const glm::dvec3 left_m = mean_of(parts, 0);
    const glm::dvec3 right_m = mean_of(parts, 1);
    const glm::dvec3 apart_m{right_m.x - left_m.x, 0.0, right_m.z - left_m.z};
    const auto axes = body_axes(apart_m);
    if (!axes || glm::length(apart_m) < hands_apart_m_min) {
        return {};
    }
    return {.source = Midline::Source::hands, .point_m = (left_m + right_m) / 2.0, .axes = *axes};
}

/// M3, of velocities.
void correlate(Coordination& result, Together parts, const Body& body) {
    double left = 0.0;
    double right = 0.0;
    double mirror = 0.0;
    double parallel = 0.0;
    for (const BothParts& both : parts) {
        for (std::size_t i = 0; i < both[0].size(); ++i) {
            const glm::dvec3& l = both[0].velocity_m_per_s[i];
            const glm::dvec3& r = both[1].velocity_m_per_s[i];
            left += glm::dot(l, l);
            right += glm::dot(r, r);
            parallel += glm::dot(l, r);
            mirror += body.known() ? glm::dot(l, mirrored(r, body.axes[0])) : 0.0;
        }
    }
    const std::size_t n = points_of(parts);
    const double least = still_m_per_s * still_m_per_s * static_cast<double>(n);
    if (seconds(n) < piece_s_min || left < least || right < least) {
        const auto reason = seconds(n) < piece_s_min ? NoMetric::too_short : NoMetric::no_movement;
        result.mirror_correlation = result.parallel_correlation = without(reason);
        return;
    }
    const double scale = std::sqrt(left * right);
    result.parallel_correlation = metric(clamped(parallel / scale), n, seconds(n));
    result.mirror_correlation = body.known() ? metric(clamped(mirror / scale), n, seconds(n))
                                             : without(NoMetric::midline_unknown);
}

/// M3, of paths: how far one hand's is from the other's mirror image, over their size.
Metric deviation(Together parts, const Body& body) {
    const std::size_t n = points_of(parts);
    if (seconds(n) < piece_s_min) {
        return without(NoMetric::too_short);
    }
    if (!body.known()) {
        return without(NoMetric::midline_unknown);
    }
    const glm::dvec3 left_m = mean_of(parts, 0);
    const glm::dvec3 right_m = mean_of(parts, 1);
    double squares = 0.0;
    double radii = 0.0;
    for (const BothParts& both : parts) {
        for (std::size_t i = 0; i < both[0].size(); ++i) {
            const glm::dvec3 left = both[0].position_m[i] - left_m;
            const glm::dvec3 right = mirrored(both[1].position_m[i] - right_m, body.axes[0]);
            squares += glm::dot(left - right, left - right);
            radii += (glm::length(left) + glm::length(right)) / 2.0;
        }
    }
    const auto count = static_cast<double>(n);
    constexpr double radius_m_min = 0.005;
    if (radii / count < radius_m_min) {
        return without(NoMetric::no_movement);
    }
    return metric(std::sqrt(squares / count) / (radii / count), n, seconds(n));
}

Metric laterality(double left, double right, std::size_t n, double window_s, double least,
                  NoMetric reason) {
    const double sum = left + right;
    return sum > 0.0 && sum >= least ? metric((right - left) / sum, n, window_s) : without(reason);
}

/// M6
void compare_hands(Coordination& result, Together parts, const Motion& motion,
                   std::optional<Hand> dominant) {
    std::array<double, 2> path_m{};
    std::array<std::size_t, 2> drawing{};
    for (const BothParts& both : parts) {
        for (std::size_t hand = 0; hand < 2; ++hand) {
            const Part& part = both.at(hand);
            for (std::size_t i = 0; i < part.size(); ++i) {
                path_m.at(hand) +=
                    i == 0 ? 0.0 : glm::distance(part.position_m[i], part.position_m[i - 1]);
                drawing.at(hand) += part.drawing[i];
            }
        }
    }
    const std::size_t n = points_of(parts);
    const double window_s = seconds(n);
    result.path_laterality =
        laterality(path_m[0], path_m[1], n, window_s, path_m_min, NoMetric::no_movement);
    result.time_laterality = laterality(seconds(drawing[0]), seconds(drawing[1]),
                                        drawing[0] + drawing[1], window_s, 0.0, NoMetric::no_ink);
    result.stroke_laterality =
        laterality(static_cast<double>(motion.strokes[0]), static_cast<double>(motion.strokes[1]),
                   motion.strokes[0] + motion.strokes[1], window_s, 0.0, NoMetric::no_ink);
    if (!dominant) {
        result.path_ratio = without(NoMetric::handedness_unknown);
    } else if (std::min(path_m[0], path_m[1]) < path_m_min) {
        result.path_ratio = without(NoMetric::no_movement);
    } else {
        const auto hand = *dominant == Hand::left ? 0U : 1U;
        result.path_ratio = metric(std::log(path_m.at(1 - hand) / path_m.at(hand)), n, window_s);
    }
}

Metric share_of_both(std::size_t both, std::size_t any, double window_s, NoMetric reason) {
    return any == 0 ? without(reason)
                    : metric(static_cast<double>(both) / static_cast<double>(any), any, window_s);
}

/// M7
void find_simultaneity(Coordination& result, Together parts, const Motion& motion) {
    const std::array from{moving_from_m_per_s(motion, Hand::left),
                          moving_from_m_per_s(motion, Hand::right)};
    std::array<std::size_t, 2> moving{}; // both, any
    std::array<std::size_t, 2> drawing{};
    const auto count = [](std::array<std::size_t, 2>& counts, bool left, bool right) {
        counts[0] += left && right ? 1 : 0;
        counts[1] += left || right ? 1 : 0;
    };
    for (const BothParts& both : parts) {
        for (std::size_t i = 0; i < both[0].size(); ++i) {
            const auto moves = [&](std::size_t hand) {
                const auto& least = from.at(hand);
                return least && glm::length(both.at(hand).velocity_m_per_s[i]) >= *least;
            };
            count(moving, moves(0), moves(1));
            count(drawing, both[0].drawing[i] != 0, both[1].drawing[i] != 0);
        }
    }
    const double window_s = seconds(points_of(parts));
    result.movement_simultaneity =
        share_of_both(moving[0], moving[1], window_s, NoMetric::no_movement);
    result.drawing_simultaneity = share_of_both(drawing[0], drawing[1], window_s, NoMetric::no_ink);
}

/// M7: of each hand on its own, so that it is there for somebody with one.
Metric crossings(const Motion& motion, const Body& body) {
    if (!body.known()) {
        return without(NoMetric::midline_unknown);
    }
    double rate = 0.0;
    std::size_t all = 0;
    double longest_s = 0.0;
    for (const auto& runs : motion.runs) {
        std::size_t points = 0;
        std::size_t crossed = 0;
        for (const Run& run : runs) {
            int side = 0;
            for (const glm::dvec3& position_m : run.position_m) {
                const double beyond_m = glm::dot(position_m - body.point_m, body.axes[0]);
                if (std::abs(beyond_m) >= crossing_m) {
                    const int now = beyond_m > 0.0 ? 1 : -1;
                    crossed += side != 0 && now != side ? 1 : 0;
                    side = now;
                }
            }
            points += run.position_m.size();
        }
        if (points > 0) {
            rate += static_cast<double>(crossed) / (seconds(points) / 60.0);
        }
        all += crossed;
        longest_s = std::max(longest_s, seconds(points));
    }
    return longest_s < crossing_s_min ? without(NoMetric::too_short) : metric(rate, all, longest_s);
}

Coordination nothing(NoMetric reason) {
    Coordination result;
    for (Metric Coordination::* const one : all_metrics()) {
        result.*one = without(reason);
    }
    return result;
}

Coordination measure(std::span<const HandSample> samples, const CoordinationOptions& options,
                     Midline::Source told_by) {
    const Motion motion = motion_of(samples);
    const std::vector<BothParts> parts = together(motion);
    const std::array points{motion.points(Hand::left), motion.points(Hand::right)};
    NoMetric reason = NoMetric::none; // of all that two hands make
    if (points[0] + points[1] == 0) {
        reason = samples.empty() ? NoMetric::no_data : NoMetric::too_short;
    } else if (points[0] == 0 || points[1] == 0) {
        reason = NoMetric::one_hand;
    } else if (parts.empty()) {
        reason = NoMetric::too_short;
    }
    Coordination result = nothing(reason);
    result.from_s = static_cast<double>(motion.begin_ns) / 1e9;
    result.to_s = static_cast<double>(motion.end_ns) / 1e9;
    result.left_s = seconds(points[0]);
    result.right_s = seconds(points[1]);
    result.together_s = seconds(points_of(parts));

    const Body body = body_of(parts, options.midline, told_by);
    result.midline = body.source;
    const Smoothness left = smoothness(motion, Hand::left);
    const Smoothness right = smoothness(motion, Hand::right);
    result.sparc_left = left.sparc;
    result.jerk_left = left.jerk;
    result.sparc_right = right.sparc;
    result.jerk_right = right.jerk;
    result.dominant_frequency_hz = dominant_frequency(motion);
    result.midline_crossings_per_minute = crossings(motion, body);
    if (reason != NoMetric::none) {
        return result;
    }
    correlate(result, parts, body);
    result.mirror_deviation = deviation(parts, body);
    compare_hands(result, parts, motion, options.dominant);
    find_simultaneity(result, parts, motion);
    const Lag lag = inter_hand_lag(parts);
    result.lag_s = lag.lag_s;
    result.speed_correlation = lag.correlation;
    const Phase phase = body.known()
                            ? relative_phase(parts, body.axes)
                            : Phase{.relative_phase_rad = without(NoMetric::midline_unknown),
                                    .phase_locking = without(NoMetric::midline_unknown)};
    result.relative_phase_rad = phase.relative_phase_rad;
    result.phase_locking = phase.phase_locking;
    return result;
}

/// The first one that has a plane; it is taken from the stance where drawing begins.
std::optional<Midline> midline_of(const Trace& trace) {
    const auto of = [](const Symmetry& symmetry) {
        return Midline{.point_m = symmetry.plane_point_m, .normal = symmetry.plane_normal};
    };
    if (trace.header.recording.symmetry.copies()) {
        return of(trace.header.recording.symmetry);
    }
    for (const auto& [before, event] : trace.events) {
        const auto* const change = std::get_if<SymmetryChange>(&event);
        if (change != nullptr && change->symmetry.copies()) {
            return of(change->symmetry);
        }
    }
    return std::nullopt;
}

} // namespace

} // namespace coordination

Coordination coordination_of(std::span<const HandSample> samples,
                             const CoordinationOptions& options) {
    return coordination::measure(samples, options, Midline::Source::given);
}

Coordination coordination_of(const Trace& trace, const CoordinationOptions& options) {
    if (!trace.header.measured) {
        return coordination::nothing(NoMetric::not_measured);
    }
    std::vector<HandSample> samples;
    samples.reserve(trace.samples.size());
    auto event = trace.events.begin();
    bool paused = false;
    for (std::size_t i = 0; i < trace.samples.size(); ++i) {
        for (; event != trace.events.end() && event->before_sample <= i; ++event) {
            paused = std::holds_alternative<Paused>(event->event) ||
                     (paused && !std::holds_alternative<Resumed>(event->event));
        }
        if (!paused) {
            samples.push_back(trace.samples[i]);
        }
    }
    CoordinationOptions told = options;
    if (!told.midline) {
        told.midline = coordination::midline_of(trace);
    }
    return coordination::measure(
        samples, told, options.midline ? Midline::Source::given : Midline::Source::symmetry);
}

void CoordinationWindow::add(const HandSample& sample) {
    if (sample.time_ns < newest_ns_ - window_ns) {
        samples_.clear(); // time went back: what was before it is another time
        newest_ns_ = sample.time_ns;
    }
    newest_ns_ = std::max(newest_ns_, sample.time_ns);
    samples_.push_back(sample);
    while (samples_.size() > samples_max || samples_.front().time_ns < newest_ns_ - window_ns) {
        samples_.pop_front();
    }
}

Coordination CoordinationWindow::measure(const CoordinationOptions& options) const {
    const std::vector<HandSample> samples(samples_.begin(), samples_.end());
    return coordination_of(samples, options);
}

} // namespace haven
