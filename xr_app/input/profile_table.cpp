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

// Sources: OpenXR 1.1 sections 6.4 and 6.5 and the extensions named. A profile that 1.1 took into
// its core under a new path stands here under both.
constexpr std::array profiles{
    InteractionProfile{"/interaction_profiles/khr/simple_controller", core_1_0, none, select, menu,
                       menu, haptic, select_menu, select_menu},
    InteractionProfile{"/interaction_profiles/oculus/touch_controller", core_1_0, none, trigger,
                       menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_plus_controller", core_1_1, none, trigger,
                       menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_plus", extension,
                       "XR_META_touch_controller_plus", trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_pro_controller", core_1_1, none, trigger,
                       menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/facebook/touch_controller_pro", extension,
                       "XR_FB_touch_controller_pro", trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_rift_cv1", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_quest_1_rift_s", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/meta/touch_controller_quest_2", core_1_1, none,
                       trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/valve/index_controller", core_1_0, none, trigger,
                       b_button, b_button, haptic, ab, ab},
    InteractionProfile{"/interaction_profiles/htc/vive_controller", core_1_0, none, trigger, menu,
                       menu, haptic, wand, wand},
    InteractionProfile{"/interaction_profiles/htc/vive_focus3_controller", core_1_1,
                       "XR_HTC_vive_focus3_controller_interaction", trigger, menu, none, haptic,
                       xy_click, ab_click},
    InteractionProfile{"/interaction_profiles/htc/vive_cosmos_controller", core_1_1,
                       "XR_HTC_vive_cosmos_controller_interaction", trigger, menu, none, haptic,
                       xy_click, ab_click},
    InteractionProfile{"/interaction_profiles/microsoft/motion_controller", core_1_0, none, trigger,
                       menu, menu, haptic, wand_stick, wand_stick},
    InteractionProfile{"/interaction_profiles/hp/mixed_reality_controller", core_1_1,
                       "XR_EXT_hp_mixed_reality_controller", trigger, menu, menu, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/samsung/odyssey_controller", core_1_1,
                       "XR_EXT_samsung_odyssey_controller", trigger, menu, menu, haptic, wand_stick,
                       wand_stick},
    InteractionProfile{"/interaction_profiles/bytedance/pico_neo3_controller", core_1_1,
                       "XR_BD_controller_interaction", trigger, menu, menu, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/bytedance/pico4_controller", core_1_1,
                       "XR_BD_controller_interaction", trigger, menu, none, haptic, xy, ab},
    InteractionProfile{"/interaction_profiles/ml/ml2_controller", core_1_1,
                       "XR_ML_ml2_controller_interaction", trigger, menu, menu, haptic, ml2, ml2},
    InteractionProfile{"/interaction_profiles/ext/hand_interaction_ext", extension,
                       "XR_EXT_hand_interaction", "input/pinch_ext/value", none, none, none,
                       "input/pinch_ext/value", "input/pinch_ext/value", true},
    InteractionProfile{"/interaction_profiles/microsoft/hand_interaction", extension,
                       "XR_MSFT_hand_interaction", "input/select/value", none, none, none,
                       "input/select/value", "input/select/value", true},
};

} // namespace

std::span<const InteractionProfile> interaction_profiles() {
    return profiles;
}

bool is_bare_hand(std::string_view profile_path) {
    return std::ranges::any_of(profiles, [&](const InteractionProfile& profile) {
        return profile.is_hand && profile.path == profile_path;
    });
}

} // namespace haven
