#pragma once

#include "bilateral/pose.hpp"
#include "ui/look.hpp"

#include <optional>

namespace haven::ui {

/// Where a panel hangs: before the person, a little below their eyes, facing them. It rests in the
/// room while they look around; where their body has turned, moved, sat down or stood up, it fades
/// away and comes anew before them. It never slides, and never hangs on the head. Pure.
class PanelPlacement {
  public:
    PanelPlacement(const Look::Panel& look, float fade_s);

    struct Place {
        Pose space_from_panel; ///< panel_hit.hpp says of what
        float opacity = 0.0F;
    };
    /// Once a frame. `wanted`: it is to be there. A head that is not known (not finite), and time
    /// that stands, jumps or goes back, move nothing.
    [[nodiscard]] Place update(bool wanted, const Pose& space_from_head, double time_s);
    /// The space lies otherwise, or the person chose a new forward: it comes anew.
    void place_anew() { leaves_ = true; }

  private:
    /// Level: a stance at the height of the eyes.
    struct Stance {
        glm::vec3 eyes_m{0.0F};
        float yaw_rad = 0.0F;
    };
    [[nodiscard]] bool has_left(const Stance& now) const;
    [[nodiscard]] Pose before(const Stance& stance) const;

    Look::Panel look_;
    float fade_s_;
    std::optional<Stance> hangs_before_;
    bool leaves_ = false; ///< fades, to come anew
    float away_s_ = 0.0F; ///< how long the person has not been where it hangs
    float last_yaw_rad_ = 0.0F;
    float opacity_ = 0.0F;
    std::optional<double> last_s_;
};

} // namespace haven::ui
