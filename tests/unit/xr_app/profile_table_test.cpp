#include "xr_app/input/profile_table.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace haven {
namespace {

bool matches(std::string_view text, const char* pattern) {
    return std::regex_match(std::string(text), std::regex(pattern));
}

TEST(ProfileTable, EachProfileStandsOnce) {
    std::set<std::string_view> paths;
    for (const InteractionProfile& profile : interaction_profiles()) {
        EXPECT_TRUE(paths.insert(profile.path).second) << profile.path;
    }
}

TEST(ProfileTable, PathsAreWellFormed) {
    // OpenXR 1.1 section 6.1: lower case letters, digits, '-', '_', '.', divided by '/'.
    for (const InteractionProfile& profile : interaction_profiles()) {
        EXPECT_TRUE(matches(profile.path, "/interaction_profiles/[a-z0-9_]+/[a-z0-9_]+"))
            << profile.path;
        EXPECT_TRUE(matches(profile.draw, "input/[a-z0-9_]+/(value|click|force)"
                                          "( input/[a-z0-9_]+/(value|click|force))*"))
            << profile.path;
        EXPECT_TRUE(matches(profile.pose, "input/[a-z0-9_]+/pose")) << profile.path;
        for (const std::string_view menu : {profile.menu_left, profile.menu_right}) {
            EXPECT_TRUE(menu.empty() || matches(menu, "input/[a-z0-9_]+/(click|value)"))
                << profile.path;
        }
        for (const std::string_view press : {profile.press_left, profile.press_right}) {
            EXPECT_TRUE(matches(press, "input/[a-z0-9_]+/(value|click|force)"
                                       "( input/[a-z0-9_]+/(value|click|force))*"))
                << profile.path << ": something stops what moves a person";
        }
        EXPECT_TRUE(profile.haptic.empty() || profile.haptic == "output/haptic") << profile.path;
    }
}

TEST(ProfileTable, TheButtonThatTakesInkBackNeitherDrawsNorEnds) {
    std::size_t with = 0;
    for (const InteractionProfile& profile : interaction_profiles()) {
        for (const std::size_t hand : {std::size_t{0}, std::size_t{1}}) {
            const std::string_view undo = profile.undo(hand);
            const std::string_view menu = hand == 0 ? profile.menu_left : profile.menu_right;
            EXPECT_NE(undo, undo.empty() ? "none" : menu) << profile.path;
            EXPECT_TRUE(undo.empty() || !profile.draw.contains(undo)) << profile.path;
            with += undo.empty() ? 0 : 1;
        }
    }
    EXPECT_EQ(with, 2 * (interaction_profiles().size() - 3)) << "all but the simple one and hands";
    EXPECT_EQ(profile_at("/interaction_profiles/oculus/touch_controller")->undo(0),
              "input/x/click");
    EXPECT_EQ(profile_at("/interaction_profiles/oculus/touch_controller")->undo(1),
              "input/a/click");
    EXPECT_EQ(profile_at("/interaction_profiles/htc/vive_controller")->undo(0),
              "input/trackpad/click");
}

TEST(ProfileTable, WhatIsNotInTheCoreNamesItsExtension) {
    for (const InteractionProfile& profile : interaction_profiles()) {
        const bool named = matches(profile.extension, "XR_[A-Z]+_[a-z0-9_]+");
        if (profile.origin == ProfileOrigin::extension) {
            EXPECT_TRUE(named) << profile.path;
        } else {
            EXPECT_TRUE(named || profile.extension.empty()) << profile.path;
        }
    }
}

TEST(ProfileTable, CoversTheControllersPeopleHave) {
    std::set<std::string> names;
    for (const InteractionProfile& profile : interaction_profiles()) {
        names.emplace(profile.path.substr(std::string_view("/interaction_profiles/").size()));
    }
    for (const char* const name :
         {"khr/simple_controller", "oculus/touch_controller", "meta/touch_plus_controller",
          "meta/touch_pro_controller", "valve/index_controller", "htc/vive_controller",
          "htc/vive_focus3_controller", "htc/vive_cosmos_controller", "microsoft/motion_controller",
          "hp/mixed_reality_controller", "samsung/odyssey_controller",
          "bytedance/pico_neo3_controller", "bytedance/pico4_controller", "ml/ml2_controller",
          "ext/hand_interaction_ext"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(ProfileTable, OnlyBareHandsHaveNothingThatVibrates) {
    for (const InteractionProfile& profile : interaction_profiles()) {
        EXPECT_EQ(profile.haptic.empty(), profile.is_hand) << profile.path;
        EXPECT_EQ(profile_at(profile.path), &profile);
    }
    EXPECT_EQ(profile_at("/interaction_profiles/nobody/knows"), nullptr);
}

} // namespace
} // namespace haven
