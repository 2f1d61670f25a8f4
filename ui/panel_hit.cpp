#include "ui/panel_hit.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

namespace haven::ui {
namespace {

constexpr float step_most_s = 0.1F;  // of a gaze's clock: a longer frame counts as one of these
constexpr float jump_least_m = 0.5F; // between two frames: no hand is that fast

bool is_finite(glm::vec3 v) {
    return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

struct OnSurface {
    glm::vec2 at_m{0.0F};
    float before_m = 0.0F; ///< how far before the surface; behind it: negative
};

/// In the panel's own space.
OnSurface surface_of(const PanelShape& shape, glm::vec3 point) {
    float along_m = point.x;
    float before_m = point.z;
    if (shape.radius_m > 0.0F) {
        const float ahead_m = shape.radius_m - point.z;
        along_m = shape.radius_m * std::atan2(point.x, ahead_m);
        before_m = shape.radius_m - std::hypot(point.x, ahead_m);
    }
    return {.at_m = {along_m + 0.5F * shape.width_m, 0.5F * shape.height_m - point.y},
            .before_m = before_m};
}

bool is_on(const PanelShape& shape, glm::vec2 at_m) {
    return at_m.x >= 0.0F && at_m.x <= shape.width_m && at_m.y >= 0.0F && at_m.y <= shape.height_m;
}

/// How far along a ray, in its own lengths, it goes through the surface (or its cylinder) from the
/// side of whoever reads it.
std::optional<float> through(const PanelShape& shape, glm::vec3 origin, glm::vec3 direction) {
    if (shape.radius_m <= 0.0F) {
        const float t = -origin.z / direction.z;
        return direction.z < 0.0F && t >= 0.0F ? std::optional(t) : std::nullopt;
    }
    const glm::vec2 from(origin.x, origin.z - shape.radius_m); // the axis is the middle
    const glm::vec2 along(direction.x, direction.z);
    const float a = glm::dot(along, along);
    const float b = glm::dot(from, along);
    const float c = glm::dot(from, from) - shape.radius_m * shape.radius_m;
    const float under_root = b * b - a * c;
    if (!(a > 0.0F) || !(under_root >= 0.0F)) {
        return std::nullopt;
    }
    const float t = (-b + std::sqrt(under_root)) / a; // outward through the cylinder
    return t >= 0.0F ? std::optional(t) : std::nullopt;
}

} // namespace

glm::vec3 point_on(const PanelShape& shape, const Pose& space_from_panel, glm::vec2 at_m) {
    const float along_m = at_m.x - 0.5F * shape.width_m;
    glm::vec3 point(along_m, 0.5F * shape.height_m - at_m.y, 0.0F);
    if (shape.radius_m > 0.0F) {
        const float turn = along_m / shape.radius_m;
        point.x = shape.radius_m * std::sin(turn);
        point.z = shape.radius_m * (1.0F - std::cos(turn));
    }
    return space_from_panel.position_m + space_from_panel.orientation * point;
}

std::optional<glm::vec2> where_met(const PanelShape& shape, const Pose& space_from_panel,
                                   const Ray& ray) {
    const Pose panel_from_space = inverse(space_from_panel);
    const glm::vec3 origin =
        panel_from_space.position_m + panel_from_space.orientation * ray.origin_m;
    const glm::vec3 direction = panel_from_space.orientation * ray.direction;
    if (!is_finite(origin) || !is_finite(direction)) {
        return std::nullopt;
    }
    const auto t = through(shape, origin, direction);
    if (!t || !std::isfinite(*t)) {
        return std::nullopt;
    }
    const glm::vec2 at_m = surface_of(shape, origin + *t * direction).at_m;
    return is_on(shape, at_m) ? std::optional(at_m) : std::nullopt;
}

std::optional<glm::vec2> where_touched(const PanelShape& shape, const Pose& space_from_panel,
                                       glm::vec3 tip_before_m, glm::vec3 tip_now_m) {
    const Pose panel_from_space = inverse(space_from_panel);
    std::array<OnSurface, 2> tips;
    for (std::size_t i = 0; i < tips.size(); ++i) {
        const glm::vec3 tip = i == 0 ? tip_before_m : tip_now_m;
        tips.at(i) =
            surface_of(shape, panel_from_space.position_m + panel_from_space.orientation * tip);
    }
    const auto& [before, now] = tips;
    const float way_m = glm::distance(tip_before_m, tip_now_m);
    if (!(way_m < jump_least_m) || !(before.before_m > 0.0F) || !(now.before_m <= 0.0F)) {
        return std::nullopt;
    }
    const float share = before.before_m / (before.before_m - now.before_m);
    const glm::vec2 at_m = before.at_m + share * (now.at_m - before.at_m);
    return is_on(shape, at_m) ? std::optional(at_m) : std::nullopt;
}

bool is_over(const PanelShape& shape, const Pose& space_from_panel, glm::vec3 point_m,
             float within_m) {
    const Pose panel_from_space = inverse(space_from_panel);
    const OnSurface there =
        surface_of(shape, panel_from_space.position_m + panel_from_space.orientation * point_m);
    return is_on(shape, there.at_m) && std::abs(there.before_m) <= within_m;
}

std::optional<Target> target_at(const PanelLayout& layout, glm::vec2 at_m) {
    for (const TargetBox& one : layout.targets) {
        const bool inside = one.round
                                ? glm::distance(at_m, one.box.middle_m()) <= 0.5F * one.box.width_m
                                : one.box.contains(at_m);
        if (inside) {
            return one.target;
        }
    }
    return std::nullopt;
}

Dwell::Dwell(float seconds) : needed_s_(seconds > 1.0F ? std::min(seconds, 2.0F) : 1.0F) {}

Dwell::Step Dwell::look(std::optional<Target> at, double time_s) {
    const double passed_s = time_s - last_s_;
    last_s_ = time_s;
    if (at != at_) {
        at_ = at;
        rested_s_ = 0.0F;
        chosen_ = false;
        return {};
    }
    if (!at || chosen_) {
        return {};
    }
    if (passed_s > 0.0) { // not for what is no number either
        rested_s_ += std::min(static_cast<float>(passed_s), step_most_s);
    }
    if (rested_s_ < needed_s_) {
        return {.progress = rested_s_ / needed_s_, .chosen = {}};
    }
    chosen_ = true;
    return {.progress = 1.0F, .chosen = at};
}

} // namespace haven::ui
