#pragma once

#include "renderer/scene/panel_drawing.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"

#include <glm/vec3.hpp>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace haven::ui {

/// Paints panels by Dear ImGui's draw lists, without a context of its own and without a GPU: plain
/// triangles over a sheet of glyphs, the same for a headset's layer, the place, the desk and
/// pictures (renderer/passes/panel_canvas puts them into an image). One thread at a time.
class PanelPainter {
  public:
    static constexpr std::uint32_t width_px =
        1536; ///< of every panel: 39 to a degree at its distance
    static constexpr std::uint32_t height_px = 1024;

    /// Reads the fonts: some 100 ms, so not the frame thread.
    [[nodiscard]] static std::expected<std::unique_ptr<PanelPainter>, std::string>
    create(const Look& look);
    PanelPainter(const PanelPainter&) = delete;
    PanelPainter& operator=(const PanelPainter&) = delete;
    ~PanelPainter();

    [[nodiscard]] scene::GlyphSheet glyph_sheet() const;
    [[nodiscard]] bool has_letter(char32_t letter) const;

    /// Whether the drawing is another one now. False, too, while another thread has ImGui's turn:
    /// the next frame asks again. `tint`: what the place lends to the ground, linear;
    /// no more of it is taken than the look allows.
    [[nodiscard]] bool paint(const Panel& panel, const PanelState& state, glm::vec3 tint);
    /// Of what was painted last; for that, too, is where its targets lie.
    [[nodiscard]] const scene::PanelDrawing& drawing() const;
    [[nodiscard]] const PanelLayout& layout() const;

  private:
    struct Impl;
    explicit PanelPainter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::ui
