#include "environments/camera/camera.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace haven::environments {
namespace {

constexpr std::size_t steps = 64; ///< a segment, in the table of ways

/// The knots' distance: the root of the chord.
float knot_step(glm::vec3 a, glm::vec3 b) {
    return std::sqrt(std::max(glm::distance(a, b), 1e-4F));
}

/// Barry and Goldman's pyramid between b and c; t from 0 to 1.
glm::vec3 catmull_rom(glm::vec3 a, glm::vec3 b, glm::vec3 c, glm::vec3 d, float t) {
    const float t1 = knot_step(a, b);
    const float t2 = t1 + knot_step(b, c);
    const float t3 = t2 + knot_step(c, d);
    const float u = t1 + t * (t2 - t1);
    const glm::vec3 ab = (a * (t1 - u) + b * u) / t1;
    const glm::vec3 bc = (b * (t2 - u) + c * (u - t1)) / (t2 - t1);
    const glm::vec3 cd = (c * (t3 - u) + d * (u - t2)) / (t3 - t2);
    const glm::vec3 abc = (ab * (t2 - u) + bc * u) / t2;
    const glm::vec3 bcd = (bc * (t3 - u) + cd * (u - t1)) / (t3 - t1);
    return (abc * (t2 - u) + bcd * (u - t1)) / (t2 - t1);
}

} // namespace

CameraCurve::CameraCurve(std::vector<glm::vec3> keyframes_m, bool closed)
    : keyframes_m_(std::move(keyframes_m)), closed_(closed) {
    assert(keyframes_m_.size() >= 2);
    way_m_.reserve(segments() * steps + 1);
    way_m_.push_back(0.0F);
    glm::vec3 last = point(0.0F);
    for (std::size_t i = 1; i <= segments() * steps; ++i) {
        const glm::vec3 next = point(static_cast<float>(i) / static_cast<float>(steps));
        way_m_.push_back(way_m_.back() + glm::distance(last, next));
        last = next;
    }
    length_m_ = way_m_.back();
}

std::size_t CameraCurve::segments() const {
    return closed_ ? keyframes_m_.size() : keyframes_m_.size() - 1;
}

glm::vec3 CameraCurve::point(float parameter) const {
    const auto count = static_cast<std::ptrdiff_t>(keyframes_m_.size());
    const auto last_segment = static_cast<std::ptrdiff_t>(segments()) - 1;
    const auto segment = std::clamp(static_cast<std::ptrdiff_t>(std::floor(parameter)),
                                    std::ptrdiff_t{0}, last_segment);
    // Past the ends of an open curve the neighbours are mirrored, so that it runs out straight.
    const auto key = [&](std::ptrdiff_t index) {
        if (closed_) {
            return keyframes_m_.at(static_cast<std::size_t>((index + count) % count));
        }
        if (index < 0) {
            return 2.0F * keyframes_m_.front() - keyframes_m_.at(1);
        }
        if (index >= count) {
            return 2.0F * keyframes_m_.back() - keyframes_m_.at(keyframes_m_.size() - 2);
        }
        return keyframes_m_.at(static_cast<std::size_t>(index));
    };
    return catmull_rom(key(segment - 1), key(segment), key(segment + 1), key(segment + 2),
                       parameter - static_cast<float>(segment));
}

glm::vec3 CameraCurve::at(float way_m) const {
    if (closed_) {
        way_m -= std::floor(way_m / length_m_) * length_m_;
    }
    way_m = std::clamp(way_m, 0.0F, length_m_);
    const auto after = std::ranges::upper_bound(way_m_, way_m);
    const auto index = static_cast<std::size_t>(
        std::clamp(after - way_m_.begin(), std::ptrdiff_t{1}, std::ssize(way_m_) - 1));
    const float before_m = way_m_.at(index - 1);
    const float share = (way_m - before_m) / std::max(way_m_.at(index) - before_m, 1e-6F);
    return point((static_cast<float>(index - 1) + share) / static_cast<float>(steps));
}

float CameraCurve::curvature_per_m(std::size_t index) const {
    float most = 0.0F;
    const float here = way_m_.at(std::min(index * steps, way_m_.size() - 1));
    constexpr float step_m = 0.1F;
    for (int i = -5; i <= 5; ++i) {
        const float way_m = here + static_cast<float>(i) * step_m;
        if (!closed_ && (way_m < step_m || way_m > length_m_ - step_m)) {
            continue;
        }
        const glm::vec3 bend = at(way_m - step_m) - 2.0F * at(way_m) + at(way_m + step_m);
        most = std::max(most, glm::length(bend) / (step_m * step_m));
    }
    return most;
}

} // namespace haven::environments
