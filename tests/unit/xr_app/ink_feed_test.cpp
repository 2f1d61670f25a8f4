#include "xr_app/ink_feed.hpp"

#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/gtc/quaternion.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace haven {
namespace {

using scene::InkRing;

constexpr float brush_radius_m = Brush{}.width_m / 2.0F;

/// Keeps what a canvas would have been given.
struct Record final : RingSink {
    void append(Hand hand, std::span<const InkRing> rings) override {
        auto& to = committed.at(static_cast<std::size_t>(hand));
        to.insert(to.end(), rings.begin(), rings.end());
    }
    void set_tail(Hand hand, std::span<const InkRing> rings) override {
        tails.at(static_cast<std::size_t>(hand)).assign(rings.begin(), rings.end());
    }
    void set_hidden(Hand hand, const RingRange& range, bool hidden) override {
        for (InkRing& ring : std::span(committed.at(static_cast<std::size_t>(hand)))
                                 .subspan(range.first, range.count)) {
            ring.flags = hidden ? ring.flags | InkRing::hidden : ring.flags & ~InkRing::hidden;
        }
    }
    /// How many rings of the hand are shown, and where they are.
    [[nodiscard]] std::vector<glm::vec3> shown(Hand hand) const {
        std::vector<glm::vec3> centres;
        for (const InkRing& ring : committed.at(static_cast<std::size_t>(hand))) {
            if ((ring.flags & InkRing::hidden) == 0) {
                centres.push_back(ring.centre_m);
            }
        }
        return centres;
    }
    /// The rings of one hand as the GPU would draw them now: runs of joined rings.
    [[nodiscard]] std::vector<std::vector<InkRing>> runs(Hand hand) const {
        std::vector<InkRing> all = committed.at(static_cast<std::size_t>(hand));
        const auto& tail = tails.at(static_cast<std::size_t>(hand));
        all.insert(all.end(), tail.begin(), tail.end());
        std::vector<std::vector<InkRing>> found(1);
        for (const InkRing& ring : all) {
            found.back().push_back(ring);
            if ((ring.flags & InkRing::last_of_stroke) != 0) {
                found.emplace_back();
            }
        }
        EXPECT_TRUE(found.back().empty()) << "the last ring is joined to what is not there";
        found.pop_back();
        return found;
    }
    std::array<std::vector<InkRing>, 2> committed;
    std::array<std::vector<InkRing>, 2> tails;
};

/// Draws a straight line of `length_m` with the right hand, feeding after each sample.
struct Drawing {
    explicit Drawing(SymmetryMode mode, const Pose& world_from_tracking = {})
        : recorder({.symmetry = {.mode = mode}}), feed(world_from_tracking) {}

    void draw(float from_m, float to_m, float height_m) {
        for (float x = from_m; x < to_m; x += 0.002F) {
            add(x, height_m, true);
        }
        add(to_m, height_m, false);
    }
    void add(float x_m, float y_m, bool drawing) {
        time_ns += 11'000'000;
        const HandSample sample =
            snap_to_grid({.time_ns = time_ns,
                          .hand = Hand::right,
                          .tracked = true,
                          .drawing = drawing,
                          .pressure = 0.5F,
                          .tracking_from_tip = {.position_m = {x_m, y_m, 0.0F}}});
        auto events = recorder.add(sample);
        shown.update(sample, events);
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                strokes.push_back(std::move(event.finished));
            }
        }
        feed.feed(shown, record);
    }
    StrokeRecorder recorder;
    ShownInk shown;
    InkFeed feed;
    Record record;
    std::vector<Stroke> strokes;
    std::int64_t time_ns = 0;
};

float length_m(const std::vector<InkRing>& run) {
    float sum_m = 0.0F;
    for (std::size_t i = 1; i < run.size(); ++i) {
        sum_m += glm::distance(run.at(i - 1).centre_m, run.at(i).centre_m);
    }
    return sum_m;
}

float shown_length_m(const Record& record, Hand hand) {
    float sum_m = 0.0F;
    for (const auto& run : record.runs(hand)) {
        sum_m += length_m(run);
    }
    return sum_m;
}

TEST(InkFeed, ALongStrokeIsWholeAlthoughItGoesInByPieces) {
    Drawing drawing(SymmetryMode::free);
    drawing.draw(0.0F, 3.0F, 1.0F);
    EXPECT_GT(drawing.record.committed.at(1).size(), 2 * InkFeed::piece_rings);
    EXPECT_NEAR(shown_length_m(drawing.record, Hand::right), 3.0F, 0.05F);
    EXPECT_TRUE(drawing.record.committed.at(0).empty());
}

TEST(InkFeed, PiecesBeginWhereTheOneBeforeEnds) {
    Drawing drawing(SymmetryMode::free);
    drawing.draw(0.0F, 2.0F, 1.0F);
    const auto runs = drawing.record.runs(Hand::right);
    ASSERT_GT(runs.size(), 1U);
    for (std::size_t i = 1; i < runs.size(); ++i) {
        EXPECT_EQ(runs.at(i).front().centre_m, runs.at(i - 1).back().centre_m);
    }
}

TEST(InkFeed, ACopyGrowsBesideItsSourceAndIsNeverJoinedToIt) {
    Drawing drawing(SymmetryMode::mirror_copy);
    drawing.draw(0.2F, 2.2F, 1.0F);
    EXPECT_NEAR(shown_length_m(drawing.record, Hand::right), 4.0F, 0.1F);
    for (const auto& run : drawing.record.runs(Hand::right)) {
        const bool right = run.front().centre_m.x > 0.0F;
        for (const InkRing& ring : run) {
            EXPECT_EQ(ring.centre_m.x > 0.0F, right);
        }
    }
}

TEST(InkFeed, TheTipIsShownInTheFrameThatBroughtIt) {
    Drawing drawing(SymmetryMode::free);
    for (int i = 0; i <= 20; ++i) {
        const float x_m = 0.02F * static_cast<float>(i);
        drawing.add(x_m, 1.0F, true);
        if (i > 0) {
            float farthest_m = 0.0F;
            for (const auto& run : drawing.record.runs(Hand::right)) {
                farthest_m = std::max(farthest_m, run.back().centre_m.x);
            }
            EXPECT_GE(farthest_m, x_m - 1e-4F);
            EXPECT_LE(farthest_m, x_m + brush_radius_m) << "a round end, no more";
        }
    }
}

TEST(InkFeed, ANewCanvasIsGivenAllThatWasDrawn) {
    Drawing drawing(SymmetryMode::free);
    drawing.draw(0.0F, 1.0F, 1.0F);
    drawing.draw(0.0F, 0.5F, 1.5F);
    Record fresh;
    drawing.feed.refill(drawing.shown, drawing.strokes, fresh);
    EXPECT_NEAR(shown_length_m(fresh, Hand::right), 1.5F, 0.05F);
    // And what comes then goes to the new canvas alone.
    drawing.feed.feed(drawing.shown, fresh);
    EXPECT_NEAR(shown_length_m(fresh, Hand::right), 1.5F, 0.05F);
}

TEST(InkFeed, HidesAStrokeWithAllItsPiecesAndNothingElse) {
    Drawing drawing(SymmetryMode::mirror_copy);
    drawing.draw(0.1F, 3.0F, 1.0F); // longer than a piece, its copy between its pieces
    drawing.add(0.1F, 1.2F, true);  // a dot
    drawing.add(0.1F, 1.2F, false);
    drawing.draw(0.2F, 0.6F, 1.5F);
    ASSERT_EQ(drawing.strokes.size(), 6U);
    const auto all = drawing.record.shown(Hand::right);
    for (std::uint32_t number = 0; number < 6; ++number) {
        drawing.strokes[number].removed_ms = 1;
        drawing.feed.hide(drawing.strokes, std::array{number}, drawing.record);
        auto expected = all;
        const float height_m = std::array{1.0F, 1.2F, 1.5F}.at(number / 2);
        const bool copy = number % 2 == 1;
        std::erase_if(expected, [&](const glm::vec3& centre) {
            return std::abs(centre.y - height_m) < 0.05F && (centre.x < 0.0F) == copy;
        });
        EXPECT_LT(expected.size(), all.size());
        EXPECT_EQ(drawing.record.shown(Hand::right), expected) << number;

        Record fresh; // as a new device gets it
        Drawing other(SymmetryMode::mirror_copy);
        other.feed.refill(drawing.shown, drawing.strokes, fresh);
        EXPECT_NEAR(static_cast<double>(fresh.shown(Hand::right).size()),
                    static_cast<double>(expected.size()), 16.0);
        for (const glm::vec3& centre : fresh.shown(Hand::right)) {
            EXPECT_FALSE(std::abs(centre.y - height_m) < 0.05F && (centre.x < 0.0F) == copy);
        }
        drawing.strokes[number].removed_ms.reset();
        other.feed.hide(drawing.strokes, std::array{number}, fresh);
        EXPECT_NEAR(static_cast<double>(fresh.shown(Hand::right).size()),
                    static_cast<double>(all.size()), 16.0);
        drawing.feed.hide(drawing.strokes, std::array{number}, drawing.record);
        EXPECT_EQ(drawing.record.shown(Hand::right), all);
    }
}

TEST(InkFeed, RingsStandInThePlaceWhereThePersonStands) {
    const Pose world_from_tracking{.position_m = {1.0F, 0.0F, 2.0F},
                                   .orientation =
                                       glm::angleAxis(1.5707963F, glm::vec3(0.0F, 1.0F, 0.0F))};
    const InkRing ring = placed_ring(world_from_tracking, {.centre_m = {0.0F, 1.0F, -1.0F}});
    EXPECT_NEAR(ring.centre_m.x, 0.0F, 1e-5F);
    EXPECT_NEAR(ring.centre_m.y, 1.0F, 1e-5F);
    EXPECT_NEAR(ring.centre_m.z, 2.0F, 1e-5F);
}

TEST(InkFeed, ColoursBecomeSrgb) {
    const InkRing ring = placed_ring({}, {.colour_rgba8 = 0xFF00'37FFU});
    EXPECT_EQ(ring.colour & 0xFFU, 0xFFU);
    EXPECT_NEAR(static_cast<double>((ring.colour >> 8U) & 0xFFU), 128.0, 1.0);
    EXPECT_EQ(ring.colour >> 24U, 0xFFU);
}

} // namespace
} // namespace haven
