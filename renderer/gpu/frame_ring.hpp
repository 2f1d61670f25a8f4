#pragma once

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/staging.hpp"
#include "renderer/gpu/timestamps.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace haven::gpu {

class Device;

inline constexpr std::uint32_t frames_in_flight = 2;

/// One frame being recorded: its command buffer, its share of the staging memory, its clocks.
struct Frame {
    std::uint64_t number = 0; ///< 1, 2, 3, ...
    std::uint32_t slot = 0;   ///< number % frames_in_flight
    VkCommandBuffer commands = nullptr;
    StagingSlice* staging = nullptr;
    TimestampSlot* timestamps = nullptr;
};

/// What a submission waits for and signals, beside its own fence.
struct SubmitSync {
    std::span<const VkSemaphoreSubmitInfo> waits;
    std::span<const VkSemaphoreSubmitInfo> signals;
};

/// Two frames in flight. begin() waits until the GPU has passed the frame before the last, frees
/// what was condemned for it and hands out a fresh command buffer; submit() gives it to the queue.
/// Frame thread only.
///
///     auto frame = ring.begin();            // Result<Frame>
///     renderer.record(*frame, picture);     // and the mirror's own commands after it
///     ring.submit(*frame, sync);
class FrameRing {
  public:
    [[nodiscard]] static Result<std::unique_ptr<FrameRing>> create(Device& device);
    ~FrameRing(); ///< waits for the GPU
    FrameRing(const FrameRing&) = delete;
    FrameRing& operator=(const FrameRing&) = delete;

    [[nodiscard]] Result<Frame> begin();
    Result<void> submit(const Frame& frame, const SubmitSync& sync = {});
    /// Blocks until every submitted frame is done.
    Result<void> wait();

    /// Things that the frame now recorded (or the last submitted one) may still use.
    [[nodiscard]] DeletionQueue& deletions() { return deletions_; }
    /// Frames the GPU has certainly passed.
    [[nodiscard]] std::uint64_t frames_passed() const { return frames_passed_; }
    /// The GPU has passed that frame by now. Does not wait.
    [[nodiscard]] bool has_passed(std::uint64_t frame) const;
    /// Milliseconds of the newest frame whose clocks could be read without waiting.
    [[nodiscard]] const GpuTimes& gpu_times() const { return gpu_times_; }

  private:
    struct Slot {
        CommandPool pool;
        VkCommandBuffer commands = nullptr;
        Fence fence;
        std::uint64_t submitted_number = 0; // 0: nothing in flight
    };
    explicit FrameRing(Device& device);
    Result<void> pass(Slot& slot, std::uint32_t index);

    Device& device_;
    std::array<Slot, frames_in_flight> slots_;
    Staging staging_;
    Timestamps timestamps_;
    DeletionQueue deletions_;
    GpuTimes gpu_times_;
    std::uint64_t number_ = 0;
    std::uint64_t frames_passed_ = 0;
};

} // namespace haven::gpu
