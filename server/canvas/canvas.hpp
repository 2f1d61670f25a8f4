#pragma once

#include "bilateral/stroke.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace haven::canvas {

/// canvas_1 is the left hand's, canvas_2 the right hand's.
enum class Sheet : std::uint8_t { left, right, combined };

inline constexpr int size_px = 2048;
inline constexpr int thumbnail_px = 256;

struct Canvas {
    std::vector<std::byte> png; ///< size_px x size_px, 8-bit RGB, sRGB
    int strokes_drawn = 0;
    int strokes_skipped =
        0; ///< without a point that is finite and within 10 km: they spoil nothing
};

/// The drawing seen from the front: x to the right, y up, nearer ink over farther. The frame is
/// made from both hands' ink, so the three sheets of a drawing overlay exactly. What was taken back
/// is not there. An empty drawing is an empty sheet. Time and memory are bounded by the sheet:
/// points closer than a fraction of a pixel are merged. Pure; any thread. Fails only without
/// memory.
[[nodiscard]] std::expected<Canvas, std::string> render(std::span<const Stroke> left,
                                                        std::span<const Stroke> right, Sheet sheet);

/// Whether this PNG has the size that canvases have now: servers before drew smaller ones.
[[nodiscard]] bool is_of_size(std::span<const std::byte> png);

/// A canvas made small: thumbnail_px x thumbnail_px. Any thread.
[[nodiscard]] std::expected<std::vector<std::byte>, std::string>
thumbnail_of(std::span<const std::byte> png);

} // namespace haven::canvas
