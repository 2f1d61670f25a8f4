#include "renderer/gpu/validation.hpp"

#include <cstdio>
#include <mutex>
#include <print>
#include <string>
#include <utility>
#include <vector>

namespace haven::gpu {
namespace {

VKAPI_ATTR VkBool32 VKAPI_CALL collect(VkDebugUtilsMessageSeverityFlagBitsEXT /*severity*/,
                                       VkDebugUtilsMessageTypeFlagsEXT /*types*/,
                                       const VkDebugUtilsMessengerCallbackDataEXT* data,
                                       void* log) {
    static_cast<ValidationLog*>(log)->add(data->pMessage != nullptr ? data->pMessage : "");
    return VK_FALSE;
}

} // namespace

std::vector<std::string> ValidationLog::messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
}

void ValidationLog::add(std::string text) {
    ++count_;
    std::println(stderr, "vulkan validation: {}", text);
    const std::scoped_lock lock(mutex_);
    if (messages_.size() < message_count_max) {
        messages_.push_back(std::move(text));
    }
}

VkDebugUtilsMessengerCreateInfoEXT ValidationLog::messenger_info() {
    return {.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
            .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                               VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
            .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                           VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
            .pfnUserCallback = collect,
            .pUserData = this};
}

} // namespace haven::gpu
