#include "server/canvas/sheet_frame.hpp"

#include "bilateral/stroke.hpp"
#include "server/canvas/canvas.hpp"

#include <glm/common.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace haven::canvas {

namespace {

constexpr float position_m_max = 10'000.0F;
constexpr float margin = 0.07F; ///< of the sheet, on each side
constexpr float pixels_per_m_max =
    4'000.0F; ///< a drawing of half a metre fills the sheet, a dot does not
constexpr float span_m_max = 20.0F;
constexpr float width_px_min = 2.4F; ///< the thinnest line that reads as ink

struct Bounds {
    glm::vec2 lowest{std::numeric_limits<float>::max()};
    glm::vec2 highest{std::numeric_limits<float>::lowest()};

    void add(std::span<const Stroke> strokes) {
        for (const Stroke& stroke : strokes) {
            if (stroke.removed_ms) {
                continue;
            }
            const float half_width = std::isfinite(stroke.brush.width_m)
                                         ? std::clamp(stroke.brush.width_m, 0.0F, 1.0F) / 2.0F
                                         : 0.0F;
            for (const StrokePoint& point : stroke.points) {
                if (is_drawable(point)) {
                    const glm::vec2 at(point.position_m.x, point.position_m.y);
                    lowest = glm::min(lowest, at - half_width);
                    highest = glm::max(highest, at + half_width);
                }
            }
        }
    }
};

} // namespace

bool is_drawable(const StrokePoint& point) {
    const auto fits = [](float value) {
        return std::abs(value) <= position_m_max;
    }; // false for NaN
    return fits(point.position_m.x) && fits(point.position_m.y) && fits(point.position_m.z);
}

glm::vec2 SheetFrame::pixel_of(const glm::vec3& position_m) const {
    constexpr float middle = static_cast<float>(size_px) / 2.0F;
    return {middle + ((position_m.x - centre_m.x) * pixels_per_m),
            middle - ((position_m.y - centre_m.y) * pixels_per_m)};
}

float width_on_sheet(float radius_m, const SheetFrame& frame) {
    return std::clamp(2.0F * radius_m * frame.pixels_per_m, width_px_min,
                      static_cast<float>(size_px));
}

double srgb(float linear) {
    const float x = std::isfinite(linear) ? std::clamp(linear, 0.0F, 1.0F) : 0.5F;
    return x <= 0.0031308F ? 12.92 * static_cast<double>(x)
                           : (1.055 * std::pow(static_cast<double>(x), 1.0 / 2.4)) - 0.055;
}

std::optional<SheetFrame> frame_of(std::span<const Stroke> left, std::span<const Stroke> right) {
    Bounds bounds;
    bounds.add(left);
    bounds.add(right);
    if (bounds.lowest.x > bounds.highest.x) {
        return std::nullopt;
    }
    const glm::vec2 size = bounds.highest - bounds.lowest;
    const float span_m = std::clamp(std::max(size.x, size.y), 1e-6F, span_m_max);
    const float room_px = static_cast<float>(size_px) * (1.0F - (2.0F * margin));
    return SheetFrame{.centre_m = (bounds.lowest + bounds.highest) / 2.0F,
                      .pixels_per_m = std::min(room_px / span_m, pixels_per_m_max)};
}

} // namespace haven::canvas
