#include "bilateral/ink_size.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace haven {
namespace {

struct Recorded {
    std::vector<Stroke> strokes;
    std::vector<std::int64_t> bytes_max; ///< of each
    std::int64_t bytes_max_together = 0;
};

/// Both hands drawing, with steps of up to `step_m` in a box `reach_m` wide, from chance.
Recorded record(std::uint32_t seed, float step_m, float reach_m, SymmetryMode mode) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> chance(-1.0F, 1.0F);
    StrokeRecorder recorder({.drawing_id = {}, .brushes = {}, .symmetry = {.mode = mode}});
    InkSizeBound bound;
    Recorded recorded;
    const auto take = [&](std::span<InkEvent> events) {
        bound.add(events);
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                recorded.bytes_max.push_back(bound.of_ended(event.hand, event.derived));
                recorded.strokes.push_back(std::move(event.finished));
            }
        }
    };
    std::array<glm::vec3, 2> at{};
    for (int i = 0; i < 4000; ++i) {
        for (const Hand hand : {Hand::left, Hand::right}) {
            glm::vec3& position = at.at(static_cast<std::size_t>(hand));
            position += glm::vec3(chance(engine), chance(engine), chance(engine)) * step_m;
            position = glm::clamp(position, glm::vec3(-reach_m), glm::vec3(reach_m));
            take(recorder.add(snap_to_grid({.time_ns = std::int64_t{i} * 11'111'111,
                                            .hand = hand,
                                            .tracked = true,
                                            .drawing = chance(engine) > -0.98F,
                                            .pressure = 0.5F + 0.5F * chance(engine),
                                            .tracking_from_tip = {.position_m = position}})));
        }
    }
    take(recorder.finish());
    recorded.bytes_max_together = bound.bytes();
    return recorded;
}

TEST(InkSizeBound, NoStrokesInkIsLongerThanItsBound) {
    for (const SymmetryMode mode :
         {SymmetryMode::free, SymmetryMode::mirror_copy, SymmetryMode::parallel}) {
        for (const float step_m : {0.0F, 0.00004F, 0.001F, 0.02F, 0.1F}) {
            for (const float reach_m : {0.5F, 90.0F}) {
                const Recorded recorded = record(7, step_m, reach_m, mode);
                ASSERT_FALSE(recorded.strokes.empty());
                std::int64_t together = 0;
                for (std::size_t i = 0; i < recorded.strokes.size(); ++i) {
                    Stroke stroke = recorded.strokes[i];
                    stroke.removed_ms = InkLimits::removed_ms_max;
                    for (const InkDetail detail : {InkDetail::every_point, InkDetail::simplified}) {
                        EXPECT_LE(std::ssize(encode_ink_stroke(stroke, detail)),
                                  recorded.bytes_max[i]);
                    }
                    together += recorded.bytes_max[i];
                }
                EXPECT_EQ(together, recorded.bytes_max_together);
            }
        }
    }
}

} // namespace
} // namespace haven
