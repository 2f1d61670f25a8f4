#include "tests/bench/bilateral/bench_undo.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/ink_history.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/uuid_v7.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::bench {
namespace {

std::vector<StrokePoint> long_stroke() {
    const testing::ScriptedMotion motion{.tremor_m = 0.0005};
    std::vector<StrokePoint> points;
    for (std::int64_t frame = 0; points.size() < StrokeRecorder::points_per_stroke_max; ++frame) {
        const HandSample sample = motion.sample(Hand::left, frame);
        points.push_back({.time_ns = sample.time_ns,
                          .position_m = sample.tracking_from_tip.position_m,
                          .pressure = sample.pressure});
    }
    return points;
}

/// One hand's drawing, its rings cut into chunks as the canvas has them.
struct Drawing {
    InkHistory history;
    std::vector<Stroke> strokes;
    std::vector<std::uint32_t> first; ///< ring of each stroke, and the end
    scene::InkChunks chunks;

    explicit Drawing(std::size_t stroke_count) : first{0} {
        Stroke stroke{.points = long_stroke()};
        std::vector<TubeRing> tube;
        append_rings(stroke, tube);
        std::vector<scene::InkRing> rings;
        for (const TubeRing& ring : tube) {
            rings.push_back({.centre_m = ring.centre_m,
                             .radius_m = ring.radius_m,
                             .flags = ring.flags & scene::InkRing::last_of_stroke});
        }
        scene::InkChunks::Thinned thinned;
        for (std::uint32_t number = 0; number < stroke_count; ++number) {
            stroke.id = stroke_id({}, Hand::left, number, false);
            for (const InkEventKind kind :
                 {InkEventKind::stroke_began, InkEventKind::stroke_ended}) {
                const InkEvent event{.kind = kind, .stroke_id = stroke.id};
                history.add({&event, 1});
            }
            strokes.push_back(stroke);
            chunks.append(rings, thinned);
            first.push_back(chunks.stream_counts()[0]);
        }
    }

    /// All that the frame thread does for it but to hand the changed flags to the GPU.
    void change(InkCommand::Kind kind) {
        const InkCommand command{.kind = kind, .hands = Hands::left};
        (void)history.begin(command);
        const InkHistory::Change change = history.apply(command);
        mark(change, command.time_ms, strokes);
        for (const std::uint32_t number : change.strokes) {
            chunks.set_hidden(first[number], first[number + 1] - first[number], change.removed);
        }
        (void)chunks.take_changes(16 * scene::InkChunks::changes_a_chunk_max);
    }
};

} // namespace

std::vector<double> undo_us(std::size_t stroke_count) {
    Drawing drawing(stroke_count);
    std::vector<double> measured;
    for (int i = 0; i < 1'000; ++i) {
        const auto start = std::chrono::steady_clock::now();
        drawing.change(InkCommand::Kind::undo);
        const auto stop = std::chrono::steady_clock::now();
        measured.push_back(std::chrono::duration<double, std::micro>(stop - start).count());
        drawing.change(InkCommand::Kind::redo);
    }
    return measured;
}

} // namespace haven::bench
