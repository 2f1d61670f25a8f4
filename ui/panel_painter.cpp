#include "ui/panel_painter.hpp"

#include "renderer/scene/panel_drawing.hpp"
#include "ui/glyphs.hpp"
#include "ui/icon_strokes.hpp"
#include "ui/imgui_turn.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"

#include <glm/common.hpp>
#include <glm/exponential.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haven::ui {
namespace {

constexpr float dwell_steps = 64.0F; // a ring that grows is painted so often at most

ImU32 packed(Colour colour) {
    return IM_COL32((colour.rgb >> 16U) & 0xFFU, (colour.rgb >> 8U) & 0xFFU, colour.rgb & 0xFFU,
                    0xFF);
}

Colour mixed(Colour one, glm::vec3 other_linear, float share) {
    const glm::vec3 light = glm::mix(one.linear(), glm::clamp(other_linear, 0.0F, 1.0F), share);
    const glm::vec3 low = light * 12.92F;
    const glm::vec3 high = 1.055F * glm::pow(light, glm::vec3(1.0F / 2.4F)) - 0.055F;
    std::uint32_t rgb = 0;
    for (int i = 0; i < 3; ++i) {
        const float value = light[i] <= 0.0031308F ? low[i] : high[i];
        rgb = (rgb << 8U) | static_cast<std::uint32_t>(std::lround(value * 255.0F));
    }
    return {rgb};
}

/// What makes one drawing differ from another.
struct Painted {
    Panel panel;
    std::optional<Target> pointed_at;
    int dwell_step = 0;
    glm::vec3 tint{0.0F};
};

} // namespace

struct PanelPainter::Impl {
    Look look;
    Glyphs glyphs;
    ImDrawListSharedData shared;
    ImDrawList list;
    std::optional<Painted> painted;
    PanelLayout layout;
    scene::PanelDrawing drawing;
    float px_per_m = 1.0F;
    float line_px_per_m = 1.0F; ///< for what is as fine to the eye on any panel

    Impl(Look its_look, Glyphs its_glyphs)
        : look(std::move(its_look)), glyphs(std::move(its_glyphs)), list(&shared) {
        shared.TexUvWhitePixel = glyphs.atlas().TexUvWhitePixel;
        shared.CurveTessellationTol = 0.5F;
        shared.SetCircleTessellationMaxError(0.2F);
        shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedFill;
        shared.ClipRectFullscreen = {0.0F, 0.0F, static_cast<float>(width_px),
                                     static_cast<float>(height_px)};
        drawing.width_px = width_px;
        drawing.height_px = height_px;
    }

    [[nodiscard]] ImVec2 px(glm::vec2 at_m) const { return {at_m.x * px_per_m, at_m.y * px_per_m}; }
    void draw(const Painted& now);
    void draw_ground(glm::vec3 tint);
    void draw_target(const TargetBox& box, const Painted& now);
    void draw_ring(const TargetBox& box, float dwell);
    void draw_line(const TextLine& line);
    void take_triangles();
};

void PanelPainter::Impl::draw_ground(glm::vec3 tint) {
    const float half_line = 0.5F * look.panel.hairline_m * line_px_per_m;
    const ImVec2 end{static_cast<float>(width_px), static_cast<float>(height_px)};
    const float corner_px = look.panel.corner_m * line_px_per_m;
    const Colour ground = mixed(look.dark.surface, tint, look.panel.tint_most);
    // One pixel of the image stays free, for its edge to be smooth.
    list.AddRectFilled({1.0F, 1.0F}, {end.x - 1.0F, end.y - 1.0F}, packed(ground), corner_px);
    list.AddRect({1.0F + half_line, 1.0F + half_line},
                 {end.x - 1.0F - half_line, end.y - 1.0F - half_line}, packed(look.dark.line),
                 corner_px - half_line, ImDrawFlags_None, 2.0F * half_line);
}

void PanelPainter::Impl::draw_target(const TargetBox& box, const Painted& now) {
    const Panel& panel = now.panel;
    const std::size_t index = box.target.index;
    const bool accent =
        (box.target.kind == Target::Kind::choice && panel.choices.at(index).next) ||
        (box.target.kind == Target::Kind::number && panel.rating->chosen == box.target.index) ||
        (box.target.kind == Target::Kind::round && panel.around.at(index).on);
    const ImU32 fill = packed(accent ? look.dark.accent : look.dark.raised);
    const ImU32 ink = packed(accent ? look.dark.ground : look.dark.text);
    const float line_px = look.panel.hairline_m * line_px_per_m;
    const ImVec2 middle = px(box.box.middle_m());
    const float radius_px = 0.5F * box.box.width_m * px_per_m;
    if (box.round) {
        list.AddCircleFilled(middle, radius_px, fill, 96);
        if (!accent) {
            list.AddCircle(middle, radius_px - 0.5F * line_px, packed(look.dark.line), 96, line_px);
        }
    } else {
        const ImVec2 from = px({box.box.left_m, box.box.top_m});
        const ImVec2 to = px({box.box.right_m(), box.box.bottom_m()});
        const float corner_px = 0.7F * look.panel.corner_m * line_px_per_m;
        list.AddRectFilled(from, to, fill, corner_px);
        if (!accent) {
            list.AddRect({from.x + 0.5F * line_px, from.y + 0.5F * line_px},
                         {to.x - 0.5F * line_px, to.y - 0.5F * line_px}, packed(look.dark.line),
                         corner_px, ImDrawFlags_None, line_px);
        }
    }
    if (box.target.kind == Target::Kind::back) {
        draw_back_arrow(list, middle, 1.05F * radius_px, ink);
    } else if (box.target.kind == Target::Kind::round) {
        draw_icon(list, panel.around.at(index).icon, middle, 1.1F * radius_px, ink);
    }
    if (now.pointed_at == box.target) {
        draw_ring(box, static_cast<float>(now.dwell_step) / dwell_steps);
    }
}

/// Around a target, with a little ground between: all of it where something points at it; where a
/// gaze rests on it, as much as it has rested.
void PanelPainter::Impl::draw_ring(const TargetBox& box, float dwell) {
    const float width_px_of = look.panel.focus_m * line_px_per_m;
    const float out_px = 1.1F * width_px_of;
    const ImU32 accent = packed(look.dark.accent);
    const ImVec2 from = px({box.box.left_m, box.box.top_m});
    const ImVec2 to = px({box.box.right_m(), box.box.bottom_m()});
    const float corner_px =
        box.round ? 0.5F * (to.x - from.x) : 0.7F * look.panel.corner_m * line_px_per_m;
    list.PathClear();
    list.PathRect({from.x - out_px, from.y - out_px}, {to.x + out_px, to.y + out_px},
                  corner_px + out_px);
    std::vector<ImVec2> ring(list._Path.begin(), list._Path.end());
    list.PathClear();
    ring.push_back(ring.front());
    list.AddPolyline(ring.data(), static_cast<int>(ring.size()) - 1,
                     dwell > 0.0F ? packed(look.dark.line) : accent, ImDrawFlags_Closed,
                     width_px_of);
    if (dwell <= 0.0F) {
        return;
    }
    float length = 0.0F;
    for (std::size_t i = 1; i < ring.size(); ++i) {
        length += std::hypot(ring[i].x - ring[i - 1].x, ring[i].y - ring[i - 1].y);
    }
    float left = length * std::min(dwell, 1.0F);
    std::vector<ImVec2> part{ring.front()};
    for (std::size_t i = 1; i < ring.size() && left > 0.0F; ++i) {
        const ImVec2 way{ring[i].x - ring[i - 1].x, ring[i].y - ring[i - 1].y};
        const float step = std::hypot(way.x, way.y);
        const float share = step > 0.0F ? std::min(1.0F, left / step) : 1.0F;
        part.emplace_back(ring[i - 1].x + share * way.x, ring[i - 1].y + share * way.y);
        left -= step;
    }
    list.AddPolyline(part.data(), static_cast<int>(part.size()), accent, ImDrawFlags_None,
                     width_px_of);
}

void PanelPainter::Impl::draw_line(const TextLine& line) {
    const Glyphs::Drawn drawn = glyphs.drawn(line.style, line.box.height_m * px_per_m);
    const ImVec2 at = px({line.box.left_m, line.box.top_m});
    const Colour colour = line.tone == Tone::text    ? look.dark.text
                          : line.tone == Tone::muted ? look.dark.muted
                                                     : look.dark.ground;
    list.AddText(drawn.font, drawn.size_px, {at.x, at.y - drawn.above_px}, packed(colour),
                 line.text.data(), line.text.data() + line.text.size());
}

void PanelPainter::Impl::draw(const Painted& now) {
    layout = lay_out(now.panel, look, glyphs.measure());
    px_per_m = static_cast<float>(width_px) / layout.shape.width_m;
    line_px_per_m = px_per_m * layout.shape.distance_m / look.panel.distance_m;
    list._ResetForNewFrame();
    list.PushClipRectFullScreen();
    draw_ground(now.tint);
    for (const TargetBox& box : layout.targets) {
        draw_target(box, now);
    }
    for (const TextLine& line : layout.lines) {
        draw_line(line);
    }
    take_triangles();
}

void PanelPainter::Impl::take_triangles() {
    drawing.corners.clear();
    drawing.corners.reserve(static_cast<std::size_t>(list.IdxBuffer.Size));
    for (const ImDrawIdx index : list.IdxBuffer) {
        const ImDrawVert& corner = list.VtxBuffer[index];
        drawing.corners.push_back({.at_px = {corner.pos.x, corner.pos.y},
                                   .sheet_uv = {corner.uv.x, corner.uv.y},
                                   .colour = corner.col});
    }
}

PanelPainter::PanelPainter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PanelPainter::~PanelPainter() {
    const std::scoped_lock turn(imgui_turn());
    impl_.reset();
}

std::expected<std::unique_ptr<PanelPainter>, std::string> PanelPainter::create(const Look& look) {
    const float reach_rad = 2.0F * std::atan(0.5F * look.panel.width_m / look.panel.distance_m);
    const std::scoped_lock turn(imgui_turn());
    auto glyphs = Glyphs::load(look, static_cast<float>(width_px) / glm::degrees(reach_rad));
    if (!glyphs) {
        return std::unexpected(glyphs.error());
    }
    return std::unique_ptr<PanelPainter>(
        new PanelPainter(std::make_unique<Impl>(look, std::move(*glyphs))));
}

scene::GlyphSheet PanelPainter::glyph_sheet() const {
    return impl_->glyphs.sheet();
}

bool PanelPainter::has_letter(char32_t letter) const {
    return impl_->glyphs.has(letter);
}

bool PanelPainter::paint(const Panel& panel, const PanelState& state, glm::vec3 tint) {
    const int step = static_cast<int>(std::clamp(state.dwell, 0.0F, 1.0F) * dwell_steps);
    std::optional<Painted>& last = impl_->painted;
    if (last && last->pointed_at == state.pointed_at && last->dwell_step == step &&
        last->tint == tint && last->panel == panel) {
        return false;
    }
    const std::unique_lock turn(imgui_turn(), std::try_to_lock);
    if (!turn) {
        return false;
    }
    last =
        Painted{.panel = panel, .pointed_at = state.pointed_at, .dwell_step = step, .tint = tint};
    impl_->draw(*last);
    return true;
}

const scene::PanelDrawing& PanelPainter::drawing() const {
    return impl_->drawing;
}

const PanelLayout& PanelPainter::layout() const {
    return impl_->layout;
}

} // namespace haven::ui
