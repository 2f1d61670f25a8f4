#include "ui/panel_layout.hpp"

#include "tests/unit/ui/panel_samples.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"

#include <glm/geometric.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

namespace haven::ui {
namespace {

const Look& look() {
    static const Look one = Look::load(HAVEN_SOURCE_DIR "/assets").value();
    return one;
}

/// Every letter half as wide as it is high.
float half_wide(TextStyle, std::string_view text) {
    return 0.5F * static_cast<float>(text.size());
}

Panel panel(std::string_view name) {
    static const Words words = Words::load(HAVEN_SOURCE_DIR "/assets/words", "en").value();
    return make_panel(name, words, testing::arguments);
}

bool overlap(const Rect& one, const Rect& other) {
    return one.left_m < other.right_m() && other.left_m < one.right_m() &&
           one.top_m < other.bottom_m() && other.top_m < one.bottom_m();
}

float degrees_of(float height_m, float distance_m) {
    return 2.0F * std::atan(0.5F * height_m / distance_m) * 180.0F / std::numbers::pi_v<float>;
}

TEST(PanelLayout, TextIsAsLargeAsItsDegrees) {
    for (const char* name : {"consent", "wrist"}) {
        const PanelShape shape = shape_of(panel(name), look());
        const float distance_m = shape.distance_m;
        EXPECT_NEAR(degrees_of(text_height_m(TextStyle::title, look(), shape), distance_m), 2.2F,
                    1e-3F);
        EXPECT_NEAR(degrees_of(text_height_m(TextStyle::body, look(), shape), distance_m), 1.5F,
                    1e-3F);
        EXPECT_NEAR(degrees_of(text_height_m(TextStyle::small, look(), shape), distance_m), 1.0F,
                    1e-3F);
    }
}

TEST(PanelLayout, EveryTargetIsLargeEnoughToHit) {
    for (const std::string_view name : panel_names()) {
        const PanelLayout layout = lay_out(panel(name), look(), half_wide);
        EXPECT_FALSE(layout.targets.empty()) << name << " leads nowhere";
        for (const TargetBox& one : layout.targets) {
            const float side_m = std::min(one.box.width_m, one.box.height_m);
            EXPECT_GE(side_m, 0.048F * layout.shape.distance_m) << name << ", by a ray";
            EXPECT_GE(side_m, 0.064F) << name << ", by hand";
        }
    }
}

TEST(PanelLayout, NothingLiesOverAnotherThingOrOverTheEdge) {
    for (const std::string_view name : panel_names()) {
        const PanelLayout layout = lay_out(panel(name), look(), half_wide);
        EXPECT_TRUE(layout.fits) << name;
        const Rect all{.width_m = layout.shape.width_m, .height_m = layout.shape.height_m};
        for (std::size_t i = 0; i < layout.targets.size(); ++i) {
            const Rect& box = layout.targets[i].box;
            EXPECT_TRUE(all.contains({box.left_m, box.top_m}) &&
                        all.contains({box.right_m(), box.bottom_m()}))
                << name;
            for (std::size_t k = 0; k < i; ++k) {
                const Rect& other = layout.targets[k].box;
                const bool apart = layout.targets[i].round
                                       ? glm::distance(box.middle_m(), other.middle_m()) >=
                                             0.5F * (box.width_m + other.width_m) - 1e-6F
                                       : !overlap(box, other);
                EXPECT_TRUE(apart || !layout.targets[k].round)
                    << name << ": targets " << k << ", " << i;
            }
        }
        for (std::size_t i = 0; i < layout.lines.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                EXPECT_FALSE(overlap(layout.lines[i].box, layout.lines[k].box))
                    << name << ": " << layout.lines[i].text << " / " << layout.lines[k].text;
            }
        }
    }
}

TEST(PanelLayout, WhatIsTooLongIsTold) {
    Panel long_one = panel("consent");
    for (int i = 0; i < 6; ++i) {
        long_one.sentence += " " + panel("consent").sentence;
    }
    EXPECT_FALSE(lay_out(long_one, look(), half_wide).fits);
    Panel wide = panel("consent");
    wide.choices.front().words = std::string(60, 'm');
    EXPECT_FALSE(lay_out(wide, look(), half_wide).fits);
    Panel title = panel("consent");
    title.title = "many words that nobody reads above all the others that nobody reads either";
    EXPECT_FALSE(lay_out(title, look(), half_wide).fits);
    Panel menu = panel("wrist");
    menu.around.front().words = "A word that nobody can read here";
    EXPECT_FALSE(lay_out(menu, look(), half_wide).fits);
}

TEST(PanelLayout, LinesBreakAtSpacesAloneAndKeepEveryWord) {
    Panel one = panel("pause");
    one.sentence =
        "Votre lieu\u00a0: une phrase qui est assez longue pour deux lignes au moins ici";
    const PanelLayout layout = lay_out(one, look(), half_wide);
    std::string joined;
    for (const TextLine& line : layout.lines) {
        if (line.style == TextStyle::body && line.box.top_m < layout.targets.front().box.top_m) {
            joined += joined.empty() ? line.text : " " + line.text;
        }
    }
    EXPECT_EQ(joined, one.sentence);
}

TEST(PanelLayout, TheMenusPlacesAreTheSameInEveryLanguage) {
    std::vector<Rect> first;
    for (const auto& language : languages_in(HAVEN_SOURCE_DIR "/assets/words")) {
        const auto words = Words::load(HAVEN_SOURCE_DIR "/assets/words", language);
        ASSERT_TRUE(words) << words.error();
        std::vector<Rect> boxes;
        for (const TargetBox& one :
             lay_out(make_panel("wrist", *words), look(), half_wide).targets) {
            boxes.push_back(one.box);
        }
        EXPECT_EQ(boxes.size(), Panel::around_max);
        first = first.empty() ? boxes : first;
        EXPECT_EQ(boxes, first) << language;
    }
}

TEST(PanelLayout, ARatingHasElevenNumbersAndMayBeLeft) {
    const PanelLayout layout = lay_out(panel("rating_before"), look(), half_wide);
    EXPECT_EQ(std::ranges::count_if(
                  layout.targets,
                  [](const TargetBox& one) { return one.target.kind == Target::Kind::number; }),
              11);
    EXPECT_EQ(panel("rating_before").choices.front().id, "skip");
}

} // namespace
} // namespace haven::ui
