#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace haven {

/// What an interaction profile belongs to: the version whose core has it, or an extension alone.
enum class ProfileOrigin : std::uint8_t { core_1_0, core_1_1, extension };

/// What one kind of controller offers to the few things this application asks for. Input and output
/// paths are relative to /user/hand/left and /user/hand/right; an empty one is not there.
struct InteractionProfile {
    std::string_view path;
    ProfileOrigin origin = ProfileOrigin::core_1_0;
    std::string_view extension; ///< makes it known to a runtime whose core does not have it
    std::string_view draw;      ///< a value of 0 to 1, or a click read as 0 or 1
    std::string_view menu_left;
    std::string_view menu_right;
    std::string_view haptic;
    /// All that can be pressed, parted by blanks: any of it stops what moves the person.
    std::string_view press_left;
    std::string_view press_right;
    bool is_hand = false; ///< a bare hand, no device
};

inline constexpr std::string_view grip_pose_path = "input/grip/pose";

/// Every profile we suggest bindings for; the only place where one is named.
[[nodiscard]] std::span<const InteractionProfile> interaction_profiles();

[[nodiscard]] bool is_bare_hand(std::string_view profile_path);

} // namespace haven
