#include "renderer/scene/refine.hpp"

#include "renderer/scene/between.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr int passes_max = 4;          // an edge becomes sixteen at most
constexpr float edge_m_min = 0.04F;    // shorter ones stay
constexpr float uneven_max = 0.04F;    // of the light somewhere on an edge
constexpr float uneven_least = 0.015F; // where there is hardly any

bool is_near(const Light& light) {
    return light.kind == LightKind::point || light.kind == LightKind::spot;
}

/// What near lights would give a surface that faces each of them: lighting.glsl's light_arriving.
float near_light_at(glm::vec3 at_m, std::span<const Light> lights) {
    float sum = 0.0F;
    for (const Light& light : lights) {
        if (!is_near(light)) {
            continue;
        }
        const glm::vec3 offset = at_m - light.position_m;
        const float distance2 = glm::dot(offset, offset);
        const float far = distance2 / (light.reach_m * light.reach_m);
        const float window = std::clamp(1.0F - far * far, 0.0F, 1.0F);
        float strength =
            window * window / (distance2 + light.source_radius_m * light.source_radius_m);
        if (light.kind == LightKind::spot) {
            const float aligned = glm::dot(offset, glm::normalize(light.direction)) /
                                  std::max(std::sqrt(distance2), 1e-3F);
            const float inner = std::cos(light.cone_inner_rad);
            const float outer = std::cos(light.cone_outer_rad);
            const float cone =
                std::clamp((aligned - outer) / std::max(inner - outer, 1e-3F), 0.0F, 1.0F);
            strength *= cone * cone;
        }
        sum += strength * glm::dot(light.colour, glm::vec3(0.2126F, 0.7152F, 0.0722F));
    }
    return sum;
}

/// One pass over a mesh: each triangle becomes one to four.
class Refiner {
  public:
    Refiner(SceneMesh& mesh, std::span<const Light> lights) : mesh_(mesh), lights_(lights) {}

    /// False when nothing was divided.
    bool pass() {
        std::vector<std::uint32_t> indices;
        indices.reserve(mesh_.indices.size() * 2);
        const std::size_t before = mesh_.indices.size();
        for (std::size_t i = 0; i < before; i += 3) {
            const std::array corners{mesh_.indices[i], mesh_.indices[i + 1], mesh_.indices[i + 2]};
            const Pattern pattern = mesh_.pattern_of(i / 3);
            if (pattern == Pattern::foliage || is_translucent(pattern)) {
                indices.insert(indices.end(), corners.begin(), corners.end());
            } else {
                divide(corners, indices);
            }
        }
        mesh_.indices = std::move(indices);
        return mesh_.indices.size() > before;
    }

  private:
    [[nodiscard]] bool uneven(std::uint32_t a, std::uint32_t b) const {
        const glm::vec3 from = mesh_.vertices[a].position_m;
        const glm::vec3 to = mesh_.vertices[b].position_m;
        if (glm::distance(from, to) < 2.0F * edge_m_min) {
            return false;
        }
        const float begins = near_light_at(from, lights_);
        const float ends = near_light_at(to, lights_);
        // From either end alike: a neighbour has the edge the other way round.
        const auto apart = [&](float share) {
            const float there = near_light_at(from * (1.0F - share) + to * share, lights_);
            const float between = begins * (1.0F - share) + ends * share;
            return std::abs(there - between) > uneven_max * there + uneven_least;
        };
        return apart(0.25F) || apart(0.5F) || apart(0.75F);
    }

    std::uint32_t middle_of(std::uint32_t a, std::uint32_t b) {
        const std::uint64_t edge = (std::uint64_t{std::min(a, b)} << 32U) | std::max(a, b);
        const auto [known, made] =
            middles_.emplace(edge, static_cast<std::uint32_t>(mesh_.vertices.size()));
        if (made) {
            const std::array ends{mesh_.vertices[a], mesh_.vertices[b]};
            mesh_.vertices.push_back(between(ends, std::array{0.5F, 0.5F}));
        }
        return known->second;
    }

    void divide(std::array<std::uint32_t, 3> corners, std::vector<std::uint32_t>& to) {
        std::array<bool, 3> split{};
        for (std::size_t e = 0; e < 3; ++e) {
            split.at(e) = uneven(corners.at(e), corners.at((e + 1) % 3));
        }
        const auto count = std::ranges::count(split, true);
        // Turned so that an undivided edge comes last, after a divided one.
        while (count > 0 && count < 3 && (!split[0] || split[2])) {
            std::ranges::rotate(split, split.begin() + 1);
            std::ranges::rotate(corners, corners.begin() + 1);
        }
        const auto [a, b, c] = corners;
        if (count == 0) {
            to.insert(to.end(), {a, b, c});
            return;
        }
        const std::uint32_t ab = middle_of(a, b);
        if (count == 1) {
            to.insert(to.end(), {a, ab, c, ab, b, c});
            return;
        }
        const std::uint32_t bc = middle_of(b, c);
        if (count == 2) {
            to.insert(to.end(), {a, ab, bc, a, bc, c, ab, b, bc});
            return;
        }
        const std::uint32_t ca = middle_of(c, a);
        to.insert(to.end(), {a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca});
    }

    SceneMesh& mesh_;
    std::span<const Light> lights_;
    std::unordered_map<std::uint64_t, std::uint32_t> middles_;
};

} // namespace

bool falls_on_corners(std::span<const Light> lights) {
    return std::ranges::count_if(lights, is_near) > 2;
}

void refine_for_light(SceneMesh& mesh, std::span<const Light> lights) {
    Refiner refiner(mesh, lights);
    for (int i = 0; i < passes_max && refiner.pass(); ++i) {
    }
}

} // namespace haven::scene
