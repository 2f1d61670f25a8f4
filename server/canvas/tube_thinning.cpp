#include "server/canvas/tube_thinning.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace haven::canvas {

namespace {

constexpr std::size_t reach_max = 24; ///< rings that one piece may leave out: linear time
constexpr std::size_t batch_rings = 8'192;

glm::vec3 direction_of(const TubeRing& ring) {
    return frame_of(ring) * glm::vec3{0.0F, 0.0F, 1.0F};
}

/// A full ring beside a cap.
bool holds_the_tube(std::span<const TubeRing> rings, std::size_t i) {
    const float slope = slope_of(rings[i]);
    return slope == 0.0F && ((i > 0 && slope_of(rings[i - 1]) < 0.0F) ||
                             (i + 1 < rings.size() && slope_of(rings[i + 1]) > 0.0F));
}

/// Whether a straight piece from the first ring to the last is what lies between them.
bool is_straight(std::span<const TubeRing> rings, float tolerance_m) {
    const TubeRing& from = rings.front();
    const TubeRing& to = rings.back();
    const float turn_cos = std::clamp(glm::dot(direction_of(from), direction_of(to)), -1.0F, 1.0F);
    const float half_turn_cos = std::sqrt((1.0F + turn_cos) / 2.0F);
    if (std::max(from.radius_m, to.radius_m) * (1.0F - half_turn_cos) > tolerance_m) {
        return false;
    }
    const glm::vec3 way = to.centre_m - from.centre_m;
    const float squares = glm::dot(way, way);
    return std::ranges::all_of(rings.subspan(1, rings.size() - 2), [&](const TubeRing& ring) {
        const glm::vec3 off = ring.centre_m - from.centre_m;
        const float share =
            squares > 0.0F ? std::clamp(glm::dot(off, way) / squares, 0.0F, 1.0F) : 0.0F;
        return glm::distance(off, way * share) <= tolerance_m &&
               std::abs(ring.radius_m - glm::mix(from.radius_m, to.radius_m, share)) <= tolerance_m;
    });
}

} // namespace

std::vector<TubeRing> thinned(std::span<const TubeRing> rings, float tolerance_m) {
    std::vector<TubeRing> kept;
    if (rings.empty()) {
        return kept;
    }
    std::size_t from = 0;
    kept.push_back(rings.front());
    while (from + 1 < rings.size()) {
        std::size_t to = from + 1;
        while (to + 1 < rings.size() && to - from < reach_max && !holds_the_tube(rings, to) &&
               is_straight(rings.subspan(from, to - from + 2), tolerance_m)) {
            ++to;
        }
        kept.push_back(rings[to]);
        from = to;
    }
    return kept;
}

std::vector<TubeRing> thinned_rings(const Stroke& stroke, float& tolerance_m, float tolerance_m_max,
                                    std::size_t rings_max) {
    std::vector<TubeRing> kept;
    TubeBuilder tube{batch_rings + TubeBuilder::tail_rings_max};
    const auto take = [&] {
        const std::vector<TubeRing> batch = thinned(tube.committed(), tolerance_m);
        kept.insert(kept.end(), batch.begin(), batch.end());
        tube.drop_committed();
        while (kept.size() > rings_max && tolerance_m < tolerance_m_max) {
            tolerance_m *= 2.0F;
            kept = thinned(kept, tolerance_m);
        }
    };
    tube.begin(stroke.brush);
    for (const StrokePoint& point : stroke.points) {
        tube.add(point);
        if (tube.committed().size() >= batch_rings) {
            take();
        }
    }
    tube.end();
    take();
    return kept;
}

} // namespace haven::canvas
