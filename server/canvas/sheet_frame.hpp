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

/// The whole drawing with a margin, at most 1 mm of ink to 2 pixels, so that a dot does not fill
/// the sheet. A few stray points far away do not shrink the rest to nothing: the frame never spans
/// more than 20 m. Without ink: nothing to show.
[[nodiscard]] std::optional<SheetFrame> frame_of(std::span<const Stroke> left,
                                                 std::span<const Stroke> right);

} // namespace haven::canvas
