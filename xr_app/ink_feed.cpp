#include "xr_app/ink_feed.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <glm/common.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace haven {

namespace {

constexpr std::uint32_t last_of_stroke = scene::InkRing::last_of_stroke;

renderer::InkHand ink_hand(Hand hand) {
    return hand == Hand::left ? renderer::InkHand::left : renderer::InkHand::right;
}

std::array<std::uint8_t, 256> make_srgb_table() {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double linear = static_cast<double>(i) / 255.0;
        const double srgb =
            linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
        table.at(i) = static_cast<std::uint8_t>(std::lround(255.0 * srgb));
    }
    return table;
}

/// The recorder's rings carry linear light, the GPU's sRGB.
std::uint32_t srgb_of(std::uint32_t linear_rgba8) {
    static const std::array<std::uint8_t, 256> table = make_srgb_table();
    const auto channel = [&](std::uint32_t shift) {
        return static_cast<std::uint32_t>(table.at((linear_rgba8 >> shift) & 0xFFU)) << shift;
    };
    return channel(0) | channel(8) | channel(16) | (linear_rgba8 & 0xFF00'0000U);
}

std::int16_t snorm16(float value) {
    return static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0F, 1.0F) * 32767.0F));
}

} // namespace

scene::InkRing placed_ring(const Pose& world_from_tracking, const TubeRing& ring) {
    scene::InkRing placed{.centre_m = ring.centre_m,
                          .radius_m = ring.radius_m,
                          .frame = ring.frame_snorm,
                          .colour = srgb_of(ring.colour_rgba8),
                          .flags = ring.flags & last_of_stroke};
    if (world_from_tracking != Pose{}) {
        const glm::quat frame = world_from_tracking.orientation * frame_of(ring);
        placed.centre_m =
            world_from_tracking.position_m + world_from_tracking.orientation * ring.centre_m;
        placed.frame = {snorm16(frame.x), snorm16(frame.y), snorm16(frame.z), snorm16(frame.w)};
    }
    return placed;
}

void CanvasSink::append(Hand hand, std::span<const scene::InkRing> rings) {
    // A full canvas shows no more; the drawing itself goes on.
    std::ignore = canvas_.append(ink_hand(hand), rings);
}

void CanvasSink::set_tail(Hand hand, std::span<const scene::InkRing> rings) {
    canvas_.set_tail(ink_hand(hand), rings);
}

void CanvasSink::set_hidden(Hand hand, const RingRange& range, bool hidden) {
    canvas_.set_hidden(ink_hand(hand), range.first, range.count, hidden);
}

InkFeed::InkFeed(const Pose& world_from_tracking) : world_from_tracking_(world_from_tracking) {
    for (Line& line : lines_) {
        line.piece.reserve(piece_rings + 1);
    }
    tail_.reserve(2 * (piece_rings + TubeBuilder::tail_rings_max));
}

void InkFeed::feed(ShownInk& ink, RingSink& sink) {
    for (const Hand hand : {Hand::left, Hand::right}) {
        tail_.clear();
        for (const bool derived : {false, true}) {
            const std::size_t stream = ShownInk::stream_index(hand, derived);
            const RingUpdate update = ink.take(stream);
            extend(lines_.at(stream), hand, update.appended, sink);
            add_to_tail(lines_.at(stream), update.tail);
        }
        sink.set_tail(hand, tail_);
    }
}

void InkFeed::extend(Line& line, Hand hand, std::span<const TubeRing> rings, RingSink& sink) {
    for (const TubeRing& ring : rings) {
        line.piece.push_back(placed_ring(world_from_tracking_, ring));
        const scene::InkRing last = line.piece.back();
        const bool ends = (last.flags & last_of_stroke) != 0;
        if (!ends && line.piece.size() < piece_rings) {
            continue;
        }
        line.piece.back().flags |= last_of_stroke;
        append(line, hand, line.piece, ends, sink);
        line.piece.clear();
        if (!ends) {
            line.piece.push_back(last);
        }
    }
}

void InkFeed::append(Line& line, Hand hand, std::span<const scene::InkRing> rings, bool ends,
                     RingSink& sink) {
    std::uint32_t& ring_count = ring_counts_.at(static_cast<std::size_t>(hand));
    const auto count = static_cast<std::uint32_t>(rings.size());
    const bool begins =
        line.ranges.size() == (line.stroke_ends.empty() ? 0 : line.stroke_ends.back());
    if (!begins && line.ranges.back().first + line.ranges.back().count == ring_count) {
        line.ranges.back().count += count;
    } else {
        line.ranges.push_back({.first = ring_count, .count = count});
    }
    ring_count += count;
    if (ends) {
        line.stroke_ends.push_back(line.ranges.size());
    }
    sink.append(hand, rings);
}

/// Finished strokes end in order, each in its stream.
void InkFeed::place(std::span<const Stroke> strokes) {
    for (const Stroke& stroke : strokes.subspan(std::min(places_.size(), strokes.size()))) {
        const std::size_t stream =
            ShownInk::stream_index(stroke.hand, stroke.derived_from.has_value());
        places_.push_back({.stream = stream, .stroke = lines_.at(stream).strokes_placed++});
    }
}

void InkFeed::hide(std::span<const Stroke> strokes, std::span<const std::uint32_t> numbers,
                   RingSink& sink) {
    place(strokes);
    for (const std::uint32_t number : numbers) {
        const Stroke& stroke = strokes[number];
        const Place& place = places_[number];
        const Line& line = lines_.at(place.stream);
        assert(place.stroke < line.stroke_ends.size());
        const std::size_t begin = place.stroke == 0 ? 0 : line.stroke_ends[place.stroke - 1];
        const std::size_t end = line.stroke_ends[place.stroke];
        for (const RingRange& range : std::span(line.ranges).subspan(begin, end - begin)) {
            sink.set_hidden(stroke.hand, range, stroke.removed_ms.has_value());
        }
    }
}

void InkFeed::add_to_tail(const Line& line, std::span<const TubeRing> tail) {
    if (line.piece.empty() && tail.empty()) {
        return;
    }
    tail_.insert(tail_.end(), line.piece.begin(), line.piece.end());
    for (const TubeRing& ring : tail) {
        tail_.push_back(placed_ring(world_from_tracking_, ring));
    }
    tail_.back().flags |= last_of_stroke;
}

void InkFeed::refill(ShownInk& ink, std::span<const Stroke> strokes, RingSink& sink) {
    for (std::size_t stream = 0; stream < lines_.size(); ++stream) {
        std::ignore = ink.take(stream); // finished strokes hold all of it
        Line& line = lines_.at(stream);
        line.piece.clear();
        line.ranges.clear();
        line.stroke_ends.clear();
        line.strokes_placed = 0;
    }
    places_.clear();
    ring_counts_ = {};
    std::vector<TubeRing> rings;
    std::vector<scene::InkRing> placed;
    for (const Stroke& stroke : strokes) {
        rings.clear();
        placed.clear();
        append_rings(stroke, rings);
        for (const TubeRing& ring : rings) {
            placed.push_back(placed_ring(world_from_tracking_, ring));
            placed.back().flags |= stroke.removed_ms ? scene::InkRing::hidden : 0U;
        }
        Line& line =
            lines_.at(ShownInk::stream_index(stroke.hand, stroke.derived_from.has_value()));
        append(line, stroke.hand, placed, true, sink);
    }
    for (const Hand hand : {Hand::left, Hand::right}) {
        sink.set_tail(hand, {});
    }
}

} // namespace haven
