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
/// as finely as the picture can show, the fresh end always in full. What is recorded never changes.
/// Plain data: the streams live elsewhere, this says what belongs into them.
class InkChunks {
  public:
    static constexpr std::uint32_t chunk_rings = 256;
    static constexpr std::uint32_t run_count_max = 128;

    using Thinned = std::array<std::vector<InkRing>, ink_stream_count - 1>;

    InkChunks();
    /// The next rings of stream 0. What the thinner streams get for it is added to `thinned`.
    void append(std::span<const InkRing> rings, Thinned& thinned);
    /// Only the first `ring_count` rings remain. Afterwards the streams hold stream_counts().
    void truncate(std::uint32_t ring_count);
    [[nodiscard]] const std::array<std::uint32_t, ink_stream_count>& stream_counts() const {
        return counts_;
    }
    /// What to draw this frame of the first `uploaded` rings of each stream; `live` more rings
    /// follow the last of stream 0. At most run_count_max runs and one. Valid until the next call.
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
        std::uint8_t level;                                // as drawn last; hidden: out of sight
    };
    static constexpr std::uint8_t hidden = 255;

    void close(const InkRing* next, Thinned& thinned);
    [[nodiscard]] std::uint8_t level_of(const Chunk& chunk, const InkSight& sight) const;
    void add_run(const InkRun& run);
    bool add_runs(const std::array<std::uint32_t, ink_stream_count>& uploaded, std::uint32_t end,
                  std::size_t group);

    std::vector<Chunk> chunks_;
    std::vector<InkRing> open_; // of the chunk that is not full
    std::uint32_t open_first_ = 0;
    std::array<std::uint32_t, ink_stream_count> counts_{};
    std::vector<InkRun> runs_;
};

} // namespace haven::scene
