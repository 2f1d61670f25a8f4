#pragma once

#include "renderer/gpu/device.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"

#include <vulkan/vulkan.h>

#include <ctime>

#define XR_USE_GRAPHICS_API_VULKAN
#define XR_USE_TIMESPEC
#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven {

/// The connection to a runtime and the headset it found, before any session. One thread.
class OpenxrInstance {
  public:
    /// OpenXR 1.1, or 1.0 where the runtime knows no better. Asks only for extensions that are
    /// there.
    [[nodiscard]] static std::expected<std::unique_ptr<OpenxrInstance>, HeadsetError> create();
    OpenxrInstance(const OpenxrInstance&) = delete;
    OpenxrInstance& operator=(const OpenxrInstance&) = delete;
    ~OpenxrInstance();

    [[nodiscard]] XrInstance get() const { return instance_.get(); }
    [[nodiscard]] XrSystemId system() const { return system_; }
    /// How layers lie over what is around: opaque where that is offered.
    [[nodiscard]] XrEnvironmentBlendMode blend_mode() const { return blend_mode_; }
    [[nodiscard]] bool has_core_1_1() const { return has_core_1_1_; }
    [[nodiscard]] bool has_extension(std::string_view name) const;
    [[nodiscard]] bool has_hand_tracking() const { return has_hand_tracking_; }
    [[nodiscard]] const std::string& runtime_name() const { return runtime_name_; }
    [[nodiscard]] const std::string& system_name() const { return system_name_; }

    /// How the runtime makes the Vulkan instance and device (XR_KHR_vulkan_enable2).
    [[nodiscard]] gpu::DeviceHooks vulkan_hooks();

    /// Now on the runtime's clock, when it tells.
    [[nodiscard]] std::optional<XrTime> now() const;
    /// A moment of the runtime's clock on the host's (xr_app/host_clock.hpp), when it tells.
    [[nodiscard]] std::optional<std::int64_t> host_time_ns(XrTime time) const;

    /// A function of an extension that is enabled, or nullptr.
    template <typename F>
    [[nodiscard]] F function(const char* name) const {
        PFN_xrVoidFunction found = nullptr;
        if (XR_FAILED(xrGetInstanceProcAddr(instance_.get(), name, &found))) {
            return nullptr;
        }
        return reinterpret_cast<F>(found);
    }

    /// How often a validation layer complained since the program began.
    [[nodiscard]] static std::uint64_t complaints();

  private:
    OpenxrInstance() = default;
    [[nodiscard]] std::expected<void, HeadsetError> choose_extensions();
    [[nodiscard]] XrResult create_instance(XrVersion version);
    [[nodiscard]] std::expected<void, HeadsetError> find_system();
    [[nodiscard]] std::expected<void, HeadsetError> choose_blend_mode();
    void listen_to_validation();

    XrInstanceHandle instance_;
    XrDebugUtilsMessengerEXT messenger_ = XR_NULL_HANDLE;
    XrSystemId system_ = XR_NULL_SYSTEM_ID;
    XrEnvironmentBlendMode blend_mode_ = XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
    bool has_core_1_1_ = false;
    bool has_hand_tracking_ = false;
    std::string runtime_name_;
    std::string system_name_;
    std::vector<std::string> extensions_;
    PFN_xrConvertTimespecTimeToTimeKHR convert_time_ = nullptr;
    PFN_xrConvertTimeToTimespecTimeKHR convert_back_ = nullptr;
};

} // namespace haven
