#pragma once

#include "ui/look.hpp"
#include "xr_app/mirror/status.hpp"

#include <cstdint>

namespace haven {

/// How much of the window's left side the panel takes; nothing of a narrow one.
[[nodiscard]] std::uint32_t panel_width_px(std::uint32_t window_width_px);

/// The look's dark colours and its fonts, for an ImGui context that draws into an sRGB image.
void style_panel(const ui::Look& look);

/// The facilitator's panel: where the session stands, both hands, what is kept where.
void draw_panel(const MirrorStatus& status, const ui::Palette& palette);

} // namespace haven
