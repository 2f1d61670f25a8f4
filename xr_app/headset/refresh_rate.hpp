#pragma once

#include "xr_app/headset/openxr_instance.hpp"

#include <openxr/openxr.h>

#include <optional>
#include <span>

namespace haven {

/// The display rate to ask for among those `offered` (Hz): the one nearest to what was wished, else
/// the highest of at most 90 Hz, else the lowest. A steady lower rate is calmer than a higher one
/// that is missed. Nothing where nothing is offered.
[[nodiscard]] std::optional<float> refresh_rate_of(std::span<const float> offered,
                                                   std::optional<float> wished);

/// Asks the runtime for one of its rates, if it lets itself be asked (XR_FB_display_refresh_rate).
void ask_refresh_rate(const OpenxrInstance& instance, XrSession session,
                      std::optional<float> wished_hz);
/// In hertz; 0: the runtime does not tell.
[[nodiscard]] float read_refresh_rate(const OpenxrInstance& instance, XrSession session);

} // namespace haven
