#pragma once

#include "bilateral/pose.hpp"
#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven {

/// The ring as the GPU reads it, moved from the space of the hands into the place.
[[nodiscard]] scene::InkRing placed_ring(const Pose& world_from_tracking, const TubeRing& ring);

/// Rings of a hand's canvas.
struct RingRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

/// Where rings go: the canvas of one hand, or a test's record of it.
class RingSink {
  public:
    RingSink() = default;
    RingSink(const RingSink&) = delete;
    RingSink& operator=(const RingSink&) = delete;
    virtual ~RingSink() = default;
    virtual void append(Hand hand, std::span<const scene::InkRing> rings) = 0;
    virtual void set_tail(Hand hand, std::span<const scene::InkRing> rings) = 0;
    virtual void set_hidden(Hand hand, const RingRange& range, bool hidden) = 0;
};

class CanvasSink final : public RingSink {
  public:
    explicit CanvasSink(renderer::InkCanvas& canvas) : canvas_(canvas) {}
    void append(Hand hand, std::span<const scene::InkRing> rings) override;
    void set_tail(Hand hand, std::span<const scene::InkRing> rings) override;
    void set_hidden(Hand hand, const RingRange& range, bool hidden) override;

  private:
    renderer::InkCanvas& canvas_;
};

/// Joins what a hand draws and what symmetry copies of it into the one buffer a hand has on the
/// GPU, where a ring is joined to the one after it. Both lines grow at once, so each goes in by
/// pieces: a piece ends with a ring that is joined to nothing, and the next piece begins with that
/// same ring. What is not yet a whole piece is the tail. Knows where each finished stroke lies in
/// its canvas, so that one that is taken back is hidden. Frame thread; allocates nothing once warm,
/// but for that.
class InkFeed {
  public:
    static constexpr std::size_t piece_rings = 256;

    explicit InkFeed(const Pose& world_from_tracking);

    [[nodiscard]] bool placed_at(const Pose& world_from_tracking) const {
        return world_from_tracking_ == world_from_tracking;
    }

    /// Hands on what `ink` has new since the last time; once a frame.
    void feed(ShownInk& ink, RingSink& sink);
    /// After feed(): hides those of the finished `strokes`, or shows them again, whose numbers
    /// these are, as they are now.
    void hide(std::span<const Stroke> strokes, std::span<const std::uint32_t> numbers,
              RingSink& sink);

    /// All of a drawing anew, for a new GPU device, what was taken back hidden. Nothing may be in
    /// progress.
    void refill(ShownInk& ink, std::span<const Stroke> strokes, RingSink& sink);

  private:
    struct Line {
        std::vector<scene::InkRing> piece;
        /// Where its strokes lie, one after the other, and where in that each of them ends.
        std::vector<RingRange> ranges;
        std::vector<std::size_t> stroke_ends;
        std::size_t strokes_placed = 0;
    };
    struct Place {
        std::size_t stream = 0;
        std::size_t stroke = 0; ///< of the stream
    };
    void append(Line& line, Hand hand, std::span<const scene::InkRing> rings, bool ends,
                RingSink& sink);
    void place(std::span<const Stroke> strokes);
    void extend(Line& line, Hand hand, std::span<const TubeRing> rings, RingSink& sink);
    void add_to_tail(const Line& line, std::span<const TubeRing> tail);

    Pose world_from_tracking_;
    std::array<Line, ShownInk::stream_count> lines_;
    std::vector<Place> places_; ///< of finished strokes, by their numbers
    std::array<std::uint32_t, 2> ring_counts_{};
    std::vector<scene::InkRing> tail_;
};

} // namespace haven
