#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace haven::gpu {

class Device;

/// One frame's share of the upload memory: handed out front to back, all of it again when the GPU
/// has passed the frame. Serves copies, per-frame vertex data and uniforms.
class StagingSlice {
  public:
    struct Range {
        VkBuffer buffer = nullptr;
        VkDeviceSize offset_bytes = 0;
        std::span<std::byte> bytes;
    };
    StagingSlice() = default;
    StagingSlice(VkBuffer buffer, VkDeviceSize begin_bytes, std::span<std::byte> bytes)
        : buffer_(buffer), begin_bytes_(begin_bytes), bytes_(bytes) {}

    /// Nothing when less than size_bytes is left in this frame: try again in the next.
    [[nodiscard]] std::optional<Range> take(std::size_t size_bytes,
                                            std::size_t alignment_bytes = 16);
    [[nodiscard]] std::size_t left_bytes() const { return bytes_.size() - used_bytes_; }
    void rewind() { used_bytes_ = 0; }

  private:
    VkBuffer buffer_ = nullptr;
    VkDeviceSize begin_bytes_ = 0;
    std::span<std::byte> bytes_;
    std::size_t used_bytes_ = 0;
};

/// One mapped upload buffer, cut into a slice for each frame in flight.
class Staging {
  public:
    static constexpr std::size_t slice_bytes = std::size_t{4} << 20U;

    [[nodiscard]] static Result<Staging> create(Device& device, std::uint32_t slices);
    [[nodiscard]] StagingSlice& slice(std::uint32_t index) { return slices_.at(index); }

  private:
    Buffer buffer_;
    std::vector<StagingSlice> slices_;
};

} // namespace haven::gpu
