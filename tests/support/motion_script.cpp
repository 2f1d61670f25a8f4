#include "tests/support/motion_script.hpp"

#include "bilateral/hand_sample.hpp"
#include "tests/support/monado_remote.hpp"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <variant>
#include <vector>

namespace haven::test {

namespace {

constexpr double turn_rad = 2.0 * std::numbers::pi;
constexpr glm::dvec3 across{-1.0, 1.0, 1.0}; // a reflection in the plane x = 0

double minimum_jerk(double s) {
    return s * s * s * (10.0 + s * (-15.0 + s * 6.0));
}

/// Yaw about y, then pitch about x, then roll about z, in degrees.
glm::dquat turned(const glm::dvec3& yaw_pitch_roll_deg) {
    const glm::dvec3 angle = glm::radians(yaw_pitch_roll_deg);
    return glm::angleAxis(angle.x, glm::dvec3(0.0, 1.0, 0.0)) *
           glm::angleAxis(angle.y, glm::dvec3(1.0, 0.0, 0.0)) *
           glm::angleAxis(angle.z, glm::dvec3(0.0, 0.0, 1.0));
}

glm::dvec3 local_point(const Polyline& line, double s) {
    assert(!line.points_m.empty());
    double length = 0.0;
    for (std::size_t i = 1; i < line.points_m.size(); ++i) {
        length += glm::distance(line.points_m[i - 1], line.points_m[i]);
    }
    double rest = s * length;
    for (std::size_t i = 1; i < line.points_m.size(); ++i) {
        const double part = glm::distance(line.points_m[i - 1], line.points_m[i]);
        if (rest <= part && part > 0.0) {
            return glm::mix(line.points_m[i - 1], line.points_m[i], rest / part);
        }
        rest -= part;
    }
    return line.points_m.back();
}

glm::dvec3 local_point(const Spiral& spiral, double s) {
    const double angle = turn_rad * (spiral.start_turn + spiral.turns * s);
    const double radius = std::lerp(spiral.from_radius_m, spiral.to_radius_m, s);
    return {radius * std::cos(angle), radius * std::sin(angle), 0.0};
}

glm::dvec3 local_point(const Lissajous& lissajous, double s) {
    return 0.5 * lissajous.size_m *
           glm::sin(turn_rad * (lissajous.frequency * s + lissajous.phase_turns));
}

glm::dvec3 local_point(const Blossom& blossom, double s) {
    const double swept = turn_rad * blossom.turns * s;
    const double angle = swept + turn_rad * blossom.start_turn;
    const double radius =
        blossom.radius_m * (1.0 - blossom.depth * 0.5 * (1.0 - std::cos(blossom.petals * swept)));
    return {radius * std::cos(angle), radius * std::sin(angle), 0.0};
}

double value_at(const Envelope& envelope, double time_s) {
    const auto& keys = envelope.keys;
    if (keys.empty() || time_s < keys.front().x || time_s > keys.back().x) {
        return 0.0;
    }
    const auto next = std::ranges::upper_bound(keys, time_s, {}, &glm::dvec2::x);
    if (next == keys.end()) {
        return keys.back().y;
    }
    if (next == keys.begin()) {
        return keys.front().y;
    }
    const glm::dvec2& before = *(next - 1);
    return std::lerp(before.y, next->y, (time_s - before.x) / (next->x - before.x));
}

struct HandMoment {
    glm::dvec3 position_m{0.0};
    double trigger = 0.0;
    double pinch = 0.0;
};

glm::dvec3 travel(const glm::dvec3& from, const glm::dvec3& to, double from_s, double to_s,
                  double time_s) {
    if (to_s <= from_s) {
        return to;
    }
    return glm::mix(from, to,
                    minimum_jerk(std::clamp((time_s - from_s) / (to_s - from_s), 0.0, 1.0)));
}

HandMoment moment(const HandScript& hand, double time_s, double end_s) {
    glm::dvec3 from = hand.rest_m;
    double from_s = 0.0;
    for (const Move& move : hand.moves) {
        if (time_s < move.from_s) {
            return {.position_m =
                        travel(from, point_at(move.curve, 0.0), from_s, move.from_s, time_s)};
        }
        if (time_s <= move.to_s) {
            const double s = (time_s - move.from_s) / (move.to_s - move.from_s);
            return {.position_m = point_at(move.curve, move.gentle ? minimum_jerk(s) : s),
                    .trigger = value_at(move.trigger, time_s - move.from_s),
                    .pinch = value_at(move.pinch, time_s - move.from_s)};
        }
        from = point_at(move.curve, 1.0);
        from_s = move.to_s;
    }
    return {.position_m = travel(from, hand.rest_m, from_s, end_s, time_s)};
}

glm::quat single(const glm::dquat& q) {
    return glm::normalize(glm::quat(q));
}

RemoteHand evaluate_hand(const HandScript& hand, double time_s, double end_s) {
    const HandMoment now = moment(hand, time_s, end_s);
    constexpr double step_s = 1e-3;
    const glm::dvec3 ahead = moment(hand, std::min(time_s + step_s, end_s), end_s).position_m;
    const double sway = std::sin(turn_rad * time_s / hand.sway_seconds);
    const auto pinch = static_cast<float>(now.pinch);
    return {
        .tracking_from_grip = {.position_m = glm::vec3(now.position_m),
                               .orientation = single(turned(hand.turn_deg + sway * hand.sway_deg))},
        .linear_velocity_mps = glm::vec3((ahead - now.position_m) / step_s),
        // The thumb waits where the index finger meets it: 11 cm open, 9 mm closed.
        .curl = {0.0F, 0.0F, 0.0F, pinch, 1.0F},
        .trigger = static_cast<float>(now.trigger),
        .trigger_click = now.trigger >= 0.95,
        .hand_tracking_active = hand.tracked,
        .active = hand.active};
}

} // namespace

glm::dvec3 point_at(const Curve& curve, double s) {
    s = std::clamp(s, 0.0, 1.0);
    glm::dvec3 local =
        std::visit([s](const auto& shape) { return local_point(shape, s); }, curve.shape);
    local.z += curve.wave_m * std::sin(turn_rad * curve.waves * s);
    const glm::dvec3 placed = curve.centre_m + turned(curve.turn_deg) * local;
    return curve.mirrored ? placed * across : placed;
}

RemoteState evaluate(const MotionScript& script, double time_s) {
    time_s = std::clamp(time_s, 0.0, script.seconds);
    const double sway = std::sin(turn_rad * time_s / script.head.sway_seconds);
    RemoteState state;
    state.tracking_from_head = {
        .position_m = glm::vec3(script.head.position_m + sway * script.head.sway_m),
        .orientation = single(turned(script.head.turn_deg + sway * script.head.sway_deg))};
    for (std::size_t hand = 0; hand < 2; ++hand) {
        state.hands.at(hand) = evaluate_hand(script.hands.at(hand), time_s, script.seconds);
    }
    return state;
}

std::vector<Press> presses(const MotionScript& script, Hand hand, PressBy by, double threshold) {
    constexpr double step_s = 1e-3;
    const auto steps = static_cast<std::int64_t>(std::floor(script.seconds / step_s));
    const HandScript& moves = script.hands.at(static_cast<std::size_t>(hand));
    std::vector<Press> found;
    bool held = false;
    for (std::int64_t step = 0; step <= steps; ++step) {
        const double time_s = static_cast<double>(step) * step_s;
        const HandMoment now = moment(moves, time_s, script.seconds);
        const bool holds = (by == PressBy::trigger ? now.trigger : now.pinch) > threshold;
        if (holds && !held) {
            found.push_back({.from_s = time_s, .to_s = time_s});
        } else if (holds) {
            found.back().to_s = time_s;
        }
        held = holds;
    }
    return found;
}

} // namespace haven::test
