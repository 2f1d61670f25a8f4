#pragma once

#include "environments/camera/camera.hpp"
#include "environments/environment.hpp"

#include <glm/vec3.hpp>

#include <optional>

namespace haven::environments {

/// A camera being played: where the person is taken at each moment, until somebody stops it. A pure
/// function of the times given; allocates nothing. Refers to the camera, which must outlive it.
class CameraTour {
  public:
    /// Begins at time 0; the camera must offer the motion. `speed_limit_m_per_s` holds below what
    /// the path says. Ends at `home`.
    CameraTour(const Camera& camera, CameraMotion motion, float speed_limit_m_per_s,
               const Spot& home);

    struct View {
        glm::vec3 position_m{0.0F}; ///< of the floor under the person
        float yaw_rad = 0.0F;
        float fade = 0.0F;     ///< 0: the place, 1: dark
        float vignette = 0.0F; ///< while moving
    };
    /// Times must not go back past a stop().
    [[nodiscard]] View at(double time_s) const;
    /// All motion ends with this moment; the rest is a fade to `home`. Again: nothing.
    void stop(double time_s);
    [[nodiscard]] bool stopped() const { return stopped_s_.has_value(); }
    /// Stopped, and home.
    [[nodiscard]] bool over(double time_s) const;
    [[nodiscard]] float speed_m_per_s() const { return speed_m_per_s_; }

  private:
    [[nodiscard]] View playing(double time_s) const;

    const Camera* camera_;
    CameraMotion motion_;
    float speed_m_per_s_ = 0.0F;
    Spot home_;
    double round_s_ = 0.0; ///< all views, or the path once
    std::optional<double> stopped_s_;
};

} // namespace haven::environments
