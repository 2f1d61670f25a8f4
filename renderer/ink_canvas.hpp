#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <span>
#include <vector>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

enum class InkHand : std::uint8_t { left, right };
enum class InkStatus : std::uint8_t {
    ok,
    full ///< ring_count_max is reached: what came after is not drawn. The drawing itself is
         ///< elsewhere and unharmed
};

/// The ink of both hands on the GPU: per hand growing buffers of rings, appended to and never
/// rewritten but for their flags, where some are hidden: all rings, and for what is far or small
/// every 2nd, 4th and 8th (scene::InkChunks says what is drawn). Committed rings stay; the live
/// tail (the end of a stroke that may still change) is replaced each frame. Frame thread only. A
/// larger buffer is made by another thread when three quarters of one are used, and filled a piece
/// a frame; a frame that needs it before waits for it.
///
///     ink.append(InkHand::left, newly_committed);   // any number of times between two frames
///     ink.set_tail(InkHand::left, live_rings);      // at most once; replaces the last tail
class InkCanvas {
  public:
    static constexpr std::uint32_t ring_count_max = 2'000'000; ///< a hand; 120 MB with its copies
    static constexpr std::uint32_t tail_count_max = 1024;

    explicit InkCanvas(gpu::Device& device);

    /// Adds rings that will not change. They show in the next frame; more than a frame's upload
    /// share (about 100 000) follow in the frames after it, in order.
    InkStatus append(InkHand hand, std::span<const scene::InkRing> rings);
    /// The rings after the committed ones, until the next call; beyond tail_count_max the oldest
    /// are kept.
    void set_tail(InkHand hand, std::span<const scene::InkRing> rings);
    /// Committed rings are not drawn any more, or drawn again; those that the canvas has not, for
    /// it was full, are left out. Shows in the next frame; what cuts many chunks of ink in two
    /// (more than about a dozen), in the frames after it. Costs nothing for the rings in between.
    void set_hidden(InkHand hand, std::uint32_t first, std::uint32_t count, bool hidden);
    void clear(InkHand hand); ///< the tail as well

    /// Committed rings, uploaded or still waiting.
    [[nodiscard]] std::uint32_t ring_count(InkHand hand) const;
    [[nodiscard]] bool full(InkHand hand) const;
    /// Rings not yet on the GPU (waiting for their share of a frame's upload).
    [[nodiscard]] std::uint32_t waiting_count(InkHand hand) const;
    /// True when nothing of either hand waits, thinner copies and what is hidden included.
    [[nodiscard]] bool all_uploaded() const;

    // For the passes, once a frame each.
    /// Copies what is new; outside of a render pass.
    gpu::Result<void> upload(gpu::Frame& frame, gpu::DeletionQueue& deletions);
    /// Chooses what is drawn of it; after upload().
    void cull(const scene::InkSight& sight);
    /// As chosen by cull(), until the next one.
    [[nodiscard]] std::span<const scene::InkRun> runs(InkHand hand) const;
    [[nodiscard]] VkBuffer rings(InkHand hand, std::size_t stream) const;

  private:
    /// Rings in a buffer, and those that wait to be copied there.
    struct Stream {
        gpu::Buffer rings;
        std::uint32_t capacity = 0;
        std::uint32_t uploaded = 0; // committed rings in the buffer
        /// The larger buffer that takes its place.
        struct Next {
            std::future<gpu::Result<gpu::Buffer>> making; // valid until it is taken
            gpu::Buffer rings;
            std::uint32_t capacity = 0; // 0: none is on its way
            std::uint32_t copied = 0;   // of the committed rings
        };
        Next next;
        std::vector<scene::InkRing> waiting; // committed, not yet uploaded
        std::size_t waiting_begin = 0;       // first of `waiting` that still waits

        [[nodiscard]] std::uint32_t waiting_count() const {
            return static_cast<std::uint32_t>(waiting.size() - waiting_begin);
        }
        [[nodiscard]] std::uint32_t count() const { return uploaded + waiting_count(); }
        std::vector<VkBufferCopy> new_flags; // of committed rings in the buffer, of this frame

        /// Copies at most `most` committed rings more into the next buffer.
        void copy_ahead(VkCommandBuffer commands, std::uint32_t most);
        void copy_flags(VkCommandBuffer commands, VkBuffer from);
        void clear();
    };
    struct Store {
        std::array<Stream, scene::ink_stream_count> streams;
        scene::InkChunks chunks;
        scene::InkChunks::Thinned thinned; // of the last append; empty in between
        std::vector<scene::InkRing> tail;
        std::uint32_t tail_drawn = 0;
        std::span<const scene::InkRun> runs;
        bool full = false;
    };
    /// Sets what is hidden in what waits, and stages it for what is in the buffers.
    static VkBuffer stage_flags(Store& store, gpu::Frame& frame);
    void make_room_ahead(Stream& stream, gpu::Frame& frame);
    void begin_growth(Stream& stream, std::uint32_t capacity);
    gpu::Result<void> grow(Stream& stream, std::uint32_t needed, gpu::Frame& frame,
                           gpu::DeletionQueue& deletions);
    /// Copies what waits and, when nothing waits any more, `tail` behind it; answers how much of
    /// the tail is there.
    gpu::Result<std::uint32_t> upload_stream(Stream& stream, std::span<const scene::InkRing> tail,
                                             gpu::Frame& frame, gpu::DeletionQueue& deletions);

    gpu::Device& device_;
    std::array<Store, 2> stores_;
};

} // namespace haven::renderer
