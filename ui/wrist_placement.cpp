#include "ui/wrist_placement.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"
#include "ui/panel_placement.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace haven::ui {
namespace {

constexpr float below_most_deg = 40.0F; // lower one would bend the neck
constexpr float nearest_m = 0.3F;
constexpr float farthest_m = 0.9F;
constexpr float step_most_s = 0.1F;

bool is_finite(glm::vec3 v) {
    return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

} // namespace

/// As far aside and as low as a panel may be, at most.
Pose WristPlacement::toward(const Pose& space_from_head, std::optional<glm::vec3> hand_m) const {
    const glm::quat level = turned_by(level_yaw_rad(space_from_head.orientation));
    float aside_rad = 0.0F;
    float below_rad = glm::radians(look_.panel.below_eyes_deg);
    if (hand_m && is_finite(*hand_m)) {
        const glm::vec3 way_m = glm::inverse(level) * (*hand_m - space_from_head.position_m);
        const float aside_most = glm::radians(look_.panel.aside_most_deg);
        aside_rad = std::clamp(std::atan2(-way_m.x, -way_m.z), -aside_most, aside_most);
        below_rad = std::clamp(std::atan2(-way_m.y, std::hypot(way_m.x, way_m.z)), below_rad,
                               glm::radians(below_most_deg));
    }
    const glm::quat facing =
        level * turned_by(aside_rad) * glm::angleAxis(-below_rad, glm::vec3(1.0F, 0.0F, 0.0F));
    return {.position_m = space_from_head.position_m +
                          facing * glm::vec3(0.0F, 0.0F, -look_.wrist.distance_m),
            .orientation = facing};
}

PanelPlacement::Place WristPlacement::update(bool wanted, const Pose& space_from_head,
                                             std::optional<glm::vec3> hand_m, double time_s) {
    const double passed = time_s - last_s_.value_or(time_s);
    last_s_ = time_s;
    const float passed_s = passed > 0.0 ? std::min(static_cast<float>(passed), step_most_s) : 0.0F;
    const glm::quat& turn = space_from_head.orientation;
    if (is_finite(space_from_head.position_m) && std::isfinite(turn.w + turn.x + turn.y + turn.z) &&
        glm::length(turn) > 0.5F) {
        if (hangs_) {
            const float away_m = glm::distance(hangs_->position_m, space_from_head.position_m);
            leaves_ = leaves_ || away_m < nearest_m || away_m > farthest_m;
        }
        if (wanted && opacity_ <= 0.0F && (!hangs_ || leaves_)) {
            hangs_ = toward(space_from_head, hand_m);
            leaves_ = false;
        }
    }
    const float step = passed_s / std::max(look_.fade_s, 0.01F);
    opacity_ = std::clamp(opacity_ + (wanted && hangs_ && !leaves_ ? step : -step), 0.0F, 1.0F);
    if (!wanted && opacity_ <= 0.0F) {
        hangs_.reset();
        leaves_ = false;
    }
    return {.space_from_panel = hangs_.value_or(Pose{}), .opacity = opacity_};
}

} // namespace haven::ui
