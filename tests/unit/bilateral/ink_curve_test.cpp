#include "bilateral/ink_curve.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace haven {
namespace {

constexpr float half_turn = std::numbers::pi_v<float>;

Stroke stroke_through(const std::vector<glm::vec3>& positions, std::int64_t step_ns) {
    Stroke stroke{.hand = Hand::right};
    for (const glm::vec3& position : positions) {
        stroke.points.push_back(
            {.time_ns = static_cast<std::int64_t>(stroke.points.size()) * step_ns,
             .position_m = position,
             .pressure = 1.0F});
    }
    return stroke;
}

std::vector<InkVertex> curve_of(const Stroke& stroke) {
    InkCurve curve;
    curve.begin(stroke.brush);
    std::vector<InkVertex> all;
    for (const StrokePoint& point : stroke.points) {
        const auto settled = curve.add(point);
        all.insert(all.end(), settled.begin(), settled.end());
    }
    const auto rest = curve.rest();
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

std::vector<InkVertex> curve_through(const std::vector<glm::vec3>& positions,
                                     std::int64_t step_ns = 11'000'000) {
    return curve_of(stroke_through(positions, step_ns));
}

/// The stroke as a server or another headset reads it: thinned, and rounded to 0.1 mm.
Stroke stored(const Stroke& stroke) {
    auto document = decode_ink(encode_ink(stroke.hand, std::span(&stroke, 1)));
    EXPECT_TRUE(document);
    return document->strokes.at(0);
}

/// A circle in a plane that lies askew, drawn in `seconds`, as seen at `rate_hz`.
struct Circle {
    float radius_m;
    double seconds;
    double rate_hz;
    float start = 0.7F;

    [[nodiscard]] static glm::vec3 side() { return glm::normalize(glm::vec3{1.0F, 0.2F, -0.3F}); }
    [[nodiscard]] static glm::vec3 up() {
        return glm::normalize(glm::cross(glm::vec3{0.1F, 0.3F, 1.0F}, side()));
    }
    [[nodiscard]] static glm::vec3 middle() { return {0.1F, 1.3F, -0.4F}; }
    [[nodiscard]] Stroke stroke() const {
        Stroke made{.hand = Hand::right};
        const auto count = static_cast<std::int64_t>(seconds * rate_hz);
        for (std::int64_t i = 0; i <= count; ++i) {
            const float angle =
                start + 2.0F * half_turn * static_cast<float>(i) / static_cast<float>(count);
            made.points.push_back({.time_ns = std::llround(static_cast<double>(i) * 1e9 / rate_hz),
                                   .position_m = middle() + side() * (radius_m * std::cos(angle)) +
                                                 up() * (radius_m * std::sin(angle)),
                                   .pressure = 0.8F});
        }
        return made;
    }
    [[nodiscard]] float off(const glm::vec3& point) const {
        const glm::vec3 v = point - middle();
        const float level = glm::dot(v, glm::cross(side(), up()));
        const float x = glm::dot(v, side());
        const float y = glm::dot(v, up());
        return std::hypot(std::hypot(x, y) - radius_m, level);
    }
    /// Between vertices, too: what is drawn are straight lines.
    template <typename Position>
    [[nodiscard]] float off(std::size_t count, const Position& position) const {
        float most = 0.0F;
        for (std::size_t i = 1; i < count; ++i) {
            for (const float t : {0.0F, 0.25F, 0.5F, 0.75F, 1.0F}) {
                most = std::max(most, off(position(i - 1) * (1.0F - t) + position(i) * t));
            }
        }
        return most;
    }
};

float distance_to_segment(const glm::vec3& p, const glm::vec3& a, const glm::vec3& b) {
    const glm::vec3 along = b - a;
    const float squares = std::max(glm::dot(along, along), 1e-12F);
    const float t = std::clamp(glm::dot(p - a, along) / squares, 0.0F, 1.0F);
    return glm::distance(p, a + along * t);
}

float distance_to_polyline(const glm::vec3& p, const std::vector<glm::vec3>& line) {
    float least = std::numeric_limits<float>::max();
    for (std::size_t i = 1; i < line.size(); ++i) {
        least = std::min(least, distance_to_segment(p, line[i - 1], line[i]));
    }
    return least;
}

float farthest_from(const std::vector<InkVertex>& curve, const std::vector<glm::vec3>& line) {
    float most = 0.0F;
    for (const InkVertex& vertex : curve) {
        most = std::max(most, distance_to_polyline(vertex.position_m, line));
    }
    return most;
}

bool is_unit(const glm::vec3& v) {
    return std::abs(glm::length(v) - 1.0F) < 1e-3F;
}

TEST(InkCurve, AStoredCircleIsACircleTo300Micrometres) {
    for (const float radius_m : {0.02F, 0.05F, 0.1F}) {
        for (const double seconds : {0.7, 2.0, 9.0}) {
            for (const double rate_hz : {72.0, 90.0, 200.0}) {
                for (const float start : {0.0F, 0.4F, 1.1F, 2.9F}) {
                    SCOPED_TRACE(::testing::Message()
                                 << radius_m << " m " << seconds << " s " << rate_hz << " Hz");
                    const Circle circle{radius_m, seconds, rate_hz, start};
                    const auto curve = curve_of(stored(circle.stroke()));
                    EXPECT_LT(circle.off(curve.size(),
                                         [&](std::size_t i) { return curve[i].position_m; }),
                              0.0003F);
                    std::vector<TubeRing> rings; // and in the headset
                    append_rings(stored(circle.stroke()), rings);
                    const auto tube = std::span(rings).subspan(3, rings.size() - 6); // without caps
                    EXPECT_LT(
                        circle.off(tube.size(), [&](std::size_t i) { return tube[i].centre_m; }),
                        0.0003F);
                }
            }
        }
    }
}

TEST(InkCurve, ACircleSeenRarelyIsACircle) {
    // Six pictures a second and a quick hand: only points in time tell that nothing was left out.
    for (const double rate_hz : {6.0, 10.0, 20.0}) {
        const Circle circle{0.05F, 9.0 / rate_hz, rate_hz};
        const auto curve = curve_of(circle.stroke());
        const auto inner = std::span(curve).subspan(InkCurve::steps_max);
        EXPECT_LT(circle.off(inner.size() - InkCurve::steps_max,
                             [&](std::size_t i) { return inner[i].position_m; }),
                  0.0015F)
            << rate_hz;
    }
}

TEST(InkCurve, PassesThroughEveryPoint) {
    std::mt19937 engine{3};
    std::uniform_real_distribution<float> step{-0.02F, 0.02F};
    std::vector<glm::vec3> points{{0, 1, 0}};
    for (int i = 0; i < 500; ++i) {
        points.push_back(points.back() +
                         glm::vec3{0.005F + step(engine), step(engine), step(engine)});
    }
    const auto curve = curve_through(points);
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (glm::distance(points[i], points[i - 1]) < 0.002F) {
            continue; // nearer than the spacing: not promised
        }
        EXPECT_TRUE(std::ranges::any_of(curve, [&](const InkVertex& vertex) {
            return vertex.position_m == points[i];
        })) << i;
    }
    for (const InkVertex& vertex : curve) {
        ASSERT_TRUE(is_unit(vertex.arrives) && is_unit(vertex.leaves));
    }
}

TEST(InkCurve, IsSmoothWhereTheHandWas) {
    const Circle circle{0.05F, 2.0, 90.0};
    const auto curve = curve_of(stored(circle.stroke()));
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const glm::vec3 step = glm::normalize(curve[i].position_m - curve[i - 1].position_m);
        EXPECT_GT(glm::dot(step, curve[i].arrives), 0.998F) << i; // 3.6 degrees
        EXPECT_GT(glm::dot(step, curve[i - 1].leaves), 0.998F) << i;
        EXPECT_GT(glm::dot(curve[i].arrives, curve[i].leaves), 0.9998F) << i; // no corner
    }
}

TEST(InkCurve, CornersStayCornersAndDoNotOvershoot) {
    const std::vector<std::vector<glm::vec3>> lines{
        {{0, 0, 0}, {0.1F, 0, 0}, {0.1F, 0.1F, 0}},                                    // an L
        {{0, 0, 0}, {0.1F, 0, 0}, {0.1F, 0.1F, 0}, {0, 0.1F, 0}, {0, 0, 0}},           // a square
        {{0, 0, 0}, {0.05F, 0.05F, 0}, {0.1F, 0, 0}, {0.15F, 0.05F, 0}, {0.2F, 0, 0}}, // a zigzag
        {{0, 0, 0}, {0.2F, 0, 0}, {0.1F, 0.17F, 0}, {0, 0, 0}},                        // a triangle
        {{0, 0, 0}, {0.1F, 0, 0}, {0, 0.001F, 0}, {0.1F, 0.002F, 0}}, // there and back
    };
    for (const auto& line : lines) {
        EXPECT_LT(farthest_from(curve_through(line), line), 1e-5F);
        EXPECT_LT(farthest_from(curve_through(line, 400'000'000), line), 1e-5F);
    }
}

TEST(InkCurve, AStraightLineBesideATightBendStaysStraight) {
    std::vector<glm::vec3> line{{-0.3F, 0, 0}, {0, 0, 0}};
    for (int i = 1; i <= 8; ++i) { // a bend of 1 cm, as a recorder keeps it, then straight again
        const float angle = static_cast<float>(i) * half_turn / 8.0F;
        line.emplace_back(0.01F * std::sin(angle), 0.01F - 0.01F * std::cos(angle), 0);
    }
    line.emplace_back(-0.3F, 0.02F, 0);
    const auto curve = curve_through(line, 40'000'000);
    EXPECT_LT(farthest_from(curve, line), InkCurve::bulge_m_max + 1e-5F);
    for (const InkVertex& vertex : curve) { // and smooth all the way
        EXPECT_GT(glm::dot(vertex.arrives, vertex.leaves), 0.95F);
    }
}

TEST(InkCurve, AnOctagonDrawnSlowlyKeepsItsSides) {
    std::vector<glm::vec3> line;
    for (int i = 0; i <= 8; ++i) {
        const float angle = static_cast<float>(i) * half_turn / 4.0F;
        line.emplace_back(0.1F * std::cos(angle), 0.1F * std::sin(angle), 0);
    }
    EXPECT_LT(farthest_from(curve_through(line, 400'000'000), line), InkCurve::bulge_m_max);
}

/// Twice around at an even pace, sampled and thinned as the client records it.
Stroke drawn_around(const std::vector<glm::vec3>& corners, float speed_m_per_s) {
    StrokeRecorder recorder{{.thinned_um = 100, .bridged_ms = 150}};
    const float side_s = glm::distance(corners[0], corners[1]) / speed_m_per_s;
    HandSample sample{.hand = Hand::right, .tracked = true, .drawing = true, .pressure = 1.0F};
    while (true) {
        sample.time_ns += 5'000'000;
        const float sides = (1e-9F * static_cast<float>(sample.time_ns) + 0.001F) / side_s;
        const auto side = static_cast<std::size_t>(sides);
        if (side >= 2 * (corners.size() - 1)) {
            break;
        }
        const std::size_t from = side % (corners.size() - 1);
        const float share = sides - static_cast<float>(side);
        sample.tracking_from_tip.position_m =
            (1.0F - share) * corners[from] + share * corners[from + 1];
        EXPECT_TRUE(std::ranges::none_of(recorder.add(snap_to_grid(sample)), [](InkEvent& event) {
            return event.kind == InkEventKind::stroke_ended;
        }));
    }
    return std::move(recorder.finish().back().finished);
}

TEST(InkCurve, PolygonsThatWereDrawnKeepTheirSidesAtAnyPace) {
    for (const int corners : {3, 4, 5, 6, 8, 12}) {
        for (const float radius_m : {0.03F, 0.08F, 0.15F}) {
            for (const float speed_m_per_s : {0.1F, 0.3F, 0.8F, 1.5F}) {
                std::vector<glm::vec3> line;
                for (int i = 0; i <= corners; ++i) {
                    const float angle =
                        2.0F * half_turn * static_cast<float>(i) / static_cast<float>(corners);
                    line.emplace_back(radius_m * std::cos(angle), radius_m * std::sin(angle), 0);
                }
                const Stroke drawn = drawn_around(line, speed_m_per_s);
                // A corner lies anywhere between two samples, which are joined.
                const float cut_m = 0.0025F * speed_m_per_s;
                for (const Stroke& stroke : {drawn, stored(drawn)}) {
                    EXPECT_LT(farthest_from(curve_of(stroke), line),
                              InkCurve::bulge_m_max + 0.0006F + cut_m)
                        << corners << " corners, " << radius_m << " m, " << speed_m_per_s << " m/s";
                }
            }
        }
    }
}

TEST(InkCurve, FewPointsAreWhatTheyAre) {
    InkCurve curve;
    curve.begin({});
    EXPECT_TRUE(curve.rest().empty());
    const auto dot = curve_through({{1, 2, 3}});
    ASSERT_EQ(dot.size(), 1U);
    EXPECT_EQ(dot[0].position_m, glm::vec3(1, 2, 3));
    EXPECT_TRUE(is_unit(dot[0].leaves));
    const auto still = curve_through(std::vector<glm::vec3>(50, {1, 2, 3}));
    ASSERT_EQ(still.size(), 1U);
    const auto two = curve_through({{0, 0, 0}, {0.1F, 0, 0}});
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[1].position_m, glm::vec3(0.1F, 0, 0));
    const auto twice = curve_through({{0, 0, 0}, {0, 0, 0}, {0.1F, 0, 0}, {0.1F, 0, 0}});
    ASSERT_GE(twice.size(), 2U);
    EXPECT_EQ(twice.back().position_m, glm::vec3(0.1F, 0, 0));
}

TEST(InkCurve, ADotIsAsWideAsItWasPressed) {
    Stroke stroke;
    for (const float pressure : {0.1F, 0.6F, 1.0F, 0.4F, 0.05F}) {
        stroke.points.push_back({.position_m = {0, 1, 0}, .pressure = pressure});
    }
    const auto dot = curve_of(stroke);
    ASSERT_EQ(dot.size(), 1U);
    EXPECT_NEAR(dot[0].radius_m, stroke.brush.width_m / 2.0F, 1e-6F);
}

TEST(InkCurve, EndsStayRoundHoweverQuicklyTheTriggerLetsGo) {
    Stroke stroke =
        stroke_through({{0, 0, 0}, {0.05F, 0, 0}, {0.1F, 0, 0}, {0.101F, 0, 0}}, 11'000'000);
    stroke.points.front().pressure = 0.0F;
    stroke.points.back().pressure = 0.0F;
    std::vector<TubeRing> rings;
    append_rings(stroke, rings);
    for (std::size_t i = 1; i < rings.size(); ++i) {
        // No ring lies inside the ball around the one before it: that would be a flat end.
        const float step_m = glm::distance(rings[i].centre_m, rings[i - 1].centre_m);
        if (i >= 4 && i + 3 < rings.size()) {
            EXPECT_LE(std::abs(rings[i].radius_m - rings[i - 1].radius_m),
                      InkCurve::taper * step_m + 1e-6F)
                << i;
        }
    }
    EXPECT_NEAR(rings.back().centre_m.x - 0.101F, rings[rings.size() - 4].radius_m, 1e-5F);
}

TEST(InkCurve, WhatHasSettledNeverChangesAndTheNewestHardlyMoves) {
    const Stroke stroke = stored(Circle{0.05F, 2.0, 90.0}.stroke());
    InkCurve curve;
    curve.begin(stroke.brush);
    std::vector<InkVertex> before;
    std::vector<glm::vec3> settled_before;
    float moved_m = 0.0F;
    for (const StrokePoint& point : stroke.points) {
        std::vector<InkVertex> all;
        const auto settled = curve.add(point);
        all.assign(settled.begin(), settled.end());
        const auto rest = curve.rest();
        all.insert(all.end(), rest.begin(), rest.end());
        // What was the rest, settled or not, lies along what is shown now.
        std::vector<glm::vec3> line = settled_before;
        for (const InkVertex& vertex : all) {
            line.push_back(vertex.position_m);
        }
        if (!settled.empty()) {
            settled_before = {settled.back().position_m};
        }
        if (line.size() > 1) {
            moved_m = std::max(moved_m, farthest_from(before, line));
        }
        before.assign(rest.begin(), rest.end());
    }
    EXPECT_LT(moved_m, InkCurve::bulge_m_max);
    EXPECT_GT(moved_m, 0.0F) << "or nothing was looked at";
}

TEST(InkCurve, NothingMakesItNotANumber) {
    std::mt19937 engine{11};
    std::uniform_real_distribution<float> small{-0.003F, 0.003F};
    std::uniform_real_distribution<float> large{-9000.0F, 9000.0F};
    InkCurve curve;
    glm::vec3 at{0.0F};
    const auto expect_sound = [](std::span<const InkVertex> vertices) {
        for (const InkVertex& vertex : vertices) {
            ASSERT_TRUE(std::isfinite(glm::dot(vertex.position_m, vertex.position_m)));
            ASSERT_TRUE(is_unit(vertex.arrives) && is_unit(vertex.leaves));
            ASSERT_TRUE(vertex.radius_m > 0.0F && vertex.radius_m <= 0.05F);
        }
    };
    for (int i = 0; i < 50'000; ++i) {
        if (i % 97 == 0) {
            curve.begin({.width_m = i % 2 == 0 ? 0.1F : 0.0001F});
        }
        switch (engine() % 6) {
        case 0:
            at = {large(engine), large(engine), large(engine)};
            break;
        case 1:
            at.x = -at.x; // exactly back
            break;
        case 2:
            break; // exactly here
        default:
            at += glm::vec3{small(engine), small(engine), small(engine)};
        }
        const auto time_ns = static_cast<std::int64_t>(engine()) * 1'000'000'000; // any
        expect_sound(curve.add({time_ns, at, small(engine) * 300.0F}));
        expect_sound(curve.rest());
        curve.move_tip({std::numeric_limits<float>::quiet_NaN(), 0, 0}, 0.5F);
        curve.move_tip(at + glm::vec3{small(engine), 0, 0}, std::numeric_limits<float>::infinity());
        expect_sound(curve.rest());
    }
}

} // namespace
} // namespace haven
