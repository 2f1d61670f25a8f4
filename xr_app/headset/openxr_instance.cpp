#include "xr_app/headset/openxr_instance.hpp"

#include "renderer/gpu/device.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/profile_table.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <time.h> // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX
#include <vector>

namespace haven {

namespace {

constexpr std::string_view vulkan_extension = XR_KHR_VULKAN_ENABLE2_EXTENSION_NAME;

// What we use where it is there. XR_KHR_vulkan_enable2 alone is a must.
constexpr std::array optional_extensions{
    std::string_view{XR_EXT_HAND_TRACKING_EXTENSION_NAME},
    std::string_view{XR_KHR_COMPOSITION_LAYER_DEPTH_EXTENSION_NAME},
    std::string_view{XR_EXT_LOCAL_FLOOR_EXTENSION_NAME},
    std::string_view{XR_FB_DISPLAY_REFRESH_RATE_EXTENSION_NAME},
    std::string_view{XR_KHR_VISIBILITY_MASK_EXTENSION_NAME},
    std::string_view{XR_KHR_CONVERT_TIMESPEC_TIME_EXTENSION_NAME},
};

constexpr std::string_view no_runtime_help =
    "No OpenXR runtime answers. Start one (SteamVR, WiVRn, Monado: monado-service), or point "
    "XR_RUNTIME_JSON at its manifest; "
    "with --wait Haven waits for it; without a headset, --desktop draws with mouse and keyboard.";

std::atomic<std::uint64_t> complaint_count{0};

XrBool32 XRAPI_PTR on_validation_message(XrDebugUtilsMessageSeverityFlagsEXT severity,
                                         XrDebugUtilsMessageTypeFlagsEXT /*types*/,
                                         const XrDebugUtilsMessengerCallbackDataEXT* data,
                                         void* /*user*/) {
    if ((severity & XR_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT) != 0) {
        complaint_count += 1;
        spdlog::error("OpenXR validation: {}: {}",
                      data->functionName != nullptr ? data->functionName : "",
                      data->message != nullptr ? data->message : "");
    }
    return XR_FALSE;
}

bool validation_wanted() {
    return std::getenv("XR_ENABLE_API_LAYERS") != nullptr ||
           std::getenv("HAVEN_VULKAN_VALIDATION") != nullptr;
}

template <std::size_t size>
void copy_text(char (&to)[size], std::string_view from) {
    const std::size_t length = std::min(from.size(), size - 1);
    std::memcpy(static_cast<char*>(to), from.data(), length);
    to[length] = '\0';
}

VkResult as_vulkan(XrResult xr, VkResult vulkan) {
    return XR_SUCCEEDED(xr) ? vulkan : VK_ERROR_INITIALIZATION_FAILED;
}

} // namespace

std::expected<std::unique_ptr<OpenxrInstance>, HeadsetError> OpenxrInstance::create() {
    std::unique_ptr<OpenxrInstance> self(new OpenxrInstance);
    if (auto chosen = self->choose_extensions(); !chosen) {
        return std::unexpected(chosen.error());
    }
    XrResult result = self->create_instance(XR_API_VERSION_1_1);
    self->has_core_1_1_ = XR_SUCCEEDED(result);
    if (result == XR_ERROR_API_VERSION_UNSUPPORTED) {
        result = self->create_instance(XR_API_VERSION_1_0);
    }
    if (result == XR_ERROR_RUNTIME_UNAVAILABLE || result == XR_ERROR_RUNTIME_FAILURE) {
        return std::unexpected(
            HeadsetError{.kind = HeadsetError::Kind::no_runtime,
                         .message = std::format("{} ({})", no_runtime_help, to_string(result))});
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrCreateInstance", result));
    }
    if (validation_wanted() && self->has_extension(XR_EXT_DEBUG_UTILS_EXTENSION_NAME)) {
        self->listen_to_validation();
    }
    if (auto found = self->find_system(); !found) {
        return std::unexpected(found.error());
    }
    return self;
}

OpenxrInstance::~OpenxrInstance() {
    if (messenger_ != XR_NULL_HANDLE) {
        const auto destroy =
            function<PFN_xrDestroyDebugUtilsMessengerEXT>("xrDestroyDebugUtilsMessengerEXT");
        if (destroy != nullptr) {
            destroy(messenger_);
        }
    }
}

std::expected<void, HeadsetError> OpenxrInstance::choose_extensions() {
    std::uint32_t count = 0;
    XrResult result = xrEnumerateInstanceExtensionProperties(nullptr, 0, &count, nullptr);
    std::vector<XrExtensionProperties> there(
        XR_SUCCEEDED(result) ? count : 0U,
        XrExtensionProperties{.type = XR_TYPE_EXTENSION_PROPERTIES});
    if (XR_SUCCEEDED(result) && count > 0) {
        result = xrEnumerateInstanceExtensionProperties(nullptr, count, &count, there.data());
    }
    if (XR_FAILED(result)) {
        return std::unexpected(
            HeadsetError{.kind = HeadsetError::Kind::no_runtime,
                         .message = std::format("{} ({})", no_runtime_help, to_string(result))});
    }
    const auto take_if_there = [&](std::string_view name) {
        const bool is_there = std::ranges::any_of(there, [&](const XrExtensionProperties& one) {
            return name == static_cast<const char*>(one.extensionName);
        });
        if (is_there && !name.empty() && !has_extension(name)) {
            extensions_.emplace_back(name);
        }
        return is_there;
    };
    if (!take_if_there(vulkan_extension)) {
        return std::unexpected(HeadsetError{
            .kind = HeadsetError::Kind::unsupported,
            .message = std::format("The OpenXR runtime lacks {}, through which Haven draws. Update "
                                   "it, or use another.",
                                   vulkan_extension)});
    }
    std::ranges::for_each(optional_extensions, take_if_there);
    for (const InteractionProfile& profile : interaction_profiles()) {
        take_if_there(profile.extension);
    }
    if (validation_wanted()) {
        take_if_there(XR_EXT_DEBUG_UTILS_EXTENSION_NAME);
    }
    return {};
}

bool OpenxrInstance::has_extension(std::string_view name) const {
    return std::ranges::find(extensions_, name) != extensions_.end();
}

XrResult OpenxrInstance::create_instance(XrVersion version) {
    std::vector<const char*> names;
    names.reserve(extensions_.size());
    for (const std::string& extension : extensions_) {
        names.push_back(extension.c_str());
    }
    XrInstanceCreateInfo info{.type = XR_TYPE_INSTANCE_CREATE_INFO};
    copy_text(info.applicationInfo.applicationName, "Haven");
    copy_text(info.applicationInfo.engineName, "Haven");
    info.applicationInfo.applicationVersion = 1;
    info.applicationInfo.engineVersion = 1;
    info.applicationInfo.apiVersion = version;
    info.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    info.enabledExtensionNames = names.data();
    return xrCreateInstance(&info, instance_.out());
}

std::expected<void, HeadsetError> OpenxrInstance::find_system() {
    XrInstanceProperties runtime{.type = XR_TYPE_INSTANCE_PROPERTIES};
    if (XR_SUCCEEDED(xrGetInstanceProperties(instance_.get(), &runtime))) {
        const std::string version = std::format(
            "{}.{}.{}", XR_VERSION_MAJOR(runtime.runtimeVersion),
            XR_VERSION_MINOR(runtime.runtimeVersion), XR_VERSION_PATCH(runtime.runtimeVersion));
        runtime_name_ = static_cast<const char*>(runtime.runtimeName);
        if (!runtime_name_.contains(version)) { // some runtimes say it in their name
            runtime_name_ += " " + version;
        }
    }
    const XrSystemGetInfo wanted{.type = XR_TYPE_SYSTEM_GET_INFO,
                                 .formFactor = XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY};
    const XrResult result = xrGetSystem(instance_.get(), &wanted, &system_);
    if (result == XR_ERROR_FORM_FACTOR_UNAVAILABLE) {
        return std::unexpected(HeadsetError{
            .kind = HeadsetError::Kind::no_headset,
            .message =
                std::format("{} runs but finds no headset. Connect it or switch it on; "
                            "with --wait Haven waits for it; without one, --desktop draws with "
                            "mouse and keyboard.",
                            runtime_name_)});
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrGetSystem", result));
    }
    XrSystemHandTrackingPropertiesEXT hands{.type = XR_TYPE_SYSTEM_HAND_TRACKING_PROPERTIES_EXT};
    XrSystemProperties system{.type = XR_TYPE_SYSTEM_PROPERTIES};
    if (has_extension(XR_EXT_HAND_TRACKING_EXTENSION_NAME)) {
        system.next = &hands;
    }
    if (XR_SUCCEEDED(xrGetSystemProperties(instance_.get(), system_, &system))) {
        system_name_ = static_cast<const char*>(system.systemName);
        has_hand_tracking_ = hands.supportsHandTracking == XR_TRUE;
    }
    if (has_extension(XR_KHR_CONVERT_TIMESPEC_TIME_EXTENSION_NAME)) {
        convert_time_ =
            function<PFN_xrConvertTimespecTimeToTimeKHR>("xrConvertTimespecTimeToTimeKHR");
        convert_back_ =
            function<PFN_xrConvertTimeToTimespecTimeKHR>("xrConvertTimeToTimespecTimeKHR");
    }
    return choose_blend_mode();
}

std::expected<void, HeadsetError> OpenxrInstance::choose_blend_mode() {
    constexpr auto views = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    std::uint32_t count = 0;
    std::vector<XrEnvironmentBlendMode> modes;
    XrResult result =
        xrEnumerateEnvironmentBlendModes(instance_.get(), system_, views, 0, &count, nullptr);
    if (XR_SUCCEEDED(result) && count > 0) {
        modes.resize(count);
        result = xrEnumerateEnvironmentBlendModes(instance_.get(), system_, views, count, &count,
                                                  modes.data());
        modes.resize(count);
    }
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrEnumerateEnvironmentBlendModes", result));
    }
    if (modes.empty()) {
        return std::unexpected(HeadsetError{
            .kind = HeadsetError::Kind::unsupported,
            .message = std::format("{} says no way to show pictures (environment blend modes) "
                                   "for {}.",
                                   runtime_name_, system_name_)});
    }
    blend_mode_ = std::ranges::contains(modes, XR_ENVIRONMENT_BLEND_MODE_OPAQUE)
                      ? XR_ENVIRONMENT_BLEND_MODE_OPAQUE
                      : modes.front();
    return {};
}

void OpenxrInstance::listen_to_validation() {
    const auto create_messenger =
        function<PFN_xrCreateDebugUtilsMessengerEXT>("xrCreateDebugUtilsMessengerEXT");
    if (create_messenger == nullptr) {
        return;
    }
    const XrDebugUtilsMessengerCreateInfoEXT info{
        .type = XR_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverities = XR_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageTypes = XR_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                        XR_DEBUG_UTILS_MESSAGE_TYPE_CONFORMANCE_BIT_EXT,
        .userCallback = on_validation_message};
    create_messenger(instance_.get(), &info, &messenger_);
}

gpu::DeviceHooks OpenxrInstance::vulkan_hooks() {
    gpu::DeviceHooks hooks;
    hooks.create_instance = [this](PFN_vkGetInstanceProcAddr get_proc,
                                   const VkInstanceCreateInfo& info, VkInstance* instance) {
        // The runtime refuses its other Vulkan calls until it was asked for its requirements.
        XrGraphicsRequirementsVulkan2KHR needs{.type = XR_TYPE_GRAPHICS_REQUIREMENTS_VULKAN2_KHR};
        const auto ask = function<PFN_xrGetVulkanGraphicsRequirements2KHR>(
            "xrGetVulkanGraphicsRequirements2KHR");
        const auto create = function<PFN_xrCreateVulkanInstanceKHR>("xrCreateVulkanInstanceKHR");
        if (ask == nullptr || create == nullptr ||
            XR_FAILED(ask(instance_.get(), system_, &needs))) {
            return VK_ERROR_INITIALIZATION_FAILED;
        }
        const XrVulkanInstanceCreateInfoKHR wanted{.type = XR_TYPE_VULKAN_INSTANCE_CREATE_INFO_KHR,
                                                   .systemId = system_,
                                                   .pfnGetInstanceProcAddr = get_proc,
                                                   .vulkanCreateInfo = &info};
        VkResult vulkan = VK_SUCCESS;
        const XrResult result = create(instance_.get(), &wanted, instance, &vulkan);
        return as_vulkan(result, vulkan);
    };
    hooks.choose_physical_device = [this](VkInstance instance, VkPhysicalDevice* physical) {
        const auto choose =
            function<PFN_xrGetVulkanGraphicsDevice2KHR>("xrGetVulkanGraphicsDevice2KHR");
        const XrVulkanGraphicsDeviceGetInfoKHR wanted{
            .type = XR_TYPE_VULKAN_GRAPHICS_DEVICE_GET_INFO_KHR,
            .systemId = system_,
            .vulkanInstance = instance};
        return choose == nullptr
                   ? VK_ERROR_INITIALIZATION_FAILED
                   : as_vulkan(choose(instance_.get(), &wanted, physical), VK_SUCCESS);
    };
    hooks.create_device = [this](PFN_vkGetInstanceProcAddr get_proc, VkPhysicalDevice physical,
                                 const VkDeviceCreateInfo& info, VkDevice* device) {
        const auto create = function<PFN_xrCreateVulkanDeviceKHR>("xrCreateVulkanDeviceKHR");
        if (create == nullptr) {
            return VK_ERROR_INITIALIZATION_FAILED;
        }
        const XrVulkanDeviceCreateInfoKHR wanted{.type = XR_TYPE_VULKAN_DEVICE_CREATE_INFO_KHR,
                                                 .systemId = system_,
                                                 .pfnGetInstanceProcAddr = get_proc,
                                                 .vulkanPhysicalDevice = physical,
                                                 .vulkanCreateInfo = &info};
        VkResult vulkan = VK_SUCCESS;
        const XrResult result = create(instance_.get(), &wanted, device, &vulkan);
        return as_vulkan(result, vulkan);
    };
    return hooks;
}

std::optional<XrTime> OpenxrInstance::now() const {
    timespec clock{};
    XrTime time = 0;
    if (convert_time_ == nullptr || clock_gettime(CLOCK_MONOTONIC, &clock) != 0 ||
        XR_FAILED(convert_time_(instance_.get(), &clock, &time))) {
        return std::nullopt;
    }
    return time;
}

std::optional<std::int64_t> OpenxrInstance::host_time_ns(XrTime time) const {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    timespec clock{};
    if (convert_back_ == nullptr || XR_FAILED(convert_back_(instance_.get(), time, &clock))) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(clock.tv_sec) * ns_per_s + clock.tv_nsec + slept_ns();
}

std::uint64_t OpenxrInstance::complaints() {
    return complaint_count;
}

} // namespace haven
