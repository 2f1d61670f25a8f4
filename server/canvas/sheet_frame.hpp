#pragma once

#include "bilateral/stroke.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <optional>
#include <span>

namespace haven::canvas {

/// Finite, and where a person can have drawn: what a sheet can show.
[[nodiscard]] bool is_drawable(const StrokePoint& point);

/// Where metres in front of the person lie on the sheet.
struct SheetFrame {
    glm::vec2 centre_m{0.0F};
    float pixels_per_m = 1.0F;

    /// x to the right, y DOWN, as pictures have it.
    [[nodiscard]] glm::vec2 pixel_of(const glm::vec3& position_m) const;
};

/// How wide ink of this radius is there: never too thin to read, never wider than the sheet.
[[nodiscard]] float width_on_sheet(float radius_m, const SheetFrame& frame);

/// Warm white, a little darker towards the corners, like a sheet under a lamp. sRGB.
inline constexpr glm::vec3 paper_middle{0.980F, 0.968F, 0.945F};
inline constexpr glm::vec3 paper_edge{0.945F, 0.925F, 0.890F};

/// Of a part of linear light, 0 to 1; what is no number is in the middle.
[[nodiscard]] double srgb(float linear);

/// The whole drawing with a margin, at most 1 mm of ink to 4 pixels, so that a dot does not fill
/// the sheet. A few stray points far away do not shrink the rest to nothing: the frame never spans
/// more than 20 m. Without ink: nothing to show.
[[nodiscard]] std::optional<SheetFrame> frame_of(std::span<const Stroke> left,
                                                 std::span<const Stroke> right);

} // namespace haven::canvas
