#include "xr_app/headset/refresh_rate.hpp"

#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"

#include <openxr/openxr.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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

void ask_refresh_rate(const OpenxrInstance& instance, XrSession session,
                      std::optional<float> wished_hz) {
    if (!instance.has_extension(XR_FB_DISPLAY_REFRESH_RATE_EXTENSION_NAME)) {
        return;
    }
    const auto list =
        instance.function<PFN_xrEnumerateDisplayRefreshRatesFB>("xrEnumerateDisplayRefreshRatesFB");
    const auto ask =
        instance.function<PFN_xrRequestDisplayRefreshRateFB>("xrRequestDisplayRefreshRateFB");
    std::uint32_t count = 0;
    if (list == nullptr || ask == nullptr || XR_FAILED(list(session, 0, &count, nullptr)) ||
        count == 0) {
        return;
    }
    std::vector<float> offered(count);
    if (XR_FAILED(list(session, count, &count, offered.data()))) {
        return;
    }
    const auto chosen = refresh_rate_of(offered, wished_hz);
    if (const XrResult result = ask(session, *chosen); XR_FAILED(result)) {
        spdlog::warn("the headset does not change to {} Hz: {}", *chosen, to_string(result));
    }
}

float read_refresh_rate(const OpenxrInstance& instance, XrSession session) {
    if (!instance.has_extension(XR_FB_DISPLAY_REFRESH_RATE_EXTENSION_NAME)) {
        return 0.0F;
    }
    const auto get = instance.function<PFN_xrGetDisplayRefreshRateFB>("xrGetDisplayRefreshRateFB");
    float rate_hz = 0.0F;
    return get != nullptr && XR_SUCCEEDED(get(session, &rate_hz)) ? rate_hz : 0.0F;
}

} // namespace haven
