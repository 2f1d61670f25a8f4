#pragma once

#include "ui/panel.hpp"

#include <imgui.h>

namespace haven::ui {

/// Strokes of one twelfth of its size, with round ends, on a square of that size about `middle`.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 middle, float size_px, ImU32 colour);
void draw_back_arrow(ImDrawList& list, ImVec2 middle, float size_px, ImU32 colour);

} // namespace haven::ui
