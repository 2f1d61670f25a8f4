#pragma once

#include "xr_app/headset/headset.hpp"

#include <openxr/openxr.h>

#include <string>
#include <string_view>
#include <utility>

namespace haven {

/// Owns one OpenXR object and destroys it; moves, never copies. Destroying a handle of a runtime
/// that died is allowed.
template <typename T, XrResult(XRAPI_PTR* destroy)(T)>
class XrHandle {
  public:
    XrHandle() = default;
    explicit XrHandle(T handle) : handle_(handle) {}
    XrHandle(XrHandle&& other) noexcept : handle_(std::exchange(other.handle_, T{})) {}
    XrHandle& operator=(XrHandle&& other) noexcept {
        if (this != &other) {
            reset();
            handle_ = std::exchange(other.handle_, T{});
        }
        return *this;
    }
    XrHandle(const XrHandle&) = delete;
    XrHandle& operator=(const XrHandle&) = delete;
    ~XrHandle() { reset(); }

    void reset() {
        if (handle_ != T{}) {
            destroy(std::exchange(handle_, T{}));
        }
    }
    [[nodiscard]] T get() const { return handle_; }
    /// For a creating call; only on an empty handle.
    [[nodiscard]] T* out() { return &handle_; }
    explicit operator bool() const { return handle_ != T{}; }

  private:
    T handle_{};
};

using XrInstanceHandle = XrHandle<XrInstance, xrDestroyInstance>;
using XrSessionHandle = XrHandle<XrSession, xrDestroySession>;
using XrSpaceHandle = XrHandle<XrSpace, xrDestroySpace>;
using XrSwapchainHandle = XrHandle<XrSwapchain, xrDestroySwapchain>;
using XrActionSetHandle = XrHandle<XrActionSet, xrDestroyActionSet>;

/// "XR_ERROR_SESSION_LOST", or the number of one it does not know.
[[nodiscard]] std::string to_string(XrResult result);

/// The runtime or the session is gone; everything made from it must be made anew.
[[nodiscard]] constexpr bool means_lost(XrResult result) {
    return result == XR_ERROR_INSTANCE_LOST || result == XR_ERROR_SESSION_LOST ||
           result == XR_ERROR_RUNTIME_FAILURE;
}

/// The error of a call that failed, saying which.
[[nodiscard]] HeadsetError xr_failure(std::string_view call, XrResult result);

/// The path of a string, or XR_NULL_PATH.
[[nodiscard]] XrPath xr_path(XrInstance instance, std::string_view text);

} // namespace haven
