#pragma once

#include "xr_app/mirror/status.hpp"

namespace haven {

/// Calm colours and the readable font, for an ImGui context that draws into an sRGB image.
void style_panel();

/// The facilitator's panel: where the session stands, both hands, what is kept where.
void draw_panel(const MirrorStatus& status);

} // namespace haven
