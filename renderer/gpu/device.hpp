#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/validation.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

struct VmaAllocator_T;
using VmaAllocator = VmaAllocator_T*;

namespace haven::gpu {

class PipelineCache;

/// How OpenXR makes the instance, picks the GPU and makes the device itself
/// (XR_KHR_vulkan_enable2). Unset members mean that Vulkan is called directly. A hook answers what
/// Vulkan answered; an XrResult that failed becomes VK_ERROR_INITIALIZATION_FAILED.
struct DeviceHooks {
    std::function<VkResult(PFN_vkGetInstanceProcAddr, const VkInstanceCreateInfo&, VkInstance*)>
        create_instance;
    std::function<VkResult(VkInstance, VkPhysicalDevice*)> choose_physical_device;
    std::function<VkResult(PFN_vkGetInstanceProcAddr, VkPhysicalDevice, const VkDeviceCreateInfo&,
                           VkDevice*)>
        create_device;
};

struct DeviceInfo {
    DeviceHooks hooks;
    std::vector<std::string> instance_extensions; ///< e.g. glfwGetRequiredInstanceExtensions
    std::vector<std::string> device_extensions;   ///< e.g. VK_KHR_swapchain; must be there
    std::vector<std::string> device_extensions_optional;
    /// Asked of the chosen queue family when set: true if it can present to the window's surface.
    std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t family)> can_present;
    /// A pipeline cache file; empty for none. A damaged or foreign file is ignored and replaced.
    std::filesystem::path pipeline_cache_file;
    /// Off, on, or as HAVEN_VULKAN_VALIDATION says (1 is on, with synchronization validation).
    enum class Validation : std::uint8_t {
        from_environment,
        off,
        on
    } validation = Validation::from_environment;
};

/// Loads the drivers of the machine's GPUs, which takes tens of milliseconds; the first instance
/// finds them loaded. Any thread.
void load_drivers();

/// The loader keeps one list of the process's instances, drivers and devices, and reads it while
/// another thread changes it (1.4.309; Vulkan-Loader issue 2018; drivers without a GPU leave it at
/// the first enumeration). A Device is made and destroyed under this lock; hold it around whatever
/// makes the loader read: a swapchain, a search for a device's functions, a device given to OpenXR.
[[nodiscard]] std::unique_lock<std::recursive_mutex> alone_in_loader();

/// Instance, physical device, device, one graphics queue and the memory allocator: Vulkan 1.3 with
/// dynamic rendering, synchronization2 and multiview. Lives on the frame thread; must outlive
/// everything made with it.
class Device {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Device>> create(const DeviceInfo& info);
    ~Device(); ///< waits until the GPU is idle, stores the pipeline cache
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] VkInstance instance() const { return instance_; }
    [[nodiscard]] VkPhysicalDevice physical() const { return physical_; }
    [[nodiscard]] VkDevice logical() const { return device_; }
    [[nodiscard]] VkQueue queue() const { return queue_; }
    [[nodiscard]] std::uint32_t queue_family() const { return queue_family_; }
    [[nodiscard]] std::uint32_t queue_index() const { return 0; }
    [[nodiscard]] VmaAllocator allocator() const { return allocator_; }
    [[nodiscard]] const VkPhysicalDeviceProperties& properties() const { return properties_; }
    [[nodiscard]] bool has_extension(const char* name) const;
    [[nodiscard]] bool is_software() const; ///< a CPU pretends to be a GPU
    /// Colour and D32 depth can both be drawn with this many samples.
    [[nodiscard]] bool supports_samples(std::uint32_t samples) const;

    /// What the validation layer said so far; empty and silent without it.
    [[nodiscard]] const ValidationLog& validation() const { return *validation_log_; }
    [[nodiscard]] PipelineCache& pipeline_cache() { return *pipeline_cache_; }

    /// Blocks until the GPU has nothing left to do. For shutdown and tests.
    Result<void> wait_idle() const;

  private:
    Device();
    Result<void> create_instance(const DeviceInfo& info);
    Result<void> choose_physical(const DeviceInfo& info);
    Result<void> choose_queue_family(const DeviceInfo& info);
    Result<void> create_logical(const DeviceInfo& info);
    Result<void> create_allocator();

    std::unique_ptr<ValidationLog>
        validation_log_; // first in, last out: the layer talks until the end
    VkInstance instance_ = nullptr;
    VkDebugUtilsMessengerEXT messenger_ = nullptr;
    VkPhysicalDevice physical_ = nullptr;
    VkPhysicalDeviceProperties properties_{};
    VkDevice device_ = nullptr;
    VkQueue queue_ = nullptr;
    std::uint32_t queue_family_ = 0;
    std::vector<std::string> extensions_;
    VmaAllocator allocator_ = nullptr;
    std::unique_ptr<PipelineCache> pipeline_cache_;
};

} // namespace haven::gpu
