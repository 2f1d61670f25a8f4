#include "xr_app/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <expected>
#include <initializer_list>
#include <string>
#include <vector>

namespace haven {
namespace {

std::expected<Options, OptionsStop> parse(std::initializer_list<const char*> arguments) {
    std::vector<const char*> line{"haven-xr"};
    line.insert(line.end(), arguments);
    return parse_options(static_cast<int>(line.size()), line.data());
}

TEST(Options, NothingGivenIsAQuietSessionOnThisDevice) {
    const auto options = parse({});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->server_url.empty());
    EXPECT_EQ(options->environment_id, "cozy_cabin");
    EXPECT_EQ(options->symmetry, SymmetryMode::free);
    EXPECT_EQ(options->interaction, InteractionChoice::automatic);
    EXPECT_TRUE(options->mirror);
    EXPECT_FALSE(options->desktop);
    EXPECT_FALSE(options->eye_size);
}

TEST(Options, SymmetryTakesItsModeOnlyWhenOn) {
    EXPECT_EQ(parse({"--symmetry", "on"})->symmetry, SymmetryMode::mirror_copy);
    EXPECT_EQ(parse({"--symmetry", "on", "--symmetry-mode", "parallel"})->symmetry,
              SymmetryMode::parallel);
    EXPECT_EQ(parse({"--symmetry-mode", "parallel"})->symmetry, SymmetryMode::free);
}

TEST(Options, EyeSizeIsTwoSides) {
    EXPECT_EQ(parse({"--eye-size", "512x384"})->eye_size, std::pair(512U, 384U));
    for (const char* const wrong :
         {"512", "512x", "x512", "512x63", "9000x512", "5 12x512", "512x512x1", "-512x512"}) {
        const auto options = parse({"--eye-size", wrong});
        ASSERT_FALSE(options) << wrong;
        EXPECT_EQ(options.error().exit_code, 2) << wrong;
        EXPECT_TRUE(options.error().text.contains(wrong)) << options.error().text;
    }
}

TEST(Options, LightAndCameraAreThePersonsChoice) {
    const auto own = parse({});
    EXPECT_FALSE(own->lighting.preset);
    EXPECT_EQ(own->cinematic, environments::CameraMotion::still);
    const auto chosen = parse({"--light", "dim", "--warmth", "0.8", "--brightness", "0.5",
                               "--cinematic", "path", "--camera-speed", "0.2"});
    EXPECT_EQ(chosen->lighting.preset, environments::LightingPreset::dim);
    EXPECT_EQ(chosen->lighting.warmth, 0.8F);
    EXPECT_EQ(chosen->lighting.brightness, 0.5F);
    EXPECT_EQ(chosen->cinematic, environments::CameraMotion::path);
    EXPECT_EQ(chosen->camera_speed_m_per_s, 0.2F);
    EXPECT_FALSE(parse({"--light", "noon"}));
    EXPECT_FALSE(parse({"--brightness", "3"}));
    EXPECT_FALSE(parse({"--cinematic", "path", "--camera-speed", "1.5"})) << "nobody runs here";
}

TEST(Options, SomebodyIsLedWhoWishesIt) {
    EXPECT_EQ(parse({})->guide, GuideChoice::off);
    EXPECT_EQ(parse({"--guide", "short"})->guide, GuideChoice::short_one);
    EXPECT_EQ(parse({"--guide", "whole"})->guide, GuideChoice::whole);
    EXPECT_FALSE(parse({"--guide", "long"}));
}

TEST(Options, TheLanguageIsOneThatThereIs) {
    constexpr const char* assets = HAVEN_SOURCE_DIR "/assets";
    EXPECT_EQ(parse({"--assets", assets, "--language", "fr"})->language, "fr");
    for (const char* const wrong : {"tlh", "french", "../words/fr"}) {
        const auto options = parse({"--assets", assets, "--language", wrong});
        ASSERT_FALSE(options) << wrong;
        EXPECT_EQ(options.error().exit_code, 2);
        EXPECT_TRUE(options.error().text.contains(wrong)) << options.error().text;
        EXPECT_TRUE(options.error().text.contains("de, en, es, fr")) << options.error().text;
    }
    ASSERT_EQ(setenv("LC_ALL", "es_ES.UTF-8", 1), 0);
    EXPECT_EQ(parse({})->language, "es_ES.UTF-8");
    EXPECT_EQ(parse({"--assets", assets, "--language", "de"})->language, "de");
    unsetenv("LC_ALL");
}

TEST(Options, ASessionIsAnId) {
    EXPECT_TRUE(parse({"--session", "01900000-0000-7000-8000-000000000000"})->session_id);
    EXPECT_FALSE(parse({"--session", "mine"}));
}

TEST(Options, DesktopDrawsInItsWindow) {
    EXPECT_FALSE(parse({"--desktop", "--no-mirror"}));
}

TEST(Options, HelpIsNoError) {
    const auto options = parse({"--help"});
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().exit_code, 0);
    for (const char* const option :
         {"--server", "--token-file", "--environment", "--symmetry", "--interaction-mode",
          "--eye-size", "--seconds", "--capture", "--record-trace", "--replay", "--session",
          "--no-mirror", "--desktop", "--summary", "--log-level"}) {
        EXPECT_TRUE(options.error().text.contains(option)) << option;
    }
}

TEST(Options, WhatIsNotKnownIsRefused) {
    for (const auto arguments : {std::initializer_list<const char*>{"--colour", "red"},
                                 {"--seconds", "-1"},
                                 {"--symmetry", "maybe"},
                                 {"--interaction-mode", "gaze"},
                                 {"--replay", "/no/such/file"}}) {
        const auto options = parse(arguments);
        ASSERT_FALSE(options) << *arguments.begin();
        EXPECT_EQ(options.error().exit_code, 2);
        EXPECT_FALSE(options.error().text.empty());
    }
}

} // namespace
} // namespace haven
