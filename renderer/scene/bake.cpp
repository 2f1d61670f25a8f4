#include "renderer/scene/bake.hpp"

#include "renderer/scene/parallel.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/triangle_tree.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr float lift_m = 0.004F; // a ray starts this far above its own surface
constexpr float sun_reach_m = 80.0F;

TriangleTree casters(const SceneMesh& mesh, bool emissive_too) {
    std::vector<Triangle> triangles;
    for (std::size_t i = 0; i < mesh.indices.size() / 3; ++i) {
        const SceneVertex& a = mesh.vertices.at(mesh.indices[3 * i]);
        const bool emissive = ((a.surface >> 16U) & 0xFFU) != 0;
        const Pattern pattern = mesh.pattern_of(i);
        // Of leaves with light in them little is there: what lies on the ground darkens no ground.
        const bool casts = !emissive || (emissive_too && pattern != Pattern::foliage);
        if (is_translucent(pattern) || !casts) {
            continue;
        }
        triangles.push_back({a.position_m, mesh.vertices.at(mesh.indices[3 * i + 1]).position_m,
                             mesh.vertices.at(mesh.indices[3 * i + 2]).position_m});
    }
    return TriangleTree(std::move(triangles));
}

float bit_reversed(std::uint32_t i) { // van der Corput, base 2
    float value = 0.0F;
    float weight = 0.5F;
    for (; i > 0; i >>= 1U, weight *= 0.5F) {
        value += weight * static_cast<float>(i & 1U);
    }
    return value;
}

struct Ray {
    glm::vec3 direction; // z is the normal
    float length;
};

/// Cosine-weighted directions. Their lengths differ, so that what is near darkens more than what is
/// far.
std::vector<Ray> hemisphere(const OcclusionSettings& settings) {
    std::vector<Ray> rays;
    for (std::uint32_t i = 0; i < settings.rays; ++i) {
        const float u = (static_cast<float>(i) + 0.5F) / static_cast<float>(settings.rays);
        const float turn = 2.0F * std::numbers::pi_v<float> * bit_reversed(i + 1);
        const float side = std::sqrt(u);
        const float part = std::fmod(static_cast<float>(i) * std::numbers::phi_v<float>, 1.0F);
        rays.push_back({.direction = {side * std::cos(turn), side * std::sin(turn),
                                      std::sqrt(std::max(1.0F - u, 1e-3F))},
                        .length = settings.reach_m * (0.1F + 0.9F * part)});
    }
    return rays;
}

struct Basis {
    glm::vec3 x;
    glm::vec3 y;
};
Basis basis_about(glm::vec3 n) {
    const glm::vec3 other = std::abs(n.y) < 0.9F ? glm::vec3(0, 1, 0) : glm::vec3(1, 0, 0);
    const glm::vec3 x = glm::normalize(glm::cross(other, n));
    return {x, glm::cross(n, x)};
}

/// How much of a light's disc is seen from a lifted point, 0..1.
float seen_share(const TriangleTree& tree, const Light& light, glm::vec3 from,
                 std::uint32_t ray_count) {
    const bool sun = light.kind == LightKind::sun;
    const glm::vec3 offset = sun ? -light.direction * sun_reach_m : light.position_m - from;
    const float distance = glm::length(offset);
    if (distance < 1e-3F || (!sun && distance > light.reach_m)) {
        return 1.0F; // inside the light, or beyond it: nothing to shade
    }
    // A sun's radius is an angle's tangent.
    const float radius = sun ? light.source_radius_m * sun_reach_m : light.source_radius_m;
    const Basis basis = basis_about(offset / distance);
    std::uint32_t seen = 0;
    for (std::uint32_t i = 0; i < ray_count; ++i) {
        const float out =
            radius * std::sqrt((static_cast<float>(i) + 0.5F) / static_cast<float>(ray_count));
        const float turn = 2.3999632F * static_cast<float>(i); // the golden angle
        const glm::vec3 to = offset + out * (std::cos(turn) * basis.x + std::sin(turn) * basis.y);
        const float length = glm::length(to);
        seen += tree.blocked(from, to / length, length) ? 0U : 1U;
    }
    return static_cast<float>(seen) / static_cast<float>(ray_count);
}

} // namespace

void bake_ambient_occlusion(SceneMesh& mesh, const OcclusionSettings& settings) {
    assert(settings.rays > 0 && settings.reach_m > 0.0F);
    const TriangleTree tree = casters(mesh, true);
    const std::vector<Ray> rays = hemisphere(settings);
    for_each_index(mesh.vertices.size(), [&](std::size_t i) {
        SceneVertex& vertex = mesh.vertices[i];
        SurfacePoint point = unpack(vertex);
        if (is_translucent(point.pattern)) {
            return;
        }
        const Basis basis = basis_about(point.normal);
        const glm::vec3 from = point.position_m + point.normal * lift_m;
        std::uint32_t open = 0;
        for (const Ray& ray : rays) {
            const glm::vec3 to = ray.direction.x * basis.x + ray.direction.y * basis.y +
                                 ray.direction.z * point.normal;
            open += tree.blocked(from, to, ray.length) ? 0U : 1U;
        }
        const float share = static_cast<float>(open) / static_cast<float>(rays.size());
        const float occlusion = point.occlusion * std::max(share, settings.floor);
        const auto byte = static_cast<std::uint32_t>(std::lround(occlusion * 255.0F));
        vertex.tint_occlusion = (vertex.tint_occlusion & 0x00FFFFFFU) | byte << 24U;
    });
}

void bake_light_visibility(SceneMesh& mesh, std::span<const Light> lights,
                           std::uint32_t rays_per_light) {
    assert(lights.size() <= light_count_max && rays_per_light > 0);
    const TriangleTree tree = casters(mesh, false);
    for_each_index(mesh.vertices.size(), [&](std::size_t i) {
        SceneVertex& vertex = mesh.vertices[i];
        const SurfacePoint point = unpack(vertex);
        const glm::vec3 from = point.position_m + point.normal * lift_m;
        std::uint32_t bits = ~0U;
        for (std::size_t light = 0; light < lights.size(); ++light) {
            if (lights[light].kind == LightKind::none) {
                continue;
            }
            const float share = seen_share(tree, lights[light], from, rays_per_light);
            const auto level = static_cast<std::uint32_t>(std::lround(share * 15.0F));
            bits = (bits & ~(15U << (4 * light))) | level << (4 * light);
        }
        vertex.light_visibility = bits;
    });
}

} // namespace haven::scene
