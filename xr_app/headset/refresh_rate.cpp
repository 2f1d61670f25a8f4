#include "xr_app/headset/refresh_rate.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace haven {

std::optional<float> refresh_rate_of(std::span<const float> offered, std::optional<float> wished) {
    constexpr float calm_hz = 90.5F; // some say 90.0, some 89.99 or 90.1
    if (offered.empty()) {
        return std::nullopt;
    }
    if (wished) {
        return *std::ranges::min_element(offered, {},
                                         [&](float rate) { return std::abs(rate - *wished); });
    }
    std::optional<float> best;
    for (const float rate : offered) {
        if (rate <= calm_hz && rate > best.value_or(0.0F)) {
            best = rate;
        }
    }
    return best ? best : std::optional(*std::ranges::min_element(offered));
}

} // namespace haven
