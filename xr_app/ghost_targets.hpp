#pragma once

#include "bilateral/exercise/script.hpp"
#include "bilateral/pose.hpp"
#include "renderer/passes/picture.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace haven {

/// The ghosts that hands may follow, as beads before the body: a large one that goes round, and
/// small ones where it goes. They stay in the room while the person looks around. Pure.
class GhostTargets {
  public:
    static constexpr std::size_t path_beads = 8; ///< of each target
    static constexpr std::size_t markers_max =
        exercise::ScriptLimits::targets_max * (1 + path_beads);

    /// Once a frame; `seconds`: since the targets go. Whose they are is where the head is when they
    /// come; until that is known (finite) there are none.
    void update(std::span<const exercise::Target> targets, const Pose& tracking_from_head,
                bool head_known, double seconds);
    /// In the tracking space; the span holds until the next update.
    [[nodiscard]] std::span<const renderer::Marker> markers() const { return markers_; }
    /// The person chose a new forward: they come anew.
    void place_anew() { targets_.clear(); }

  private:
    std::vector<exercise::Target> targets_; ///< that the body was taken for
    Pose tracking_from_body_;
    std::vector<renderer::Marker> markers_;
};

} // namespace haven
