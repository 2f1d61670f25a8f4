#include "bilateral/stroke_mesh.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_curve.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/mat3x3.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven {

namespace {

constexpr float length_m_min = 1.0e-5F; ///< a shorter step has no direction
constexpr float sharp_turn_cos = 0.7071068F;

/// Sine and cosine of the latitudes of a cap's rings, from the tube towards the pole: 30, 60 and 90
/// degrees.
struct Latitude {
    float sin;
    float cos;
};
constexpr std::array<Latitude, 3> cap_latitudes{{{.sin = 0.5F, .cos = 0.8660254F},
                                                 {.sin = 0.8660254F, .cos = 0.5F},
                                                 {.sin = 1.0F, .cos = 0.0F}}};

glm::vec3 any_perpendicular(const glm::vec3& v) {
    const glm::vec3 axis =
        std::abs(v.y) < 0.9F ? glm::vec3{0.0F, 1.0F, 0.0F} : glm::vec3{1.0F, 0.0F, 0.0F};
    return glm::normalize(glm::cross(axis, v));
}

/// `normal` made perpendicular to `tangent` and of unit length.
glm::vec3 squared_up(const glm::vec3& normal, const glm::vec3& tangent) {
    const glm::vec3 level = normal - tangent * glm::dot(normal, tangent);
    const float squares = glm::dot(level, level);
    return squares > 1e-6F ? level / std::sqrt(squares) : any_perpendicular(tangent);
}

glm::vec3 reflected(const glm::vec3& v, const glm::vec3& mirror_normal, float squares) {
    return v - mirror_normal * (2.0F / squares * glm::dot(mirror_normal, v));
}

/// The normal turned by the least rotation that takes one unit tangent to another; they are less
/// than 180 degrees apart.
glm::vec3 turned(const glm::vec3& normal, const glm::vec3& from, const glm::vec3& to) {
    const glm::vec3 half = from + to;
    const float squares = glm::dot(half, half);
    if (squares < 1e-6F) {
        return squared_up(normal, to);
    }
    return squared_up(-reflected(-reflected(normal, from, 1.0F), half, squares), to);
}

std::int16_t snorm16(float value) {
    return static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0F, 1.0F) * 32767.0F));
}

std::uint32_t unorm8(float value) {
    return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

/// `normal` and `tangent` are perpendicular unit vectors.
std::array<std::int16_t, 4> packed_frame(const glm::vec3& normal, const glm::vec3& tangent) {
    const glm::quat q = glm::quat_cast(glm::mat3{normal, glm::cross(tangent, normal), tangent});
    return {snorm16(q.x), snorm16(q.y), snorm16(q.z), snorm16(q.w)};
}

} // namespace

glm::quat frame_of(const TubeRing& ring) {
    const auto& q = ring.frame_snorm;
    return glm::normalize(glm::quat{static_cast<float>(q[3]), static_cast<float>(q[0]),
                                    static_cast<float>(q[1]), static_cast<float>(q[2])});
}

float slope_of(const TubeRing& ring) {
    const auto bits = static_cast<std::uint8_t>(ring.flags >> TubeRing::slope_shift);
    return static_cast<float>(static_cast<std::int8_t>(bits)) / 127.0F;
}

TubeRing copied_ring(const Symmetry& symmetry, Hand hand, const TubeRing& ring) {
    TubeRing copy = ring;
    copy.centre_m = copied_position(symmetry, hand, ring.centre_m);
    copy.flags |= TubeRing::derived;
    if (symmetry.mode == SymmetryMode::mirror_copy) {
        const glm::quat q = frame_of(ring);
        const glm::vec3& n = symmetry.plane_normal;
        const glm::vec3 tangent =
            glm::normalize(reflected(q * glm::vec3{0.0F, 0.0F, 1.0F}, n, glm::dot(n, n)));
        const glm::vec3 normal = reflected(q * glm::vec3{1.0F, 0.0F, 0.0F}, n, glm::dot(n, n));
        copy.frame_snorm = packed_frame(squared_up(normal, tangent), tangent);
    }
    return copy;
}

TubeBuilder::TubeBuilder(std::size_t rings_reserved) {
    committed_.reserve(rings_reserved);
    tail_.reserve(tail_rings_max);
}

void TubeBuilder::begin(const Brush& brush, std::uint32_t flags) {
    if (in_stroke_) {
        end();
    }
    curve_.begin(brush);
    const Brush valid = made_valid(brush);
    colour_rgba8_ = unorm8(valid.colour_linear.r) | (unorm8(valid.colour_linear.g) << 8U) |
                    (unorm8(valid.colour_linear.b) << 16U) | 0xFF000000U;
    flags_ = flags;
    in_stroke_ = true;
    end_ = {};
    tail_stale_ = true;
}

void TubeBuilder::add(const StrokePoint& point) {
    if (in_stroke_) {
        extend(committed_, end_, curve_.add(point));
        tail_stale_ = true;
    }
}

void TubeBuilder::move_tip(const glm::vec3& position_m, float pressure) {
    if (in_stroke_) {
        curve_.move_tip(position_m, pressure);
        tail_stale_ = true;
    }
}

void TubeBuilder::end() {
    if (!in_stroke_) {
        return;
    }
    curve_.leave_tip();
    tail_stale_ = true;
    const auto rest = tail();
    committed_.insert(committed_.end(), rest.begin(), rest.end());
    tail_.clear();
    in_stroke_ = false;
    tail_stale_ = false;
}

namespace {

/// Double reflection: first in the plane halfway between the two points, then so that the tangents
/// meet.
glm::vec3 transported(const glm::vec3& normal, const glm::vec3& tangent, const glm::vec3& step,
                      const glm::vec3& next_tangent) {
    const float step_squares = glm::dot(step, step);
    if (step_squares < length_m_min * length_m_min) {
        return turned(normal, tangent, next_tangent);
    }
    const glm::vec3 half_normal = reflected(normal, step, step_squares);
    const glm::vec3 rest = next_tangent - reflected(tangent, step, step_squares);
    const float rest_squares = glm::dot(rest, rest);
    const glm::vec3 whole =
        rest_squares < 1e-10F ? half_normal : reflected(half_normal, rest, rest_squares);
    return squared_up(whole, next_tangent);
}

} // namespace

void TubeBuilder::extend(Rings& out, End& end, std::span<const InkVertex> vertices) const {
    for (const InkVertex& vertex : vertices) {
        if (end.begun) {
            join(out, end, vertex);
        } else {
            end = {.begun = true,
                   .position_m = vertex.position_m,
                   .tangent = vertex.leaves,
                   .normal = any_perpendicular(vertex.leaves)};
            start_cap(out, vertex, end);
        }
    }
}

/// The rings of the next vertex: one, or those of a round joint.
void TubeBuilder::join(Rings& out, End& end, const InkVertex& vertex) const {
    const glm::vec3 step = vertex.position_m - end.position_m;
    const float turn_cos = glm::dot(vertex.arrives, vertex.leaves);
    const bool sharp = turn_cos <= sharp_turn_cos;
    const glm::vec3 tangent =
        sharp ? vertex.arrives : glm::normalize(vertex.arrives + vertex.leaves);
    end.normal = transported(end.normal, end.tangent, step, tangent);
    end.tangent = tangent;
    end.position_m = vertex.position_m;
    push(out, vertex.position_m, vertex.radius_m, end);
    if (!sharp) {
        return;
    }
    // Rings through the same centre, each turned by 45 degrees or less.
    const auto turn_to = [&](const glm::vec3& direction) {
        end.normal = turned(end.normal, end.tangent, direction);
        end.tangent = direction;
        push(out, vertex.position_m, vertex.radius_m, end);
    };
    const glm::vec3 sum = vertex.arrives + vertex.leaves;
    const glm::vec3 halfway =
        glm::dot(sum, sum) > 1e-4F ? glm::normalize(sum) : squared_up(end.normal, vertex.arrives);
    if (turn_cos <= 0.0F) {
        turn_to(glm::normalize(vertex.arrives + halfway));
    }
    turn_to(halfway);
    if (turn_cos <= 0.0F) {
        turn_to(glm::normalize(halfway + vertex.leaves));
    }
    turn_to(vertex.leaves);
}

void TubeBuilder::push(Rings& out, const glm::vec3& centre_m, float radius_m, const End& end,
                       float slope) const {
    const auto slope_bits =
        static_cast<std::uint8_t>(static_cast<std::int8_t>(std::lround(slope * 127.0F)));
    out.push_back({.centre_m = centre_m,
                   .radius_m = radius_m,
                   .frame_snorm = packed_frame(end.normal, end.tangent),
                   .colour_rgba8 = colour_rgba8_,
                   .flags = flags_ | (std::uint32_t{slope_bits} << TubeRing::slope_shift)});
}

/// From the pole to the tube's first full ring.
void TubeBuilder::start_cap(Rings& out, const InkVertex& vertex, const End& end) const {
    for (std::size_t i = cap_latitudes.size(); i-- > 0;) {
        const Latitude& latitude = cap_latitudes[i];
        push(out, vertex.position_m - end.tangent * (vertex.radius_m * latitude.sin),
             vertex.radius_m * latitude.cos, end, -latitude.sin);
    }
    push(out, vertex.position_m, vertex.radius_m, end);
}

/// From after the tube's last full ring to the pole.
void TubeBuilder::end_cap(Rings& out, const InkVertex& vertex, const End& end) const {
    for (const Latitude& latitude : cap_latitudes) {
        push(out, vertex.position_m + end.tangent * (vertex.radius_m * latitude.sin),
             vertex.radius_m * latitude.cos, end, latitude.sin);
    }
    out.back().flags |= TubeRing::last_of_stroke;
}

std::span<const TubeRing> TubeBuilder::tail() {
    if (tail_stale_) {
        tail_.clear();
        if (const auto rest = curve_.rest(); !rest.empty()) {
            End end = end_;
            extend(tail_, end, rest);
            end_cap(tail_, rest.back(), end);
        }
        assert(tail_.size() <= tail_rings_max);
        tail_stale_ = false;
    }
    return tail_;
}

void append_rings(const Stroke& stroke, std::vector<TubeRing>& rings) {
    TubeBuilder tube{stroke.points.size() + TubeBuilder::tail_rings_max};
    tube.begin(stroke.brush, stroke.derived_from ? TubeRing::derived : 0U);
    for (const StrokePoint& point : stroke.points) {
        tube.add(point);
    }
    tube.end();
    rings.insert(rings.end(), tube.committed().begin(), tube.committed().end());
}

} // namespace haven
