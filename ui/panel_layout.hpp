#pragma once

#include "ui/look.hpp"
#include "ui/panel.hpp"

#include <glm/vec2.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Where everything on a panel lies. Metres from its upper left corner, to the right and down,
/// along its surface. Pure.
namespace haven::ui {

enum class TextStyle : std::uint8_t { title, body, small };
enum class Tone : std::uint8_t { text, muted, on_accent };

/// How wide a text is, in heights of the same text: from the top of an l to the bottom of a p.
using Measure = std::function<float(TextStyle, std::string_view)>;

struct Rect {
    float left_m = 0.0F, top_m = 0.0F, width_m = 0.0F, height_m = 0.0F;
    [[nodiscard]] float right_m() const { return left_m + width_m; }
    [[nodiscard]] float bottom_m() const { return top_m + height_m; }
    [[nodiscard]] glm::vec2 middle_m() const {
        return {left_m + 0.5F * width_m, top_m + 0.5F * height_m};
    }
    [[nodiscard]] bool contains(glm::vec2 at_m) const {
        return at_m.x >= left_m && at_m.x <= right_m() && at_m.y >= top_m && at_m.y <= bottom_m();
    }
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// The surface of a panel: a piece of an upright cylinder around whoever reads it.
struct PanelShape {
    float width_m = 0.0F; ///< along the surface
    float height_m = 0.0F;
    float distance_m = 0.0F; ///< that its text is sized for
    float radius_m = 0.0F;   ///< 0: flat
    friend bool operator==(const PanelShape&, const PanelShape&) = default;
};

struct TextLine {
    std::string text;
    TextStyle style = TextStyle::body;
    Tone tone = Tone::text;
    Rect box; ///< as high as the text, as wide as it was measured
};

struct TargetBox {
    Target target;
    Rect box;
    bool round = false;
};

struct PanelLayout {
    PanelShape shape;
    std::vector<TextLine> lines;
    std::vector<TargetBox> targets;
    bool fits = true; ///< false: some of it lies over other things or over the edge
};

[[nodiscard]] PanelShape shape_of(const Panel& panel, const Look& look);
/// The height of text in this style on a panel of this shape.
[[nodiscard]] float text_height_m(TextStyle style, const Look& look, const PanelShape& shape);
/// The least side of a target there.
[[nodiscard]] float target_side_m(const Look& look, const PanelShape& shape);

/// Asserts that the panel holds no more than a panel may.
[[nodiscard]] PanelLayout lay_out(const Panel& panel, const Look& look, const Measure& measure);

} // namespace haven::ui
