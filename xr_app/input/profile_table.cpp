#include "xr_app/input/profile_table.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace haven {

namespace {

using enum ProfileOrigin;

constexpr std::string_view trigger = "input/trigger/value";
constexpr std::string_view select = "input/select/click";
constexpr std::string_view menu = "input/menu/click";
constexpr std::string_view b_button = "input/b/click";
constexpr std::string_view none;
constexpr std::string_view haptic = "output/haptic";
constexpr std::string_view select_menu = "input/select/click input/menu/click";
constexpr std::string_view xy = "input/x/click input/y/click input/menu/click input/squeeze/value "
                                "input/trigger/value input/thumbstick/click";
constexpr std::string_view ab = "input/a/click input/b/click input/squeeze/value "
                                "input/trigger/value input/thumbstick/click";
// Holding an Index controller is squeezing it: its squeeze is no press.
constexpr std::string_view ab_held = "input/a/click input/b/click input/trigger/click "
                                     "input/thumbstick/click";
constexpr std::string_view xy_click = "input/x/click input/y/click input/menu/click "
                                      "input/squeeze/click input/trigger/value "
                                      "input/thumbstick/click";
constexpr std::string_view ab_click = "input/a/click input/b/click input/squeeze/click "
                                      "input/trigger/value input/thumbstick/click";
constexpr std::string_view wand = "input/menu/click input/squeeze/click input/trigger/value "
                                  "input/trackpad/click";
constexpr std::string_view wand_stick = "input/menu/click input/squeeze/click input/trigger/value "
                                        "input/thumbstick/click input/trackpad/click";
constexpr std::string_view ml2 = "input/menu/click input/trigger/value input/shoulder/click "
                                 "input/trackpad/click";
constexpr std::string_view pen = "input/cluster_front_logitech/click "
                                 "input/cluster_back_logitech/click "
                                 "input/cluster_middle_logitech/force";
constexpr std::string_view grip = "input/grip/pose";

// In the grip's pose, whose -Z leaves the fist beside the thumb: so far ahead of the palm the
// controller ends. Ink that came out of the palm would hide behind the fingers that draw it.
constexpr glm::vec3 short_tip{0.0F, -0.010F, -0.060F};
constexpr glm::vec3 ring_tip{0.0F, -0.010F, -0.075F};
constexpr glm::vec3 wand_tip{0.0F, -0.010F, -0.095F};
constexpr glm::vec3 at_pose{0.0F};

// Sources: OpenXR 1.1 sections 6.4 and 6.5 and the extensions named. A profile that 1.1 took into
// its core under a new path stands here under both.
constexpr std::array profiles{
    InteractionProfile{"/interaction_profiles/khr/simple_controller", core_1_0, none, select, menu,
                       menu, haptic, select_menu, select_menu, grip, short_tip},
    InteractionProfile{"/interaction_profiles/oculus/touch_controller", core_1_0, none, trigger,
                       menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_plus_controller", core_1_1, none, trigger,
                       menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_plus", extension,
                       "XR_META_touch_controller_plus", trigger, menu, none, haptic, xy, ab, grip,
                       short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_pro_controller", core_1_1, none, trigger,
                       menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/facebook/touch_controller_pro", extension,
                       "XR_FB_touch_controller_pro", trigger, menu, none, haptic, xy, ab, grip,
                       short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_rift_cv1", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_quest_1_rift_s", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_quest_2", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab, grip, short_tip},
    InteractionProfile{"/interaction_profiles/valve/index_controller", core_1_0, none, trigger,
                       b_button, b_button, haptic, ab_held, ab_held, grip, ring_tip},
    InteractionProfile{"/interaction_profiles/htc/vive_controller", core_1_0, none, trigger, menu,
                       menu, haptic, wand, wand, grip, wand_tip},
    InteractionProfile{"/interaction_profiles/htc/vive_focus3_controller", core_1_1,
                       "XR_HTC_vive_focus3_controller_interaction", trigger, menu, none, haptic,
                       xy_click, ab_click, grip, short_tip},
    InteractionProfile{"/interaction_profiles/htc/vive_cosmos_controller", core_1_1,
                       "XR_HTC_vive_cosmos_controller_interaction", trigger, menu, none, haptic,
                       xy_click, ab_click, grip, ring_tip},
    InteractionProfile{"/interaction_profiles/microsoft/motion_controller", core_1_0, none, trigger,
                       menu, menu, haptic, wand_stick, wand_stick, grip, ring_tip},
    InteractionProfile{"/interaction_profiles/hp/mixed_reality_controller", core_1_1,
                       "XR_EXT_hp_mixed_reality_controller", trigger, menu, menu, haptic, xy, ab,
                       grip, ring_tip},
    InteractionProfile{"/interaction_profiles/samsung/odyssey_controller", core_1_1,
                       "XR_EXT_samsung_odyssey_controller", trigger, menu, menu, haptic, wand_stick,
                       wand_stick, grip, ring_tip},
    InteractionProfile{"/interaction_profiles/bytedance/pico_neo3_controller", core_1_1,
                       "XR_BD_controller_interaction", trigger, menu, menu, haptic, xy, ab, grip,
                       ring_tip},
    InteractionProfile{"/interaction_profiles/bytedance/pico4_controller", core_1_1,
                       "XR_BD_controller_interaction", trigger, menu, none, haptic, xy, ab, grip,
                       ring_tip},
    InteractionProfile{"/interaction_profiles/ml/ml2_controller", core_1_1,
                       "XR_ML_ml2_controller_interaction", trigger, menu, menu, haptic, ml2, ml2,
                       grip, wand_tip},
    InteractionProfile{"/interaction_profiles/logitech/mx_ink_stylus_logitech", extension,
                       "XR_LOGITECH_mx_ink_stylus_interaction",
                       "input/cluster_middle_logitech/force input/tip_logitech/force",
                       "input/cluster_back_logitech/click", "input/cluster_back_logitech/click",
                       haptic, pen, pen, "input/tip_logitech/pose", at_pose},
    // Without joints: two closed fists are the menu button.
    InteractionProfile{"/interaction_profiles/ext/hand_interaction_ext", extension,
                       "XR_EXT_hand_interaction", "input/pinch_ext/value", "input/grasp_ext/value",
                       "input/grasp_ext/value", none, "input/pinch_ext/value",
                       "input/pinch_ext/value", "input/pinch_ext/pose", at_pose, true},
    InteractionProfile{"/interaction_profiles/microsoft/hand_interaction", extension,
                       "XR_MSFT_hand_interaction", "input/select/value", "input/squeeze/value",
                       "input/squeeze/value", none, "input/select/value", "input/select/value",
                       "input/aim/pose", at_pose, true},
};

} // namespace

std::string_view InteractionProfile::undo(std::size_t hand) const {
    constexpr std::array<std::string_view, 4> buttons{"input/x/click", "input/a/click",
                                                      "input/trackpad/click",
                                                      "input/cluster_front_logitech/click"};
    const std::string_view presses = hand == 0 ? press_left : press_right;
    const auto* const found = std::ranges::find_if(
        buttons, [&](std::string_view button) { return presses.contains(button); });
    return found == buttons.end() ? std::string_view{} : *found;
}

std::span<const InteractionProfile> interaction_profiles() {
    return profiles;
}

const InteractionProfile* profile_at(std::string_view path) {
    const auto* const found = std::ranges::find(profiles, path, &InteractionProfile::path);
    return found == profiles.end() ? nullptr : found;
}

} // namespace haven
