#pragma once

#include "renderer/scene/panel_drawing.hpp"
#include "ui/look.hpp"
#include "ui/panel_layout.hpp"

#include <array>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

struct ImFont;
struct ImFontAtlas;

namespace haven::ui {

/// The fonts of panels, drawn into one sheet by Dear ImGui, and how wide texts are in them. Any
/// thread that has ImGui's turn.
class Glyphs {
  public:
    /// `px_per_deg`: how finely, for a panel at its own distance. Takes some 100 ms.
    [[nodiscard]] static std::expected<Glyphs, std::string> load(const Look& look,
                                                                 float px_per_deg);
    Glyphs(Glyphs&&) noexcept;
    Glyphs& operator=(Glyphs&&) noexcept;
    Glyphs(const Glyphs&) = delete;
    Glyphs& operator=(const Glyphs&) = delete;
    ~Glyphs();

    [[nodiscard]] scene::GlyphSheet sheet() const;
    [[nodiscard]] bool has(char32_t letter) const;
    /// In heights of the text.
    [[nodiscard]] float width_of(TextStyle style, std::string_view text) const;
    [[nodiscard]] Measure measure() const;

    /// What a text of this height is drawn with: ImGui's size of it, and from where to the top of
    /// its l.
    struct Drawn {
        ImFont* font = nullptr;
        float size_px = 0.0F;
        float above_px = 0.0F;
    };
    [[nodiscard]] Drawn drawn(TextStyle style, float height_px) const;
    [[nodiscard]] const ImFontAtlas& atlas() const { return *atlas_; }

  private:
    struct Free {
        void operator()(ImFontAtlas* atlas) const;
    };
    /// Of its font's own size: from the top of an l to the bottom of a p, and what is above that.
    struct Face {
        ImFont* font = nullptr;
        float height = 1.0F;
        float above = 0.0F;
    };
    Glyphs();
    [[nodiscard]] const Face& face(TextStyle style) const;

    std::unique_ptr<ImFontAtlas, Free> atlas_;
    std::array<Face, 3> faces_;
};

} // namespace haven::ui
