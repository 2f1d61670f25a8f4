#include "renderer/ink_canvas.hpp"

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <future>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

using scene::InkRing;

constexpr std::uint32_t capacity_min = 16'384;
constexpr std::uint32_t capacity_max = InkCanvas::ring_count_max + InkCanvas::tail_count_max + 1;
constexpr std::uint32_t copied_ahead_max = 65'536;                                // rings a frame
constexpr std::size_t new_flags_max = 16 * scene::InkChunks::changes_a_chunk_max; // a hand, a frame
// Left in a frame's staging for uniforms, sprites and markers.
constexpr std::size_t staging_reserve_bytes = std::size_t{256} << 10U;

/// The next doubling that holds so many.
std::uint32_t capacity_for(std::uint32_t needed) {
    std::uint32_t capacity = capacity_min;
    while (capacity < needed) {
        capacity *= 2;
    }
    return std::min(capacity, capacity_max);
}

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
        for (Stream& stream : store.streams) {
            stream.waiting.reserve(capacity_min);
            stream.new_flags.reserve(new_flags_max / store.streams.size());
        }
        for (auto& list : store.thinned) {
            list.reserve(scene::InkChunks::chunk_rings);
        }
    }
}

InkStatus InkCanvas::append(InkHand hand, std::span<const InkRing> rings) {
    Store& store = stores_.at(slot_of(hand));
    const std::uint32_t room = ring_count_max - ring_count(hand);
    if (rings.size() > room) {
        rings = rings.first(room);
        store.full = true;
    }
    auto& waiting = store.streams[0].waiting;
    waiting.insert(waiting.end(), rings.begin(), rings.end());
    store.chunks.append(rings, store.thinned);
    for (std::size_t i = 0; i < store.thinned.size(); ++i) {
        auto& list = store.thinned.at(i);
        auto& to = store.streams.at(i + 1).waiting;
        to.insert(to.end(), list.begin(), list.end());
        list.clear();
    }
    return store.full ? InkStatus::full : InkStatus::ok;
}

void InkCanvas::set_tail(InkHand hand, std::span<const InkRing> rings) {
    const auto kept = rings.first(std::min<std::size_t>(rings.size(), tail_count_max));
    stores_.at(slot_of(hand)).tail.assign(kept.begin(), kept.end());
}

void InkCanvas::set_hidden(InkHand hand, std::uint32_t first, std::uint32_t count, bool hidden) {
    const std::uint32_t there = ring_count(hand);
    first = std::min(first, there);
    stores_.at(slot_of(hand)).chunks.set_hidden(first, std::min(count, there - first), hidden);
}

void InkCanvas::Stream::clear() {
    uploaded = 0;
    next.copied = 0;
    waiting.clear();
    waiting_begin = 0;
}

void InkCanvas::clear(InkHand hand) {
    Store& store = stores_.at(slot_of(hand));
    store.chunks.clear();
    for (Stream& stream : store.streams) {
        stream.clear();
    }
    store.tail.clear();
    store.full = false;
}

std::uint32_t InkCanvas::ring_count(InkHand hand) const {
    return stores_.at(slot_of(hand)).streams[0].count();
}

std::uint32_t InkCanvas::waiting_count(InkHand hand) const {
    return stores_.at(slot_of(hand)).streams[0].waiting_count();
}

bool InkCanvas::all_uploaded() const {
    return std::ranges::all_of(stores_, [](const Store& store) {
        return !store.chunks.has_changes() &&
               std::ranges::all_of(store.streams,
                                   [](const Stream& s) { return s.waiting_count() == 0; });
    });
}

bool InkCanvas::full(InkHand hand) const {
    return stores_.at(slot_of(hand)).full;
}

void InkCanvas::Stream::copy_ahead(VkCommandBuffer commands, std::uint32_t most) {
    const std::uint32_t count = std::min(uploaded - next.copied, most);
    if (count > 0) {
        copy_rings(commands, rings.get(), VkDeviceSize{next.copied} * sizeof(InkRing),
                   next.rings.get(), next.copied, count);
        next.copied += count;
    }
}

void InkCanvas::begin_growth(Stream& stream, std::uint32_t capacity) {
    stream.next = {};
    stream.next.capacity = capacity;
    stream.next.making = std::async(std::launch::async, [&device = device_, capacity] {
        return gpu::Buffer::create(device, VkDeviceSize{capacity} * sizeof(InkRing),
                                   VK_BUFFER_USAGE_VERTEX_BUFFER_BIT |
                                       VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                       VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                   gpu::MemoryUse::device);
    });
}

void InkCanvas::make_room_ahead(Stream& stream, gpu::Frame& frame) {
    Stream::Next& next = stream.next;
    if (next.capacity == 0 && stream.count() > stream.capacity / 4 * 3 && stream.capacity > 0 &&
        stream.capacity < capacity_max) {
        begin_growth(stream, capacity_for(stream.capacity + 1));
    }
    const bool made = next.making.valid() &&
                      next.making.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    if (made) {
        auto rings = next.making.get();
        if (!rings) {
            next = {}; // asked for again when it is needed, and told then
            return;
        }
        next.rings = std::move(*rings);
    }
    if (next.rings) {
        stream.copy_ahead(frame.commands, copied_ahead_max);
    }
}

gpu::Result<void> InkCanvas::grow(Stream& stream, std::uint32_t needed, gpu::Frame& frame,
                                  gpu::DeletionQueue& deletions) {
    if (needed <= stream.capacity) {
        return {};
    }
    Stream::Next& next = stream.next;
    if (next.capacity < needed) {
        if (next.rings) { // earlier frames copy into it
            deletions.condemn(frame.number, std::move(next.rings));
        }
        begin_growth(stream, capacity_for(needed));
    }
    if (next.making.valid()) {
        auto rings = next.making.get();
        if (!rings) {
            next = {};
            return std::unexpected(rings.error());
        }
        next.rings = std::move(*rings);
    }
    stream.copy_ahead(frame.commands, stream.uploaded);
    deletions.condemn(frame.number, std::exchange(stream.rings, std::move(next.rings)));
    stream.capacity = std::exchange(next, {}).capacity;
    return {};
}

gpu::Result<std::uint32_t> InkCanvas::upload_stream(Stream& stream, std::span<const InkRing> tail,
                                                    gpu::Frame& frame,
                                                    gpu::DeletionQueue& deletions) {
    make_room_ahead(stream, frame);
    if (stream.waiting_count() == 0 && tail.empty()) {
        return 0;
    }
    const std::size_t free_bytes = frame.staging->left_bytes();
    const std::size_t share = free_bytes > staging_reserve_bytes
                                  ? (free_bytes - staging_reserve_bytes) / sizeof(InkRing)
                                  : 0;
    const std::size_t waits = stream.waiting_count();
    const std::size_t tail_room = std::min(tail.size(), share);
    const std::size_t taken = std::min(waits, share - tail_room);
    // A tail belongs behind every committed ring: while some still wait, it is not shown.
    const std::size_t tail_count = taken == waits ? tail_room : 0;
    const auto total = static_cast<std::uint32_t>(stream.uploaded + taken + tail_count);
    // One ring more than is drawn may be read: the joint after the last.
    if (auto grown = grow(stream, total + 1, frame, deletions); !grown) {
        return std::unexpected(grown.error());
    }
    if (taken > 0) {
        const auto rings = std::span(stream.waiting).subspan(stream.waiting_begin, taken);
        [[maybe_unused]] const bool copied =
            stage_rings(frame, rings, stream.rings.get(), stream.uploaded);
        assert(copied);
        stream.uploaded += static_cast<std::uint32_t>(taken);
        stream.waiting_begin += taken;
    }
    if (stream.waiting_begin == stream.waiting.size()) {
        stream.waiting.clear();
        stream.waiting_begin = 0;
    }
    if (tail_count > 0) {
        [[maybe_unused]] const bool copied =
            stage_rings(frame, tail.first(tail_count), stream.rings.get(), stream.uploaded);
        assert(copied);
    }
    return static_cast<std::uint32_t>(tail_count);
}

VkBuffer InkCanvas::stage_flags(Store& store, gpu::Frame& frame) {
    const std::size_t room =
        std::min(new_flags_max, frame.staging->left_bytes() / (2 * sizeof(std::uint32_t)));
    const auto changes = store.chunks.take_changes(room);
    if (changes.empty()) {
        return nullptr;
    }
    const auto memory = frame.staging->take(changes.size() * sizeof(std::uint32_t));
    assert(memory);
    VkDeviceSize offset = 0;
    for (const scene::InkFlags& change : changes) {
        Stream& stream = store.streams.at(change.stream);
        if (change.ring >= stream.uploaded) {
            const std::size_t place = stream.waiting_begin + (change.ring - stream.uploaded);
            stream.waiting[place].flags = change.flags;
            continue;
        }
        std::memcpy(memory->bytes.data() + offset, &change.flags, sizeof change.flags);
        stream.new_flags.push_back(
            {.srcOffset = memory->offset_bytes + offset,
             .dstOffset = VkDeviceSize{change.ring} * sizeof(InkRing) + offsetof(InkRing, flags),
             .size = sizeof change.flags});
        offset += sizeof change.flags;
    }
    return memory->buffer;
}

/// Into the buffer, and into the larger one as far as that is filled.
void InkCanvas::Stream::copy_flags(VkCommandBuffer commands, VkBuffer from) {
    const auto copy = [&](VkBuffer to) {
        if (!new_flags.empty()) {
            vkCmdCopyBuffer(commands, from, to, static_cast<std::uint32_t>(new_flags.size()),
                            new_flags.data());
        }
    };
    copy(rings.get());
    const VkDeviceSize filled = VkDeviceSize{next.copied} * sizeof(InkRing);
    std::erase_if(new_flags,
                  [&](const VkBufferCopy& region) { return region.dstOffset >= filled; });
    copy(next.rings.get());
    new_flags.clear();
}

gpu::Result<void> InkCanvas::upload(gpu::Frame& frame, gpu::DeletionQueue& deletions) {
    std::array<VkBuffer, 2> flags{};
    std::ranges::transform(stores_, flags.begin(),
                           [&](Store& store) { return stage_flags(store, frame); });
    // Earlier frames may still read the rings after the committed ones, and earlier copies wrote
    // them.
    gpu::memory_barrier(frame.commands,
                        VK_PIPELINE_STAGE_2_VERTEX_ATTRIBUTE_INPUT_BIT |
                            VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_TRANSFER_READ_BIT);
    // What is seen first; the thinner copies of both hands with what is left.
    for (Store& store : stores_) {
        auto shown = upload_stream(store.streams[0], store.tail, frame, deletions);
        if (!shown) {
            return std::unexpected(shown.error());
        }
        store.tail_drawn = *shown;
    }
    for (Store& store : stores_) {
        for (Stream& stream : std::span(store.streams).subspan(1)) {
            if (auto copied = upload_stream(stream, {}, frame, deletions); !copied) {
                return std::unexpected(copied.error());
            }
        }
    }
    if (std::ranges::any_of(flags, [](VkBuffer from) { return from != nullptr; })) {
        // Over what has just been copied.
        gpu::memory_barrier(frame.commands, VK_PIPELINE_STAGE_2_COPY_BIT,
                            VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                            VK_ACCESS_2_TRANSFER_WRITE_BIT);
        for (std::size_t i = 0; i < stores_.size(); ++i) {
            for (Stream& stream : stores_.at(i).streams) {
                stream.copy_flags(frame.commands, flags.at(i));
            }
        }
    }
    gpu::memory_barrier(
        frame.commands, VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
        VK_PIPELINE_STAGE_2_VERTEX_ATTRIBUTE_INPUT_BIT, VK_ACCESS_2_VERTEX_ATTRIBUTE_READ_BIT);
    return {};
}

void InkCanvas::cull(const scene::InkSight& sight) {
    for (Store& store : stores_) {
        std::array<std::uint32_t, scene::ink_stream_count> uploaded{};
        for (std::size_t i = 0; i < uploaded.size(); ++i) {
            uploaded.at(i) = store.streams.at(i).uploaded;
        }
        store.runs = store.chunks.cull(sight, uploaded, store.tail_drawn);
    }
}

std::span<const scene::InkRun> InkCanvas::runs(InkHand hand) const {
    return stores_.at(slot_of(hand)).runs;
}

VkBuffer InkCanvas::rings(InkHand hand, std::size_t stream) const {
    return stores_.at(slot_of(hand)).streams.at(stream).rings.get();
}

} // namespace haven::renderer
