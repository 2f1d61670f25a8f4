#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace haven {

/// A stream of rings that grows: append `appended` to what was taken before, then put `tail` after
/// it; the next take's rings overwrite the tail.
struct RingUpdate {
    std::span<const TubeRing> appended;
    std::span<const TubeRing> tail;
};

/// The ink as it is shown: fed with the recorder's events and with each frame's sample, it gives
/// streams of rings, one for each hand and one for each hand's copies. It is the curve through the
/// points that are stored, as every canvas draws it; the live tip is exactly where this frame's
/// sample is, so ink never trails the hand. Allocates only when more than `rings_reserved` rings
/// come between two takes. One thread at a time.
class ShownInk {
  public:
    static constexpr std::size_t stream_count = 4;

    explicit ShownInk(std::size_t rings_reserved = 1024);

    /// `events` are those that the recorder gave for `sample`.
    void update(const HandSample& sample, std::span<const InkEvent> events);
    /// The hand of a running stroke is there in the frame at hand; what is recorded comes later.
    /// Farther than `lead_m_max` from its newest sample it has jumped, and is not followed.
    static constexpr float lead_m_max = 1.0F;
    void lead(Hand hand, const glm::vec3& tip_m);
    /// Events without a sample: those of pause() and finish().
    void update(std::span<const InkEvent> events);

    /// Streams in the order left, left's copies, right, right's copies.
    [[nodiscard]] static std::size_t stream_index(Hand hand, bool derived);
    /// What is new in a stream since its last take. The spans hold until the next update or take.
    [[nodiscard]] RingUpdate take(std::size_t stream);

  private:
    struct Line {
        TubeBuilder tube;
        glm::vec3 newest_m{0.0F}; ///< where the newest sample drew ...
        float pressure = 0.0F;    ///< ... and how
        Symmetry symmetry;
        std::vector<TubeRing> rings;
        std::vector<TubeRing> copies;
        std::array<TubeRing, TubeBuilder::tail_rings_max> copied_tail{};
        std::vector<TubeRing> taken;
        std::vector<TubeRing> taken_copies;
    };

    void handle(const InkEvent& event);
    void collect(Line& line, Hand hand);

    std::array<Line, 2> lines_;
};

} // namespace haven
