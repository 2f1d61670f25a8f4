#pragma once

#include "bilateral/stroke.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace haven {

/// A place on the curve of a stroke, near enough to the next that a straight line between the two
/// is the curve for the eye.
struct InkVertex {
    glm::vec3 position_m{0.0F};
    glm::vec3 arrives{0.0F, 0.0F, 1.0F}; ///< the unit tangent on the way here ...
    glm::vec3 leaves{0.0F, 0.0F, 1.0F};  ///< ... and onward: another one only at a corner
    float radius_m = 0.0F;
};

/// The curve that ink follows, wherever it is shown: through every point of the stroke, smooth
/// where the hand was, with a corner where it made one.
///
/// Between two points lies a cubic whose ends have the direction that a circle through the points
/// around gives them, and the length that makes arcs of arcs. A recorder leaves points out that lie
/// within 0.5 mm of the line between those it keeps, so the curve keeps within `bulge_m_max` of
/// that line, too: a long straight line beside a tight bend stays straight. What would have to
/// bulge further to be smooth is a corner, and has straight sides. One exception: where the hand
/// was seen rarely, so that its points follow each other in time and turn alike, they are points of
/// an arc. Who leaves points out keeps one on a straight way that looks like that.
///
/// A point settles the piece before the last; after that the piece never changes. Constant work
/// and room a point. Points nearer than the spacing make no vertex of their own, points that are
/// not finite are ignored.
class InkCurve {
  public:
    static constexpr float bulge_m_max = 0.0006F;
    static constexpr float flatness_m = 0.00005F; ///< of the curve between two vertices
    static constexpr std::size_t steps_max = 16;  ///< vertices of one piece
    static constexpr std::size_t settled_max = steps_max + 1;
    static constexpr std::size_t rest_max = 2 * steps_max + 2;
    static constexpr float spacing_m_min = 0.0005F;
    static constexpr float spacing_per_radius = 0.2F;
    static constexpr float radius_share_min = 0.35F; ///< of half the brush's width, at no pressure
    static constexpr float taper = 0.7F; ///< how much wider or thinner ink becomes on its way

    void begin(const Brush& brush);
    /// Answers what has settled: it follows what settled before. Valid until the next call.
    std::span<const InkVertex> add(const StrokePoint& point);
    /// The live tip: the rest reaches to it until the next add() or move_tip().
    void move_tip(const glm::vec3& position_m, float pressure);
    /// There is no live tip any more: the rest reaches to the last point.
    void leave_tip() { has_tip_ = false; }
    /// What follows the settled vertices for now, to the tip or the last point: at least one vertex
    /// once there is a point. Valid until the next call.
    [[nodiscard]] std::span<const InkVertex> rest();
    [[nodiscard]] bool has_point() const { return knots_ > 0; }

    /// Where the ink turns so at `to`, between `from` and `beyond`: the way between `from` and `to`
    /// may be taken for an arc, unless a point on it tells that it is straight.
    [[nodiscard]] static bool may_take_for_arc(const StrokePoint& from, const StrokePoint& to,
                                               const StrokePoint& beyond);

  private:
    struct Knot {
        glm::vec3 position_m{0.0F};
        float radius_m = 0.0F;
        std::int64_t time_ns = 0;
    };
    struct Bend {
        glm::vec3 arrives;
        glm::vec3 leaves;
        glm::vec3 turn; ///< about this axis by so many radians
    };
    struct Piece {
        Knot from;
        Knot to;
        glm::vec3 leaves;
        glm::vec3 arrives;
    };
    template <std::size_t capacity>
    struct List {
        std::array<InkVertex, capacity> vertices;
        std::size_t count = 0;
        void push(const InkVertex& vertex) { vertices[count++] = vertex; }
        [[nodiscard]] std::span<const InkVertex> all() const { return {vertices.data(), count}; }
    };

    [[nodiscard]] float radius_m(float pressure) const;
    [[nodiscard]] Knot knot(const glm::vec3& position_m, float pressure) const;
    [[nodiscard]] static float spacing_m(const Knot& knot);
    [[nodiscard]] Bend bend_towards(const Knot& next) const;
    template <typename Out>
    static void trace(Out& out, Piece piece, const glm::vec3& onward, bool begins);

    float radius_max_m_ = 0.0F;
    std::size_t knots_ = 0; ///< at most 3 are told apart
    Knot before_;
    Knot last_;
    Knot near_; ///< the last point, where it is too near to `last_` for a vertex of its own
    bool has_near_ = false;
    Knot tip_;
    bool has_tip_ = false;
    bool started_ = false;       ///< vertices up to `before_` are settled
    glm::vec3 leaves_{0.0F};     ///< the curve's direction there
    glm::vec3 turn_{0.0F};       ///< of the curve there
    float step_before_m_ = 0.0F; ///< from the knot before that
    List<settled_max> settled_;
    List<rest_max> rest_;
};

} // namespace haven
