#pragma once

#include "server/http/routes.hpp"

#include <span>

/// The time in the headset: where, with what, how well it ran; what was drawn there, and how both
/// hands moved.
namespace haven::vr {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::vr
