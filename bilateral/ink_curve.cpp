#include "bilateral/ink_curve.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>

namespace haven {

namespace {

constexpr float position_m_max = 1.0e4F;
constexpr float length_m_min = 1.0e-5F; ///< a shorter step has no direction
constexpr float degree = std::numbers::pi_v<float> / 180.0F;
constexpr float turn_max = 135.0F * degree; ///< beyond it the hand went back: a corner
/// Turns alike up to the first are an arc seen rarely, from the second on a polygon.
constexpr float arc_turn_sure = 60.0F * degree;
constexpr float arc_turn_max = 85.0F * degree;
/// Points farther apart in time were left out on purpose: the hand went straight.
constexpr std::int64_t unseen_ns_max = 170'000'000;

bool usable(const glm::vec3& v) {
    // False for NaN too.
    return std::abs(v.x) <= position_m_max && std::abs(v.y) <= position_m_max &&
           std::abs(v.z) <= position_m_max;
}

/// The tangent at the other end of an arc over `chord`.
glm::vec3 mirrored(const glm::vec3& tangent, const glm::vec3& chord) {
    const glm::vec3 along = glm::normalize(chord);
    return along * (2.0F * glm::dot(tangent, along)) - tangent;
}

/// The tangent, as long as a cubic needs it to be an arc over the chord.
glm::vec3 stretched(const glm::vec3& tangent, const glm::vec3& chord, float length_m) {
    const float cosine = std::max(glm::dot(tangent, chord) / length_m, 0.0F);
    return tangent * (2.0F * length_m / (1.0F + cosine));
}

float off_chord(const glm::vec3& v, const glm::vec3& chord, float length_m) {
    return glm::length(glm::cross(v, chord)) / length_m;
}

/// How far two neighbouring turns belong to one arc that was seen rarely: in radians.
float arc_evidence(const glm::vec3& turn_before, const glm::vec3& turn) {
    const float before = glm::length(turn_before);
    const float now = glm::length(turn);
    if (before < 1e-4F || now < 1e-4F) {
        return 0.0F;
    }
    const float alike =
        std::clamp(2.0F * glm::dot(turn_before, turn) / (before * now) - 1.0F, 0.0F, 1.0F);
    const float sure = std::clamp(
        (arc_turn_max - std::max(before, now)) / (arc_turn_max - arc_turn_sure), 0.0F, 1.0F);
    return std::min(before, now) * alike * sure;
}

} // namespace

void InkCurve::begin(const Brush& brush) {
    radius_max_m_ = made_valid(brush).width_m / 2.0F;
    knots_ = 0;
    has_near_ = false;
    has_tip_ = false;
    started_ = false;
    turn_ = glm::vec3{0.0F};
    step_before_m_ = 0.0F;
}

float InkCurve::radius_m(float pressure) const {
    const float share = pressure > 0.0F ? std::min(pressure, 1.0F) : 0.0F;
    return radius_max_m_ * (radius_share_min + (1.0F - radius_share_min) * share);
}

InkCurve::Knot InkCurve::knot(const glm::vec3& position_m, float pressure) const {
    Knot made{.position_m = position_m, .radius_m = radius_m(pressure), .time_ns = last_.time_ns};
    if (knots_ > 0) { // or an end would not be round, a beginning a disc with a thorn
        const float change_m = taper * glm::distance(last_.position_m, position_m);
        made.radius_m =
            std::clamp(made.radius_m, last_.radius_m - change_m, last_.radius_m + change_m);
    }
    return made;
}

float InkCurve::spacing_m(const Knot& knot) {
    return std::max(spacing_m_min, spacing_per_radius * knot.radius_m);
}

std::span<const InkVertex> InkCurve::add(const StrokePoint& point) {
    settled_.count = 0;
    if (!usable(point.position_m)) {
        return {};
    }
    Knot next = knot(point.position_m, point.pressure);
    next.time_ns = point.time_ns;
    has_tip_ = false;
    if (knots_ == 0) {
        last_ = next;
        knots_ = 1;
        return {};
    }
    const float step_m = glm::distance(next.position_m, last_.position_m);
    if (step_m < spacing_m(next)) {
        // Too near for a vertex of its own: but what was pressed is seen, and the ink reaches it.
        last_.radius_m = std::max(last_.radius_m, radius_m(point.pressure));
        next.radius_m = last_.radius_m;
        near_ = next;
        has_near_ = true;
        return {};
    }
    if (knots_ >= 2) {
        const Bend bend = bend_towards(next);
        trace(settled_, {before_, last_, leaves_, bend.arrives}, bend.leaves, !started_);
        started_ = true;
        leaves_ = bend.leaves;
        turn_ = bend.turn;
        step_before_m_ = glm::distance(before_.position_m, last_.position_m);
    }
    before_ = last_;
    last_ = next;
    has_near_ = false;
    knots_ = std::min<std::size_t>(knots_ + 1, 3);
    return settled_.all();
}

void InkCurve::move_tip(const glm::vec3& position_m, float pressure) {
    if (knots_ == 0 || !usable(position_m)) {
        return;
    }
    tip_ = knot(position_m, pressure);
    has_tip_ = true;
}

/// How the curve passes `last_` on its way from `before_` to `next`.
InkCurve::Bend InkCurve::bend_towards(const Knot& next) const {
    const glm::vec3 in = last_.position_m - before_.position_m;
    const glm::vec3 out = next.position_m - last_.position_m;
    const float in_m = glm::length(in);
    const float out_m = glm::length(out);
    const glm::vec3 from = in / in_m;
    const glm::vec3 to = out / out_m;
    const glm::vec3 axis = glm::cross(from, to);
    const float sine = glm::length(axis);
    const float turn = std::atan2(sine, glm::dot(from, to));
    if (turn > turn_max) {
        return {.arrives = from, .leaves = to, .turn = glm::vec3{0.0F}};
    }
    if (sine < 1e-4F) {
        const glm::vec3 middle = glm::normalize(from + to);
        return {.arrives = middle, .leaves = middle, .turn = axis};
    }
    const glm::vec3 turned = axis * (turn / sine);
    const float arc = arc_evidence(turn_, turned) / 2.0F;
    const auto room = [&](float length_m, float neighbour_m, std::int64_t step_ns) {
        const float seen_rarely =
            step_ns <= unseen_ns_max ? arc * std::min(1.0F, neighbour_m / length_m) : 0.0F;
        return std::max(std::atan(4.0F * bulge_m_max / length_m), seen_rarely);
    };
    const float room_in =
        room(in_m, std::min(step_before_m_, out_m), last_.time_ns - before_.time_ns);
    const float room_out = room(out_m, in_m, next.time_ns - last_.time_ns);
    float turn_in = 0.0F;
    float turn_out = 0.0F;
    if (const float share = (room_in + room_out) / turn; share < 1.0F) {
        const float rounded = std::max(2.0F * share - 1.0F, 0.0F);
        turn_in = room_in * rounded;
        turn_out = room_out * rounded;
    } else {
        turn_in = std::clamp(turn * in_m / (in_m + out_m), turn - room_out, room_in);
        turn_out = turn - turn_in;
    }
    const auto between = [&](float angle) { // from `from` towards `to`
        return glm::normalize((std::sin(turn - angle) * from + std::sin(angle) * to) / sine);
    };
    return {.arrives = between(turn_in), .leaves = between(turn - turn_out), .turn = turned};
}

bool InkCurve::may_take_for_arc(const StrokePoint& from, const StrokePoint& to,
                                const StrokePoint& beyond) {
    const glm::vec3 way = to.position_m - from.position_m;
    const glm::vec3 onward = beyond.position_m - to.position_m;
    const float turn = std::atan2(glm::length(glm::cross(way, onward)), glm::dot(way, onward));
    return std::abs(to.time_ns - from.time_ns) <= unseen_ns_max && turn < arc_turn_max &&
           glm::length(way) * std::tan(turn / 2.0F) > 4.0F * bulge_m_max;
}

/// The vertices of a piece, the first only where the curve begins: there it begins as the arc that
/// ends as the piece does. `onward` is the direction after it.
template <typename Out>
void InkCurve::trace(Out& out, Piece piece, const glm::vec3& onward, bool begins) {
    const glm::vec3 chord = piece.to.position_m - piece.from.position_m;
    const float length_m = glm::length(chord);
    if (begins) {
        piece.leaves = mirrored(piece.arrives, chord);
        out.push({.position_m = piece.from.position_m,
                  .arrives = piece.leaves,
                  .leaves = piece.leaves,
                  .radius_m = piece.from.radius_m});
    }
    const glm::vec3 first = stretched(piece.leaves, chord, length_m);
    const glm::vec3 second = stretched(piece.arrives, chord, length_m);
    const float bulge_m =
        (off_chord(first, chord, length_m) + off_chord(second, chord, length_m)) / 8.0F;
    const float wanted = std::ceil(std::sqrt(bulge_m / flatness_m));
    const auto steps =
        static_cast<std::size_t>(std::clamp(wanted, 1.0F, static_cast<float>(steps_max)));
    for (std::size_t step = 1; step < steps; ++step) {
        const float t = static_cast<float>(step) / static_cast<float>(steps);
        const float u = 1.0F - t;
        const glm::vec3 velocity = chord * (6.0F * t * u) + first * (u * (1.0F - 3.0F * t)) +
                                   second * (t * (3.0F * t - 2.0F));
        const glm::vec3 tangent = glm::normalize(velocity);
        out.push({.position_m = piece.from.position_m + chord * (t * t * (3.0F - 2.0F * t)) +
                                first * (t * u * u) - second * (t * t * u),
                  .arrives = tangent,
                  .leaves = tangent,
                  .radius_m = piece.from.radius_m * u + piece.to.radius_m * t});
    }
    out.push({.position_m = piece.to.position_m,
              .arrives = piece.arrives,
              .leaves = onward,
              .radius_m = piece.to.radius_m});
}

std::span<const InkVertex> InkCurve::rest() {
    rest_.count = 0;
    if (knots_ == 0) {
        return {};
    }
    const Knot& end = has_tip_ ? tip_ : has_near_ ? near_ : last_;
    const glm::vec3 step = end.position_m - last_.position_m;
    const float step_m = glm::length(step);
    const bool moved = step_m > length_m_min;
    if (knots_ == 1) {
        const glm::vec3 along = moved ? step / step_m : glm::vec3{0.0F, 0.0F, 1.0F};
        rest_.push({last_.position_m, along, along, moved ? last_.radius_m : end.radius_m});
        if (moved) {
            rest_.push({end.position_m, along, along, end.radius_m});
        }
        return rest_.all();
    }
    const glm::vec3 chord = last_.position_m - before_.position_m;
    // A step within the spacing is mostly tremor: there ink keeps its direction.
    if (step_m >= spacing_m(end)) {
        const Bend bend = bend_towards(end);
        trace(rest_, {before_, last_, leaves_, bend.arrives}, bend.leaves, !started_);
        const glm::vec3 arrives = mirrored(bend.leaves, step);
        trace(rest_, {last_, end, bend.leaves, arrives}, arrives, false);
        return rest_.all();
    }
    const glm::vec3 arrives = started_ ? mirrored(leaves_, chord) : glm::normalize(chord);
    trace(rest_, {before_, last_, leaves_, arrives}, arrives, !started_);
    if (moved) {
        rest_.push({end.position_m, arrives, arrives, end.radius_m});
    }
    return rest_.all();
}

} // namespace haven
