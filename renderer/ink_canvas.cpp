#include "renderer/ink_canvas.hpp"

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

using scene::InkRing;

constexpr std::uint32_t capacity_min = 16'384;
// Left in a frame's staging for uniforms, sprites and markers.
constexpr std::size_t staging_reserve_bytes = std::size_t{256} << 10U;

std::size_t slot_of(InkHand hand) {
    return static_cast<std::size_t>(hand);
}

void copy_rings(VkCommandBuffer commands, VkBuffer from, VkDeviceSize from_bytes, VkBuffer to,
                std::uint32_t to_ring, std::size_t count) {
    const VkBufferCopy region{.srcOffset = from_bytes,
                              .dstOffset = VkDeviceSize{to_ring} * sizeof(InkRing),
                              .size = count * sizeof(InkRing)};
    vkCmdCopyBuffer(commands, from, to, 1, &region);
}

/// Copies rings through the frame's staging memory; false when it is used up.
bool stage_rings(gpu::Frame& frame, std::span<const InkRing> rings, VkBuffer to,
                 std::uint32_t to_ring) {
    const auto memory = frame.staging->take(rings.size_bytes());
    if (!memory) {
        return false;
    }
    std::memcpy(memory->bytes.data(), rings.data(), rings.size_bytes());
    copy_rings(frame.commands, memory->buffer, memory->offset_bytes, to, to_ring, rings.size());
    return true;
}

} // namespace

InkCanvas::InkCanvas(gpu::Device& device) : device_(device) {
    for (Store& store : stores_) {
        store.tail.reserve(tail_count_max);
        store.waiting.reserve(capacity_min);
    }
}

InkStatus InkCanvas::append(InkHand hand, std::span<const InkRing> rings) {
    Store& store = stores_.at(slot_of(hand));
    const std::uint32_t room = ring_count_max - ring_count(hand);
    if (rings.size() > room) {
        rings = rings.first(room);
        store.full = true;
    }
    store.waiting.insert(store.waiting.end(), rings.begin(), rings.end());
    return store.full ? InkStatus::full : InkStatus::ok;
}

void InkCanvas::set_tail(InkHand hand, std::span<const InkRing> rings) {
    const auto kept = rings.first(std::min<std::size_t>(rings.size(), tail_count_max));
    stores_.at(slot_of(hand)).tail.assign(kept.begin(), kept.end());
}

void InkCanvas::truncate(InkHand hand, std::uint32_t count) {
    Store& store = stores_.at(slot_of(hand));
    count = std::min(count, ring_count(hand));
    if (count <= store.uploaded) {
        store.uploaded = count;
        store.waiting.clear();
        store.waiting_begin = 0;
    } else {
        store.waiting.resize(store.waiting_begin + (count - store.uploaded));
    }
    store.tail.clear();
    store.full = false;
}

std::uint32_t InkCanvas::ring_count(InkHand hand) const {
    return stores_.at(slot_of(hand)).uploaded + waiting_count(hand);
}

std::uint32_t InkCanvas::waiting_count(InkHand hand) const {
    const Store& store = stores_.at(slot_of(hand));
    return static_cast<std::uint32_t>(store.waiting.size() - store.waiting_begin);
}

bool InkCanvas::full(InkHand hand) const {
    return stores_.at(slot_of(hand)).full;
}

gpu::Result<void> InkCanvas::grow(Store& store, std::uint32_t needed, gpu::Frame& frame,
                                  gpu::DeletionQueue& deletions) {
    if (needed <= store.capacity) {
        return {};
    }
    std::uint32_t capacity = std::max(store.capacity, capacity_min);
    while (capacity < needed) {
        capacity *= 2;
    }
    capacity = std::min(capacity, ring_count_max + tail_count_max + 1);
    auto buffer =
        gpu::Buffer::create(device_, VkDeviceSize{capacity} * sizeof(InkRing),
                            VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                            gpu::MemoryUse::device);
    if (!buffer) {
        return std::unexpected(buffer.error());
    }
    if (store.uploaded > 0) {
        copy_rings(frame.commands, store.rings.get(), 0, buffer->get(), 0, store.uploaded);
    }
    deletions.condemn(frame.number, std::exchange(store.rings, std::move(*buffer)));
    store.capacity = capacity;
    return {};
}

gpu::Result<bool> InkCanvas::upload_store(Store& store, gpu::Frame& frame,
                                          gpu::DeletionQueue& deletions) {
    const std::size_t free_bytes = frame.staging->left_bytes();
    const std::size_t share = free_bytes > staging_reserve_bytes
                                  ? (free_bytes - staging_reserve_bytes) / sizeof(InkRing)
                                  : 0;
    const std::size_t waits = store.waiting.size() - store.waiting_begin;
    const std::size_t tail_room = std::min(store.tail.size(), share);
    const std::size_t taken = std::min(waits, share - tail_room);
    const bool all = taken == waits;
    // A tail belongs behind every committed ring: while some still wait, it is not shown.
    const std::size_t tail_count = all ? tail_room : 0;
    const auto total = static_cast<std::uint32_t>(store.uploaded + taken + tail_count);
    // One ring more than is drawn may be read: the joint after the last.
    if (auto grown = grow(store, total + 1, frame, deletions); !grown) {
        return std::unexpected(grown.error());
    }
    bool copied = false;
    if (taken > 0) {
        const auto rings = std::span(store.waiting).subspan(store.waiting_begin, taken);
        copied = stage_rings(frame, rings, store.rings.get(), store.uploaded);
        assert(copied);
        store.uploaded += static_cast<std::uint32_t>(taken);
        store.waiting_begin += taken;
    }
    if (store.waiting_begin == store.waiting.size()) {
        store.waiting.clear();
        store.waiting_begin = 0;
    }
    if (tail_count > 0) {
        copied = stage_rings(frame, std::span(store.tail).first(tail_count), store.rings.get(),
                             store.uploaded);
        assert(copied);
    }
    store.tail_drawn = static_cast<std::uint32_t>(tail_count);
    return copied;
}

gpu::Result<void> InkCanvas::upload(gpu::Frame& frame, gpu::DeletionQueue& deletions) {
    // Earlier frames may still read the rings after the committed ones, and earlier copies wrote
    // them.
    gpu::memory_barrier(frame.commands,
                        VK_PIPELINE_STAGE_2_VERTEX_ATTRIBUTE_INPUT_BIT |
                            VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_TRANSFER_READ_BIT);
    for (Store& store : stores_) {
        if (auto uploaded = upload_store(store, frame, deletions); !uploaded) {
            return std::unexpected(uploaded.error());
        }
    }
    gpu::memory_barrier(
        frame.commands, VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
        VK_PIPELINE_STAGE_2_VERTEX_ATTRIBUTE_INPUT_BIT, VK_ACCESS_2_VERTEX_ATTRIBUTE_READ_BIT);
    return {};
}

InkCanvas::DrawRange InkCanvas::draw_range(InkHand hand) const {
    const Store& store = stores_.at(slot_of(hand));
    const std::uint32_t rings = store.uploaded + store.tail_drawn;
    return {.buffer = store.rings.get(), .instance_count = rings > 1 ? rings - 1 : 0};
}

} // namespace haven::renderer
