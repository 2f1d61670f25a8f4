#pragma once

#include <vulkan/vulkan.h>

#include <utility>

namespace haven::gpu {

/// Owns one object of a VkDevice and destroys it; moves, never copies. Whoever destroys it makes
/// sure that the GPU has passed its last use (see DeletionQueue).
template <typename T, void(VKAPI_PTR* destroy)(VkDevice, T, const VkAllocationCallbacks*)>
class Handle {
  public:
    Handle() = default;
    Handle(VkDevice device, T handle) : device_(device), handle_(handle) {}
    Handle(Handle&& other) noexcept
        : device_(std::exchange(other.device_, nullptr)),
          handle_(std::exchange(other.handle_, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            reset();
            device_ = std::exchange(other.device_, nullptr);
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { reset(); }

    void reset() {
        if (handle_ != nullptr) {
            destroy(device_, std::exchange(handle_, nullptr), nullptr);
        }
    }
    [[nodiscard]] T get() const { return handle_; }
    [[nodiscard]] const T* address() const { return &handle_; }
    explicit operator bool() const { return handle_ != nullptr; }

  private:
    VkDevice device_ = nullptr;
    T handle_ = nullptr;
};

using CommandPool = Handle<VkCommandPool, vkDestroyCommandPool>;
using DescriptorPool = Handle<VkDescriptorPool, vkDestroyDescriptorPool>;
using DescriptorSetLayout = Handle<VkDescriptorSetLayout, vkDestroyDescriptorSetLayout>;
using Fence = Handle<VkFence, vkDestroyFence>;
using ImageView = Handle<VkImageView, vkDestroyImageView>;
using Pipeline = Handle<VkPipeline, vkDestroyPipeline>;
using PipelineCacheHandle = Handle<VkPipelineCache, vkDestroyPipelineCache>;
using PipelineLayout = Handle<VkPipelineLayout, vkDestroyPipelineLayout>;
using QueryPool = Handle<VkQueryPool, vkDestroyQueryPool>;
using Sampler = Handle<VkSampler, vkDestroySampler>;
using Semaphore = Handle<VkSemaphore, vkDestroySemaphore>;
using ShaderModule = Handle<VkShaderModule, vkDestroyShaderModule>;
using SwapchainHandle = Handle<VkSwapchainKHR, vkDestroySwapchainKHR>;

} // namespace haven::gpu
