#include "bilateral/stroke_json.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_curve.hpp"
#include "bilateral/ink_units.hpp"
#include "bilateral/stroke.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven {

namespace {

constexpr double position_error_m_max = 0.0005;
constexpr double timed_error_m_max = 0.005;
constexpr double pressure_error_max = 4.0 / 255.0;
/// Simplification looks at no more points than these at once, which bounds its time for every
/// input.
constexpr std::size_t window_points = 1024;

/// A point as the document stores it.
struct StoredPoint {
    std::int64_t time_ms = 0;
    std::array<std::int64_t, 3> position_100um{};
    std::int64_t pressure_255 = 0;
};

std::int64_t rounded_within(double value, std::int64_t low, std::int64_t high) {
    if (!(value > static_cast<double>(low))) {
        return low; // NaN too
    }
    return value < static_cast<double>(high) ? std::llround(value) : high;
}

StoredPoint stored(const StrokePoint& point) {
    StoredPoint result;
    result.time_ms = std::clamp((point.time_ns + ink::ns_per_ms / 2) / ink::ns_per_ms,
                                std::int64_t{0}, InkLimits::time_ms_max);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        result.position_100um[axis] = rounded_within(
            double{point.position_m[static_cast<int>(axis)]} * ink::position_steps_per_m,
            -InkLimits::coordinate_max, InkLimits::coordinate_max);
    }
    result.pressure_255 =
        rounded_within(double{point.pressure} * ink::pressure_steps, 0, ink::pressure_steps);
    return result;
}

double square(double value) {
    return value * value;
}

/// How far the document's line from `from` to `to` is from telling `point`: over 1, the point is
/// needed. Squared.
double misfit(const StrokePoint& point, const StoredPoint& from, const StoredPoint& to) {
    const auto span_ms = static_cast<double>(to.time_ms - from.time_ms);
    const double since_ms =
        static_cast<double>(point.time_ns) / static_cast<double>(ink::ns_per_ms) -
        static_cast<double>(from.time_ms);
    const double at = span_ms > 0.0 ? std::clamp(since_ms / span_ms, 0.0, 1.0) : 0.0;

    std::array<double, 3> along{};  // from `from` to `to`
    std::array<double, 3> offset{}; // from `from` to the point
    double length_squares = 0.0;
    double dot = 0.0;
    double timed_squares = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto start = static_cast<double>(from.position_100um[axis]);
        along[axis] =
            (static_cast<double>(to.position_100um[axis]) - start) / ink::position_steps_per_m;
        offset[axis] =
            double{point.position_m[static_cast<int>(axis)]} - start / ink::position_steps_per_m;
        length_squares += square(along[axis]);
        dot += along[axis] * offset[axis];
        timed_squares += square(offset[axis] - at * along[axis]);
    }
    const double nearest = length_squares > 0.0 ? std::clamp(dot / length_squares, 0.0, 1.0) : 0.0;
    double distance_squares = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        distance_squares += square(offset[axis] - nearest * along[axis]);
    }
    const double pressure = (static_cast<double>(from.pressure_255) +
                             at * static_cast<double>(to.pressure_255 - from.pressure_255)) /
                            ink::pressure_steps;
    return std::max({distance_squares / square(position_error_m_max),
                     timed_squares / square(timed_error_m_max),
                     square(double{point.pressure} - pressure) / square(pressure_error_max)});
}

/// Ramer, Douglas and Peucker between two kept points, with the error measured against the stored
/// line, so that it includes the rounding.
void keep_needed(std::span<const StrokePoint> points, std::span<const StoredPoint> stored_points,
                 std::size_t first, std::size_t last, std::vector<bool>& kept) {
    std::vector<std::pair<std::size_t, std::size_t>> open{{first, last}};
    while (!open.empty()) {
        const auto [from, to] = open.back();
        open.pop_back();
        double worst = 1.0;
        std::size_t worst_at = from;
        for (std::size_t i = from + 1; i < to; ++i) {
            const double value = misfit(points[i], stored_points[from], stored_points[to]);
            if (value > worst) {
                worst = value;
                worst_at = i;
            }
        }
        if (worst_at != from) {
            kept[worst_at] = true;
            open.emplace_back(from, worst_at);
            open.emplace_back(worst_at, to);
        }
    }
}

std::vector<std::size_t> indices_of(const std::vector<bool>& kept) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i]) {
            indices.push_back(i);
        }
    }
    return indices;
}

/// A point in the middle of each straight way that the curve might take for an arc.
void keep_straight_ways(std::span<const StrokePoint> points, std::vector<bool>& kept) {
    const std::vector<std::size_t> ends = indices_of(kept);
    for (std::size_t i = 1; i < ends.size(); ++i) {
        const StrokePoint& from = points[ends[i - 1]];
        const StrokePoint& to = points[ends[i]];
        const bool doubtful =
            (i + 1 < ends.size() && InkCurve::may_take_for_arc(from, to, points[ends[i + 1]])) ||
            (i > 1 && InkCurve::may_take_for_arc(to, from, points[ends[i - 2]]));
        if (!doubtful || ends[i] - ends[i - 1] < 2) {
            continue;
        }
        const glm::vec3 middle_m = 0.5F * (from.position_m + to.position_m);
        const auto between = points.subspan(ends[i - 1] + 1, ends[i] - ends[i - 1] - 1);
        const auto nearest = std::ranges::min_element(between, {}, [&](const StrokePoint& point) {
            return glm::distance(point.position_m, middle_m);
        });
        kept[ends[i - 1] + 1 + static_cast<std::size_t>(nearest - between.begin())] = true;
    }
}

void append(std::string& text, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    text.append(digits.data(), end.ptr);
}

/// A share of one with up to three digits: 0, 0.25, 1.
void append_permille(std::string& text, float value) {
    const std::int64_t permille = rounded_within(double{value} * ink::colour_steps, 0, 1000);
    if (permille % 1000 == 0) {
        append(text, permille / 1000);
        return;
    }
    std::string digits = std::to_string(1000 + permille).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "0." + digits;
}

template <typename Value>
void append_deltas(std::string& text, std::string_view name, std::span<const StoredPoint> points,
                   Value value_of) {
    text += ",\"";
    text += name;
    text += "\":[";
    std::int64_t last = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::int64_t value = value_of(points[i]);
        if (i > 0) {
            text += ',';
        }
        append(text, value - last);
        last = value;
    }
    text += ']';
}

void append_pressure(std::string& text, std::span<const StoredPoint> points) {
    text += ",\"pressure\":[";
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i > 0) {
            text += ',';
        }
        append(text, points[i].pressure_255);
    }
    text += ']';
}

void append_extra(std::string& text, std::string_view extra_json) {
    if (!extra_json.empty()) {
        text += ',';
        text += extra_json;
    }
}

std::string removed_member(std::int64_t removed_ms) {
    return R"(,"removed_ms":)" +
           std::to_string(std::clamp(removed_ms, std::int64_t{0}, InkLimits::removed_ms_max));
}

void append_stroke(std::string& text, const Stroke& stroke, InkDetail detail) {
    assert(!stroke.points.empty());
    std::vector<std::size_t> indices;
    if (detail == InkDetail::simplified) {
        indices = simplified_points(stroke.points);
    } else {
        indices.resize(stroke.points.size());
        std::ranges::iota(indices, std::size_t{0});
    }
    std::vector<StoredPoint> points;
    points.reserve(indices.size());
    for (const std::size_t index : indices) {
        points.push_back(stored(stroke.points[index]));
        if (points.size() > 1) {
            auto& time_ms = points.back().time_ms;
            time_ms = std::max(time_ms, points[points.size() - 2].time_ms);
        }
    }

    // In the order of their names, as the one spelling of JSON has it (net/api/json.hpp).
    text += "{\"colour\":[";
    for (int i = 0; i < 3; ++i) {
        text += i > 0 ? "," : "";
        append_permille(text, stroke.brush.colour_linear[i]);
    }
    text += ']';
    if (stroke.derived_from) {
        text += R"(,"derived_from":")" + to_string(*stroke.derived_from) + '"';
    }
    text += R"(,"end":")";
    text += to_string(stroke.end);
    text += R"(","id":")" + to_string(stroke.id) + '"';
    append_pressure(text, points);
    if (stroke.removed_ms) {
        text += removed_member(*stroke.removed_ms);
    }
    append_deltas(text, "t_ms", points, [](const StoredPoint& p) { return p.time_ms; });
    text += ",\"width_um\":";
    append(text, rounded_within(double{stroke.brush.width_m} * ink::width_steps_per_m, 1,
                                InkLimits::width_um_max));
    append_deltas(text, "x", points, [](const StoredPoint& p) { return p.position_100um[0]; });
    append_deltas(text, "y", points, [](const StoredPoint& p) { return p.position_100um[1]; });
    append_deltas(text, "z", points, [](const StoredPoint& p) { return p.position_100um[2]; });
    append_extra(text, stroke.extra_json);
    text += '}';
}

void append_head(std::string& text, Hand hand) {
    text += R"({"format":"haven.ink","hand":")";
    text += to_string(hand);
    text += R"(","strokes":[)";
}

void append_tail(std::string& text, bool all_there) {
    text += R"(],"version":)";
    append(text, all_there ? ink_version_all_there : ink_version);
    text += '}';
}

} // namespace

std::vector<std::size_t> simplified_points(std::span<const StrokePoint> points) {
    std::vector<StoredPoint> stored_points;
    stored_points.reserve(points.size());
    for (const StrokePoint& point : points) {
        stored_points.push_back(stored(point));
    }
    std::vector<bool> kept(points.size(), false);
    for (std::size_t first = 0; first < points.size();) {
        const std::size_t last = std::min(first + window_points, points.size() - 1);
        kept[first] = true;
        kept[last] = true;
        keep_needed(points, stored_points, first, last, kept);
        if (last == points.size() - 1) {
            break;
        }
        first = last;
    }
    keep_straight_ways(points, kept);
    return indices_of(kept);
}

std::string encode_ink_stroke(const Stroke& stroke, InkDetail detail) {
    std::string text;
    append_stroke(text, stroke, detail);
    return text;
}

std::string encode_ink(Hand hand, std::span<const Stroke> strokes, InkDetail detail) {
    std::string text;
    append_head(text, hand);
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        assert(strokes[i].hand == hand);
        text += i > 0 ? "," : "";
        append_stroke(text, strokes[i], detail);
    }
    append_tail(text, std::ranges::none_of(strokes, [](const Stroke& stroke) {
                    return stroke.removed_ms.has_value();
                }));
    return text;
}

std::string encode_ink(const InkDocument& document) {
    std::string text = encode_ink(document.hand, document.strokes, InkDetail::every_point);
    text.pop_back();
    append_extra(text, document.extra_json);
    return text + '}';
}

std::string join_ink(Hand hand, std::span<const WrittenStroke> strokes) {
    std::string text;
    append_head(text, hand);
    bool all_there = true;
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        const auto& [json, removed_ms] = strokes[i];
        text += i > 0 ? "," : "";
        if (!removed_ms) {
            text += json;
            continue;
        }
        all_there = false;
        const std::size_t place = json.find(R"(,"t_ms":)"); // what precedes it holds no text
        assert(place != std::string_view::npos);
        text += json.substr(0, place);
        text += removed_member(*removed_ms);
        text += json.substr(place);
    }
    append_tail(text, all_there);
    return text;
}

std::string_view to_string(Hand hand) {
    return hand == Hand::left ? "left" : "right";
}

std::string_view to_string(StrokeEnd end) {
    switch (end) {
    case StrokeEnd::released:
        return "released";
    case StrokeEnd::tracking_lost:
        return "tracking_lost";
    case StrokeEnd::jump:
        return "jump";
    case StrokeEnd::paused:
        return "paused";
    case StrokeEnd::drawing_ended:
        break;
    }
    return "drawing_ended";
}

} // namespace haven
