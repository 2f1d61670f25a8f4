#pragma once

#include <optional>
#include <span>

namespace haven {

/// The display rate to ask for among those `offered` (Hz): the one nearest to what was wished, else
/// the highest of at most 90 Hz, else the lowest. A steady lower rate is calmer than a higher one
/// that is missed. Nothing where nothing is offered.
[[nodiscard]] std::optional<float> refresh_rate_of(std::span<const float> offered,
                                                   std::optional<float> wished);

} // namespace haven
