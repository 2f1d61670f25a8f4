#pragma once

#include "renderer/stereo_renderer.hpp"
#include "xr_app/headset/openxr_instance.hpp"

#include <openxr/openxr.h>

#include <array>

namespace haven {

/// What the lenses never show of each eye's picture (XR_KHR_visibility_mask); nothing where the
/// runtime does not tell.
[[nodiscard]] std::array<renderer::HiddenTriangles, 2>
read_visibility_mask(const OpenxrInstance& instance, XrSession session);

} // namespace haven
