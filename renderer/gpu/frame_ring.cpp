#include "renderer/gpu/frame_ring.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/staging.hpp"
#include "renderer/gpu/timestamps.hpp"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <memory>
#include <utility>

namespace haven::gpu {
namespace {

// A driver notices a hung GPU in seconds and says so; a software one may compile shaders for long.
constexpr std::uint64_t fence_wait_ns_max = 60'000'000'000;

} // namespace

FrameRing::FrameRing(Device& device) : device_(device) {}

Result<std::unique_ptr<FrameRing>> FrameRing::create(Device& device) {
    std::unique_ptr<FrameRing> ring(new FrameRing(device));
    VkDevice logical = device.logical();
    for (Slot& slot : ring->slots_) {
        const VkCommandPoolCreateInfo pool_info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                                .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                                .queueFamilyIndex = device.queue_family()};
        VkCommandPool pool = nullptr;
        VkFence fence = nullptr;
        VkResult result = vkCreateCommandPool(logical, &pool_info, nullptr, &pool);
        if (result != VK_SUCCESS) {
            return failure("no command pool for a frame", result);
        }
        slot.pool = CommandPool(logical, pool);
        const VkCommandBufferAllocateInfo buffer_info{
            .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
            .commandPool = pool,
            .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
            .commandBufferCount = 1};
        result = vkAllocateCommandBuffers(logical, &buffer_info, &slot.commands);
        if (result != VK_SUCCESS) {
            return failure("no command buffer for a frame", result);
        }
        const VkFenceCreateInfo fence_info{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        result = vkCreateFence(logical, &fence_info, nullptr, &fence);
        if (result != VK_SUCCESS) {
            return failure("no fence for a frame", result);
        }
        slot.fence = Fence(logical, fence);
    }
    auto staging = Staging::create(device, frames_in_flight);
    if (!staging) {
        return std::unexpected(staging.error());
    }
    ring->staging_ = std::move(*staging);
    auto timestamps = Timestamps::create(device, frames_in_flight);
    if (!timestamps) {
        return std::unexpected(timestamps.error());
    }
    ring->timestamps_ = std::move(*timestamps);
    return ring;
}

FrameRing::~FrameRing() {
    vkDeviceWaitIdle(device_.logical());
}

Result<void> FrameRing::pass(Slot& slot, std::uint32_t index) {
    if (slot.submitted_number == 0) {
        return {};
    }
    const VkResult result =
        vkWaitForFences(device_.logical(), 1, slot.fence.address(), VK_TRUE, fence_wait_ns_max);
    if (result == VK_TIMEOUT) {
        return failure("the GPU has been busy with one frame for 60 s", VK_ERROR_DEVICE_LOST);
    }
    if (result != VK_SUCCESS) {
        return failure("waiting for a frame's fence", result);
    }
    frames_passed_ = std::max(frames_passed_, slot.submitted_number);
    slot.submitted_number = 0;
    timestamps_.read(index, gpu_times_);
    deletions_.free_passed(frames_passed_);
    return {};
}

bool FrameRing::has_passed(std::uint64_t frame) const {
    const Slot& slot = slots_.at(frame % frames_in_flight);
    return frame <= frames_passed_ ||
           (slot.submitted_number == frame &&
            vkGetFenceStatus(device_.logical(), slot.fence.get()) == VK_SUCCESS);
}

Result<Frame> FrameRing::begin() {
    const std::uint64_t number = number_ + 1;
    const auto index = static_cast<std::uint32_t>(number % frames_in_flight);
    Slot& slot = slots_.at(index);
    if (auto passed = pass(slot, index); !passed) {
        return std::unexpected(passed.error());
    }
    VkResult result = vkResetCommandPool(device_.logical(), slot.pool.get(), 0);
    if (result != VK_SUCCESS) {
        return failure("resetting a frame's commands", result);
    }
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                         .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    result = vkBeginCommandBuffer(slot.commands, &begin);
    if (result != VK_SUCCESS) {
        return failure("beginning a frame's commands", result);
    }
    number_ = number;
    staging_.slice(index).rewind();
    timestamps_.slot(index).begin(slot.commands, number);
    return Frame{.number = number,
                 .slot = index,
                 .commands = slot.commands,
                 .staging = &staging_.slice(index),
                 .timestamps = &timestamps_.slot(index)};
}

Result<void> FrameRing::submit(const Frame& frame, const SubmitSync& sync) {
    Slot& slot = slots_.at(frame.slot);
    frame.timestamps->end(frame.commands);
    VkResult result = vkEndCommandBuffer(frame.commands);
    if (result != VK_SUCCESS) {
        return failure("ending a frame's commands", result);
    }
    result = vkResetFences(device_.logical(), 1, slot.fence.address());
    if (result != VK_SUCCESS) {
        return failure("resetting a frame's fence", result);
    }
    const VkCommandBufferSubmitInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                             .commandBuffer = frame.commands};
    const VkSubmitInfo2 submit{
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
        .waitSemaphoreInfoCount = static_cast<std::uint32_t>(sync.waits.size()),
        .pWaitSemaphoreInfos = sync.waits.data(),
        .commandBufferInfoCount = 1,
        .pCommandBufferInfos = &commands,
        .signalSemaphoreInfoCount = static_cast<std::uint32_t>(sync.signals.size()),
        .pSignalSemaphoreInfos = sync.signals.data()};
    result = vkQueueSubmit2(device_.queue(), 1, &submit, slot.fence.get());
    if (result != VK_SUCCESS) {
        return failure("submitting a frame", result);
    }
    slot.submitted_number = frame.number;
    return {};
}

Result<void> FrameRing::wait() {
    for (std::uint32_t i = 0; i < frames_in_flight; ++i) {
        if (auto passed = pass(slots_.at(i), i); !passed) {
            return passed;
        }
    }
    return {};
}

} // namespace haven::gpu
