#pragma once

#include "xr_app/mirror/status.hpp"

#include <array>
#include <cstdint>

namespace haven {

/// How much of the window's left side the panel takes; nothing of a narrow one.
[[nodiscard]] std::uint32_t panel_width_px(std::uint32_t window_width_px);

/// The colour behind panel and picture, linear.
inline constexpr std::array<float, 4> window_ground{0.0090F, 0.0103F, 0.0116F, 1.0F};

/// Calm colours and the readable font, for an ImGui context that draws into an sRGB image.
void style_panel();

/// The facilitator's panel: where the session stands, both hands, what is kept where.
void draw_panel(const MirrorStatus& status);

} // namespace haven
