#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <vector>

namespace haven::gpu {

class Device;

inline constexpr std::uint32_t timed_span_count_max = 8;

/// GPU milliseconds of one frame, by span in the order they were recorded.
struct GpuTimes {
    std::uint64_t frame_number = 0; ///< 0: none read yet
    float whole_ms = 0.0F;          ///< first mark to last
    std::uint32_t span_count = 0;
    struct Span {
        const char* name = "";
        float duration_ms = 0.0F;
    };
    std::array<Span, timed_span_count_max> spans{};
};

/// One frame's marks. mark("ink") ends the span before it and begins "ink"; end() ends the last.
class TimestampSlot {
  public:
    void begin(VkCommandBuffer commands, std::uint64_t frame_number);
    void mark(VkCommandBuffer commands, const char* name);
    void end(VkCommandBuffer commands);

  private:
    friend class Timestamps;
    VkQueryPool pool_ = nullptr;
    std::uint32_t first_query_ = 0;
    std::uint32_t span_count_ = 0;
    std::uint64_t frame_number_ = 0;
    bool ended_ = false;
    std::array<const char*, timed_span_count_max> names_{};
};

/// Timestamp queries for each frame in flight, read when the frame's fence has passed, so without
/// waiting.
class Timestamps {
  public:
    [[nodiscard]] static Result<Timestamps> create(Device& device, std::uint32_t slots);
    [[nodiscard]] TimestampSlot& slot(std::uint32_t index) { return slots_.at(index); }
    /// Of a frame the GPU has passed; leaves `times` alone when there is nothing to read.
    void read(std::uint32_t index, GpuTimes& times) const;

  private:
    VkDevice device_ = nullptr;
    QueryPool pool_;
    std::vector<TimestampSlot> slots_;
    float tick_ns_ = 1.0F;
    std::uint64_t valid_mask_ = 0; // 0: this queue has no clock
};

} // namespace haven::gpu
