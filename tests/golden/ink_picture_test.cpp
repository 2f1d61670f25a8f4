#include "renderer/capture/capture.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using renderer::InkHand;
using renderer::InkStatus;
using scene::InkRing;

constexpr std::uint32_t orange = 0xFF2090F0;
constexpr std::uint32_t green = 0xFF40D040;

class InkPicture : public Golden {
  protected:
    /// Nothing but a grey sky behind the ink, light enough to see its colour.
    static scene::Scene plain_place() {
        scene::Scene scene;
        scene.ambient = {.sky = glm::vec3(0.6F), .ground = glm::vec3(0.6F)};
        scene.sky.zenith = scene.sky.horizon = scene.sky.ground = glm::vec3(0.02F);
        return scene;
    }
};

bool is_orange(std::array<std::uint8_t, 4> c) {
    return c[0] > 90 && c[0] > c[2] + 50;
}

TEST_F(InkPicture, IsWhereTheStrokeProjectsInBothEyes) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    const glm::vec3 from{-0.4F, 1.2F, 0.0F};
    const glm::vec3 to{0.4F, 1.9F, -0.3F};
    headless.renderer().ink().append(InkHand::left, stroke(from, to, 40, 0.02F, orange));
    auto picture = standing();
    picture.eyes[0].fov = {-0.9F, 0.7F, 0.6F, -0.8F}; // lopsided, as headsets are
    picture.eyes[1].fov = {-0.7F, 0.9F, 0.6F, -0.8F};
    for (std::uint32_t eye = 0; eye < 2; ++eye) {
        const auto shown = capture(headless, picture, eye);
        for (const float t : {0.05F, 0.3F, 0.5F, 0.7F, 0.95F}) {
            const auto at =
                pixel_of(picture.eyes.at(eye), from + t * (to - from), size_px, size_px);
            ASSERT_TRUE(at);
            EXPECT_TRUE(is_orange(
                shown.at(static_cast<std::uint32_t>(at->x), static_cast<std::uint32_t>(at->y))))
                << "eye " << eye << " at " << t;
        }
        const auto beyond =
            pixel_of(picture.eyes.at(eye), from - 0.12F * (to - from), size_px, size_px);
        ASSERT_TRUE(beyond);
        EXPECT_FALSE(is_orange(shown.at(static_cast<std::uint32_t>(beyond->x),
                                        static_cast<std::uint32_t>(beyond->y))));
    }
}

TEST_F(InkPicture, AppendedBitByBitWithATailLooksAsIfGivenAtOnce) {
    const auto rings = stroke({-0.6F, 1.3F, 0}, {0.6F, 1.7F, 0}, 200, 0.02F, orange);
    auto& whole = make();
    ASSERT_TRUE(whole.renderer().set_scene(plain_place()));
    whole.renderer().ink().append(InkHand::right, rings);
    const auto expected = capture(whole, standing(), 0);

    auto& bitwise = make();
    ASSERT_TRUE(bitwise.renderer().set_scene(plain_place()));
    auto& ink = bitwise.renderer().ink();
    const std::span all(rings);
    for (std::size_t i = 0; i < rings.size(); i += 10) {
        ink.append(InkHand::right, all.subspan(i, 10));
        const std::size_t next = i + 10;
        ink.set_tail(InkHand::right,
                     all.subspan(next, std::min<std::size_t>(5, rings.size() - next)));
        ASSERT_TRUE(bitwise.draw(standing()));
    }
    EXPECT_EQ(differing(expected, capture(bitwise, standing(), 0)), 0U);
}

TEST_F(InkPicture, GrowingFromFrameToFrameLooksAsIfGivenAtOnce) {
    std::vector<InkRing> rings;
    for (int i = 0; i < 40; ++i) {
        const float x = -0.7F + 0.035F * static_cast<float>(i);
        const auto one =
            stroke({x, 1.2F, 0}, {x, 1.8F, 0}, 1000, 0.01F, i % 2 == 0 ? orange : green);
        rings.insert(rings.end(), one.begin(), one.end());
    }
    const std::span all(rings);
    auto& whole = make();
    ASSERT_TRUE(whole.renderer().set_scene(plain_place()));
    whole.renderer().ink().append(InkHand::right, all);
    const auto expected = capture(whole, standing(), 0);

    auto& growing = make();
    ASSERT_TRUE(growing.renderer().set_scene(plain_place()));
    auto& ink = growing.renderer().ink();
    const auto draw_to = [&](std::size_t count) {
        while (ink.ring_count(InkHand::right) < count) {
            ink.append(InkHand::right, all.subspan(ink.ring_count(InkHand::right), 1000));
            ASSERT_TRUE(growing.draw(standing()));
        }
    };
    draw_to(all.size());
    EXPECT_EQ(differing(expected, capture(growing, standing(), 0)), 0U);

    // Hidden and shown again while the larger buffers are being filled.
    ink.clear(InkHand::right);
    draw_to(15'000);
    ink.set_hidden(InkHand::right, 500, 9'000, true);
    draw_to(17'000);
    ink.set_hidden(InkHand::right, 500, 9'000, false);
    ink.set_hidden(InkHand::right, 12'300, 15'000, true); // some of it waits yet
    draw_to(31'000);
    ink.set_hidden(InkHand::right, 12'300, 15'000, false);
    draw_to(all.size());
    EXPECT_EQ(differing(expected, capture(growing, standing(), 0)), 0U);
}

TEST_F(InkPicture, TheTailShowsAtOnceAndGoesWhenReplaced) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    const auto empty = capture(headless, standing(), 0);
    auto& ink = headless.renderer().ink();
    ink.set_tail(InkHand::left, stroke({-0.3F, 1.5F, 0}, {0.3F, 1.5F, 0}, 20, 0.02F, orange));
    const auto live = capture(headless, standing(), 0);
    EXPECT_TRUE(is_orange(live.at(size_px / 2, size_px / 2)));
    ink.set_tail(InkHand::left, {});
    EXPECT_EQ(differing(empty, capture(headless, standing(), 0)), 0U);
}

TEST_F(InkPicture, StrokesAreNotJoinedToEachOther) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    auto& ink = headless.renderer().ink();
    ink.append(InkHand::left, stroke({-0.6F, 1.2F, 0}, {-0.5F, 1.8F, 0}, 20, 0.02F, orange));
    ink.append(InkHand::left, stroke({0.6F, 1.8F, 0}, {0.5F, 1.2F, 0}, 20, 0.02F, orange));
    const auto shown = capture(headless, standing(), 0);
    for (std::uint32_t y = 0; y < size_px; ++y) {
        EXPECT_FALSE(is_orange(shown.at(size_px / 2, y))) << y;
    }
}

TEST_F(InkPicture, TwoThousandStrokesAreAFewDrawsAHand) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    auto& ink = headless.renderer().ink();
    for (int i = 0; i < 2000; ++i) {
        const float x = -0.9F + 0.0009F * static_cast<float>(i);
        const auto hand = i % 2 == 0 ? InkHand::left : InkHand::right;
        EXPECT_EQ(ink.append(hand, stroke({x, 1.2F, 0}, {x, 1.8F, 0}, 24, 0.002F,
                                          i % 2 == 0 ? orange : green)),
                  InkStatus::ok);
        if (i % 500 == 499) { // the buffers grow while frames are in flight
            ASSERT_TRUE(headless.draw(standing()));
        }
    }
    ASSERT_TRUE(headless.draw(standing()));
    const auto& stats = headless.renderer().stats();
    EXPECT_LE(stats.ink_draws[0], 4U);
    EXPECT_LE(stats.ink_draws[1], 4U);
    EXPECT_GT(stats.ink_rings, 4'000U);
    EXPECT_LT(stats.ink_triangles, 2U * 24'000U * 2U);
    const auto shown = headless.read(0);
    ASSERT_TRUE(shown);
    EXPECT_TRUE(is_orange(shown->at(size_px / 2, size_px / 2)) ||
                shown->at(size_px / 2, size_px / 2)[1] > 90);
}

/// Curls within the arms' reach, in the two colours, thin and thick.
void draw_curls(renderer::InkCanvas& ink, float distance_m) {
    for (int stroke_number = 0; stroke_number < 24; ++stroke_number) {
        const auto s = static_cast<float>(stroke_number);
        const auto at = [&](float t) {
            return glm::vec3(0.5F * std::sin(t * 3.0F + s),
                             1.5F + 0.35F * std::sin(t * 4.1F + 2 * s),
                             1.0F - distance_m + 0.2F * std::cos(t * 2.0F + s));
        };
        std::vector<InkRing> rings;
        for (int i = 0; i < 300; ++i) {
            const float t = 0.01F * static_cast<float>(i);
            auto joint = stroke(at(t), at(t + 0.01F), 2, 0.001F + 0.0003F * s,
                                stroke_number % 2 == 0 ? orange : green);
            rings.push_back(joint.front());
        }
        rings.back().flags = InkRing::last_of_stroke;
        ink.append(stroke_number % 2 == 0 ? InkHand::left : InkHand::right, rings);
    }
}

TEST_F(InkPicture, WhatIsDrawnCoarserLooksTheSame) {
    constexpr std::uint32_t px = 512;
    for (const float distance_m : {0.7F, 1.5F, 4.0F}) {
        auto& headless = make({}, px, px);
        auto place = plain_place();
        place.lights.push_back({.kind = scene::LightKind::sun,
                                .direction = {0.4F, -0.8F, -0.3F},
                                .colour = glm::vec3(0.8F)});
        ASSERT_TRUE(headless.renderer().set_scene(place));
        draw_curls(headless.renderer().ink(), distance_m);
        headless.renderer().set_quality({.ink_tolerance_px = 0.0F});
        for (int i = 0; i < 3; ++i) { // all of it is on its way
            ASSERT_TRUE(headless.draw(standing()));
        }
        const auto exact = capture(headless, standing(), 0);
        const auto triangles = headless.renderer().stats().ink_triangles;
        headless.renderer().set_quality({});
        const auto shown = capture(headless, standing(), 0);
        EXPECT_LT(2 * headless.renderer().stats().ink_triangles, triangles) << distance_m;
        std::uint64_t inked = 0;
        for (std::uint32_t i = 0; i < px * px; ++i) {
            inked += exact.at(i % px, i / px)[1] > 60 ? 1 : 0;
        }
        double sum = 0.0;
        for (std::size_t i = 0; i < exact.bytes.size(); ++i) {
            sum += std::abs(exact.bytes[i] - shown.bytes[i]);
        }
        // Edges move by less than half a pixel; inside, the colour is the same.
        EXPECT_LT(sum / (4.0 * static_cast<double>(inked)), 16.0) << distance_m;
        EXPECT_LT(differing(exact, shown, 110), inked / 8)
            << distance_m; // dots of less than a pixel
    }
}

/// Upright strokes side by side, of so many rings each, in the two colours.
std::vector<std::vector<InkRing>> fence(std::uint32_t rings) {
    std::vector<std::vector<InkRing>> strokes;
    for (int i = 0; i < 40; ++i) {
        const float x = -0.7F + 0.035F * static_cast<float>(i);
        strokes.push_back(stroke({x, 1.2F + 0.001F * static_cast<float>(i), 0},
                                 {x + 0.05F, 1.8F, 0}, rings, 0.01F, i % 2 == 0 ? orange : green));
    }
    return strokes;
}

TEST_F(InkPicture, WhatIsHiddenLeavesTheVeryPictureOfADrawingWithoutIt) {
    // Thinner streams depend on all rings of a chunk: there the others are in it, without any
    // width.
    struct Case {
        std::uint32_t rings;
        float tolerance_px;
        float distance_m;
    };
    for (const Case& one : {Case{100, 0.0F, 0.0F}, Case{1000, 0.0F, 0.0F}, Case{100, 0.35F, 6.0F},
                            Case{256, 0.35F, 6.0F}, Case{1000, 0.35F, 3.0F}}) {
        const auto strokes = fence(one.rings);
        const auto is_hidden = [](std::size_t i) { return i % 3 == 1 || (i > 20 && i < 27); };
        auto picture = standing();
        for (auto& eye : picture.eyes) {
            eye.position_m.z += one.distance_m;
        }
        constexpr std::uint32_t px = 400;
        auto& whole = make({}, px, px);
        auto& without = make({}, px, px);
        for (auto* headless : {&whole, &without}) {
            ASSERT_TRUE(headless->renderer().set_scene(plain_place()));
            headless->renderer().set_quality({.ink_tolerance_px = one.tolerance_px});
        }
        auto& ink = whole.renderer().ink();
        for (std::size_t i = 0; i < strokes.size(); ++i) {
            ink.append(InkHand::left, strokes[i]);
            auto other = strokes[i];
            if (is_hidden(i)) {
                std::ranges::for_each(other, [](InkRing& ring) { ring.radius_m = 0.0F; });
            }
            if (!is_hidden(i) || one.tolerance_px > 0.0F) {
                without.renderer().ink().append(InkHand::left, other);
            }
        }
        const auto shown = [&](auto& headless) {
            do {
                EXPECT_TRUE(headless.draw(picture));
            } while (!headless.renderer().ink().all_uploaded());
            return capture(headless, picture, 0);
        };
        const auto all = shown(whole);
        const auto expected = shown(without);
        EXPECT_GT(differing(all, expected), 40U);
        const auto drawn = whole.renderer().stats().ink_rings;
        EXPECT_EQ(2 * drawn < one.rings * strokes.size(), one.tolerance_px > 0.0F) << drawn;
        const auto hide = [&](bool hidden) {
            for (std::uint32_t i = 0; i < strokes.size(); ++i) {
                if (is_hidden(i)) {
                    ink.set_hidden(InkHand::left, i * one.rings, one.rings, hidden);
                }
            }
        };
        hide(true);
        EXPECT_EQ(differing(expected, shown(whole)), 0U) << one.rings;
        hide(false);
        EXPECT_EQ(differing(all, shown(whole)), 0U) << one.rings;
        hide(true);
        hide(false);
        hide(true);
        EXPECT_EQ(differing(expected, shown(whole)), 0U) << one.rings;
    }
}

TEST_F(InkPicture, WhatIsHiddenBeforeItsUploadNeverShows) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    auto& ink = headless.renderer().ink();
    ink.append(InkHand::left, stroke({-0.4F, 1.2F, 0}, {-0.3F, 1.8F, 0}, 20, 0.02F, orange));
    const auto one = capture(headless, standing(), 1);
    ink.append(InkHand::left, stroke({0.3F, 1.2F, 0}, {0.4F, 1.8F, 0}, 30, 0.02F, green));
    ink.set_hidden(InkHand::left, 20, 30, true);
    EXPECT_EQ(differing(one, capture(headless, standing(), 1)), 0U);
    ink.set_hidden(InkHand::left, 20, 30, false);
    EXPECT_GT(differing(one, capture(headless, standing(), 1), 30), 0U);
    ink.set_hidden(InkHand::left, 20, 3'000'000, true); // more than there is
    EXPECT_EQ(differing(one, capture(headless, standing(), 1)), 0U);
}

TEST_F(InkPicture, MoreThanAFramesShareArrivesOverTheNextFrames) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(plain_place()));
    auto& ink = headless.renderer().ink();
    const auto rings = stroke({-0.5F, 1.5F, 0}, {0.5F, 1.5F, 0}, 160'000, 0.01F, orange);
    ink.append(InkHand::left, rings);
    int frames = 0;
    do {
        ASSERT_TRUE(headless.draw(standing()));
        ++frames;
    } while (ink.waiting_count(InkHand::left) > 0 && frames < 10);
    EXPECT_GT(frames, 1);
    EXPECT_EQ(ink.waiting_count(InkHand::left), 0U);
    EXPECT_EQ(headless.renderer().stats().ink_rings, 159'999U);
}

TEST_F(InkPicture, AFullHandSaysSoAndKeepsWhatItHas) {
    auto& headless = make({}, 16, 16);
    auto& ink = headless.renderer().ink();
    const std::vector<InkRing> many(500'000);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(ink.append(InkHand::right, many), InkStatus::ok);
    }
    EXPECT_EQ(ink.append(InkHand::right, std::span(many).first(1)), InkStatus::full);
    EXPECT_TRUE(ink.full(InkHand::right));
    EXPECT_FALSE(ink.full(InkHand::left));
    EXPECT_EQ(ink.ring_count(InkHand::right), renderer::InkCanvas::ring_count_max);
    ink.clear(InkHand::right);
    EXPECT_EQ(ink.append(InkHand::right, std::span(many).first(1)), InkStatus::ok);
}

TEST_F(InkPicture, IsReadableInTheDark) {
    auto& headless = make();
    scene::Scene night = plain_place();
    night.ambient = {.sky = glm::vec3(0), .ground = glm::vec3(0)};
    night.sky.zenith = night.sky.horizon = night.sky.ground = glm::vec3(0.001F);
    ASSERT_TRUE(headless.renderer().set_scene(night));
    headless.renderer().ink().append(InkHand::left,
                                     stroke({-0.3F, 1.5F, 0}, {0.3F, 1.5F, 0}, 20, 0.02F, orange));
    const auto shown = capture(headless, standing(), 0);
    EXPECT_GT(shown.at(size_px / 2, size_px / 2)[0], 60);
    EXPECT_LT(shown.at(size_px / 2, size_px / 4)[0], 20);
}

} // namespace
} // namespace haven::testing
