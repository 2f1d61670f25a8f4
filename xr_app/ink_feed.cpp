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
                          .flags = ring.flags};
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
        sink.append(hand, line.piece);
        line.piece.clear();
        if (!ends) {
            line.piece.push_back(last);
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
        lines_.at(stream).piece.clear();
    }
    std::vector<TubeRing> rings;
    std::vector<scene::InkRing> placed;
    for (const Stroke& stroke : strokes) {
        rings.clear();
        placed.clear();
        append_rings(stroke, rings);
        for (const TubeRing& ring : rings) {
            placed.push_back(placed_ring(world_from_tracking_, ring));
        }
        sink.append(stroke.hand, placed);
    }
    for (const Hand hand : {Hand::left, Hand::right}) {
        sink.set_tail(hand, {});
    }
}

} // namespace haven
