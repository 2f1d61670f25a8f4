#pragma once

#include "renderer/scene/chunks.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {

/// A hand's rings exist in several streams: every ring, every 2nd, every 4th, every 8th.
inline constexpr std::size_t ink_stream_count = 4;

enum class InkShape : std::uint8_t {
    tube,  ///< eight sides
    ribbon ///< turned to the eye and shaded as if round: an eighth of the triangles
};

/// Joints that are drawn together: `count` of them from ring `first` of a stream on.
struct InkRun {
    InkShape shape = InkShape::tube;
    std::uint8_t stream = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    friend bool operator==(const InkRun&, const InkRun&) = default;
};

/// What a ring's flags in a stream have become.
struct InkFlags {
    std::uint8_t stream = 0;
    std::uint32_t ring = 0;
    std::uint32_t flags = 0;
    friend bool operator==(const InkFlags&, const InkFlags&) = default;
};

/// From where ink is seen, and how exactly it has to be drawn.
struct InkSight {
    Frustum left;
    Frustum right;
    std::array<glm::vec3, 2> eyes_m;
    float px_per_rad = 256.0F;  ///< of the picture's middle
    float tolerance_px = 0.35F; ///< how far an outline may move; 0: every ring, as a tube
};

/// What is drawn of one hand's ink. The rings come in order and are cut into chunks; a chunk that
/// is full gets bounds and thinner copies of itself, and each frame every chunk in sight is drawn
/// as finely as the picture can show, the fresh end always in full. Rings never change, but for
/// being hidden: a chunk in which all are is not drawn, of others the streams are told. Plain data:
/// the streams live elsewhere, this says what belongs into them.
class InkChunks {
  public:
    static constexpr std::uint32_t chunk_rings = 256;
    static constexpr std::uint32_t run_count_max = 128;

    using Thinned = std::array<std::vector<InkRing>, ink_stream_count - 1>;

    InkChunks();
    /// The next rings of stream 0. What the thinner streams get for it is added to `thinned`.
    void append(std::span<const InkRing> rings, Thinned& thinned);
    void clear();
    /// These rings are not drawn, or drawn again.
    void set_hidden(std::uint32_t first, std::uint32_t count, bool hidden);
    /// What the streams, the rings that wait for them included, have to be told of that: at most
    /// `most`, the rest by later calls. Valid until the next call.
    [[nodiscard]] std::span<const InkFlags> take_changes(std::size_t most);
    [[nodiscard]] bool has_changes() const { return !changed_chunks_.empty(); }
    /// A chunk has at most so many rings in all streams.
    static constexpr std::size_t changes_a_chunk_max = 4 * std::size_t{chunk_rings};
    [[nodiscard]] const std::array<std::uint32_t, ink_stream_count>& stream_counts() const {
        return counts_;
    }
    /// What to draw this frame of the first `uploaded` rings of each stream; `live` more rings
    /// follow the last of stream 0. At most run_count_max runs and one, and one more for each chunk
    /// that is hidden between others. Valid until the next call.
    [[nodiscard]] std::span<const InkRun>
    cull(const InkSight& sight, const std::array<std::uint32_t, ink_stream_count>& uploaded,
         std::uint32_t live);
    [[nodiscard]] std::size_t chunk_count() const { return chunks_.size(); }

  private:
    struct Chunk {
        glm::vec3 low;
        glm::vec3 high;
        float radius_m;                                  // the widest
        std::array<float, ink_stream_count> deviation_m; // of the outline, in each stream
        std::array<std::uint32_t, ink_stream_count> first;
        std::array<std::uint32_t, ink_stream_count> count; // joints; 0: not in this stream
        std::uint32_t hidden_rings;
        std::uint8_t level; // as drawn last, or unseen
        [[nodiscard]] bool hidden() const { return hidden_rings == count[0]; }
    };
    static constexpr std::uint8_t unseen = 255;
    /// Of a ring's flags: the streams have it as hidden.
    static constexpr std::uint8_t told_hidden = 128;

    void close(const InkRing* next, Thinned& thinned);
    [[nodiscard]] std::uint8_t level_of(const Chunk& chunk, const InkSight& sight) const;
    void add_run(const InkRun& run);
    bool add_runs(const std::array<std::uint32_t, ink_stream_count>& uploaded, std::uint32_t end,
                  std::size_t group);
    void tell_changes(std::uint32_t chunk);

    std::vector<Chunk> chunks_;
    std::vector<InkRing> open_; // of the chunk that is not full
    std::uint32_t open_first_ = 0;
    std::vector<std::uint8_t> flags_;           // of each ring of stream 0
    std::vector<std::uint32_t> changed_chunks_; // of which streams may have to be told
    std::vector<InkFlags> changes_;
    std::array<std::uint32_t, ink_stream_count> counts_{};
    std::vector<InkRun> runs_;
};

} // namespace haven::scene
