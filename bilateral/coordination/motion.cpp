#include "bilateral/coordination/motion.hpp"

#include "bilateral/grid_sample.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numbers>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven::coordination {

namespace {

constexpr double ns_per_s = 1e9;

struct Measured {
    std::int64_t time_ns = 0;
    glm::dvec3 position_m{0.0};
    bool drawing = false;
};

bool is_measured(const HandSample& sample) {
    const auto& p = sample.tracking_from_tip.position_m;
    return sample.tracked && !sample.inferred && sample.time_ns >= 0 &&
           sample.time_ns <= GridSample::time_us_max * 1000 && std::isfinite(p.x) &&
           std::isfinite(p.y) && std::isfinite(p.z);
}

bool follows(const Measured& last, const Measured& next) {
    const std::int64_t step_ns = next.time_ns - last.time_ns;
    if (step_ns > gap_ns_max) {
        return false;
    }
    const double step_m = glm::distance(last.position_m, next.position_m);
    const double reach_m =
        double{StrokeRecorder::speed_max_m_per_s} * static_cast<double>(step_ns) / ns_per_s;
    return step_m <= double{StrokeRecorder::step_free_m} ||
           (step_m <= reach_m && step_m <= double{StrokeRecorder::jump_m});
}

/// The first step of the grid that is not before a moment.
std::int64_t step_from(std::int64_t since_ns) {
    return static_cast<std::int64_t>(
        std::ceil(static_cast<double>(since_ns) * rate_hz / ns_per_s - 1e-6));
}

double moment_ns(std::int64_t step) {
    return static_cast<double>(step) * ns_per_s / rate_hz;
}

/// Straight between its neighbours; ink is asked for where it was at the sample before.
std::optional<Run> resampled(std::span<const Measured> run, std::int64_t zero_ns) {
    const std::int64_t from = step_from(run.front().time_ns - zero_ns);
    const std::int64_t to = step_from(run.back().time_ns - zero_ns + 1) - 1;
    if (to - from + 1 < static_cast<std::int64_t>(run_points_min)) {
        return std::nullopt;
    }
    Run result{.first = from};
    std::size_t at = 0;
    for (std::int64_t step = from; step <= to; ++step) {
        const double since_ns = moment_ns(step);
        const auto time_ns = [&](std::size_t i) {
            return static_cast<double>(run[i].time_ns - zero_ns);
        };
        while (at + 2 < run.size() && time_ns(at + 1) <= since_ns) {
            ++at;
        }
        const double share =
            std::clamp((since_ns - time_ns(at)) / (time_ns(at + 1) - time_ns(at)), 0.0, 1.0);
        result.position_m.push_back((1.0 - share) * run[at].position_m +
                                    share * run[at + 1].position_m);
        result.drawing.push_back(run[share < 1.0 ? at : at + 1].drawing ? 1 : 0);
    }
    low_pass(result.position_m);
    result.velocity_m_per_s = derivative(result.position_m);
    return result;
}

class HandCollector {
  public:
    void add(const HandSample& sample, std::int64_t zero_ns) {
        const Measured next{.time_ns = sample.time_ns,
                            .position_m = sample.tracking_from_tip.position_m,
                            .drawing = sample.drawing};
        if (!open_.empty() && next.time_ns <= open_.back().time_ns) {
            return;
        }
        if (!open_.empty() && !follows(open_.back(), next)) {
            close(zero_ns);
        }
        strokes_ += next.drawing && !drawing_ ? 1 : 0;
        drawing_ = next.drawing;
        open_.push_back(next);
    }

    void close(std::int64_t zero_ns) {
        if (open_.size() > 1) {
            if (auto run = resampled(open_, zero_ns)) {
                runs_.push_back(std::move(*run));
            }
        }
        open_.clear();
        drawing_ = false;
    }

    std::vector<Run> take() { return std::move(runs_); }
    [[nodiscard]] std::size_t strokes() const { return strokes_; }

  private:
    std::vector<Measured> open_;
    std::vector<Run> runs_;
    std::size_t strokes_ = 0;
    bool drawing_ = false;
};

struct Biquad {
    double b0 = 0.0, b1 = 0.0, b2 = 0.0, a1 = 0.0, a2 = 0.0;
};

Biquad butterworth() {
    // Two passes: each has to leave more, for both together to be -3 dB at the cutoff.
    const double one_pass = std::pow(std::numbers::sqrt2 - 1.0, 0.25);
    const double k = std::tan(std::numbers::pi * cutoff_hz / rate_hz) / one_pass;
    const double scale = 1.0 / (1.0 + std::numbers::sqrt2 * k + k * k);
    return {.b0 = k * k * scale,
            .b1 = 2.0 * k * k * scale,
            .b2 = k * k * scale,
            .a1 = 2.0 * (k * k - 1.0) * scale,
            .a2 = (1.0 - std::numbers::sqrt2 * k + k * k) * scale};
}

void pass(const Biquad& f, std::span<glm::dvec3> values) {
    // As if the first value had stood for ever.
    glm::dvec3 z2 = (f.b2 - f.a2) * values.front();
    glm::dvec3 z1 = (f.b1 - f.a1) * values.front() + z2;
    for (glm::dvec3& value : values) {
        const glm::dvec3 x = value;
        value = f.b0 * x + z1;
        z1 = f.b1 * x - f.a1 * value + z2;
        z2 = f.b2 * x - f.a2 * value;
    }
}

} // namespace

std::size_t Motion::points(Hand hand) const {
    std::size_t count = 0;
    for (const Run& run : runs[static_cast<std::size_t>(hand)]) {
        count += run.position_m.size();
    }
    return count;
}

Motion motion_of(std::span<const HandSample> samples) {
    Motion motion;
    std::array<HandCollector, 2> hands;
    bool seen = false;
    for (const HandSample& sample : samples) {
        if (is_measured(sample)) {
            motion.begin_ns = seen ? std::min(motion.begin_ns, sample.time_ns) : sample.time_ns;
            seen = true;
        }
    }
    for (const HandSample& sample : samples) {
        if (!is_measured(sample) || sample.time_ns - motion.begin_ns > span_ns_max) {
            continue;
        }
        motion.end_ns = std::max(motion.end_ns, sample.time_ns);
        hands[sample.hand == Hand::left ? 0 : 1].add(sample, motion.begin_ns);
    }
    for (std::size_t hand = 0; hand < hands.size(); ++hand) {
        hands[hand].close(motion.begin_ns);
        motion.strokes[hand] = hands[hand].strokes();
        motion.runs[hand] = hands[hand].take();
    }
    return motion;
}

std::vector<BothParts> together(const Motion& motion) {
    std::vector<BothParts> result;
    auto left = motion.runs[0].begin();
    auto right = motion.runs[1].begin();
    const auto end_of = [](const Run& run) {
        return run.first + static_cast<std::int64_t>(run.position_m.size());
    };
    while (left != motion.runs[0].end() && right != motion.runs[1].end()) {
        const std::int64_t from = std::max(left->first, right->first);
        const std::int64_t to = std::min(end_of(*left), end_of(*right));
        if (to - from >= static_cast<std::int64_t>(run_points_min)) {
            const auto part = [&](const Run& run) {
                return run.whole().part(static_cast<std::size_t>(from - run.first),
                                        static_cast<std::size_t>(to - from));
            };
            result.push_back({part(*left), part(*right)});
        }
        if (end_of(*left) < end_of(*right)) {
            ++left;
        } else {
            ++right;
        }
    }
    return result;
}

void low_pass(std::vector<glm::dvec3>& values) {
    if (values.size() < 2) {
        return;
    }
    static const Biquad filter = butterworth();
    const std::size_t pad = std::min<std::size_t>(values.size() - 1, 27); // 0.3 s
    std::vector<glm::dvec3> padded;
    padded.reserve(values.size() + 2 * pad);
    for (std::size_t i = pad; i > 0; --i) {
        padded.push_back(2.0 * values.front() - values[i]);
    }
    std::ranges::copy(values, std::back_inserter(padded));
    for (std::size_t i = 1; i <= pad; ++i) {
        padded.push_back(2.0 * values.back() - values[values.size() - 1 - i]);
    }
    for (int way = 0; way < 2; ++way) {
        pass(filter, padded);
        std::ranges::reverse(padded);
    }
    std::copy_n(padded.begin() + static_cast<std::ptrdiff_t>(pad), values.size(), values.begin());
}

std::vector<glm::dvec3> derivative(std::span<const glm::dvec3> values) {
    std::vector<glm::dvec3> result(values.size(), glm::dvec3(0.0));
    if (values.size() < 2) {
        return result;
    }
    const std::size_t last = values.size() - 1;
    result[0] = (values[1] - values[0]) * rate_hz;
    result[last] = (values[last] - values[last - 1]) * rate_hz;
    for (std::size_t i = 1; i < last; ++i) {
        result[i] = (values[i + 1] - values[i - 1]) * (0.5 * rate_hz);
    }
    return result;
}

std::vector<double> lengths(std::span<const glm::dvec3> values) {
    std::vector<double> result;
    result.reserve(values.size());
    for (const glm::dvec3& value : values) {
        result.push_back(glm::length(value));
    }
    return result;
}

std::vector<Piece> pieces_of(std::size_t length) {
    constexpr auto most = static_cast<std::size_t>(piece_s_max * rate_hz);
    constexpr auto least = static_cast<std::size_t>(piece_s_min * rate_hz);
    std::vector<Piece> pieces;
    if (length < least) {
        return pieces;
    }
    const std::size_t count = (length + most - 1) / most;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = length * i / count;
        pieces.push_back({.offset = from, .count = length * (i + 1) / count - from});
    }
    return pieces;
}

} // namespace haven::coordination
