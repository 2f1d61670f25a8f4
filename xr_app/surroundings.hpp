#pragma once

#include "bilateral/pose.hpp"
#include "environments/camera/camera.hpp"
#include "environments/camera/camera_tour.hpp"
#include "environments/environment.hpp"

#include <optional>

namespace haven {

/// Where the person is in a place's own space, and which way they look, at a spot.
[[nodiscard]] Pose world_from_person_at(const environments::Spot& spot);

/// Where the person is in a place: at its spot, or taken through it by its camera until they press
/// something. Frame thread; times in seconds, from any origin.
class Surroundings {
  public:
    /// The place's camera moves nobody by `still`. The environment must outlive this.
    Surroundings(const environments::Environment& place, environments::CameraMotion motion,
                 float speed_limit_m_per_s);

    /// What the place's camera shows.
    struct View {
        Pose world_from_person;
        float fade = 0.0F;
        float vignette = 0.0F;
    };
    /// The first call begins the camera's tour.
    [[nodiscard]] View at(double time_s);
    /// At its spot.
    [[nodiscard]] const Pose& home() const { return home_; }
    /// Something was pressed: all motion ends with this moment. Whether there was any.
    bool press(double time_s);
    /// Whether the person stands at the spot, where hands can draw.
    [[nodiscard]] bool at_rest(double time_s) const;
    /// When the tour was stopped, counted from its beginning.
    [[nodiscard]] std::optional<double> stopped_after_s() const { return stopped_after_s_; }

  private:
    Pose home_;
    std::optional<environments::CameraTour> tour_;
    std::optional<double> began_s_;
    std::optional<double> stopped_after_s_;
};

} // namespace haven
