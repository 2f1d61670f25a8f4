#pragma once

#include <vulkan/vulkan.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace haven::gpu {

/// Collects what the validation layer complains about (warnings and errors), so that a test can
/// demand silence. Any thread. Keeps the first 64 texts and counts all.
class ValidationLog {
  public:
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::vector<std::string> messages() const;
    [[nodiscard]] bool enabled() const { return enabled_; }

    void enable() { enabled_ = true; }
    void add(std::string text);

    /// The callback and settings for VkInstanceCreateInfo::pNext and
    /// vkCreateDebugUtilsMessengerEXT.
    [[nodiscard]] VkDebugUtilsMessengerCreateInfoEXT messenger_info();

  private:
    static constexpr std::size_t message_count_max = 64;
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::atomic<std::uint64_t> count_{0};
    bool enabled_ = false;
};

} // namespace haven::gpu
