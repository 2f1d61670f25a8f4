#pragma once

#include "bilateral/pose.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <optional>

/// What of a panel a ray, a fingertip or a gaze is at. Pure. A panel's pose has its origin in the
/// middle of the surface, +Y up and +Z toward whoever reads it.
namespace haven::ui {

struct Ray {
    glm::vec3 origin_m{0.0F};
    glm::vec3 direction{0.0F, 0.0F, -1.0F}; ///< any length but none
};

/// A point of the surface, from where it lies on it.
[[nodiscard]] glm::vec3 point_on(const PanelShape& shape, const Pose& space_from_panel,
                                 glm::vec2 at_m);

/// Where a ray meets the panel from before; nothing where it does not, or is none.
[[nodiscard]] std::optional<glm::vec2> where_met(const PanelShape& shape,
                                                 const Pose& space_from_panel, const Ray& ray);

/// Where a fingertip went through the panel between two frames, from before to behind; nothing for
/// one that jumped.
[[nodiscard]] std::optional<glm::vec2> where_touched(const PanelShape& shape,
                                                     const Pose& space_from_panel,
                                                     glm::vec3 tip_before_m, glm::vec3 tip_now_m);

/// A point is over the panel, no farther from its surface than that: no ink begins there.
[[nodiscard]] bool is_over(const PanelShape& shape, const Pose& space_from_panel, glm::vec3 point_m,
                           float within_m);

/// What lies there; a round target is a circle.
[[nodiscard]] std::optional<Target> target_at(const PanelLayout& layout, glm::vec2 at_m);

/// A gaze that rests on a target chooses it, once: to choose it again, one looks away before. Time
/// that stands, jumps or goes back chooses nothing.
class Dwell {
  public:
    /// From 1 to 2 s.
    explicit Dwell(float seconds);

    struct Step {
        float progress = 0.0F; ///< of the ring, 0 to 1
        std::optional<Target> chosen;
    };
    [[nodiscard]] Step look(std::optional<Target> at, double time_s);

  private:
    float needed_s_;
    std::optional<Target> at_;
    float rested_s_ = 0.0F;
    bool chosen_ = false;
    double last_s_ = 0.0;
};

} // namespace haven::ui
