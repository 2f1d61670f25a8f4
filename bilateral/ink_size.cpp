#include "bilateral/ink_size.hpp"

#include "bilateral/ink_units.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

namespace haven {
namespace {

constexpr std::int64_t stroke_bytes = 400; // its braces, names, ids, colour, width and end
constexpr std::int64_t pressure_bytes = 4; // "255,"

/// A number of at most this size, its sign and a comma. Leaving a point out adds its difference to
/// the next one's, and the text of a sum is never longer than those of its parts.
std::int64_t bytes_of(double size) {
    std::int64_t bytes = 3;
    for (double left = std::abs(size) + 1.0; left >= 10.0; left /= 10.0) { // 1: rounding
        ++bytes;
    }
    return bytes;
}

std::int64_t bytes_of(const StrokePoint& point, const StrokePoint& before) {
    const auto step_ms =
        static_cast<double>(point.time_ns - before.time_ns) / static_cast<double>(ink::ns_per_ms);
    std::int64_t bytes = pressure_bytes + bytes_of(step_ms);
    for (int axis = 0; axis < 3; ++axis) {
        const double step_m = double{point.position_m[axis]} - double{before.position_m[axis]};
        bytes += bytes_of(step_m * ink::position_steps_per_m);
    }
    return bytes;
}

} // namespace

void InkSizeBound::add(std::span<const InkEvent> events) {
    for (const InkEvent& event : events) {
        Stream& stream = streams_.at(index_of(event.hand, event.derived));
        std::int64_t more = 0;
        switch (event.kind) {
        case InkEventKind::stroke_began:
            stream.last.reset();
            stream.bytes = 0;
            more = stroke_bytes;
            break;
        case InkEventKind::point_added:
            more = bytes_of(event.point, stream.last.value_or(StrokePoint{}));
            stream.last = event.point;
            break;
        case InkEventKind::stroke_ended:
            stream.ended_bytes = stream.bytes;
            break;
        }
        stream.bytes += more;
        bytes_ += more;
    }
}

} // namespace haven
