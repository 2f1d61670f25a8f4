#pragma once

#include <vulkan/vulkan.h>

#include <expected>
#include <string>

namespace haven::gpu {

/// An expected failure of the GPU's side: no device, out of memory, device lost.
struct Error {
    std::string what;             ///< what failed, where, and what to do
    VkResult result = VK_SUCCESS; ///< VK_SUCCESS when Vulkan itself did not fail

    /// The device is gone: throw everything away and make a new one.
    [[nodiscard]] bool device_lost() const { return result == VK_ERROR_DEVICE_LOST; }
    [[nodiscard]] bool out_of_memory() const {
        return result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY;
    }
};

template <typename T>
using Result = std::expected<T, Error>;

/// "VK_ERROR_DEVICE_LOST", or the number of one it does not know.
[[nodiscard]] std::string to_string(VkResult result);
/// An Error with `what` and the result's name in one sentence.
[[nodiscard]] std::unexpected<Error> failure(std::string what, VkResult result);

} // namespace haven::gpu
