#include "xr_app/ghost_targets.hpp"

#include "bilateral/exercise/script.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "renderer/passes/picture.hpp"
#include "xr_app/drawing_session.hpp"

#include <glm/common.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace haven {

namespace {

constexpr float shoulders_below_eyes_m = 0.20F;
constexpr float ghost_radius_m = 0.014F;
constexpr float bead_radius_m = 0.004F;
constexpr float bead_opacity = 0.35F;
constexpr double breath_hz = 0.1; ///< six breaths a minute

} // namespace

void GhostTargets::update(std::span<const exercise::Target> targets, const Pose& tracking_from_head,
                          bool head_known, double seconds) {
    markers_.clear();
    if (targets.empty()) {
        targets_.clear();
        return;
    }
    if (!std::ranges::equal(targets, targets_)) {
        if (!head_known) {
            return;
        }
        targets_.assign(targets.begin(), targets.end());
        tracking_from_body_ = {.position_m = tracking_from_head.position_m -
                                             glm::vec3(0.0F, shoulders_below_eyes_m, 0.0F),
                               .orientation =
                                   turned_by(level_yaw_rad(tracking_from_head.orientation))};
    }
    const auto breath =
        static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * breath_hz * seconds));
    for (const exercise::Target& target : targets_) {
        const glm::vec3 colour =
            glm::mix(default_brushes().at(static_cast<std::size_t>(target.hand)).colour_linear,
                     glm::vec3(1.0F), 0.3F);
        const auto add = [&](double at_s, float radius_m, float opacity) {
            const Pose at{.position_m = exercise::target_point_m(target, at_s)};
            markers_.push_back({.kind = renderer::MarkerKind::dot,
                                .position_m = (tracking_from_body_ * at).position_m,
                                .radius_m = radius_m,
                                .colour = colour,
                                .opacity = opacity});
        };
        add(seconds, ghost_radius_m, 0.6F + 0.2F * breath);
        const double round_s = 1.0 / std::max(static_cast<double>(target.pace_hz), 1e-3);
        for (std::size_t i = 0; i < path_beads; ++i) {
            add(round_s * static_cast<double>(i) / path_beads, bead_radius_m, bead_opacity);
        }
    }
}

} // namespace haven
