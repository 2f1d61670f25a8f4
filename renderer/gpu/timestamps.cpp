#include "renderer/gpu/timestamps.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::gpu {
namespace {
constexpr std::uint32_t queries_per_slot = timed_span_count_max + 1;
} // namespace

void TimestampSlot::begin(VkCommandBuffer commands, std::uint64_t frame_number) {
    span_count_ = 0;
    frame_number_ = frame_number;
    ended_ = false;
    if (pool_ != nullptr) {
        vkCmdResetQueryPool(commands, pool_, first_query_, queries_per_slot);
    }
}

void TimestampSlot::mark(VkCommandBuffer commands, const char* name) {
    assert(!ended_);
    if (pool_ == nullptr || span_count_ == timed_span_count_max) {
        return;
    }
    vkCmdWriteTimestamp2(commands, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, pool_,
                         first_query_ + span_count_);
    names_.at(span_count_++) = name;
}

void TimestampSlot::end(VkCommandBuffer commands) {
    if (pool_ != nullptr && span_count_ > 0 && !ended_) {
        vkCmdWriteTimestamp2(commands, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, pool_,
                             first_query_ + span_count_);
    }
    ended_ = true;
}

Result<Timestamps> Timestamps::create(Device& device, std::uint32_t slots) {
    Timestamps timestamps;
    timestamps.device_ = device.logical();
    timestamps.slots_.resize(slots);
    timestamps.tick_ns_ = device.properties().limits.timestampPeriod;

    std::uint32_t family_count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device.physical(), &family_count, nullptr);
    std::vector<VkQueueFamilyProperties> families(family_count);
    vkGetPhysicalDeviceQueueFamilyProperties(device.physical(), &family_count, families.data());
    const std::uint32_t bits = families.at(device.queue_family()).timestampValidBits;
    if (bits == 0) {
        return timestamps; // a queue without a clock: times stay unknown
    }
    timestamps.valid_mask_ = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;

    const VkQueryPoolCreateInfo create{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                       .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                       .queryCount = slots * queries_per_slot};
    VkQueryPool pool = nullptr;
    if (const VkResult result = vkCreateQueryPool(device.logical(), &create, nullptr, &pool);
        result != VK_SUCCESS) {
        return failure("no GPU clocks", result);
    }
    timestamps.pool_ = QueryPool(device.logical(), pool);
    for (std::uint32_t i = 0; i < slots; ++i) {
        timestamps.slots_[i].pool_ = pool;
        timestamps.slots_[i].first_query_ = i * queries_per_slot;
    }
    return timestamps;
}

void Timestamps::read(std::uint32_t index, GpuTimes& times) const {
    const TimestampSlot& slot = slots_.at(index);
    if (slot.pool_ == nullptr || slot.span_count_ == 0 || !slot.ended_) {
        return;
    }
    std::array<std::uint64_t, queries_per_slot> ticks{};
    const std::uint32_t count = slot.span_count_ + 1;
    const VkResult result = vkGetQueryPoolResults(device_, slot.pool_, slot.first_query_, count,
                                                  count * sizeof(std::uint64_t), ticks.data(),
                                                  sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT);
    if (result != VK_SUCCESS) {
        return;
    }
    const auto span_ms = [&](std::size_t from, std::size_t to) {
        const std::uint64_t elapsed = (ticks.at(to) - ticks.at(from)) & valid_mask_;
        return static_cast<float>(static_cast<double>(elapsed) * static_cast<double>(tick_ns_) *
                                  1e-6);
    };
    times.frame_number = slot.frame_number_;
    times.span_count = slot.span_count_;
    times.whole_ms = span_ms(0, slot.span_count_);
    for (std::size_t i = 0; i < slot.span_count_; ++i) {
        times.spans.at(i) = {.name = slot.names_.at(i), .duration_ms = span_ms(i, i + 1)};
    }
}

} // namespace haven::gpu
