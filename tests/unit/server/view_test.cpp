// The ink as an SVG: what is in it, and how large it gets. That it looks as the canvas does is seen
// in a browser (tests/integration/exports_test.cpp).
#include "server/canvas/view.hpp"

#include "bilateral/stroke.hpp"
#include "tests/unit/server/export_ink.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using canvas::view_bytes_max;
using canvas::view_of;

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(View, ItSaysInWordsWhatItShows) {
    std::vector left{ink_circle(0.1F, 50), ink_circle(0.1F, 60)};
    left.push_back(ink_circle(0.1F, 70));
    left.back().removed_ms = 5;
    const std::string svg = view_of(left, std::vector{ink_circle(0.1F, 50, {0.5F, 1.3F, -0.5F})});
    EXPECT_NE(svg.find("<title id=\"title\">A drawing made with both hands</title>"),
              std::string::npos);
    EXPECT_NE(svg.find("2 strokes of the left hand, 1 stroke of the right hand."),
              std::string::npos);
    EXPECT_EQ(count_of(svg, "<g stroke="), 3U);
}

TEST(View, ACircleIsFewCurves) {
    const std::string svg = view_of(std::vector{ink_circle(0.1F, 400)}, {});
    EXPECT_EQ(count_of(svg, "<path"), 1U);
    EXPECT_GE(count_of(svg, "C"), 4U);
    EXPECT_LE(count_of(svg, "C"), 60U);
}

TEST(View, NoOddStrokeFailsItAndNoNumberIsNone) {
    const std::string svg = view_of(odd_ink(), odd_ink());
    EXPECT_EQ(count_of(svg, "<g stroke="), 2 * (odd_ink().size() - odd_ink_without_a_place));
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(View, ItIsNeverLargerThanItsBound) {
    EXPECT_LE(view_of(much_ink(8, 62'500), much_ink(8, 62'500)).size(), view_bytes_max);
    EXPECT_LE(view_of(noise_ink(10, 30'000), {}).size(), view_bytes_max);
    const std::vector<Stroke> dots(20'000, ink_stroke({{0.0F, 1.0F, 0.0F}, {0.01F, 1.0F, 0.0F}}));
    const std::string many = view_of(dots, dots);
    EXPECT_LE(many.size(), view_bytes_max);
    EXPECT_EQ(count_of(many, "<g stroke="), 40'000U);
}

} // namespace
} // namespace haven::test
