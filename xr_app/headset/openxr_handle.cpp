#include "xr_app/headset/openxr_handle.hpp"

#include "xr_app/headset/headset.hpp"

#include <openxr/openxr_reflection.h>

#include <format>
#include <string>
#include <string_view>

namespace haven {

std::string to_string(XrResult result) {
    switch (result) {
#define HAVEN_CASE(name, value)                                                                    \
    case name:                                                                                     \
        return #name;
        XR_LIST_ENUM_XrResult(HAVEN_CASE)
#undef HAVEN_CASE
    }
    return std::format("XrResult {}", static_cast<int>(result));
}

HeadsetError xr_failure(std::string_view call, XrResult result) {
    return {.kind = means_lost(result) ? HeadsetError::Kind::lost : HeadsetError::Kind::failed,
            .message = std::format("{} failed: {}", call, to_string(result))};
}

XrPath xr_path(XrInstance instance, std::string_view text) {
    XrPath path = XR_NULL_PATH;
    xrStringToPath(instance, std::string(text).c_str(), &path);
    return path;
}

} // namespace haven
