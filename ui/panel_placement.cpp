#include "ui/panel_placement.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace haven::ui {
namespace {

constexpr float nearest_m = 1.2F; // of a panel, measured level
constexpr float farthest_m = 1.5F;
constexpr float eyes_moved_m = 0.2F; // up or down: somebody sat down
constexpr float settled_s = 0.8F;    // longer than a look over the shoulder
constexpr float at_rest_rad_per_s = glm::radians(25.0F);
constexpr float step_most_s = 0.1F;

float between_rad(float one, float other) {
    return std::abs(std::remainder(one - other, glm::two_pi<float>()));
}

bool is_known(const Pose& pose) {
    const glm::vec3& at = pose.position_m;
    const glm::quat& turn = pose.orientation;
    return std::isfinite(at.x + at.y + at.z) && std::isfinite(turn.w + turn.x + turn.y + turn.z) &&
           glm::length(turn) > 0.5F;
}

} // namespace

PanelPlacement::PanelPlacement(const Look::Panel& look, float fade_s)
    : look_(look), fade_s_(std::max(fade_s, 0.01F)) {}

Pose PanelPlacement::before(const Stance& stance) const {
    const float below_rad = glm::radians(look_.below_eyes_deg);
    const glm::quat level = turned_by(stance.yaw_rad);
    const glm::vec3 ahead = level * glm::vec3(0.0F, 0.0F, -1.0F);
    const glm::vec3 middle_m = stance.eyes_m + look_.distance_m * (std::cos(below_rad) * ahead) -
                               glm::vec3(0.0F, look_.distance_m * std::sin(below_rad), 0.0F);
    return {.position_m = middle_m,
            .orientation = level * glm::angleAxis(-below_rad, glm::vec3(1.0F, 0.0F, 0.0F))};
}

/// From where it hangs the person is turned too far, too near, too far away, or at another height.
bool PanelPlacement::has_left(const Stance& now) const {
    const glm::vec3 panel_m = before(*hangs_before_).position_m;
    const glm::vec2 way_m(panel_m.x - now.eyes_m.x, panel_m.z - now.eyes_m.z);
    const float toward_rad = std::atan2(-way_m.x, -way_m.y);
    const float level_m = glm::length(way_m) / std::cos(glm::radians(look_.below_eyes_deg));
    return between_rad(toward_rad, now.yaw_rad) > glm::radians(look_.aside_most_deg) ||
           level_m < nearest_m || level_m > farthest_m ||
           std::abs(now.eyes_m.y - hangs_before_->eyes_m.y) > eyes_moved_m;
}

PanelPlacement::Place PanelPlacement::update(bool wanted, const Pose& space_from_head,
                                             double time_s) {
    const double passed = time_s - last_s_.value_or(time_s);
    last_s_ = time_s;
    const float passed_s = passed > 0.0 ? std::min(static_cast<float>(passed), step_most_s) : 0.0F;
    const bool known = is_known(space_from_head);
    if (known) {
        const Stance now{.eyes_m = space_from_head.position_m,
                         .yaw_rad = level_yaw_rad(space_from_head.orientation)};
        const bool rests = between_rad(now.yaw_rad, last_yaw_rad_) <= at_rest_rad_per_s * passed_s;
        last_yaw_rad_ = now.yaw_rad;
        if (hangs_before_) {
            away_s_ = has_left(now) && rests ? away_s_ + passed_s : has_left(now) ? away_s_ : 0.0F;
            leaves_ = leaves_ || away_s_ >= settled_s;
        }
        if (wanted && opacity_ <= 0.0F && (!hangs_before_ || leaves_)) {
            hangs_before_ = now;
            leaves_ = false;
            away_s_ = 0.0F;
        }
    }
    const bool shows = wanted && hangs_before_ && !leaves_;
    const float step = passed_s / fade_s_;
    opacity_ = std::clamp(opacity_ + (shows ? step : -step), 0.0F, 1.0F);
    if (!wanted && opacity_ <= 0.0F) {
        hangs_before_.reset(); // wanted again, it comes before the person as they stand then
        leaves_ = false;
    }
    return {.space_from_panel = hangs_before_ ? before(*hangs_before_) : Pose{},
            .opacity = opacity_};
}

} // namespace haven::ui
