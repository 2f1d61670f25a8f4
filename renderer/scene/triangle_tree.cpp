#include "renderer/scene/triangle_tree.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::uint32_t leaf_count_max = 4;
constexpr std::size_t depth_max = 64; // halving 2^32 triangles needs 32

glm::vec3 middle(const Triangle& t) {
    return (t.a + t.b + t.c) * (1.0F / 3.0F);
}

} // namespace

TriangleTree::TriangleTree(std::vector<Triangle> triangles) {
    nodes_.reserve(triangles.size());
    triangles_.reserve(triangles.size());
    if (!triangles.empty()) {
        build(triangles, 0, static_cast<std::uint32_t>(triangles.size()));
    }
    for (const Triangle& t : triangles) {
        triangles_.push_back({t.a, t.b - t.a, t.c - t.a});
    }
}

void TriangleTree::build(std::vector<Triangle>& triangles, std::uint32_t first,
                         std::uint32_t count) {
    const std::span<Triangle> mine(triangles.data() + first, count);
    glm::vec3 low = mine.front().a;
    glm::vec3 high = low;
    glm::vec3 middle_low = middle(mine.front());
    glm::vec3 middle_high = middle_low;
    for (const Triangle& t : mine) {
        low = glm::min(low, glm::min(t.a, glm::min(t.b, t.c)));
        high = glm::max(high, glm::max(t.a, glm::max(t.b, t.c)));
        middle_low = glm::min(middle_low, middle(t));
        middle_high = glm::max(middle_high, middle(t));
    }
    const auto node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({low, first, high, count});
    if (count <= leaf_count_max) {
        return;
    }
    const glm::vec3 size = middle_high - middle_low;
    const int axis = size.x >= size.y && size.x >= size.z ? 0 : (size.y >= size.z ? 1 : 2);
    const std::uint32_t half = count / 2;
    std::ranges::nth_element(mine, mine.begin() + half, {},
                             [axis](const Triangle& t) { return middle(t)[axis]; });
    build(triangles, first, half);
    nodes_[node].first = static_cast<std::uint32_t>(nodes_.size());
    nodes_[node].count = 0;
    build(triangles, first + half, count - half);
}

// Moeller and Trumbore 1997, "Fast, Minimum Storage Ray/Triangle Intersection".
bool TriangleTree::hits(const Edges& triangle, glm::vec3 origin, glm::vec3 direction,
                        float length) {
    const glm::vec3 p = glm::cross(direction, triangle.ac);
    const float det = glm::dot(triangle.ab, p);
    if (std::abs(det) < 1e-9F) {
        return false;
    }
    const float inverse = 1.0F / det;
    const glm::vec3 offset = origin - triangle.a;
    const float u = glm::dot(offset, p) * inverse;
    if (u < 0.0F || u > 1.0F) {
        return false;
    }
    const glm::vec3 q = glm::cross(offset, triangle.ab);
    const float v = glm::dot(direction, q) * inverse;
    if (v < 0.0F || u + v > 1.0F) {
        return false;
    }
    const float at = glm::dot(triangle.ac, q) * inverse;
    return at > 1e-4F && at < length;
}

bool TriangleTree::blocked(glm::vec3 origin, glm::vec3 direction, float length) const {
    if (nodes_.empty()) {
        return false;
    }
    const glm::vec3 inverse =
        1.0F / direction; // infinite where parallel: the comparisons still hold
    std::array<std::uint32_t, depth_max> waiting{};
    std::size_t waiting_count = 1;
    while (waiting_count > 0) {
        const std::uint32_t index = waiting.at(--waiting_count);
        const Node& node = nodes_[index];
        const glm::vec3 to_low = (node.low - origin) * inverse;
        const glm::vec3 to_high = (node.high - origin) * inverse;
        const glm::vec3 enter = glm::min(to_low, to_high);
        const glm::vec3 leave = glm::max(to_low, to_high);
        const float begin = std::max({enter.x, enter.y, enter.z, 0.0F});
        const float end = std::min({leave.x, leave.y, leave.z, length});
        if (begin > end) {
            continue;
        }
        if (node.count == 0) {
            waiting.at(waiting_count++) = node.first;
            waiting.at(waiting_count++) = index + 1;
            continue;
        }
        for (std::uint32_t i = node.first; i < node.first + node.count; ++i) {
            if (hits(triangles_[i], origin, direction, length)) {
                return true;
            }
        }
    }
    return false;
}

} // namespace haven::scene
