#include "tests/bench/gpu_cost/null_gpu.hpp"

#include "tests/bench/gpu_cost/recipe.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace haven::gpu_cost {
namespace {

std::unexpected<std::string> failed(std::string_view what, VkResult result) {
    return std::unexpected(std::format("{}: {}", what, static_cast<int>(result)));
}

std::string find_driver_file() {
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator("/usr/share/vulkan/icd.d", error)) {
        if (entry.path().filename().string().starts_with("radeon_icd")) {
            return entry.path().string();
        }
    }
    return {};
}

void add(StageCost& cost, const VkPipelineExecutableStatisticKHR& statistic) {
    const std::string_view name(statistic.name);
    const std::uint64_t value = statistic.value.u64;
    if (name == "VGPRs") {
        cost.vgprs = value;
    } else if (name == "Spilled SGPRs" || name == "Spilled VGPRs") {
        cost.spills += value;
    } else if (name == "Instructions") {
        cost.instructions = value;
    } else if (name == "Inverse Throughput") {
        cost.cycles = value;
    } else if (name == "VMEM") {
        cost.loads = value;
    }
}

} // namespace

std::expected<std::unique_ptr<NullGpu>, std::string> NullGpu::create(const std::string& family) {
    const std::string driver_file = find_driver_file();
    if (driver_file.empty()) {
        return std::unexpected("no radeon_icd*.json in /usr/share/vulkan/icd.d: install "
                               "mesa-vulkan-drivers");
    }
    setenv("VK_DRIVER_FILES", driver_file.c_str(), 1);
    setenv("RADV_FORCE_FAMILY", family.c_str(), 1);
    std::unique_ptr<NullGpu> gpu(new NullGpu);
    const VkApplicationInfo app{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                .apiVersion = VK_API_VERSION_1_3};
    const VkInstanceCreateInfo create{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                      .pApplicationInfo = &app};
    if (const VkResult r = vkCreateInstance(&create, nullptr, &gpu->instance_); r != VK_SUCCESS) {
        return failed("RADV makes no instance", r);
    }
    std::uint32_t count = 1;
    vkEnumeratePhysicalDevices(gpu->instance_, &count, &gpu->physical_);
    if (count == 0) {
        return std::unexpected(std::format("RADV does not know the family {}", family));
    }
    VkPhysicalDeviceDriverProperties driver{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                           .pNext = &driver};
    vkGetPhysicalDeviceProperties2(gpu->physical_, &properties);
    gpu->driver_ = static_cast<const char*>(driver.driverInfo);
    if (auto made = gpu->create_device(); !made) {
        return std::unexpected(made.error());
    }
    return gpu;
}

std::expected<void, std::string> NullGpu::create_device() {
    VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR statistics{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR,
        .pipelineExecutableInfo = VK_TRUE};
    VkPhysicalDeviceVulkan13Features features13{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
        .pNext = &statistics,
        .synchronization2 = VK_TRUE,
        .dynamicRendering = VK_TRUE};
    VkPhysicalDeviceVulkan11Features features11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        .pNext = &features13,
        .multiview = VK_TRUE};
    const float priority = 1.0F;
    const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                        .queueCount = 1,
                                        .pQueuePriorities = &priority};
    const char* const extension = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
    const VkDeviceCreateInfo create{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                    .pNext = &features11,
                                    .queueCreateInfoCount = 1,
                                    .pQueueCreateInfos = &queue,
                                    .enabledExtensionCount = 1,
                                    .ppEnabledExtensionNames = &extension};
    if (const VkResult r = vkCreateDevice(physical_, &create, nullptr, &device_); r != VK_SUCCESS) {
        return failed("RADV makes no device", r);
    }
    const std::array bindings{
        VkDescriptorSetLayoutBinding{.binding = 0,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
                                     .descriptorCount = 1,
                                     .stageFlags =
                                         VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT},
        VkDescriptorSetLayoutBinding{.binding = 1,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .descriptorCount = 1,
                                     .stageFlags =
                                         VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT},
        VkDescriptorSetLayoutBinding{.binding = 2,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .descriptorCount = 1,
                                     .stageFlags = VK_SHADER_STAGE_FRAGMENT_BIT},
        VkDescriptorSetLayoutBinding{.binding = 3,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .descriptorCount = 1,
                                     .stageFlags = VK_SHADER_STAGE_FRAGMENT_BIT}};
    const VkDescriptorSetLayoutCreateInfo set{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = bindings.size(),
        .pBindings = bindings.data()};
    vkCreateDescriptorSetLayout(device_, &set, nullptr, &set_layout_);
    const VkPushConstantRange push{VK_SHADER_STAGE_VERTEX_BIT, 0, 4};
    const VkPipelineLayoutCreateInfo layout{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                            .setLayoutCount = 1,
                                            .pSetLayouts = &set_layout_,
                                            .pushConstantRangeCount = 1,
                                            .pPushConstantRanges = &push};
    if (const VkResult r = vkCreatePipelineLayout(device_, &layout, nullptr, &layout_);
        r != VK_SUCCESS) {
        return failed("RADV makes no pipeline layout", r);
    }
    return {};
}

NullGpu::~NullGpu() {
    if (device_ != nullptr) {
        vkDestroyPipelineLayout(device_, layout_, nullptr);
        vkDestroyDescriptorSetLayout(device_, set_layout_, nullptr);
        vkDestroyDevice(device_, nullptr);
    }
    if (instance_ != nullptr) {
        vkDestroyInstance(instance_, nullptr);
    }
}

std::expected<PipelineCost, std::string> NullGpu::compile(const Recipe& recipe) const {
    static const auto executables = reinterpret_cast<PFN_vkGetPipelineExecutablePropertiesKHR>(
        vkGetInstanceProcAddr(instance_, "vkGetPipelineExecutablePropertiesKHR"));
    static const auto statistics = reinterpret_cast<PFN_vkGetPipelineExecutableStatisticsKHR>(
        vkGetInstanceProcAddr(instance_, "vkGetPipelineExecutableStatisticsKHR"));
    VkPipeline pipeline =
        make_pipeline(device_, layout_, recipe, VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR);
    if (pipeline == nullptr) {
        return std::unexpected(std::format("RADV does not compile {}", recipe.name()));
    }
    const VkPipelineInfoKHR info{.sType = VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR,
                                 .pipeline = pipeline};
    std::uint32_t count = 0;
    executables(device_, &info, &count, nullptr);
    std::vector<VkPipelineExecutablePropertiesKHR> stages(
        count, {.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR});
    executables(device_, &info, &count, stages.data());
    PipelineCost cost;
    for (std::uint32_t i = 0; i < count; ++i) {
        StageCost* const stage =
            (stages[i].stages & VK_SHADER_STAGE_FRAGMENT_BIT) != 0 ? &cost.fragment
            : (stages[i].stages & VK_SHADER_STAGE_VERTEX_BIT) != 0 ? &cost.vertex
                                                                   : nullptr;
        if (stage == nullptr) {
            continue;
        }
        const VkPipelineExecutableInfoKHR which{.sType =
                                                    VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR,
                                                .pipeline = pipeline,
                                                .executableIndex = i};
        std::uint32_t values = 0;
        statistics(device_, &which, &values, nullptr);
        std::vector<VkPipelineExecutableStatisticKHR> found(
            values, {.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR});
        statistics(device_, &which, &values, found.data());
        for (const auto& statistic : found) {
            add(*stage, statistic);
        }
    }
    vkDestroyPipeline(device_, pipeline, nullptr);
    if (cost.fragment.cycles == 0 || cost.vertex.cycles == 0) {
        return std::unexpected(std::format("RADV says nothing of {}", recipe.name()));
    }
    return cost;
}

} // namespace haven::gpu_cost
