#pragma once

#include "bilateral/pose.hpp"
#include "ui/look.hpp"
#include "ui/panel_placement.hpp"

#include <glm/vec3.hpp>

#include <optional>

namespace haven::ui {

/// Where the menu of a hand hangs: toward that hand as it was when the menu was opened, at the
/// length of a forearm, facing the eyes. It rests there in the room, so that the other hand can
/// point at it, and the same one as well. Whoever goes away from it has it anew before them. Pure.
class WristPlacement {
  public:
    explicit WristPlacement(const Look& look) : look_(look) {}

    /// Once a frame. `hand_m`: where the hand is, if it is known. A head that is not known, and
    /// time that stands, jumps or goes back, move nothing.
    [[nodiscard]] PanelPlacement::Place update(bool wanted, const Pose& space_from_head,
                                               std::optional<glm::vec3> hand_m, double time_s);
    void place_anew() { leaves_ = true; }

  private:
    [[nodiscard]] Pose toward(const Pose& space_from_head, std::optional<glm::vec3> hand_m) const;

    Look look_;
    std::optional<Pose> hangs_;
    bool leaves_ = false;
    float opacity_ = 0.0F;
    std::optional<double> last_s_;
};

} // namespace haven::ui
