#include "ui/icon_strokes.hpp"

#include "ui/panel.hpp"

#include <imgui.h>

#include <initializer_list>
#include <numbers>

namespace haven::ui {
namespace {

/// Draws on a square of 24 units, as icons are commonly given.
class Pen {
  public:
    Pen(ImDrawList& list, ImVec2 middle, float size_px, ImU32 colour)
        : list_(list), unit_px_(size_px / 24.0F),
          corner_(middle.x - 0.5F * size_px, middle.y - 0.5F * size_px), colour_(colour) {}

    void line(std::initializer_list<ImVec2> points, float width = 2.0F) {
        for (const ImVec2& joint : points) { // round ends and joints
            dot(joint, 0.5F * width);
        }
        list_.PathClear();
        for (const ImVec2& point : points) {
            list_.PathLineTo(at(point));
        }
        list_.PathStroke(colour_, ImDrawFlags_None, width * unit_px_);
    }
    void curve(ImVec2 from, ImVec2 by, ImVec2 over, ImVec2 to, float width = 2.0F) {
        dot(from, 0.5F * width);
        dot(to, 0.5F * width);
        list_.PathClear();
        list_.PathLineTo(at(from));
        list_.PathBezierCubicCurveTo(at(by), at(over), at(to), 24);
        list_.PathStroke(colour_, ImDrawFlags_None, width * unit_px_);
    }
    void circle(ImVec2 middle, float radius, float width = 2.0F) {
        list_.AddCircle(at(middle), radius * unit_px_, colour_, 48, width * unit_px_);
    }
    void arc(ImVec2 middle, float radius, float from, float to) {
        list_.PathClear();
        list_.PathArcTo(at(middle), radius * unit_px_, from, to, 24);
        list_.PathStroke(colour_, ImDrawFlags_None, 2.0F * unit_px_);
    }
    void dot(ImVec2 middle, float radius) {
        list_.AddCircleFilled(at(middle), radius * unit_px_, colour_, 24);
    }

  private:
    [[nodiscard]] ImVec2 at(ImVec2 point) const {
        return {corner_.x + point.x * unit_px_, corner_.y + point.y * unit_px_};
    }
    ImDrawList& list_;
    float unit_px_;
    ImVec2 corner_;
    ImU32 colour_;
};

void palette(Pen& pen) {
    pen.circle({12.0F, 12.0F}, 9.5F);
    pen.dot({7.6F, 10.4F}, 1.5F);
    pen.dot({12.0F, 7.4F}, 1.5F);
    pen.dot({16.4F, 10.4F}, 1.5F);
    pen.dot({14.8F, 15.6F}, 1.5F);
}

void brush(Pen& pen) {
    pen.line({{20.5F, 3.5F}, {11.6F, 13.2F}});
    pen.curve({11.6F, 13.2F}, {8.6F, 12.2F}, {6.0F, 14.0F}, {6.0F, 16.8F});
    pen.curve({6.0F, 16.8F}, {6.0F, 18.6F}, {4.8F, 19.8F}, {3.2F, 20.2F});
    pen.curve({3.2F, 20.2F}, {7.0F, 21.6F}, {12.6F, 20.4F}, {11.6F, 13.2F});
}

void mirrored_triangles(Pen& pen) {
    for (const float top : {3.0F, 10.5F, 18.0F}) {
        pen.line({{12.0F, top}, {12.0F, top + 3.0F}}, 1.8F);
    }
    pen.line({{8.4F, 6.0F}, {8.4F, 18.0F}, {2.6F, 18.0F}, {8.4F, 6.0F}});
    pen.line({{15.6F, 6.0F}, {15.6F, 18.0F}, {21.4F, 18.0F}, {15.6F, 6.0F}});
}

void undo_arrow(Pen& pen) {
    constexpr float quarter = 0.5F * std::numbers::pi_v<float>;
    pen.line({{9.0F, 14.0F}, {4.0F, 9.0F}, {9.0F, 4.0F}});
    pen.line({{4.0F, 9.0F}, {14.5F, 9.0F}});
    pen.arc({14.5F, 14.5F}, 5.5F, -quarter, quarter);
    pen.line({{14.5F, 20.0F}, {11.0F, 20.0F}});
}

void mountains(Pen& pen) {
    pen.line({{2.8F, 19.6F},
              {9.0F, 7.4F},
              {13.2F, 15.0F},
              {15.6F, 11.6F},
              {21.2F, 19.6F},
              {2.8F, 19.6F}});
    pen.circle({17.6F, 5.6F}, 2.0F);
}

void question(Pen& pen) {
    pen.circle({12.0F, 12.0F}, 9.5F);
    pen.curve({9.2F, 9.4F}, {9.4F, 6.4F}, {14.9F, 6.2F}, {14.9F, 9.8F});
    pen.curve({14.9F, 9.8F}, {14.9F, 11.8F}, {12.0F, 11.8F}, {12.0F, 14.0F});
    pen.dot({12.0F, 17.2F}, 1.2F);
}

void check(Pen& pen) {
    pen.circle({12.0F, 12.0F}, 9.5F);
    pen.line({{7.8F, 12.4F}, {10.8F, 15.4F}, {16.2F, 9.2F}});
}

} // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 middle, float size_px, ImU32 colour) {
    Pen pen(list, middle, size_px, colour);
    switch (icon) {
    case Icon::colours:
        return palette(pen);
    case Icon::brushes:
        return brush(pen);
    case Icon::width:
        pen.line({{4.0F, 5.5F}, {20.0F, 5.5F}}, 1.4F);
        pen.line({{4.4F, 11.3F}, {19.6F, 11.3F}}, 2.6F);
        return pen.line({{5.0F, 18.2F}, {19.0F, 18.2F}}, 4.4F);
    case Icon::symmetry:
        return mirrored_triangles(pen);
    case Icon::undo:
        return undo_arrow(pen);
    case Icon::place:
        return mountains(pen);
    case Icon::help:
        return question(pen);
    case Icon::finish:
        return check(pen);
    }
}

void draw_back_arrow(ImDrawList& list, ImVec2 middle, float size_px, ImU32 colour) {
    Pen pen(list, middle, size_px, colour);
    pen.line({{19.5F, 12.0F}, {5.0F, 12.0F}});
    pen.line({{11.0F, 5.8F}, {4.8F, 12.0F}, {11.0F, 18.2F}});
}

} // namespace haven::ui
