#include "bilateral/coordination/coordination.hpp"
#include "bilateral/coordination/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace haven {

namespace {

struct Entry {
    std::string_view group;
    std::string_view name;
    Metric Coordination::* metric;
};

/// In the order of their names.
constexpr std::array entries{
    Entry{"M1", "phase_locking", &Coordination::phase_locking},
    Entry{"M1", "relative_phase_rad", &Coordination::relative_phase_rad},
    Entry{"M2", "lag_s", &Coordination::lag_s},
    Entry{"M2", "speed_correlation", &Coordination::speed_correlation},
    Entry{"M3", "mirror_correlation", &Coordination::mirror_correlation},
    Entry{"M3", "mirror_deviation", &Coordination::mirror_deviation},
    Entry{"M3", "parallel_correlation", &Coordination::parallel_correlation},
    Entry{"M4", "sparc_left", &Coordination::sparc_left},
    Entry{"M4", "sparc_right", &Coordination::sparc_right},
    Entry{"M5", "jerk_left", &Coordination::jerk_left},
    Entry{"M5", "jerk_right", &Coordination::jerk_right},
    Entry{"M6", "path_laterality", &Coordination::path_laterality},
    Entry{"M6", "path_ratio", &Coordination::path_ratio},
    Entry{"M6", "stroke_laterality", &Coordination::stroke_laterality},
    Entry{"M6", "time_laterality", &Coordination::time_laterality},
    Entry{"M7", "dominant_frequency_hz", &Coordination::dominant_frequency_hz},
    Entry{"M7", "drawing_simultaneity", &Coordination::drawing_simultaneity},
    Entry{"M7", "midline_crossings_per_minute", &Coordination::midline_crossings_per_minute},
    Entry{"M7", "movement_simultaneity", &Coordination::movement_simultaneity},
};

constexpr std::array<std::string_view, 16> reasons{
    "none",         "no_data",         "not_measured",       "one_hand",
    "too_short",    "midline_unknown", "handedness_unknown", "no_ink",
    "no_movement",  "no_clear_peak",   "too_few_cycles",     "frequencies_differ",
    "weak_locking", "no_variation",    "no_peak_within",     "weak_correlation",
};

/// Six digits after the point, as RFC 8785 spells numbers.
void append(std::string& text, double value) {
    constexpr double steps = 1e6;
    const double rounded = std::round(value * steps) / steps;
    std::array<char, 400> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   rounded == 0.0 ? 0.0 : rounded, std::chars_format::fixed);
    text.append(digits.data(), end.ptr);
}

void append(std::string& text, const Metric& metric) {
    const bool valid = metric.value.has_value();
    text += R"({"n":)" + std::to_string(metric.n) + R"(,"reason":)";
    text += valid ? "null" : '"' + std::string(to_string(metric.reason)) + '"';
    text += valid ? R"(,"valid":true,"value":)" : R"(,"valid":false,"value":null)";
    if (valid) {
        append(text, *metric.value);
    }
    text += R"(,"version":)" + std::to_string(coordination_version) + R"(,"window_s":)";
    append(text, metric.window_s);
    text += '}';
}

void append(std::string& text, std::string_view name, double value) {
    text += ",\"" + std::string(name) + "\":";
    append(text, value);
}

} // namespace

namespace coordination {

std::span<Metric Coordination::* const> all_metrics() {
    static const auto metrics = [] {
        std::array<Metric Coordination::*, entries.size()> members{};
        std::ranges::transform(entries, members.begin(), &Entry::metric);
        return members;
    }();
    return metrics;
}

} // namespace coordination

std::string_view to_string(NoMetric reason) {
    return reasons.at(static_cast<std::size_t>(reason));
}

std::string_view to_string(Midline::Source source) {
    constexpr std::array<std::string_view, 4> names{"unknown", "given", "symmetry", "hands"};
    return names.at(static_cast<std::size_t>(source));
}

std::string encode_coordination(const Coordination& coordination) {
    std::string text = "{";
    std::string_view group;
    for (const Entry& entry : entries) {
        if (entry.group != group) {
            text += group.empty() ? "\"" : "},\"";
            text += entry.group;
            text += "\":{";
            group = entry.group;
        } else {
            text += ',';
        }
        text += '"' + std::string(entry.name) + "\":";
        append(text, coordination.*entry.metric);
    }
    text += R"(},"format":"haven.coordination")";
    append(text, "from_s", coordination.from_s);
    append(text, "left_s", coordination.left_s);
    text += R"(,"midline":")" + std::string(to_string(coordination.midline)) + '"';
    append(text, "right_s", coordination.right_s);
    append(text, "to_s", coordination.to_s);
    append(text, "together_s", coordination.together_s);
    text += R"(,"version":)" + std::to_string(coordination_version) + '}';
    return text;
}

} // namespace haven
