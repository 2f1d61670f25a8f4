#pragma once

#include <glm/vec2.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::scene {

/// The glyphs that drawings are made of, and a spot of full coverage for plain surfaces: one byte a
/// pixel, rows from the top.
struct GlyphSheet {
    std::uint32_t width_px = 0;
    std::uint32_t height_px = 0;
    std::vector<std::byte> coverage;
};

/// A corner of a triangle on a panel, as the GPU reads it.
struct PanelCorner {
    glm::vec2 at_px{0.0F};    ///< from the upper left corner
    glm::vec2 sheet_uv{0.0F}; ///< in the glyph sheet
    std::uint32_t colour = 0; ///< 0xAABBGGRR, sRGB, not multiplied
};
static_assert(sizeof(PanelCorner) == 20);

/// What a panel looks like: triangles, from behind to before.
struct PanelDrawing {
    std::uint32_t width_px = 0;
    std::uint32_t height_px = 0;
    std::vector<PanelCorner> corners; ///< three a triangle
};

} // namespace haven::scene
