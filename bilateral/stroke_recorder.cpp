#include "bilateral/stroke_recorder.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/ink_curve.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/uuid_v7.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace haven {

namespace {

constexpr std::size_t points_reserved = 4096; // 45 s at 90 Hz
constexpr float width_m_min = 0.0001F;
constexpr float width_m_max = 0.1F;

float clamped(float value, float low, float high, float otherwise) {
    return std::isnan(value) ? otherwise : std::clamp(value, low, high);
}

bool is_jump(const StrokePoint& from, const StrokePoint& to) {
    const double x = double{to.position_m.x} - double{from.position_m.x};
    const double y = double{to.position_m.y} - double{from.position_m.y};
    const double z = double{to.position_m.z} - double{from.position_m.z};
    const double step_s = static_cast<double>(to.time_ns - from.time_ns) * 1e-9;
    const double allowed_m =
        std::clamp(double{StrokeRecorder::speed_max_m_per_s} * step_s,
                   double{StrokeRecorder::step_free_m}, double{StrokeRecorder::jump_m});
    return x * x + y * y + z * z > allowed_m * allowed_m;
}

std::size_t hand_index(Hand hand) {
    return static_cast<std::size_t>(hand);
}

} // namespace

Brush made_valid(const Brush& brush) {
    const Brush usual;
    Brush valid;
    for (int i = 0; i < 3; ++i) {
        valid.colour_linear[i] =
            clamped(brush.colour_linear[i], 0.0F, 1.0F, usual.colour_linear[i]);
    }
    valid.width_m = clamped(brush.width_m, width_m_min, width_m_max, usual.width_m);
    return valid;
}

glm::vec3 copied_position(const Symmetry& symmetry, Hand hand, const glm::vec3& position_m) {
    switch (symmetry.mode) {
    case SymmetryMode::mirror_copy: {
        const glm::vec3& n = symmetry.plane_normal;
        return position_m - n * (2.0F * glm::dot(position_m - symmetry.plane_point_m, n));
    }
    case SymmetryMode::parallel:
        return hand == Hand::left ? position_m + symmetry.parallel_offset_m
                                  : position_m - symmetry.parallel_offset_m;
    case SymmetryMode::free:
        break;
    }
    return position_m;
}

StrokeRecorder::StrokeRecorder(const RecordingStart& start)
    : drawing_id_{start.drawing_id}, symmetry_{made_valid(start.symmetry)},
      thinned_m_{static_cast<float>(start.thinned_um) * 1e-6F},
      bridged_ns_{std::int64_t{start.bridged_ms} * 1'000'000} {
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        hands_[hand].brush = made_valid(start.brushes[hand]);
        hands_[hand].points.reserve(points_reserved);
    }
}

std::span<InkEvent> StrokeRecorder::add(const HandSample& sample) {
    event_count_ = 0;
    if (finished_) {
        return events();
    }
    ++counters_.samples;
    HandState& state = hands_[hand_index(sample.hand)];
    if (state.seen && sample.time_ns <= state.last_time_ns) {
        ++counters_.samples_out_of_order;
        return events();
    }
    state.seen = true;
    state.last_time_ns = sample.time_ns;
    if (bridged_ns_ > 0 && state.has_previous) {
        if (sample.source != state.source) {
            interrupt(state, sample.hand, StrokeEnd::released);
        } else if (sample.time_ns - state.previous.time_ns > bridged_ns_) {
            interrupt(state, sample.hand, StrokeEnd::tracking_lost);
        }
    }
    state.source = sample.source;
    state.broken_off = state.broken_off && sample.drawing;

    if (sample.tracked && sample.drawing && !paused_ && !state.broken_off) {
        draw(state, sample.hand,
             {.time_ns = sample.time_ns,
              .position_m = sample.tracking_from_tip.position_m,
              .pressure = sample.pressure});
        return events();
    }
    if (bridged_ns_ > 0 && state.has_previous && !sample.tracked && sample.drawing && !paused_) {
        return events(); // it may come back
    }
    interrupt(state, sample.hand, sample.tracked ? StrokeEnd::released : StrokeEnd::tracking_lost);
    return events();
}

void StrokeRecorder::interrupt(HandState& state, Hand hand, StrokeEnd end) {
    if (state.in_stroke) {
        counters_.tracking_losses += end == StrokeEnd::tracking_lost ? 1U : 0U;
        end_stroke(state, hand, end);
    }
    state.has_previous = false;
    state.holding_back = false;
    state.refusing = false;
}

void StrokeRecorder::draw(HandState& state, Hand hand, const StrokePoint& point) {
    if (state.has_previous && is_jump(state.previous, point)) {
        ++counters_.jumps;
        if (state.in_stroke) {
            end_stroke(state, hand, StrokeEnd::jump);
        }
        state.previous = point;
        state.holding_back = true;
        return;
    }
    if (!state.in_stroke && !state.refusing && begin_stroke(state, hand, false) &&
        state.holding_back) {
        add_point(state, hand, state.previous);
    }
    state.holding_back = false;
    if (state.in_stroke) {
        add_point(state, hand, point);
    }
    state.previous = point;
    state.has_previous = true;
}

bool StrokeRecorder::begin_stroke(HandState& state, Hand hand, bool continues) {
    const std::size_t lines = symmetry_.copies() ? 2 : 1;
    // Two points each: one that was held back after a jump, and the one at hand.
    if (state.strokes_kept + lines > strokes_per_hand_max ||
        state.points_kept + std::max<std::size_t>(2, points_at_once()) * lines >
            points_per_hand_max) {
        state.refusing = true;
        ++counters_.strokes_refused;
        return false;
    }
    state.in_stroke = true;
    state.stroke_brush = state.brush;
    state.stroke_symmetry = symmetry_;
    state.stroke_id = stroke_id(drawing_id_, hand, state.strokes_begun, false);
    state.copy_id = stroke_id(drawing_id_, hand, state.strokes_begun, true);
    ++state.strokes_begun;
    for (std::size_t line = 0; line < lines; ++line) {
        InkEvent& event = push(InkEventKind::stroke_began, state, hand, line == 1);
        event.brush = state.stroke_brush;
        event.symmetry = state.stroke_symmetry;
        event.continues = continues;
    }
    return true;
}

/// What waits is told by a line from the last recorded point to this one, or some of it is
/// recorded.
void StrokeRecorder::add_point(HandState& state, Hand hand, const StrokePoint& point) {
    if (thinned_m_ <= 0.0F || state.points.empty()) {
        commit(state, hand, point);
        return;
    }
    if (state.waiting_count == waiting_max || !line_tells(state, point)) {
        const StrokePoint kept = state.waiting[state.waiting_count - 1];
        const auto between = point_of_straight_way(state, &point);
        state.waiting_count = 0;
        if (between) {
            commit(state, hand, *between);
        }
        if (state.in_stroke) {
            commit(state, hand, kept);
        }
        if (!state.in_stroke) {
            return;
        }
    }
    state.waiting[state.waiting_count] = point;
    ++state.waiting_count;
}

bool StrokeRecorder::line_tells(const HandState& state, const StrokePoint& to) const {
    constexpr float in_time = 10.0F;
    constexpr float pressure_step = 1.0F / 255.0F;
    const StrokePoint& from = state.points.back();
    const glm::vec3 along = to.position_m - from.position_m;
    const float squares = glm::dot(along, along);
    const auto span_ns = static_cast<float>(to.time_ns - from.time_ns);
    return std::ranges::all_of(
        std::span{state.waiting}.first(state.waiting_count), [&](const StrokePoint& point) {
            const glm::vec3 off = point.position_m - from.position_m;
            const float passed = static_cast<float>(point.time_ns - from.time_ns) / span_ns;
            const float part =
                squares > 0.0F ? std::clamp(glm::dot(off, along) / squares, 0.0F, 1.0F) : 0.0F;
            const glm::vec3 beside = off - part * along;
            const glm::vec3 late = off - passed * along;
            const float pressed = from.pressure + passed * (to.pressure - from.pressure);
            return glm::dot(beside, beside) <= thinned_m_ * thinned_m_ &&
                   glm::dot(late, late) <= in_time * in_time * thinned_m_ * thinned_m_ &&
                   std::abs(point.pressure - pressed) <= pressure_step;
        });
}

/// From the middle of what waits, where the curve might take the way to the last of it for an arc;
/// `next` is the point after that, if there is one.
std::optional<StrokePoint> StrokeRecorder::point_of_straight_way(const HandState& state,
                                                                 const StrokePoint* next) const {
    if (state.waiting_count < 2) {
        return std::nullopt;
    }
    const StrokePoint& from = state.points.back();
    const StrokePoint& to = state.waiting[state.waiting_count - 1];
    const bool doubtful =
        (next != nullptr && InkCurve::may_take_for_arc(from, to, *next)) ||
        (state.points.size() > 1 &&
         InkCurve::may_take_for_arc(to, from, state.points[state.points.size() - 2]));
    return doubtful ? std::optional(state.waiting[(state.waiting_count - 1) / 2]) : std::nullopt;
}

/// One that is recorded, and what may follow when the stroke ends: two of those that wait then.
std::size_t StrokeRecorder::points_at_once() const {
    return thinned_m_ > 0.0F ? 3 : 1;
}

void StrokeRecorder::commit(HandState& state, Hand hand, const StrokePoint& point) {
    const std::size_t lines = state.stroke_symmetry.copies() ? 2 : 1;
    const std::size_t more = points_at_once();
    if (state.points_kept + (state.points.size() + more) * lines > points_per_hand_max) {
        end_stroke(state, hand, StrokeEnd::released);
        state.refusing = true;
        ++counters_.strokes_refused;
        return;
    }
    if (state.points.size() + more > points_per_stroke_max) {
        const StrokePoint joint = state.points.back();
        end_stroke(state, hand, StrokeEnd::released);
        if (!begin_stroke(state, hand, true)) {
            return;
        }
        record(state, hand, joint);
    }
    record(state, hand, point);
}

void StrokeRecorder::record(HandState& state, Hand hand, const StrokePoint& point) {
    state.points.push_back(point);
    push(InkEventKind::point_added, state, hand, false).point = point;
    if (state.stroke_symmetry.copies()) {
        StrokePoint& copy = push(InkEventKind::point_added, state, hand, true).point;
        copy = point;
        copy.position_m = copied_position(state.stroke_symmetry, hand, point.position_m);
    }
}

void StrokeRecorder::end_stroke(HandState& state, Hand hand, StrokeEnd end) {
    assert(state.in_stroke && !state.points.empty());
    if (state.waiting_count > 0) {
        const StrokePoint last = state.waiting[state.waiting_count - 1];
        const auto between = point_of_straight_way(state, nullptr);
        state.waiting_count = 0;
        if (between) {
            record(state, hand, *between);
        }
        record(state, hand, last);
    }
    Stroke& stroke = push(InkEventKind::stroke_ended, state, hand, false).finished;
    stroke.id = state.stroke_id;
    stroke.hand = hand;
    stroke.brush = state.stroke_brush;
    stroke.end = end;
    stroke.points = state.points;
    ++counters_.strokes;
    counters_.points += state.points.size();
    ++state.strokes_kept;
    state.points_kept += state.points.size();

    if (state.stroke_symmetry.copies()) {
        Stroke& copy = push(InkEventKind::stroke_ended, state, hand, true).finished;
        copy = stroke;
        copy.id = state.copy_id;
        copy.derived_from = state.stroke_id;
        for (StrokePoint& point : copy.points) {
            point.position_m = copied_position(state.stroke_symmetry, hand, point.position_m);
        }
        ++counters_.strokes_derived;
        ++state.strokes_kept;
        state.points_kept += state.points.size();
    }
    state.points.clear();
    state.in_stroke = false;
}

void StrokeRecorder::set_brush(Hand hand, const Brush& brush) {
    hands_[hand_index(hand)].brush = made_valid(brush);
}

void StrokeRecorder::set_symmetry(const Symmetry& symmetry) {
    symmetry_ = made_valid(symmetry);
}

std::span<InkEvent> StrokeRecorder::pause() {
    paused_ = true;
    return end_both(StrokeEnd::paused);
}

std::span<InkEvent> StrokeRecorder::break_off(Hands hands) {
    event_count_ = 0;
    for (const Hand hand : {Hand::left, Hand::right}) {
        HandState& state = hands_[hand_index(hand)];
        if (contains(hands, hand) && state.in_stroke) {
            interrupt(state, hand, StrokeEnd::released);
            state.broken_off = true;
        }
    }
    return events();
}

std::span<InkEvent> StrokeRecorder::finish() {
    finished_ = true;
    return end_both(StrokeEnd::drawing_ended);
}

std::span<InkEvent> StrokeRecorder::end_both(StrokeEnd end) {
    event_count_ = 0;
    for (const Hand hand : {Hand::left, Hand::right}) {
        HandState& state = hands_[hand_index(hand)];
        if (state.in_stroke) {
            end_stroke(state, hand, end);
        }
        state.has_previous = false;
        state.holding_back = false;
        state.refusing = false;
    }
    return events();
}

std::optional<Stroke> StrokeRecorder::stroke_so_far(Hand hand, bool derived) const {
    const HandState& state = hands_[hand_index(hand)];
    if (!state.in_stroke || (derived && !state.stroke_symmetry.copies())) {
        return std::nullopt;
    }
    Stroke stroke{.id = derived ? state.copy_id : state.stroke_id,
                  .hand = hand,
                  .brush = state.stroke_brush,
                  .end = StrokeEnd::drawing_ended,
                  .points = state.points};
    if (state.waiting_count > 0) {
        stroke.points.push_back(state.waiting[state.waiting_count - 1]);
    }
    if (derived) {
        stroke.derived_from = state.stroke_id;
        for (StrokePoint& point : stroke.points) {
            point.position_m = copied_position(state.stroke_symmetry, hand, point.position_m);
        }
    }
    return stroke;
}

bool StrokeRecorder::stroke_in_progress(Hand hand) const {
    return hands_[hand_index(hand)].in_stroke;
}

const Brush& StrokeRecorder::brush(Hand hand) const {
    return hands_[hand_index(hand)].brush;
}

InkEvent& StrokeRecorder::push(InkEventKind kind, const HandState& state, Hand hand, bool derived) {
    assert(event_count_ < events_.size());
    InkEvent& event = events_[event_count_++];
    event = InkEvent{};
    event.kind = kind;
    event.hand = hand;
    event.derived = derived;
    event.stroke_id = derived ? state.copy_id : state.stroke_id;
    return event;
}

} // namespace haven
