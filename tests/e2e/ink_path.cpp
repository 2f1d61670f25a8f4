#include "tests/e2e/ink_path.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string>
#include <vector>

namespace haven::test {

namespace {

double to_segment_m(const glm::dvec3& from, const glm::dvec3& to, const glm::dvec3& position) {
    const glm::dvec3 along = to - from;
    const double length2 = glm::dot(along, along);
    const double part =
        length2 > 0.0 ? std::clamp(glm::dot(position - from, along) / length2, 0.0, 1.0) : 0.0;
    return glm::distance(position, from + part * along);
}

} // namespace

Path path_of(const MotionScript& script, Hand hand, double from_s, double to_s,
             const glm::dvec3& grip_from_tip_m, double step_s) {
    Path path;
    const auto steps = static_cast<std::int64_t>(std::floor((to_s - from_s) / step_s));
    for (std::int64_t step = 0; step <= steps; ++step) {
        const double time_s = from_s + static_cast<double>(step) * step_s;
        const RemoteHand state = evaluate(script, time_s).hands.at(static_cast<std::size_t>(hand));
        path.push_back(
            {.time_s = time_s,
             .position_m = glm::dvec3(state.tracking_from_grip.position_m) +
                           glm::dquat(state.tracking_from_grip.orientation) * grip_from_tip_m,
             .trigger = static_cast<double>(state.trigger)});
    }
    return path;
}

std::vector<Path> pressed_paths(const MotionScript& script, Hand hand, PressBy by,
                                const glm::dvec3& grip_from_tip_m, double step_s) {
    std::vector<Path> paths;
    for (const Press& press : presses(script, hand, by, 0.2)) {
        paths.push_back(path_of(script, hand, press.from_s, press.to_s, grip_from_tip_m, step_s));
    }
    return paths;
}

PathPoint nearest(const Path& path, const glm::dvec3& position_m) {
    assert(!path.empty());
    return *std::ranges::min_element(path, {}, [&](const PathPoint& point) {
        return glm::distance(point.position_m, position_m);
    });
}

double distance_m(const Path& path, const glm::dvec3& position_m) {
    return glm::distance(nearest(path, position_m).position_m, position_m);
}

double distance_m(const Stroke& ink, const glm::dvec3& position_m) {
    assert(!ink.points.empty());
    double least = glm::distance(glm::dvec3(ink.points.front().position_m), position_m);
    for (std::size_t i = 1; i < ink.points.size(); ++i) {
        least = std::min(least, to_segment_m(glm::dvec3(ink.points[i - 1].position_m),
                                             glm::dvec3(ink.points[i].position_m), position_m));
    }
    return least;
}

double sagitta_m(const Path& path, std::size_t at, double interval_s) {
    const double middle_s = path.at(at).time_s;
    double most = 0.0;
    // Any chord of this length over the point: begin it at five places.
    for (int place = 0; place < 5; ++place) {
        const double begin_s = middle_s - interval_s * place / 4.0;
        const auto inside = [&](double time_s) {
            return std::ranges::lower_bound(path, time_s, {}, &PathPoint::time_s);
        };
        const auto begin = inside(begin_s);
        const auto end = inside(begin_s + interval_s);
        if (begin != path.end() && end != path.end()) {
            most = std::max(most,
                            to_segment_m(begin->position_m, end->position_m, path[at].position_m));
        }
    }
    return most;
}

double Straying::p95(const std::vector<double>& sorted) {
    assert(!sorted.empty());
    return sorted.at((sorted.size() - 1) * 95 / 100);
}

Straying straying(const Path& path, const Stroke& ink, double ends_s) {
    constexpr double step_m = 0.001;
    Straying found;
    for (const PathPoint& point : path) {
        if (point.time_s >= path.front().time_s + ends_s &&
            point.time_s <= path.back().time_s - ends_s) {
            found.path_to_ink_m.push_back(distance_m(ink, point.position_m));
        }
    }
    const auto to_path_m = [&](const glm::dvec3& position_m) {
        double least = glm::distance(path.front().position_m, position_m);
        for (std::size_t i = 1; i < path.size(); ++i) {
            least = std::min(least,
                             to_segment_m(path[i - 1].position_m, path[i].position_m, position_m));
        }
        return least;
    };
    for (std::size_t i = 1; i < ink.points.size(); ++i) {
        const glm::dvec3 from(ink.points[i - 1].position_m);
        const glm::dvec3 to(ink.points[i].position_m);
        const auto steps = static_cast<int>(std::ceil(glm::distance(from, to) / step_m)) + 1;
        for (int step = 0; step < steps; ++step) {
            found.ink_to_path_m.push_back(
                to_path_m(from + (to - from) * (static_cast<double>(step) / steps)));
        }
    }
    std::ranges::sort(found.path_to_ink_m);
    std::ranges::sort(found.ink_to_path_m);
    return found;
}

std::string ink_fault(const Path& path, const Stroke& ink, const InkDemand& demand) {
    for (const StrokePoint& point : ink.points) {
        const double off_m = distance_m(path, glm::dvec3(point.position_m));
        if (off_m > demand.tolerance_m) {
            return std::format("a point ({}, {}, {}) is {:.2f} mm off the curve",
                               point.position_m.x, point.position_m.y, point.position_m.z,
                               1e3 * off_m);
        }
    }
    for (std::size_t i = 0; i < path.size(); i += 10) {
        const double time_s = path[i].time_s;
        if (time_s < path.front().time_s + demand.ends_s ||
            time_s > path.back().time_s - demand.ends_s) {
            continue;
        }
        const double off_m = distance_m(ink, path[i].position_m);
        const double allowed_m = demand.tolerance_m + sagitta_m(path, i, demand.sample_interval_s);
        if (off_m > allowed_m) {
            return std::format("at {:.3f} s the curve is {:.2f} mm off the ink; {:.2f} mm may be",
                               time_s, 1e3 * off_m, 1e3 * allowed_m);
        }
    }
    return "";
}

} // namespace haven::test
