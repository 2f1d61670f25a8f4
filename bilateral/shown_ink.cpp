#include "bilateral/shown_ink.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <span>

namespace haven {

ShownInk::ShownInk(std::size_t rings_reserved) {
    for (Line& line : lines_) {
        line.tube = TubeBuilder{TubeBuilder::tail_rings_max * 4};
        for (auto* rings : {&line.rings, &line.copies, &line.taken, &line.taken_copies}) {
            rings->reserve(rings_reserved);
        }
    }
}

void ShownInk::update(const HandSample& sample, std::span<const InkEvent> events) {
    update(events);
    Line& line = lines_[static_cast<std::size_t>(sample.hand)];
    if (sample.tracked && sample.drawing) {
        line.newest_m = sample.tracking_from_tip.position_m;
        line.pressure = sample.pressure;
        line.tube.move_tip(sample.tracking_from_tip.position_m, sample.pressure);
    }
}

void ShownInk::lead(Hand hand, const glm::vec3& tip_m) {
    Line& line = lines_[static_cast<std::size_t>(hand)];
    if (glm::distance(line.newest_m, tip_m) <= lead_m_max) {
        line.tube.move_tip(tip_m, line.pressure);
    }
}

void ShownInk::update(std::span<const InkEvent> events) {
    for (const InkEvent& event : events) {
        if (!event.derived) {
            handle(event);
        }
    }
}

void ShownInk::handle(const InkEvent& event) {
    Line& line = lines_[static_cast<std::size_t>(event.hand)];
    switch (event.kind) {
    case InkEventKind::stroke_began:
        line.tube.begin(event.brush);
        line.symmetry = event.symmetry;
        break;
    case InkEventKind::point_added:
        line.tube.add(event.point);
        break;
    case InkEventKind::stroke_ended:
        line.tube.end();
        break;
    }
    collect(line, event.hand);
}

void ShownInk::collect(Line& line, Hand hand) {
    const auto fresh = line.tube.committed();
    line.rings.insert(line.rings.end(), fresh.begin(), fresh.end());
    if (line.symmetry.copies()) {
        std::ranges::transform(fresh, std::back_inserter(line.copies), [&](const TubeRing& ring) {
            return copied_ring(line.symmetry, hand, ring);
        });
    }
    line.tube.drop_committed();
}

std::size_t ShownInk::stream_index(Hand hand, bool derived) {
    return static_cast<std::size_t>(hand) * 2 + (derived ? 1 : 0);
}

RingUpdate ShownInk::take(std::size_t stream) {
    assert(stream < stream_count);
    Line& line = lines_[stream / 2];
    const std::span<const TubeRing> tail = line.tube.tail();
    if (stream % 2 == 0) {
        line.taken.clear();
        line.taken.swap(line.rings);
        return {.appended = line.taken, .tail = tail};
    }
    line.taken_copies.clear();
    line.taken_copies.swap(line.copies);
    if (!line.symmetry.copies()) {
        return {.appended = line.taken_copies, .tail = {}};
    }
    const Hand hand = stream / 2 == 0 ? Hand::left : Hand::right;
    std::ranges::transform(tail, line.copied_tail.begin(), [&](const TubeRing& ring) {
        return copied_ring(line.symmetry, hand, ring);
    });
    return {.appended = line.taken_copies, .tail = std::span{line.copied_tail}.first(tail.size())};
}

} // namespace haven
