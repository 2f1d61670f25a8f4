#include "ui/look.hpp"

#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <format>
#include <string>
#include <string_view>

namespace haven::ui {
namespace {

namespace fs = std::filesystem;

/// The project's tokens, with one thing otherwise.
class Changed : public ::testing::Test {
  protected:
    /// What is said against tokens in which `from` is `to`; the file's name is left out of it.
    std::string fault(std::string_view from, std::string_view to) {
        std::string text = test::read_text(HAVEN_SOURCE_DIR "/assets/look/tokens.json");
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        const fs::path file = assets_.path() / "look" / "tokens.json";
        fs::create_directories(file.parent_path());
        test::write_text(file, text);
        const auto look = Look::load(assets_.path());
        const std::string name = file.string() + ": ";
        return look ? "" : look.error().substr(look.error().starts_with(name) ? name.size() : 0);
    }

  private:
    test::TempDirectory assets_;
};

TEST(Look, TextOfEveryColourCanBeReadOnItsPaper) {
    const auto look = Look::load(HAVEN_SOURCE_DIR "/assets");
    ASSERT_TRUE(look) << look.error();
    static constexpr float least = 4.5F;
    const auto expect_read = [](Colour colour, Colour paper) {
        EXPECT_GE(contrast_ratio(colour.luminance(), paper.luminance()), least)
            << std::format("#{:06x} on #{:06x}", colour.rgb, paper.rgb);
    };
    for (const Palette& its : {look->dark, look->light}) {
        for (const Colour paper : {its.ground, its.surface}) {
            for (const Colour colour : {its.text, its.muted, its.accent, its.left, its.right,
                                        its.good, its.warn, its.stop}) {
                expect_read(colour, paper);
            }
        }
        expect_read(its.text, its.raised);
        expect_read(its.muted, its.raised);
        expect_read(its.ground, its.accent);
    }
    EXPECT_NEAR(contrast_ratio(look->dark.text.luminance(), look->dark.surface.luminance()), 14.6F,
                0.1F);
    EXPECT_NEAR(contrast_ratio(1.0F, 0.0F), 21.0F, 1e-3F);
}

TEST_F(Changed, EachFaultHasItsName) {
    EXPECT_EQ(fault("\"#1d1d26\"", "\"#1d1d2\""), "surface: is no colour like #1d1d26");
    EXPECT_EQ(fault("\"#1d1d26\"", "\"#1d1d2g\""), "surface: is no colour like #1d1d26");
    EXPECT_EQ(fault("\"#1d1d26\"", "7"), "surface: is no text");
    EXPECT_EQ(fault("\"surface\"", "\"paper\""), "surface: is missing");
    EXPECT_EQ(fault("\"fade_s\": 0.16", "\"fade_s\": 0.16, \"blink_s\": 1"),
              "blink_s: is not known here");
    EXPECT_EQ(fault("\"fade_s\": 0.16", "\"fade_s\": 0.16, \"fade_s\": 0.16"),
              "fade_s: is there twice");
    EXPECT_EQ(fault("\"distance_m\": 1.3", "\"distance_m\": 1.1"),
              "distance_m: is not between 1.2 and 1.5");
    EXPECT_EQ(fault("\"body_deg\": 1.5", "\"body_deg\": 1.4"),
              "body_deg: is not between 1.5 and 3");
    EXPECT_EQ(fault("\"tint_most\": 0.06", "\"tint_most\": \"x\""), "tint_most: is no number");
    EXPECT_NE(fault("\"fade_s\"", "fade_s"), "");
    EXPECT_EQ(fault("\"colours\"", "\"colors\""), "colours: is missing");
}

} // namespace
} // namespace haven::ui
