#pragma once

#include "environments/soundscape/score.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haven::environments {

/// The light a person asks for. `hour` is the place's own; `dim` is for people whom light hurts:
/// the mid tones at a quarter.
enum class LightingPreset : std::uint8_t { hour, day, warm, dim };

[[nodiscard]] std::string_view to_string(LightingPreset preset);
[[nodiscard]] std::optional<LightingPreset> parse_lighting_preset(std::string_view text);

/// Choices over the definition's own; what is not set stays as the definition says.
struct Lighting {
    std::optional<LightingPreset> preset;
    std::optional<float> warmth;     ///< 0 (neutral) to 1 (candle light)
    std::optional<float> brightness; ///< 0.2 to 1.5, times the preset's
};

/// A place to be in the room: on the floor, facing -Z turned by yaw about +Y.
struct Spot {
    glm::vec3 position_m{0.0F};
    float yaw_rad = 0.0F;
    float eye_height_m = 1.6F;
    friend bool operator==(const Spot&, const Spot&) = default;
};

struct Camera; // environments/camera/camera.hpp

struct Spots {
    Spot stand;                 ///< where a person finds themselves: the origin of STAGE
    Spot seat;                  ///< for a seated person
    Spot draw;                  ///< centre of the space kept free for drawing
    float draw_radius_m = 1.0F; ///< nothing stands within it, from 0.05 m to 2 m
    friend bool operator==(const Spots&, const Spots&) = default;
};

/// One place, built. Immutable, so any thread may read it; `frame` is a pure function of time.
/// Made by load_environment.
class Environment {
  public:
    struct State; ///< what the builder hands over
    explicit Environment(std::shared_ptr<const State> state);

    [[nodiscard]] const std::string& id() const;
    [[nodiscard]] const std::string& display_name() const;
    /// Draw data: the same definition gives the same bytes on every start.
    [[nodiscard]] const scene::Scene& scene() const;
    /// The place's slow life at a moment: fire swings less than 10 % and never flickers, other
    /// lights rest. `time_s` counts from any origin, any length.
    [[nodiscard]] scene::SceneFrame frame(double time_s) const;
    [[nodiscard]] const Spots& spots() const;
    [[nodiscard]] const Camera& camera() const;
    /// What is heard here, and where; for audio::SoundPlayer.
    [[nodiscard]] const soundscape::Score& score() const;
    /// The object stored in vr_sessions.environment_config: lighting as chosen, audio, camera.
    [[nodiscard]] const std::string& environment_config_json() const;

  private:
    std::shared_ptr<const State> state_; ///< shared: copies of an Environment are one place
};

} // namespace haven::environments
