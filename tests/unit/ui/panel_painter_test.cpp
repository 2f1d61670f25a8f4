#include "ui/panel_painter.hpp"

#include "renderer/scene/panel_drawing.hpp"
#include "tests/unit/ui/panel_samples.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace haven::ui {
namespace {

const std::filesystem::path folder = HAVEN_SOURCE_DIR "/assets/words";

PanelPainter& painter() {
    static const auto one =
        PanelPainter::create(Look::load(HAVEN_SOURCE_DIR "/assets").value()).value();
    return *one;
}

const Words& english() {
    static const Words words = Words::load(folder, "en").value();
    return words;
}

TEST(PanelPainter, EveryPanelFitsInEveryLanguage) {
    for (const auto& language : languages_in(folder)) {
        const auto words = Words::load(folder, language);
        ASSERT_TRUE(words) << words.error();
        for (const std::string_view name : panel_names()) {
            std::ignore = painter().paint(make_panel(name, *words, testing::arguments), {}, {});
            EXPECT_TRUE(painter().layout().fits) << language << ": " << name;
        }
    }
}

TEST(PanelPainter, HasEveryLetterOfEveryLanguage) {
    for (const auto& language : languages_in(folder)) {
        const auto words = Words::load(folder, language);
        ASSERT_TRUE(words) << words.error();
        for (const auto& id : words->ids()) {
            const std::string said = words->say(id, testing::arguments);
            for (std::size_t i = 0; i < said.size();) {
                const auto byte = static_cast<unsigned char>(said[i]);
                const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
                char32_t letter = size == 1 ? byte : byte & (0x7FU >> size);
                for (std::size_t k = 1; k < size; ++k) {
                    letter = (letter << 6U) | (static_cast<unsigned char>(said[i + k]) & 0x3FU);
                }
                EXPECT_TRUE(painter().has_letter(letter))
                    << language << ' ' << id << ": U+" << std::hex << unsigned{letter};
                i += size;
            }
        }
    }
}

TEST(PanelPainter, PaintsAgainOnlyWhatIsOtherwise) {
    const Panel pause = make_panel("pause", english());
    const Target first{.kind = Target::Kind::choice, .index = 0};
    EXPECT_TRUE(painter().paint(pause, {}, {}));
    EXPECT_FALSE(painter().paint(pause, {}, {}));
    EXPECT_TRUE(painter().paint(pause, {.pointed_at = first}, {}));
    EXPECT_FALSE(painter().paint(pause, {.pointed_at = first, .dwell = 0.001F}, {}));
    EXPECT_TRUE(painter().paint(pause, {.pointed_at = first, .dwell = 0.5F}, {}));
    EXPECT_FALSE(painter().paint(pause, {.pointed_at = first, .dwell = 0.501F}, {}));
    EXPECT_TRUE(painter().paint(pause, {}, {0.3F, 0.2F, 0.1F}));
    EXPECT_TRUE(painter().paint(make_panel("help", english()), {}, {0.3F, 0.2F, 0.1F}));
}

TEST(PanelPainter, StaysWithinItsPicture) {
    for (const std::string_view name : panel_names()) {
        const Panel panel = make_panel(name, english(), testing::arguments);
        std::ignore = painter().paint(panel, {}, {});
        for (const TargetBox& box : painter().layout().targets) {
            std::ignore = painter().paint(panel, {.pointed_at = box.target, .dwell = 0.7F}, {});
            const auto& corners = painter().drawing().corners;
            ASSERT_FALSE(corners.empty());
            EXPECT_EQ(corners.size() % 3, 0U);
            EXPECT_TRUE(std::ranges::all_of(corners, [](const scene::PanelCorner& corner) {
                return corner.at_px.x >= 0.0F && corner.at_px.x <= PanelPainter::width_px &&
                       corner.at_px.y >= 0.0F && corner.at_px.y <= PanelPainter::height_px;
            })) << name;
            EXPECT_LT(corners.size() * sizeof(scene::PanelCorner), std::size_t{1} << 20U)
                << name << ": more than a frame has room for";
        }
    }
}

TEST(PanelPainter, AFontThatIsNotThereIsNamed) {
    Look look = Look::load(HAVEN_SOURCE_DIR "/assets").value();
    look.fonts.bold = "/nowhere/bold.otf";
    const auto painter = PanelPainter::create(look);
    ASSERT_FALSE(painter);
    EXPECT_TRUE(painter.error().starts_with("/nowhere/bold.otf: no such font")) << painter.error();
    look.fonts.bold = HAVEN_SOURCE_DIR "/README.md";
    EXPECT_EQ(PanelPainter::create(look).error(), look.fonts.bold.string() + ": is no font");
}

} // namespace
} // namespace haven::ui
