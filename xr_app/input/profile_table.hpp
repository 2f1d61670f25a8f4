#pragma once

#include "bilateral/pose.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace haven {

/// What an interaction profile belongs to: the version whose core has it, or an extension alone.
enum class ProfileOrigin : std::uint8_t { core_1_0, core_1_1, extension };

/// What one kind of controller offers to the few things this application asks for. Input and output
/// paths are relative to /user/hand/left and /user/hand/right; an empty one is not there.
struct InteractionProfile {
    static constexpr std::string_view aim = "input/aim/pose"; ///< all of them point with it

    std::string_view path;
    ProfileOrigin origin = ProfileOrigin::core_1_0;
    std::string_view extension; ///< makes it known to a runtime whose core does not have it
    /// Values of 0 to 1 or clicks read as 0 or 1, parted by blanks: the strongest counts.
    std::string_view draw;
    std::string_view menu_left;
    std::string_view menu_right;
    std::string_view haptic;
    /// All that can be pressed, parted by blanks: any of it stops what moves the person.
    std::string_view press_left;
    std::string_view press_right;
    std::string_view pose; ///< what the ink's place is relative to
    glm::vec3 tip_m;       ///< where the left hand's ink comes out, in that pose
    bool is_hand = false;  ///< a bare hand, no device

    /// The button that takes back what its hand drew last: X or A, the trackpad or the pen's front
    /// button, where that is not its menu; empty: there is none.
    [[nodiscard]] std::string_view undo(std::size_t hand) const;
    /// Where the ink of one of the two hands comes out; the right one is the left one's mirror
    /// image.
    [[nodiscard]] Pose pose_from_tip(std::size_t hand) const {
        return {.position_m = {hand == 0 ? tip_m.x : -tip_m.x, tip_m.y, tip_m.z}};
    }
};

/// Every profile we suggest bindings for; the only place where one is named.
[[nodiscard]] std::span<const InteractionProfile> interaction_profiles();

/// None: a profile that is not suggested.
[[nodiscard]] const InteractionProfile* profile_at(std::string_view path);

} // namespace haven
