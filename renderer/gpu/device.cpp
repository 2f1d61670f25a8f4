#include "renderer/gpu/device.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/validation.hpp"

#include <vk_mem_alloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <format>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace haven::gpu {
namespace {

constexpr const char* validation_layer = "VK_LAYER_KHRONOS_validation";

bool wants_validation(const DeviceInfo& info) {
    if (info.validation != DeviceInfo::Validation::from_environment) {
        return info.validation == DeviceInfo::Validation::on;
    }
    const char* value = std::getenv("HAVEN_VULKAN_VALIDATION");
    return value != nullptr && std::strcmp(value, "1") == 0;
}

bool has_layer(const char* name) {
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::ranges::any_of(
        layers, [&](const auto& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

std::vector<std::string> extensions_of(VkPhysicalDevice physical) {
    std::uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> found(count);
    vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, found.data());
    std::vector<std::string> names;
    names.reserve(count);
    for (const auto& extension : found) {
        names.emplace_back(extension.extensionName);
    }
    return names;
}

std::vector<const char*> c_strings(const std::vector<std::string>& names) {
    std::vector<const char*> pointers;
    pointers.reserve(names.size());
    for (const auto& name : names) {
        pointers.push_back(name.c_str());
    }
    return pointers;
}

int rank(const VkPhysicalDeviceProperties& properties) {
    switch (properties.deviceType) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return 2;
    default:
        return 1;
    }
}

/// The features Haven cannot do without, chained for asking and for creating alike. The 1.2
/// features stay out of it: an OpenXR runtime may chain structures of its own that
/// VkPhysicalDeviceVulkan12Features would collide with.
struct Features {
    VkPhysicalDeviceVulkan13Features v13{.sType =
                                             VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceVulkan11Features v11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &v13};
    VkPhysicalDeviceFeatures2 core{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                   .pNext = &v11};
    Features() = default;
    Features(const Features&) = delete;
    Features& operator=(const Features&) = delete;
    ~Features() = default;
};

} // namespace

std::unique_lock<std::recursive_mutex> alone_in_loader() {
    static std::recursive_mutex mutex;
    return std::unique_lock(mutex);
}

void load_drivers() {
    const auto alone = alone_in_loader();
    std::uint32_t count = 0;
    vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr);
}

Device::Device() : validation_log_(std::make_unique<ValidationLog>()) {}

Result<std::unique_ptr<Device>> Device::create(const DeviceInfo& info) {
    const auto alone = alone_in_loader();
    std::unique_ptr<Device> device(new Device);
    Result<void> made = device->create_instance(info);
    if (made) {
        made = device->choose_physical(info);
    }
    if (made) {
        made = device->choose_queue_family(info);
    }
    if (made) {
        made = device->create_logical(info);
    }
    if (made) {
        made = device->create_allocator();
    }
    if (!made) {
        return std::unexpected(made.error());
    }
    auto cache =
        PipelineCache::create(device->device_, device->properties_, info.pipeline_cache_file);
    if (!cache) {
        return std::unexpected(cache.error());
    }
    device->pipeline_cache_ = std::make_unique<PipelineCache>(std::move(*cache));
    return device;
}

Device::~Device() {
    if (device_ != nullptr) {
        vkDeviceWaitIdle(device_); // a lost device answers at once; there is nobody left to tell
        if (pipeline_cache_) {
            pipeline_cache_->store();
            pipeline_cache_.reset();
        }
    }
    const auto alone = alone_in_loader();
    if (device_ != nullptr) {
        vmaDestroyAllocator(allocator_);
        vkDestroyDevice(device_, nullptr);
    }
    if (messenger_ != nullptr) {
        const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(instance_, "vkDestroyDebugUtilsMessengerEXT"));
        destroy(instance_, messenger_, nullptr);
    }
    if (instance_ != nullptr) {
        vkDestroyInstance(instance_, nullptr);
    }
}

Result<void> Device::create_instance(const DeviceInfo& info) {
    const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                        .pApplicationName = "Haven",
                                        .pEngineName = "Haven",
                                        .apiVersion = VK_API_VERSION_1_3};
    std::vector<std::string> extensions = info.instance_extensions;
    std::vector<const char*> layers;
    auto messenger = validation_log_->messenger_info();
    const std::array enables{VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    VkValidationFeaturesEXT validation{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                       .pNext = &messenger,
                                       .enabledValidationFeatureCount = enables.size(),
                                       .pEnabledValidationFeatures = enables.data()};
    const bool validate = wants_validation(info);
    if (validate) {
        if (!has_layer(validation_layer)) {
            return failure("HAVEN_VULKAN_VALIDATION asks for VK_LAYER_KHRONOS_validation, which is "
                           "not installed: install vulkan-validationlayers",
                           VK_ERROR_LAYER_NOT_PRESENT);
        }
        layers.push_back(validation_layer);
        extensions.emplace_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
        validation_log_->enable();
    }
    const auto names = c_strings(extensions);
    const VkInstanceCreateInfo create{
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = validate ? &validation : nullptr,
        .pApplicationInfo = &application,
        .enabledLayerCount = static_cast<std::uint32_t>(layers.size()),
        .ppEnabledLayerNames = layers.data(),
        .enabledExtensionCount = static_cast<std::uint32_t>(names.size()),
        .ppEnabledExtensionNames = names.data()};
    const VkResult result =
        info.hooks.create_instance
            ? info.hooks.create_instance(vkGetInstanceProcAddr, create, &instance_)
            : vkCreateInstance(&create, nullptr, &instance_);
    if (result != VK_SUCCESS) {
        return failure("no Vulkan instance: is a Vulkan 1.3 driver installed?", result);
    }
    if (validate) {
        const auto make = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(instance_, "vkCreateDebugUtilsMessengerEXT"));
        if (const VkResult made = make(instance_, &messenger, nullptr, &messenger_);
            made != VK_SUCCESS) {
            return failure("no messenger for the validation layer", made);
        }
    }
    return {};
}

Result<void> Device::choose_physical(const DeviceInfo& info) {
    if (info.hooks.choose_physical_device) {
        if (const VkResult result = info.hooks.choose_physical_device(instance_, &physical_);
            result != VK_SUCCESS) {
            return failure("the headset's runtime names no GPU", result);
        }
    } else {
        std::uint32_t count = 0;
        vkEnumeratePhysicalDevices(instance_, &count, nullptr);
        std::vector<VkPhysicalDevice> devices(count);
        vkEnumeratePhysicalDevices(instance_, &count, devices.data());
        int best = 0;
        for (VkPhysicalDevice candidate : devices) {
            VkPhysicalDeviceProperties properties{};
            vkGetPhysicalDeviceProperties(candidate, &properties);
            if (properties.apiVersion >= VK_API_VERSION_1_3 && rank(properties) > best) {
                best = rank(properties);
                physical_ = candidate;
            }
        }
    }
    if (physical_ == nullptr) {
        return failure(
            "no GPU speaks Vulkan 1.3: update its driver, or install mesa-vulkan-drivers "
            "for the software one",
            VK_ERROR_INCOMPATIBLE_DRIVER);
    }
    vkGetPhysicalDeviceProperties(physical_, &properties_);
    Features features;
    vkGetPhysicalDeviceFeatures2(physical_, &features.core);
    if (features.v13.dynamicRendering == VK_FALSE || features.v13.synchronization2 == VK_FALSE ||
        features.v11.multiview == VK_FALSE) {
        return failure(std::format("{} lacks dynamic rendering, synchronization2 or multiview: "
                                   "update its driver",
                                   properties_.deviceName),
                       VK_ERROR_FEATURE_NOT_PRESENT);
    }
    return {};
}

Result<void> Device::choose_queue_family(const DeviceInfo& info) {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(physical_, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(physical_, &count, families.data());
    for (std::uint32_t family = 0; family < count; ++family) {
        const bool draws = (families[family].queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0;
        if (draws && (!info.can_present || info.can_present(instance_, physical_, family))) {
            queue_family_ = family;
            return {};
        }
    }
    return failure(std::format("{} has no queue that draws{}", properties_.deviceName,
                               info.can_present ? " and shows in the window" : ""),
                   VK_ERROR_FEATURE_NOT_PRESENT);
}

Result<void> Device::create_logical(const DeviceInfo& info) {
    const auto available = extensions_of(physical_);
    extensions_ = info.device_extensions;
    for (const auto& name : extensions_) {
        if (!std::ranges::contains(available, name)) {
            return failure(std::format("{} lacks {}", properties_.deviceName, name),
                           VK_ERROR_EXTENSION_NOT_PRESENT);
        }
    }
    for (const auto& name : info.device_extensions_optional) {
        if (std::ranges::contains(available, name)) {
            extensions_.push_back(name);
        }
    }
    if (std::ranges::contains(available, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME)) {
        extensions_.emplace_back(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    }
    const float priority = 1.0F;
    const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                        .queueFamilyIndex = queue_family_,
                                        .queueCount = 1,
                                        .pQueuePriorities = &priority};
    Features features;
    features.v13.dynamicRendering = VK_TRUE;
    features.v13.synchronization2 = VK_TRUE;
    features.v11.multiview = VK_TRUE;
    const auto names = c_strings(extensions_);
    const VkDeviceCreateInfo create{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                    .pNext = &features.core,
                                    .queueCreateInfoCount = 1,
                                    .pQueueCreateInfos = &queue,
                                    .enabledExtensionCount =
                                        static_cast<std::uint32_t>(names.size()),
                                    .ppEnabledExtensionNames = names.data()};
    const VkResult result =
        info.hooks.create_device
            ? info.hooks.create_device(vkGetInstanceProcAddr, physical_, create, &device_)
            : vkCreateDevice(physical_, &create, nullptr, &device_);
    if (result != VK_SUCCESS) {
        return failure(std::format("{} gave no device", properties_.deviceName), result);
    }
    vkGetDeviceQueue(device_, queue_family_, 0, &queue_);
    return {};
}

Result<void> Device::create_allocator() {
    VmaAllocatorCreateInfo create{};
    if (has_extension(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME)) {
        create.flags = VMA_ALLOCATOR_CREATE_EXT_MEMORY_BUDGET_BIT;
    }
    create.physicalDevice = physical_;
    create.device = device_;
    create.instance = instance_;
    create.vulkanApiVersion = VK_API_VERSION_1_3;
    if (const VkResult result = vmaCreateAllocator(&create, &allocator_); result != VK_SUCCESS) {
        return failure("no memory allocator for the GPU", result);
    }
    return {};
}

bool Device::has_extension(const char* name) const {
    return std::ranges::contains(extensions_, std::string(name));
}

bool Device::is_software() const {
    return properties_.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
}

bool Device::supports_samples(std::uint32_t samples) const {
    const auto both = properties_.limits.framebufferColorSampleCounts &
                      properties_.limits.framebufferDepthSampleCounts;
    return (both & samples) != 0;
}

Result<void> Device::wait_idle() const {
    if (const VkResult result = vkDeviceWaitIdle(device_); result != VK_SUCCESS) {
        return failure("the GPU did not come to rest", result);
    }
    return {};
}

} // namespace haven::gpu
