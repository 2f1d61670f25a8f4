#pragma once
// How a place may be looked at without walking: still views with fades between them, or, where the
// person chooses motion, one slow path. What makes people sick is refused when the place is loaded.

#include "environments/environment.hpp"

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::environments {

/// Fast enough unless the person asks for more, and the most there ever is: a slow walk.
inline constexpr float comfortable_speed_m_per_s = 0.5F;
inline constexpr float speed_max_m_per_s = 1.4F;

enum class CameraMotion : std::uint8_t {
    still,      ///< where the person stands
    viewpoints, ///< still views, one after the other, behind fades
    path,       ///< along the path at a constant speed; only ever by choice
};
[[nodiscard]] std::string_view to_string(CameraMotion motion);
[[nodiscard]] std::optional<CameraMotion> parse_camera_motion(std::string_view text);

/// Where the floor under the person is, and which way the room is turned.
struct Viewpoint {
    glm::vec3 position_m{0.0F};
    float yaw_rad = 0.0F;
    float stay_s = 20.0F;
    friend bool operator==(const Viewpoint&, const Viewpoint&) = default;
};

/// A smooth curve through the keyframes (centripetal Catmull-Rom: Yuksel et al. 2011), asked for by
/// the way gone along it, so that a constant speed is a constant speed. Immutable.
class CameraCurve {
  public:
    CameraCurve() = default;
    /// At least two keyframes, no two neighbours the same; `closed` leads from the last to the
    /// first.
    CameraCurve(std::vector<glm::vec3> keyframes_m, bool closed);

    [[nodiscard]] float length_m() const { return length_m_; }
    /// `way_m` is clamped to the curve, or goes round it where it is closed. No allocation.
    [[nodiscard]] glm::vec3 at(float way_m) const;
    /// 1 / radius of the tightest turn near keyframe `index`.
    [[nodiscard]] float curvature_per_m(std::size_t index) const;
    [[nodiscard]] std::span<const glm::vec3> keyframes_m() const { return keyframes_m_; }
    [[nodiscard]] bool closed() const { return closed_; }

  private:
    [[nodiscard]] std::size_t segments() const;
    [[nodiscard]] glm::vec3 point(float parameter) const;

    std::vector<glm::vec3> keyframes_m_;
    std::vector<float> way_m_; ///< gone at each of `steps` parameters a segment
    float length_m_ = 0.0F;
    bool closed_ = false;
};

struct CameraPath {
    CameraCurve curve;
    float yaw_rad = 0.0F; ///< the room keeps it: only the person's head turns the view
    float speed_m_per_s = 0.3F;
    float vignette = 0.35F; ///< 0 none .. 1 narrow, while moving
};

/// What a definition says of its camera.
struct Camera {
    CameraMotion motion = CameraMotion::still; ///< `still` or `viewpoints`: never motion by default
    std::vector<Viewpoint> viewpoints;         ///< never empty in a place that was read
    std::optional<CameraPath> path;

    /// Whether `wanted` can be played here.
    [[nodiscard]] bool offers(CameraMotion wanted) const;
    /// As vr_sessions.camera_path_data keeps what was played; nothing for `still`.
    [[nodiscard]] std::optional<std::string> json(CameraMotion played,
                                                  float speed_limit_m_per_s) const;
};

class ObjectReader;
/// The member `camera`. Views that a definition does not name are its spots.
[[nodiscard]] Camera read_camera(ObjectReader& top, const Spots& spots);

} // namespace haven::environments
