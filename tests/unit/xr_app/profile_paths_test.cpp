// Every path that is suggested, against the lists of the OpenXR specification (its registry, 1.1).

#include "xr_app/input/profile_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <vector>

namespace haven {
namespace {

/// The component paths of a profile that a click, a value, a force, a pose or a vibration can be
/// bound to, without "/input/" and parted by blanks; what belongs to the system is left out.
struct SpecifiedProfile {
    std::string_view name; ///< after "/interaction_profiles/"
    std::string_view left;
    std::string_view right;
    std::string_view both;
};

constexpr std::string_view xy = "x/click x/touch y/click y/touch menu/click";
constexpr std::string_view ab = "a/click a/touch b/click b/touch";

// Of the touch profiles only what all of them have.
constexpr std::string_view touch = "squeeze/value trigger/value trigger/touch thumbstick/x "
                                   "thumbstick/y thumbstick/click thumbstick/touch grip/pose "
                                   "aim/pose haptic";
constexpr std::string_view pico =
    "squeeze/click squeeze/value trigger/click trigger/touch trigger/value thumbstick/x "
    "thumbstick/y thumbstick/click thumbstick/touch grip/pose aim/pose haptic";
constexpr std::string_view wand_with_stick =
    "menu/click squeeze/click trigger/value thumbstick/x thumbstick/y thumbstick/click trackpad/x "
    "trackpad/y trackpad/click trackpad/touch grip/pose aim/pose haptic";

constexpr std::array specified{
    SpecifiedProfile{"khr/simple_controller", "", "",
                     "select/click menu/click grip/pose aim/pose haptic"},
    SpecifiedProfile{"oculus/touch_controller", xy, ab, touch},
    SpecifiedProfile{"meta/touch_plus_controller", xy, ab, touch},
    SpecifiedProfile{"meta/touch_controller_plus", xy, ab, touch},
    SpecifiedProfile{"meta/touch_pro_controller", xy, ab, touch},
    SpecifiedProfile{"facebook/touch_controller_pro", xy, ab, touch},
    SpecifiedProfile{"meta/touch_controller_rift_cv1", xy, ab, touch},
    SpecifiedProfile{"meta/touch_controller_quest_1_rift_s", xy, ab, touch},
    SpecifiedProfile{"meta/touch_controller_quest_2", xy, ab, touch},
    SpecifiedProfile{"valve/index_controller", "", "",
                     "a/click a/touch b/click b/touch squeeze/value squeeze/force trigger/click "
                     "trigger/value trigger/touch thumbstick/x thumbstick/y thumbstick/click "
                     "thumbstick/touch trackpad/x trackpad/y trackpad/force trackpad/touch "
                     "grip/pose aim/pose haptic"},
    SpecifiedProfile{"htc/vive_controller", "", "",
                     "squeeze/click menu/click trigger/click trigger/value trackpad/x trackpad/y "
                     "trackpad/click trackpad/touch grip/pose aim/pose haptic"},
    SpecifiedProfile{"htc/vive_focus3_controller", "x/click y/click menu/click", "a/click b/click",
                     "squeeze/click squeeze/touch squeeze/value trigger/click trigger/touch "
                     "trigger/value thumbstick/x thumbstick/y thumbstick/click thumbstick/touch "
                     "thumbrest/touch grip/pose aim/pose haptic"},
    SpecifiedProfile{"htc/vive_cosmos_controller", "x/click y/click menu/click", "a/click b/click",
                     "shoulder/click squeeze/click trigger/click trigger/value thumbstick/x "
                     "thumbstick/y thumbstick/click thumbstick/touch grip/pose aim/pose haptic"},
    SpecifiedProfile{"microsoft/motion_controller", "", "", wand_with_stick},
    SpecifiedProfile{"hp/mixed_reality_controller", "x/click y/click", "a/click b/click",
                     "menu/click squeeze/value trigger/value thumbstick/x thumbstick/y "
                     "thumbstick/click grip/pose aim/pose haptic"},
    SpecifiedProfile{"samsung/odyssey_controller", "", "", wand_with_stick},
    SpecifiedProfile{"bytedance/pico_neo3_controller", "x/click x/touch y/click y/touch menu/click",
                     "a/click a/touch b/click b/touch menu/click", pico},
    SpecifiedProfile{"bytedance/pico4_controller", xy, ab, pico},
    SpecifiedProfile{"ml/ml2_controller", "", "",
                     "menu/click trigger/click trigger/value trackpad/x trackpad/y trackpad/click "
                     "trackpad/force trackpad/touch grip/pose aim/pose shoulder/click haptic"},
    SpecifiedProfile{
        "logitech/mx_ink_stylus_logitech", "", "",
        "tip_logitech/force cluster_middle_logitech/force cluster_front_logitech/click "
        "cluster_front_logitech/double_tap_logitech cluster_back_logitech/click "
        "cluster_back_logitech/double_tap_logitech dock_logitech/docked_logitech "
        "grip/pose aim/pose tip_logitech/pose haptic"},
    SpecifiedProfile{"ext/hand_interaction_ext", "", "",
                     "pinch_ext/pose poke_ext/pose grip/pose aim/pose pinch_ext/value "
                     "pinch_ext/ready_ext grasp_ext/value grasp_ext/ready_ext "
                     "aim_activate_ext/value aim_activate_ext/ready_ext"},
    SpecifiedProfile{"microsoft/hand_interaction", "", "",
                     "select/value squeeze/value grip/pose aim/pose"}};

std::vector<std::string_view> parted(std::string_view list) {
    std::vector<std::string_view> parts;
    for (const auto part : std::views::split(list, ' ')) {
        if (!std::ranges::empty(part)) {
            parts.emplace_back(std::string_view(part));
        }
    }
    return parts;
}

const SpecifiedProfile* specified_at(std::string_view path) {
    constexpr std::string_view root = "/interaction_profiles/";
    if (!path.starts_with(root)) {
        return nullptr;
    }
    const auto* const found =
        std::ranges::find(specified, path.substr(root.size()), &SpecifiedProfile::name);
    return found == specified.end() ? nullptr : found;
}

bool has(const SpecifiedProfile& profile, std::size_t hand, std::string_view path) {
    if (path == "output/haptic") {
        return std::ranges::contains(parted(profile.both), "haptic");
    }
    constexpr std::string_view input = "input/";
    return path.starts_with(input) &&
           (std::ranges::contains(parted(profile.both), path.substr(input.size())) ||
            std::ranges::contains(parted(hand == 0 ? profile.left : profile.right),
                                  path.substr(input.size())));
}

TEST(ProfilePaths, EachIsInTheSpecificationsListForItsHand) {
    for (const InteractionProfile& profile : interaction_profiles()) {
        const SpecifiedProfile* const list = specified_at(profile.path);
        ASSERT_NE(list, nullptr) << profile.path << " is no profile of the specification";
        for (std::size_t hand = 0; hand < 2; ++hand) {
            for (const std::string_view paths :
                 {profile.draw, hand == 0 ? profile.menu_left : profile.menu_right, profile.haptic,
                  hand == 0 ? profile.press_left : profile.press_right, profile.pose,
                  InteractionProfile::aim}) {
                for (const std::string_view path : parted(paths)) {
                    EXPECT_TRUE(has(*list, hand, path))
                        << profile.path << ": " << path << ", hand " << hand;
                }
            }
        }
    }
}

TEST(ProfilePaths, EveryListIsUsed) {
    EXPECT_EQ(specified.size(), interaction_profiles().size());
}

TEST(ProfilePaths, EachProfileDrawsFromItsTip) {
    for (const InteractionProfile& profile : interaction_profiles()) {
        const glm::vec3 left_m = profile.pose_from_tip(0).position_m;
        const glm::vec3 right_m = profile.pose_from_tip(1).position_m;
        EXPECT_EQ(left_m.x, -right_m.x) << profile.path;
        if (profile.pose == "input/grip/pose") {
            EXPECT_LT(left_m.z, -0.05F) << profile.path << ": out of the palm, beyond the fingers";
            EXPECT_GT(left_m.z, -0.12F) << profile.path;
        } else {
            EXPECT_EQ(left_m, glm::vec3(0.0F)) << profile.path << " has a pose for its tip";
        }
    }
}

TEST(ProfilePaths, HoldingAControllerIsNoPress) {
    const InteractionProfile* const index =
        profile_at("/interaction_profiles/valve/index_controller");
    ASSERT_NE(index, nullptr);
    for (const std::string_view press : {index->press_left, index->press_right}) {
        EXPECT_FALSE(press.contains("squeeze")) << "it is squeezed as long as it is held";
    }
}

} // namespace
} // namespace haven
