#pragma once

#include "renderer/scene/scene.hpp"
#include "renderer/scene/view.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace haven::renderer {

class PanelCanvas;

/// What stands for a hand or the tip of its pen.
enum class MarkerKind : std::uint32_t {
    hand, ///< a soft, translucent, rounded shape about a palm's size
    tip,  ///< a small glowing bead where ink will come
    dot,  ///< a plain dot: a gaze point, a target
};
struct Marker {
    MarkerKind kind = MarkerKind::tip;
    glm::vec3 position_m{0.0F};
    glm::quat orientation{1.0F, 0.0F, 0.0F, 0.0F};
    float radius_m = 0.008F;
    glm::vec3 colour{1.0F}; ///< linear
    float opacity = 1.0F;
};
inline constexpr std::size_t marker_count_max = 64;

/// A panel in the place: a piece of an upright cylinder around whoever reads it.
struct ShownPanel {
    const PanelCanvas* canvas = nullptr;           ///< painted; outlives the frames that show it
    glm::vec3 position_m{0.0F};                    ///< of its middle
    glm::quat orientation{1.0F, 0.0F, 0.0F, 0.0F}; ///< +Y up, +Z toward the reader
    float width_m = 0.0F;                          ///< along its surface
    float height_m = 0.0F;
    float radius_m = 0.0F; ///< 0: flat
    float opacity = 1.0F;
};

/// One moment to draw. Refers to its parts; they need to live only during record().
struct Picture {
    std::array<scene::EyeView, 2> eyes;
    const scene::SceneFrame* scene_frame = nullptr; ///< nullptr: the scene at rest
    std::span<const Marker> markers;
    std::optional<ShownPanel> panel; ///< over the place, below the markers
    float fade = 0.0F;               ///< 0: the place, 1: fade_colour alone
    glm::vec3 fade_colour{0.0F};     ///< linear
    float vignette = 0.0F;           ///< 0 none .. 1 narrow: comfort while moving
    float ink_glow = 0.12F;          ///< light of ink's own, so that it reads in the dark
};

} // namespace haven::renderer
