#pragma once

#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace haven::environments {

inline glm::vec3 corner(const scene::SceneMesh& mesh, std::size_t index) {
    return mesh.vertices.at(mesh.indices.at(index)).position_m;
}

/// How near the axis x = z = 0 a triangle comes, seen from above, after it was cut to low..high.
inline float nearest_to_axis_m(std::vector<glm::vec3> shape, glm::vec2 axis, float low_m,
                               float high_m) {
    const auto cut = [&](float side, float height_m) {
        std::vector<glm::vec3> kept;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const glm::vec3 a = shape[i];
            const glm::vec3 b = shape[(i + 1) % shape.size()];
            const float in_a = side * (a.y - height_m);
            const float in_b = side * (b.y - height_m);
            if (in_a >= 0.0F) {
                kept.push_back(a);
            }
            if ((in_a >= 0.0F) != (in_b >= 0.0F)) {
                kept.push_back(glm::mix(a, b, in_a / (in_a - in_b)));
            }
        }
        shape = kept;
    };
    cut(1.0F, low_m);
    cut(-1.0F, high_m);
    float nearest = 1e9F;
    float area = 0.0F; // twice, signed, seen from above
    bool left = true;
    bool right = true;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const glm::vec2 a = glm::vec2(shape[i].x, shape[i].z) - axis;
        const glm::vec3 next = shape[(i + 1) % shape.size()];
        const glm::vec2 along = glm::vec2(next.x, next.z) - axis - a;
        const float length2 = std::max(glm::dot(along, along), 1e-12F);
        const float t = std::clamp(-glm::dot(a, along) / length2, 0.0F, 1.0F);
        nearest = std::min(nearest, glm::length(a + along * t));
        const float turn = along.x * -a.y - along.y * -a.x;
        area += turn;
        left = left && turn >= 0.0F;
        right = right && turn <= 0.0F;
    }
    return std::abs(area) > 1e-7F && (left || right) ? 0.0F : nearest;
}

} // namespace haven::environments
