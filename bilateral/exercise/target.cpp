#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace haven::exercise {

namespace {

constexpr float shoulder_m = 0.18F; ///< from the midline

} // namespace

glm::vec3 target_point_m(const Target& target, double phase_s) {
    const double rounds = double{target.pace_hz} * phase_s * (target.clockwise ? -1.0 : 1.0);
    const double turn = 2.0 * std::numbers::pi * (double{target.start_turn} + rounds);
    const double across = target.shape == Shape::circle ? std::cos(turn) : std::sin(turn);
    const double up = target.shape == Shape::circle ? std::sin(turn) : std::sin(2.0 * turn);
    glm::vec3 point_m =
        target.centre_m + glm::vec3(0.5F * target.size_m.x * static_cast<float>(across),
                                    0.5F * target.size_m.y * static_cast<float>(up), 0.0F);
    point_m.x = target.mirrored ? -point_m.x : point_m.x;
    return point_m;
}

Target mirrored(const Target& target) {
    Target other = target;
    other.hand = target.hand == Hand::left ? Hand::right : Hand::left;
    other.mirrored = !target.mirrored;
    return other;
}

float reach_m(const Target& target) {
    constexpr int points = 256;
    const glm::vec3 shoulder(target.hand == Hand::left ? -shoulder_m : shoulder_m, 0.0F, 0.0F);
    Target round = target;
    round.pace_hz = 1.0F;
    float farthest_m = 0.0F;
    for (int i = 0; i < points; ++i) {
        const glm::vec3 point_m = target_point_m(round, static_cast<double>(i) / points);
        farthest_m = std::max(farthest_m, glm::distance(shoulder, point_m));
    }
    return farthest_m;
}

} // namespace haven::exercise
