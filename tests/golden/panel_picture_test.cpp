// Panels as they are seen: in the places and lights where they hang.
#include "bilateral/pose.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/box_room.hpp"
#include "tests/golden/golden_fixture.hpp"
#include "tests/golden/golden_pictures.hpp"
#include "tests/golden/panel_stage.hpp"
#include "tests/unit/ui/panel_samples.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"

#include <glm/trigonometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using environments::LightingPreset;
using renderer::Detail;
using renderer::RgbaPicture;

constexpr const char* make_golden =
    "UPDATE_GOLDEN=1 build/dev/bin/golden_panels --gtest_filter='*GoldenPicture'";

ui::Words words_in(std::string_view language) {
    return ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", language).value();
}

ui::Panel panel_of(std::string_view name, const ui::Words& words) {
    return ui::make_panel(name, words, ui::testing::arguments);
}

environments::Environment place_of(const std::string& id, LightingPreset light) {
    return environments::load_environment(HAVEN_SOURCE_DIR "/assets/environments", id,
                                          {.preset = light})
        .value();
}

double linear(std::uint8_t byte) {
    const double value = byte / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

class PanelPicture : public Golden {
  protected:
    /// Eyes at the head, without parallax, with so much of sight above and below.
    static renderer::Picture before(const Pose& head, float up_deg, float across_over_up) {
        const float half = glm::radians(up_deg);
        const float across = std::atan(std::tan(half) * across_over_up);
        renderer::Picture picture;
        for (auto& eye : picture.eyes) {
            eye = {.position_m = head.position_m,
                   .orientation = head.orientation,
                   .fov = {-across, across, half, -half}};
        }
        return picture;
    }
    static Pose head(float pitch_deg) {
        return {.position_m = {0.0F, 1.4F, 0.0F},
                .orientation =
                    glm::angleAxis(glm::radians(pitch_deg), glm::vec3(1.0F, 0.0F, 0.0F))};
    }
};

/// Both eyes, at the hour and for people whom light hurts.
TEST_F(PanelPicture, EveryPanelLooksAsItsGoldenPicture) {
    auto& headless = make({.samples = 4, .detail = Detail::full}, 480, 360);
    PanelStage stage(headless);
    const auto german = words_in("de");
    const auto french = words_in("fr");
    struct Case {
        const char* place;
        LightingPreset light;
        ui::Panel panel;
        ui::PanelState state;
    };
    const ui::Target choice{.kind = ui::Target::Kind::choice, .index = 1};
    const ui::Target number{.kind = ui::Target::Kind::number, .index = 4};
    const ui::Target round{.kind = ui::Target::Kind::round, .index = 3};
    const std::vector<Case> cases{
        {"cozy_cabin", LightingPreset::hour, panel_of("consent", german), {.pointed_at = choice}},
        {"cozy_cabin", LightingPreset::dim, panel_of("grounding", french), {}},
        {"beach_sunset",
         LightingPreset::hour,
         panel_of("rating_before", french),
         {.pointed_at = number, .dwell = 0.6F}},
        {"beach_sunset", LightingPreset::dim, panel_of("wrist", german), {.pointed_at = round}}};
    for (const Case& one : cases) {
        const auto place = place_of(one.place, one.light);
        ASSERT_TRUE(headless.renderer().set_scene(place.scene()));
        const auto moment = place.frame(3.0);
        renderer::Picture picture = before(head(-6.0F), 22.5F, 480.0F / 360.0F);
        picture.eyes[0].position_m.x -= 0.0315F;
        picture.eyes[1].position_m.x += 0.0315F;
        picture.scene_frame = &moment;
        picture.panel = stage.show(one.panel, one.state, head(0.0F));
        const auto left = capture(headless, picture, 0);
        const auto right = headless.read(1);
        ASSERT_TRUE(right) << right.error().what;
        EXPECT_EQ(
            golden_fault(std::format("panel_{}_{}", one.place, environments::to_string(one.light)),
                         side_by_side(left, *right), make_golden),
            "");
    }
}

/// What can be told of text on a picture.
struct Seen {
    double contrast = 0.0;
    double height_deg = 0.0; ///< from its first to its last row
};

class PanelText : public PanelPicture {
  protected:
    static constexpr std::uint32_t width_px = 1152; // 26 to a degree: what headsets have
    static constexpr std::uint32_t height_px = 768;

    /// The rows and tones of one line, where it lies on the picture.
    static Seen seen(const RgbaPicture& shown, const renderer::Picture& picture,
                     const PanelStage& stage, const ui::TextLine& line, double white) {
        const auto at = [&](float x_m, float y_m) {
            const glm::vec3 point =
                ui::point_on(stage.layout().shape, stage.world_from_panel(), {x_m, y_m});
            return pixel_of(picture.eyes[0], point, shown.width, shown.height).value();
        };
        const float over_m = 0.2F * line.box.height_m;
        const glm::vec2 from = at(line.box.left_m, line.box.top_m - over_m);
        const glm::vec2 to = at(line.box.right_m(), line.box.bottom_m() + over_m);
        const auto last_x = static_cast<std::uint32_t>(to.x);
        const auto last_y = static_cast<std::uint32_t>(to.y);
        std::vector<std::vector<double>> rows;
        std::vector<double> all;
        for (auto y = static_cast<std::uint32_t>(from.y); y <= last_y; ++y) {
            std::vector<double>& row = rows.emplace_back();
            for (auto x = static_cast<std::uint32_t>(from.x); x <= last_x; ++x) {
                const auto pixel = shown.at(x, y);
                row.push_back(0.2126 * linear(pixel[0]) + 0.7152 * linear(pixel[1]) +
                              0.0722 * linear(pixel[2]));
            }
            all.insert(all.end(), row.begin(), row.end());
        }
        std::ranges::sort(all);
        const double low = all.at(all.size() / 100);
        const double high = all.at(all.size() - 1 - all.size() / 100);
        const double ground = all.at(all.size() / 2);
        const double half = 0.5 * (low + high);
        const auto has_ink = [&](const std::vector<double>& row) {
            return std::ranges::any_of(
                row, [&](double tone) { return (tone > half) != (ground > half); });
        };
        const auto first = std::ranges::find_if(rows, has_ink);
        const auto last = std::ranges::find_last_if(rows, has_ink).begin();
        const double px_of_focus =
            0.5 * shown.height / std::tan(static_cast<double>(picture.eyes[0].fov.up_rad));
        const double rows_px = last != rows.end() ? static_cast<double>(last - first + 1) : 0.0;
        return {.contrast = ui::contrast_ratio(static_cast<float>(low), static_cast<float>(high),
                                               static_cast<float>(white)),
                .height_deg = glm::degrees(std::atan(rows_px / px_of_focus))};
    }

    /// Every line can be read, and is as high as its style has to be.
    static void expect_read(const RgbaPicture& shown, const renderer::Picture& picture,
                            const PanelStage& stage, double white) {
        constexpr double row_deg = 0.045;
        constexpr std::array least_deg{2.2, 1.5, 1.0};
        for (const ui::TextLine& line : stage.layout().lines) {
            const Seen its = seen(shown, picture, stage, line, white);
            EXPECT_GE(its.contrast, 4.5) << line.text;
            // A line has its whole height where letters rise and letters hang.
            if (line.text.find_first_of("bdfhkl") != std::string::npos &&
                line.text.find_first_of("gpqy") != std::string::npos) {
                EXPECT_GE(its.height_deg,
                          least_deg.at(static_cast<std::size_t>(line.style)) - row_deg)
                    << line.text;
            }
        }
    }

    /// The panel with the longest sentence in a language.
    static std::string_view longest(const ui::Words& words) {
        const auto names = ui::panel_names();
        return *std::ranges::max_element(names, {}, [&](std::string_view name) {
            return panel_of(name, words).sentence.size();
        });
    }
};

TEST_F(PanelText, CanBeReadInEveryLanguageAtTheHourAndInDimLight) {
    auto& headless = make({.detail = Detail::lean}, width_px, height_px);
    PanelStage stage(headless);
    for (const char* id : {"cozy_cabin", "beach_sunset"}) {
        for (const LightingPreset light : {LightingPreset::hour, LightingPreset::dim}) {
            const auto place = place_of(id, light);
            ASSERT_TRUE(headless.renderer().set_scene(place.scene()));
            const auto moment = place.frame(3.0);
            renderer::Picture picture = before(head(-8.0F), 15.0F, 1.5F);
            picture.scene_frame = &moment;
            for (const auto& language : ui::languages_in(HAVEN_SOURCE_DIR "/assets/words")) {
                const auto words = words_in(language);
                for (const std::string_view name :
                     {longest(words), std::string_view("rating_after")}) {
                    SCOPED_TRACE(std::format("{} {} {} {}", id, environments::to_string(light),
                                             language, name));
                    picture.panel = stage.show(panel_of(name, words), {}, head(0.0F));
                    ASSERT_TRUE(stage.layout().fits);
                    expect_read(capture(headless, picture, 0), picture, stage,
                                place.scene().brightest);
                }
            }
        }
    }
}

TEST_F(PanelText, OfAMenuBesideAHandCanBeReadThere) {
    auto& headless = make({.detail = Detail::lean}, width_px, height_px);
    PanelStage stage(headless);
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    renderer::Picture picture = before(head(-8.0F), 21.0F, 1.5F);
    for (const auto& language : ui::languages_in(HAVEN_SOURCE_DIR "/assets/words")) {
        SCOPED_TRACE(language);
        picture.panel = stage.show(panel_of("wrist", words_in(language)), {}, head(0.0F));
        expect_read(capture(headless, picture, 0), picture, stage, 1.0);
    }
}

TEST_F(PanelText, DoesNotShimmerWhenTheHeadTurns) {
    auto& headless = make({.detail = Detail::lean}, 120, 80); // as seen from far away
    PanelStage stage(headless);
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    const auto panel = panel_of("consent", words_in("en"));
    std::vector<double> before_it;
    double changed = 0.0;
    double light = 0.0;
    glm::vec2 from(0.0F);
    glm::vec2 to(0.0F);
    for (int i = 0; i < 8; ++i) { // an eighth of a pixel each
        renderer::Picture picture =
            before(head(-8.0F + 0.047F * static_cast<float>(i)), 15.0F, 1.5F);
        picture.panel = stage.show(panel, {}, head(0.0F));
        if (i == 0) { // all of the sentence, and plain ground around it
            std::vector<ui::TextLine> lines = stage.layout().lines;
            std::erase_if(lines, [](const ui::TextLine& line) {
                return line.style != ui::TextStyle::body || line.box.top_m > 0.4F;
            });
            const auto at = [&](float x_m, float y_m) {
                return pixel_of(
                           picture.eyes[0],
                           ui::point_on(stage.layout().shape, stage.world_from_panel(), {x_m, y_m}),
                           120, 80)
                    .value();
            };
            from = at(0.03F, lines.front().box.top_m - 0.012F);
            to = at(0.87F, lines.back().box.bottom_m() + 0.015F);
        }
        const auto shown = capture(headless, picture, 0);
        const double ground =
            linear(shown.at(static_cast<std::uint32_t>(to.x), static_cast<std::uint32_t>(to.y))[1]);
        std::vector<double> tones;
        for (auto y = static_cast<std::uint32_t>(from.y); y < static_cast<std::uint32_t>(to.y);
             ++y) {
            for (auto x = static_cast<std::uint32_t>(from.x); x < static_cast<std::uint32_t>(to.x);
                 ++x) {
                tones.push_back(linear(shown.at(x, y)[1]) - ground);
                light += tones.back();
            }
        }
        for (std::size_t k = 0; k < before_it.size(); ++k) {
            changed += std::abs(tones.at(k) - before_it.at(k));
        }
        before_it = std::move(tones);
    }
    EXPECT_GT(light, 10.0) << "there are words";
    // A sharp picture that moves by an eighth of a pixel changes by 0.11 of it; without mips, 0.27.
    EXPECT_LT(changed / light, 0.16);
}

TEST_F(PanelPicture, NothingInDimLightIsBrighterThanThePlaceAllows) {
    auto& headless = make({.detail = Detail::lean}, 384, 256);
    PanelStage stage(headless);
    const auto panel = panel_of("pause", words_in("en"));
    for (const char* id : {"cozy_cabin", "starry_night", "beach_sunset"}) {
        const auto place = place_of(id, LightingPreset::dim);
        ASSERT_TRUE(headless.renderer().set_scene(place.scene()));
        const auto moment = place.frame(3.0);
        renderer::Picture picture = before(head(-8.0F), 15.0F, 1.5F);
        picture.scene_frame = &moment;
        picture.panel = stage.show(panel, {}, head(0.0F));
        const auto shown = capture(headless, picture, 0);
        double most = 0.0;
        for (std::uint32_t y = 0; y < shown.height; ++y) {
            for (std::uint32_t x = 0; x < shown.width; ++x) {
                const auto pixel = shown.at(x, y);
                most = std::max(most, 0.2126 * linear(pixel[0]) + 0.7152 * linear(pixel[1]) +
                                          0.0722 * linear(pixel[2]));
            }
        }
        EXPECT_LE(most, 1.03 * place.scene().brightest) << id;
    }
}

TEST_F(PanelPicture, OnlyItsOwnPartOfThePictureIsAnotherOne) {
    auto& headless = make({.detail = Detail::lean}, 384, 256);
    PanelStage stage(headless);
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    renderer::Picture picture = before(head(-8.0F), 25.0F, 1.5F);
    const auto without = capture(headless, picture, 0);
    picture.panel = stage.show(panel_of("pause", words_in("en")), {}, head(0.0F));
    const auto with = capture(headless, picture, 0);
    const auto shape = stage.layout().shape;
    const auto from =
        pixel_of(picture.eyes[0], ui::point_on(shape, stage.world_from_panel(), {0.0F, 0.0F}), 384,
                 256)
            .value();
    const auto to =
        pixel_of(picture.eyes[0],
                 ui::point_on(shape, stage.world_from_panel(), {shape.width_m, shape.height_m}),
                 384, 256)
            .value();
    std::uint64_t inside = 0;
    for (std::uint32_t y = 0; y < with.height; ++y) {
        for (std::uint32_t x = 0; x < with.width; ++x) {
            const glm::vec2 at(x, y);
            const bool beside = at.x < from.x - 2.0F || at.x > to.x + 2.0F ||
                                at.y < from.y - 6.0F || at.y > to.y + 6.0F; // it is bent
            const bool same = with.at(x, y) == without.at(x, y);
            EXPECT_TRUE(!beside || same) << x << ' ' << y;
            inside += same ? 0 : 1;
        }
    }
    EXPECT_GT(static_cast<float>(inside), 0.8F * (to.x - from.x) * (to.y - from.y));
    picture.panel->opacity = 0.0F;
    EXPECT_EQ(differing(capture(headless, picture, 0), without), 0U);
}

TEST_F(PanelPicture, OnePassForBothEyesShowsTheSameAsTwo) {
    renderer::Picture picture = standing();
    std::vector<RgbaPicture> shown;
    for (const bool multiview : {true, false}) {
        auto& headless = make({.multiview = multiview, .detail = Detail::lean}, 256, 256);
        PanelStage stage(headless);
        ASSERT_TRUE(headless.renderer().set_scene(box_room()));
        const Pose eyes{.position_m = {0.0F, 1.5F, 1.0F}};
        picture.panel = stage.show(panel_of("pause", words_in("en")), {}, eyes);
        shown.push_back(capture(headless, picture, 1));
    }
    EXPECT_EQ(differing(shown.front(), shown.back(), 1), 0U);
}

} // namespace
} // namespace haven::testing
