#include "server/canvas/canvas.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "server/canvas/sheet_frame.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace haven::test {

namespace {

using canvas::render;
using canvas::Sheet;
using canvas::size_px;

constexpr glm::vec3 deep_blue{0.02F, 0.08F, 0.30F};
constexpr glm::vec3 terracotta{0.55F, 0.12F, 0.05F};

Stroke stroke_of(Hand hand, const glm::vec3& colour, std::vector<glm::vec3> positions) {
    Stroke stroke{.hand = hand, .brush = {.colour_linear = colour, .width_m = 0.008F}};
    for (const glm::vec3& position : positions) {
        stroke.points.push_back({.position_m = position, .pressure = 0.8F});
    }
    return stroke;
}

/// A picture as the eye sees it.
struct Picture {
    std::vector<std::uint8_t> rgb;
    [[nodiscard]] glm::ivec3 at(int x, int y) const {
        const auto i = static_cast<std::size_t>((y * size_px) + x) * 3;
        return {rgb[i], rgb[i + 1], rgb[i + 2]};
    }
    [[nodiscard]] bool is_paper(int x, int y) const {
        const glm::ivec3 colour = at(x, y);
        return colour.x > 220 && colour.y > 215 && colour.z > 200;
    }
    /// Between pixels, 0 to about 1; the paper is 1 or near it.
    [[nodiscard]] double luminance(const glm::vec2& px) const {
        const glm::vec2 at_px = px - 0.5F;
        const int x = static_cast<int>(std::floor(at_px.x));
        const int y = static_cast<int>(std::floor(at_px.y));
        const double u = static_cast<double>(at_px.x) - x;
        const double v = static_cast<double>(at_px.y) - y;
        const auto light = [&](int i, int j) {
            return std::min(1.0, static_cast<double>(at(i, j).x) / 235.0);
        };
        return ((light(x, y) * (1 - u)) + (light(x + 1, y) * u)) * (1 - v) +
               ((light(x, y + 1) * (1 - u)) + (light(x + 1, y + 1) * u)) * v;
    }
    [[nodiscard]] int ink() const {
        int count = 0;
        for (int y = 0; y < size_px; ++y) {
            for (int x = 0; x < size_px; ++x) {
                count += is_paper(x, y) ? 0 : 1;
            }
        }
        return count;
    }
};

Picture decode(const std::vector<std::byte>& bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_NE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()), 0);
    EXPECT_EQ(image.width, static_cast<unsigned>(size_px));
    EXPECT_EQ(image.height, static_cast<unsigned>(size_px));
    image.format = PNG_FORMAT_RGB;
    Picture picture{.rgb = std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
    EXPECT_NE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr), 0);
    return picture;
}

Picture drawn(const std::vector<Stroke>& left, const std::vector<Stroke>& right, Sheet sheet) {
    const auto canvas = render(left, right, sheet);
    EXPECT_TRUE(canvas);
    return decode(canvas->png);
}

/// Two hands in mirrored spirals: what a calm bilateral exercise looks like.
std::vector<Stroke> spiral(Hand hand) {
    const float side = hand == Hand::left ? -1.0F : 1.0F;
    Stroke stroke{
        .hand = hand,
        .brush = {.colour_linear = hand == Hand::left ? deep_blue : terracotta, .width_m = 0.009F}};
    for (int i = 0; i < 900; ++i) {
        const float turn = static_cast<float>(i) * 0.03F;
        const float radius = 0.03F + (0.0065F * turn);
        stroke.points.push_back({.time_ns = i * 11'111'111LL,
                                 .position_m = {side * (0.26F + (radius * std::cos(turn))),
                                                1.3F + (radius * std::sin(turn)), -0.5F},
                                 .pressure = 0.55F + (0.45F * std::sin(turn * 0.5F))});
    }
    return {stroke, stroke_of(hand, hand == Hand::left ? terracotta : deep_blue,
                              {{side * 0.02F, 1.05F, -0.45F}, {side * 0.5F, 1.12F, -0.45F}})};
}

TEST(Canvas, AnEmptyDrawingIsAnEmptySheet) {
    const auto canvas = render({}, {}, Sheet::combined);
    ASSERT_TRUE(canvas);
    EXPECT_EQ(canvas->strokes_drawn, 0);
    EXPECT_EQ(decode(canvas->png).ink(), 0);
}

TEST(Canvas, EachSheetHoldsItsHandAndTheCombinedOneBoth) {
    const auto left_ink = spiral(Hand::left);
    const auto right_ink = spiral(Hand::right);
    const Picture left = drawn(left_ink, right_ink, Sheet::left);
    const Picture right = drawn(left_ink, right_ink, Sheet::right);
    const Picture both = drawn(left_ink, right_ink, Sheet::combined);
    EXPECT_GT(left.ink(), 5'000);
    EXPECT_GT(right.ink(), 5'000);
    int strays = 0;
    for (int y = 0; y < size_px; ++y) {
        for (int x = 0; x < size_px; ++x) { // one frame: the sheets overlay
            const bool expected = !left.is_paper(x, y) || !right.is_paper(x, y);
            strays += expected == !both.is_paper(x, y) ? 0 : 1;
        }
    }
    EXPECT_EQ(strays, 0);
    for (int y = 0; y < size_px; ++y) { // and the left hand's ink is on the left
        for (int x = size_px / 2 + 2; x < size_px; ++x) {
            ASSERT_TRUE(left.is_paper(x, y));
        }
    }
}

TEST(Canvas, WhatWasTakenBackLeavesTheVerySheetOfADrawingWithoutIt) {
    const std::vector left{
        stroke_of(Hand::left, terracotta, {{-0.2F, 1.1F, -0.5F}, {-0.1F, 1.4F, -0.5F}})};
    const std::vector right{
        stroke_of(Hand::right, deep_blue, {{0.2F, 1.1F, -0.5F}, {0.1F, 1.3F, -0.5F}})};
    std::vector more = right;
    more.push_back(stroke_of(Hand::right, deep_blue, {{0.0F, 1.2F, -0.5F}, {1.5F, 2.3F, -0.5F}}));
    for (const Sheet sheet : {Sheet::left, Sheet::right, Sheet::combined}) {
        EXPECT_NE(render(left, more, sheet)->png, render(left, right, sheet)->png);
    }
    more.back().removed_ms = 7'000;
    for (const Sheet sheet : {Sheet::left, Sheet::right, Sheet::combined}) {
        EXPECT_EQ(render(left, more, sheet)->png, render(left, right, sheet)->png);
    }
}

TEST(Canvas, UpIsUp) {
    const Picture picture = drawn({stroke_of(Hand::left, deep_blue, {{0, 2, 0}, {0.1F, 2, 0}}),
                                   stroke_of(Hand::left, deep_blue, {{0, 1, 0}})},
                                  {}, Sheet::left);
    EXPECT_FALSE(picture.is_paper(size_px / 2, 150));
    EXPECT_TRUE(picture.is_paper(size_px / 2 + 80, size_px - 160));
}

TEST(Canvas, NearerInkCoversFartherInk) {
    const auto far_one = stroke_of(Hand::left, deep_blue, {{-0.1F, 1, -1}, {0.1F, 1, -1}});
    const auto near_one = stroke_of(Hand::right, terracotta, {{0, 0.9F, 0}, {0, 1.1F, 0}});
    for (const Picture& picture : {drawn({far_one}, {near_one}, Sheet::combined),
                                   drawn({near_one}, {far_one}, Sheet::combined)}) {
        const glm::ivec3 crossing = picture.at(size_px / 2, size_px / 2);
        EXPECT_GT(crossing.x, crossing.z) << "the nearer one is terracotta";
    }
}

TEST(Canvas, ABadStrokeSpoilsNothing) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    Stroke odd = stroke_of(Hand::left, {nan, infinity, -1}, {{0, 1, 0}, {nan, 1, 0}, {0.2F, 1, 0}});
    odd.brush.width_m = nan;
    odd.points.front().pressure = nan;
    const std::vector<Stroke> strokes{
        stroke_of(Hand::left, deep_blue, {}), stroke_of(Hand::left, deep_blue, {{nan, nan, nan}}),
        stroke_of(Hand::left, deep_blue, {{infinity, 0, 0}, {1e30F, 0, 0}}), odd,
        stroke_of(Hand::left, deep_blue, {{0, 1.1F, 0}, {0.2F, 1.2F, 0}})};
    const auto canvas = render(strokes, {}, Sheet::left);
    ASSERT_TRUE(canvas);
    EXPECT_EQ(canvas->strokes_drawn, 2);
    EXPECT_EQ(canvas->strokes_skipped, 3);
    EXPECT_GT(decode(canvas->png).ink(), 1'000);
}

TEST(Canvas, ASinglePointIsADotThatDoesNotFillTheSheet) {
    const Picture picture = drawn({stroke_of(Hand::left, deep_blue, {{5, 5, 5}})}, {}, Sheet::left);
    EXPECT_FALSE(picture.is_paper(size_px / 2, size_px / 2));
    EXPECT_GT(picture.ink(), 30);
    EXPECT_LT(picture.ink(), 1'000);
}

TEST(Canvas, PressureAndWidthAreSeen) {
    auto light = stroke_of(Hand::left, deep_blue, {{0, 1, 0}, {0.3F, 1, 0}});
    auto firm = light;
    for (auto& point : light.points) {
        point.pressure = 0.1F;
    }
    for (auto& point : firm.points) {
        point.pressure = 1.0F;
    }
    EXPECT_GT(drawn({firm}, {}, Sheet::left).ink(), drawn({light}, {}, Sheet::left).ink() * 3 / 2);
}

/// A circle of `radius_m` as a document keeps it: thinned, rounded to 0.1 mm.
Stroke stored_circle(float radius_m, float pressure) {
    Stroke stroke{.hand = Hand::left, .brush = {.colour_linear = deep_blue, .width_m = 0.004F}};
    for (int i = 0; i <= 180; ++i) {
        const float angle = static_cast<float>(i) * 0.0349066F;
        stroke.points.push_back(
            {.time_ns = i * 11'111'111LL,
             .position_m = {radius_m * std::cos(angle), 1.0F + (radius_m * std::sin(angle)), 0},
             .pressure = pressure});
    }
    return decode_ink(encode_ink(Hand::left, std::span(&stroke, 1)))->strokes.at(0);
}

TEST(Canvas, AStoredCircleIsACircleTo300Micrometres) {
    for (const float radius_m : {0.05F, 0.1F}) {
        const Stroke circle = stored_circle(radius_m, 1.0F);
        ASSERT_LT(circle.points.size(), 60U) << "nothing was left out: nothing is tested";
        const Picture picture = drawn({circle}, {}, Sheet::left);
        const auto frame = canvas::frame_of(std::vector{circle}, {});
        const glm::vec2 middle = frame->pixel_of({0, 1, 0});
        const float radius_px = radius_m * frame->pixels_per_m;
        for (int degree = 0; degree < 360; ++degree) {
            // Along the ray: the middle of the ink, by how dark it is.
            const float angle = static_cast<float>(degree) * 0.0174533F;
            const glm::vec2 along(std::cos(angle), -std::sin(angle));
            double ink = 0.0;
            double moment = 0.0;
            for (float r = radius_px - 12.0F; r < radius_px + 12.0F; r += 0.125F) {
                const double dark = 1.0 - picture.luminance(middle + along * r);
                ink += dark;
                moment += dark * static_cast<double>(r);
            }
            ASSERT_GT(ink, 0.0);
            const double off_px = (moment / ink) - static_cast<double>(radius_px);
            EXPECT_LT(std::abs(off_px), 0.0003 * static_cast<double>(frame->pixels_per_m))
                << degree << " degrees, " << radius_m << " m";
        }
    }
}

TEST(Canvas, ACornerStaysACorner) {
    const Picture picture =
        drawn({stroke_of(Hand::left, deep_blue, {{0, 1, 0}, {0.2F, 1, 0}, {0.2F, 1.2F, 0}})}, {},
              Sheet::left);
    // The sides run along the frame: nothing lies outside of them.
    const int edge = size_px - 144; // the margin
    for (int i = 0; i < size_px; ++i) {
        EXPECT_TRUE(picture.is_paper(i, edge + 3)) << i;
        EXPECT_TRUE(picture.is_paper(edge + 3, i)) << i;
    }
}

TEST(Canvas, AMillionPointsAreDrawn) {
    std::vector<Stroke> strokes(10);
    std::uint32_t random = 1;
    const auto next = [&] {
        random = (random * 1'664'525U) + 1'013'904'223U;
        return static_cast<float>(random >> 8U) / 16'777'216.0F;
    };
    for (Stroke& stroke : strokes) { // noise all over the sheet: nothing merges by itself
        for (int i = 0; i < 100'000; ++i) {
            stroke.points.push_back({.position_m = {next(), next(), 0}, .pressure = next()});
        }
    }
    const auto picture = render(strokes, {}, Sheet::left);
    ASSERT_TRUE(picture);
    EXPECT_FALSE(picture->png.empty());
}

TEST(Canvas, AThumbnailIsTheSameSheetMadeSmall) {
    const auto canvas = render(spiral(Hand::left), spiral(Hand::right), Sheet::combined);
    ASSERT_TRUE(canvas);
    EXPECT_TRUE(canvas::is_of_size(canvas->png));
    const auto small = canvas::thumbnail_of(canvas->png);
    ASSERT_TRUE(small) << small.error();
    EXPECT_FALSE(canvas::is_of_size(*small));
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    ASSERT_NE(png_image_begin_read_from_memory(&image, small->data(), small->size()), 0);
    EXPECT_EQ(image.width, static_cast<unsigned>(canvas::thumbnail_px));
    EXPECT_EQ(image.height, static_cast<unsigned>(canvas::thumbnail_px));
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> seen(PNG_IMAGE_SIZE(image));
    ASSERT_NE(png_image_finish_read(&image, nullptr, seen.data(), 0, nullptr), 0);
    const Picture whole = decode(canvas->png);
    constexpr int times = size_px / canvas::thumbnail_px;
    for (int y = 0; y < canvas::thumbnail_px; ++y) {
        for (int x = 0; x < canvas::thumbnail_px; ++x) {
            double mean = 0.0;
            for (int i = 0; i < times * times; ++i) {
                mean += whole.at((x * times) + (i % times), (y * times) + (i / times)).x;
            }
            mean /= times * times;
            const auto at = static_cast<std::size_t>((y * canvas::thumbnail_px) + x) * 3;
            ASSERT_NEAR(seen[at], mean, 40.0) << x << ' ' << y;
        }
    }
    EXPECT_FALSE(canvas::thumbnail_of(std::span(canvas->png).first(1'000)));
    EXPECT_FALSE(canvas::thumbnail_of({}));
}

TEST(Canvas, TheSamePictureComesOutEveryTime) {
    const auto ink = spiral(Hand::left);
    EXPECT_EQ(render(ink, {}, Sheet::left)->png, render(ink, {}, Sheet::left)->png);
    if (const char* directory = std::getenv("HAVEN_CANVAS_SAMPLES"); directory != nullptr) {
        const auto canvas = render(ink, spiral(Hand::right), Sheet::combined);
        std::ofstream file(std::string(directory) + "/combined.png", std::ios::binary);
        file.write(reinterpret_cast<const char*>(canvas->png.data()),
                   static_cast<std::streamsize>(canvas->png.size()));
    }
}

} // namespace

} // namespace haven::test
