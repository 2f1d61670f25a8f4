#include "xr_app/input/desktop_driver.hpp"

#include "bilateral/ink_command.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/input/hand_reader.hpp"

#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace haven {

namespace {

constexpr float wheel_step_m = 0.05F;

float axis(bool less, bool more) {
    return (more ? 1.0F : 0.0F) - (less ? 1.0F : 0.0F);
}

} // namespace

std::optional<InkWish> ink_wish(DeskKey key, bool control, bool shift, bool alt) {
    if (!control || key == DeskKey::other) {
        return std::nullopt;
    }
    InkWish wish{.kind = key == DeskKey::z   ? InkCommand::Kind::undo
                         : key == DeskKey::y ? InkCommand::Kind::redo
                                             : InkCommand::Kind::clear};
    if (shift != alt) {
        wish.hands = shift ? Hands::right : Hands::left;
    }
    return wish;
}

void DesktopDriver::update(const DeskInput& input, float elapsed_s) {
    yaw_rad_ += axis(input.turn_right, input.turn_left) * turn_rad_per_s * elapsed_s;
    const glm::quat tracking_from_body = glm::angleAxis(yaw_rad_, glm::vec3(0.0F, 1.0F, 0.0F));
    const glm::vec3 walk_m{axis(input.left, input.right), 0.0F, axis(input.forward, input.back)};
    floor_m_ += tracking_from_body * walk_m * (walk_m_per_s * elapsed_s);
    reach_m_ = std::clamp(reach_m_ + wheel_step_m * static_cast<float>(input.wheel), reach_m_min,
                          reach_m_max);

    const auto across = static_cast<float>(2.0 * std::clamp(input.mouse_x, 0.0, 1.0) - 1.0);
    const auto upward = static_cast<float>(1.0 - 2.0 * std::clamp(input.mouse_y, 0.0, 1.0));
    const Pose head = tracking_from_head();
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        const float side = hand == 0 ? -1.0F : 1.0F;
        const Pose head_from_hand{
            .position_m = {side * across * half_width_m, upward * half_height_m, -reach_m_}};
        const bool draws = hand == 0 ? input.right_button : input.left_button;
        hands_.at(hand) = {.active = true,
                           .quality = input.lift ? PoseQuality::none : PoseQuality::tracked,
                           .tracking_from_grip = head * head_from_hand,
                           .draw = draws ? pressure : 0.0F};
    }
}

Pose DesktopDriver::tracking_from_head() const {
    return {.position_m = floor_m_ + glm::vec3(0.0F, eye_height_m, 0.0F),
            .orientation = glm::angleAxis(yaw_rad_, glm::vec3(0.0F, 1.0F, 0.0F))};
}

} // namespace haven
