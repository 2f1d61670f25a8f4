#include "renderer/scene/hidden.hpp"

#include "renderer/scene/chunks.hpp"
#include "renderer/scene/parallel.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/triangle_tree.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::size_t rays_far = 24; // a triangle; most are seen by the first
constexpr std::size_t rays_near = 48;
constexpr std::size_t rays_most = 600;
constexpr float near_m = 10.0F;       // cracks between boards are seen from here
constexpr float crack_m2 = 0.0025F;   // of a near triangle, for each ray
constexpr float clearance_m = 0.002F; // of both ends of a ray

bool hides(Pattern pattern) {
    return !is_translucent(pattern) && pattern != Pattern::foliage;
}

Triangle triangle_of(const SceneMesh& mesh, std::size_t first_index) {
    const auto corner = [&](std::size_t i) {
        return mesh.vertices[mesh.indices[first_index + i]].position_m;
    };
    return {.a = corner(0), .b = corner(1), .c = corner(2)};
}

/// Evenly spread numbers in 0..1, without chance: the n-th of the R5 sequence (Roberts 2018).
std::array<float, 5> spread(std::size_t n) {
    constexpr std::array steps{0.8812714616335696, 0.7766393890897682, 0.6844301295853426,
                               0.6031687406857282, 0.5315553977157913};
    std::array<float, 5> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = 0.5 + static_cast<double>(n) * steps.at(i);
        values.at(i) = static_cast<float>(at - std::floor(at));
    }
    return values;
}

/// What lies under a floor is seen through its seams alone: large things near by are asked often.
std::size_t rays_for(const Triangle& triangle) {
    const glm::vec3 middle = (triangle.a + triangle.b + triangle.c) * (1.0F / 3.0F);
    if (glm::length(middle - 0.5F * (head_room.low + head_room.high)) > near_m) {
        return rays_far;
    }
    const float area_m2 =
        0.5F * glm::length(glm::cross(triangle.b - triangle.a, triangle.c - triangle.a));
    return std::clamp(static_cast<std::size_t>(area_m2 / crack_m2), rays_near, rays_most);
}

/// From a place in head_room to a point of the triangle.
bool seen_by_ray(const TriangleTree& tree, const Triangle& triangle,
                 const std::array<float, 5>& chance, bool from_the_middle) {
    float s = chance[0];
    float t = chance[1];
    if (s + t > 1.0F) {
        s = 1.0F - s;
        t = 1.0F - t;
    }
    const glm::vec3 ab = triangle.b - triangle.a;
    const glm::vec3 ac = triangle.c - triangle.a;
    const glm::vec3 point = triangle.a + s * ab + t * ac;
    const glm::vec3 part =
        from_the_middle ? glm::vec3(0.5F, 0.62F, 0.5F) : glm::vec3(chance[2], chance[3], chance[4]);
    const glm::vec3 eye = head_room.low + part * (head_room.high - head_room.low);
    const glm::vec3 way = eye - point;
    const float length = glm::length(way);
    if (length <= 2.0F * clearance_m) {
        return true;
    }
    if (glm::dot(glm::cross(ab, ac), way) <= 0.0F) {
        return false;
    }
    const glm::vec3 direction = way / length;
    return !tree.blocked(point + clearance_m * direction, direction, length - 2.0F * clearance_m);
}

} // namespace

std::vector<bool> hidden_triangles(const SceneMesh& mesh) {
    const std::size_t count = mesh.indices.size() / 3;
    std::vector<Triangle> solid;
    solid.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (hides(mesh.pattern_of(i))) {
            solid.push_back(triangle_of(mesh, 3 * i));
        }
    }
    const TriangleTree tree(std::move(solid));
    std::vector<char> seen(count);
    for_each_index(count, [&](std::size_t i) {
        const Triangle triangle = triangle_of(mesh, 3 * i);
        bool one_sees = !hides(mesh.pattern_of(i)); // leaves sway into sight
        const std::size_t rays = rays_for(triangle);
        for (std::size_t ray = 0; ray < rays && !one_sees; ++ray) {
            one_sees = seen_by_ray(tree, triangle, spread(i * rays_most + ray), ray == 0);
        }
        seen[i] = one_sees ? 1 : 0;
    });
    std::vector<bool> corner_seen(mesh.vertices.size(), false);
    for (std::size_t i = 0; i < count; ++i) {
        if (seen[i] != 0) {
            for (std::size_t k = 0; k < 3; ++k) {
                corner_seen[mesh.indices[3 * i + k]] = true;
            }
        }
    }
    std::vector<bool> hidden(count);
    for (std::size_t i = 0; i < count; ++i) {
        hidden[i] = !corner_seen[mesh.indices[3 * i]] && !corner_seen[mesh.indices[3 * i + 1]] &&
                    !corner_seen[mesh.indices[3 * i + 2]];
    }
    return hidden;
}

} // namespace haven::scene
