#pragma once

#include "bilateral/ink_curve.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven {

/// One ring of a tube, as the vertex shader reads it (std430, 32 bytes). Instance i joins ring i
/// and ring i + 1, unless ring i is flagged last_of_stroke. With q the frame, the vertex at angle a
/// of a ring is
///     centre + radius * (q * (cos a, sin a, 0))
/// its normal is  normalize(q * (cos a * c, sin a * c, s))  with s = slope and c = sqrt(1 - s * s),
/// and q * (0, 0, 1) is the stroke's direction. The first and last ring of a stroke have radius 0,
/// so tubes are closed.
struct TubeRing {
    glm::vec3 centre_m{0.0F};
    float radius_m = 0.0F;
    std::array<std::int16_t, 4> frame_snorm{0, 0, 0, 32767}; ///< unit quaternion x, y, z, w / 32767
    std::uint32_t colour_rgba8 = 0; ///< linear light; red in the lowest byte; alpha 255
    std::uint32_t flags = 0;

    static constexpr std::uint32_t last_of_stroke = 1U << 0U;
    static constexpr std::uint32_t derived = 1U << 1U; ///< part of a copy
    static constexpr std::uint32_t slope_shift =
        16U; ///< bits 16 to 23: the slope as snorm8 (-127 to 127)

    friend bool operator==(const TubeRing&, const TubeRing&) = default;
};
static_assert(sizeof(TubeRing) == 32 && alignof(TubeRing) == 4);

[[nodiscard]] glm::quat frame_of(const TubeRing& ring);
[[nodiscard]] float slope_of(const TubeRing& ring);

/// The ring as it appears in a copy of its hand's stroke; flagged derived.
[[nodiscard]] TubeRing copied_ring(const Symmetry& symmetry, Hand hand, const TubeRing& ring);

/// Builds the tube of one hand's strokes along their curve, one after the other, as a stream of
/// rings that only grows, followed by a short live tail that is replaced with each call. Frames are
/// transported by double reflection (Wang, Juettler, Zheng and Liu, "Computation of Rotation
/// Minimizing Frames", 2008); corners become round joints, ends half spheres. Constant work a
/// point. Points may be anything finite or not: a point that is not finite is ignored.
class TubeBuilder {
  public:
    static constexpr std::size_t tail_rings_max = InkCurve::rest_max + 16;

    /// Room for `rings_reserved` rings between two calls of drop_committed() before it grows.
    explicit TubeBuilder(std::size_t rings_reserved = 1024);

    /// `flags` are set on every ring: TubeRing::derived or 0.
    void begin(const Brush& brush, std::uint32_t flags = 0);
    void add(const StrokePoint& point);
    /// The live tip: the tail reaches to it until the next add, move_tip or end.
    void move_tip(const glm::vec3& position_m, float pressure);
    /// With the last point: the live tip was never drawn.
    void end();
    [[nodiscard]] bool in_stroke() const { return in_stroke_; }

    /// Rings made since the last drop_committed(); they never change.
    [[nodiscard]] std::span<const TubeRing> committed() const { return committed_; }
    void drop_committed() { committed_.clear(); }
    /// What follows the committed rings for now: at most tail_rings_max, closed by a round end.
    /// Empty between strokes.
    [[nodiscard]] std::span<const TubeRing> tail();

  private:
    /// The end of the tube so far.
    struct End {
        bool begun = false;
        glm::vec3 position_m{0.0F};
        glm::vec3 tangent{0.0F, 0.0F, 1.0F};
        glm::vec3 normal{1.0F, 0.0F, 0.0F};
    };
    using Rings = std::vector<TubeRing>;

    void extend(Rings& out, End& end, std::span<const InkVertex> vertices) const;
    void join(Rings& out, End& end, const InkVertex& vertex) const;
    void start_cap(Rings& out, const InkVertex& vertex, const End& end) const;
    void end_cap(Rings& out, const InkVertex& vertex, const End& end) const;
    void push(Rings& out, const glm::vec3& centre_m, float radius_m, const End& end,
              float slope = 0.0F) const;

    InkCurve curve_;
    Rings committed_;
    Rings tail_;
    End end_; ///< of what is committed
    std::uint32_t colour_rgba8_ = 0;
    std::uint32_t flags_ = 0;
    bool in_stroke_ = false;
    bool tail_stale_ = false; ///< `tail_` is made when it is asked for
};

/// All rings of a finished stroke, for a picture made anew (after a lost device, or of a stored
/// drawing).
void append_rings(const Stroke& stroke, std::vector<TubeRing>& rings);

} // namespace haven
