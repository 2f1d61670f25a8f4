#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

std::uint32_t unorm8(float value) {
    return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}
float from_unorm8(std::uint32_t bits) {
    return static_cast<float>(bits & 0xFFU) / 255.0F;
}

std::uint32_t snorm16(float value) {
    const auto bits =
        static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0F, 1.0F) * 32767.0F));
    return static_cast<std::uint16_t>(bits);
}
float from_snorm16(std::uint32_t bits) {
    return static_cast<float>(static_cast<std::int16_t>(bits & 0xFFFFU)) / 32767.0F;
}

std::uint32_t millimetres(float metres) {
    const float wrapped = std::abs(metres) > 32.7F ? std::remainder(metres, 32.0F) : metres;
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(wrapped * 1000.0F)));
}
float from_millimetres(std::uint32_t bits) {
    return static_cast<float>(static_cast<std::int16_t>(bits & 0xFFFFU)) / 1000.0F;
}

glm::vec2 fold_octahedron(glm::vec2 p) {
    const glm::vec2 folded = 1.0F - glm::abs(glm::vec2(p.y, p.x));
    return {p.x >= 0.0F ? folded.x : -folded.x, p.y >= 0.0F ? folded.y : -folded.y};
}

// Cigolle et al. 2014, "A Survey of Efficient Representations for Independent Unit Vectors".
std::uint32_t pack_normal(glm::vec3 n) {
    const float sum = std::abs(n.x) + std::abs(n.y) + std::abs(n.z);
    assert(sum > 0.0F);
    glm::vec2 p = glm::vec2(n.x, n.y) / sum;
    if (n.z < 0.0F) {
        p = fold_octahedron(p);
    }
    return snorm16(p.x) | snorm16(p.y) << 16U;
}

glm::vec3 unpack_normal(std::uint32_t bits) {
    glm::vec2 p{from_snorm16(bits), from_snorm16(bits >> 16U)};
    const float z = 1.0F - std::abs(p.x) - std::abs(p.y);
    if (z < 0.0F) {
        p = fold_octahedron(p);
    }
    return glm::normalize(glm::vec3(p, z));
}

} // namespace

SceneVertex pack(const SurfacePoint& point) {
    const float emission = std::sqrt(std::clamp(point.emission, 0.0F, 16.0F) / 16.0F);
    return {
        .position_m = point.position_m,
        .normal = pack_normal(point.normal),
        .tint_occlusion = unorm8(std::sqrt(std::max(point.tint.r, 0.0F))) |
                          unorm8(std::sqrt(std::max(point.tint.g, 0.0F))) << 8U |
                          unorm8(std::sqrt(std::max(point.tint.b, 0.0F))) << 16U |
                          unorm8(point.occlusion) << 24U,
        .surface = static_cast<std::uint32_t>(point.pattern) | unorm8(point.roughness) << 8U |
                   unorm8(emission) << 16U | unorm8(point.motion) << 24U,
        .light_visibility = ~0U,
        .pattern_mm = millimetres(point.pattern_m.x) | millimetres(point.pattern_m.y) << 16U,
    };
}

SurfacePoint unpack(const SceneVertex& vertex) {
    const glm::vec3 root{from_unorm8(vertex.tint_occlusion),
                         from_unorm8(vertex.tint_occlusion >> 8U),
                         from_unorm8(vertex.tint_occlusion >> 16U)};
    const float emission = from_unorm8(vertex.surface >> 16U);
    return {
        .position_m = vertex.position_m,
        .normal = unpack_normal(vertex.normal),
        .tint = root * root,
        .pattern = static_cast<Pattern>(vertex.surface & 0xFFU),
        .pattern_m = {from_millimetres(vertex.pattern_mm),
                      from_millimetres(vertex.pattern_mm >> 16U)},
        .roughness = from_unorm8(vertex.surface >> 8U),
        .emission = emission * emission * 16.0F,
        .motion = from_unorm8(vertex.surface >> 24U),
        .occlusion = from_unorm8(vertex.tint_occlusion >> 24U),
    };
}

std::uint32_t SceneMesh::add(const SurfacePoint& point) {
    vertices.push_back(pack(point));
    return static_cast<std::uint32_t>(vertices.size() - 1);
}

void SceneMesh::triangle(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    indices.insert(indices.end(), {a, b, c});
}

void SceneMesh::quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    indices.insert(indices.end(), {a, b, c, a, c, d});
}

void SceneMesh::append(const SceneMesh& other) {
    const auto base = static_cast<std::uint32_t>(vertices.size());
    vertices.insert(vertices.end(), other.vertices.begin(), other.vertices.end());
    indices.reserve(indices.size() + other.indices.size());
    for (const std::uint32_t index : other.indices) {
        indices.push_back(base + index);
    }
}

Pattern SceneMesh::pattern_of(std::size_t triangle) const {
    return static_cast<Pattern>(vertices.at(indices.at(3 * triangle)).surface & 0xFFU);
}

std::vector<PatternRange> sort_by_pattern(SceneMesh& mesh) {
    assert(mesh.indices.size() % 3 == 0);
    const std::size_t triangle_count = mesh.indices.size() / 3;
    std::array<std::uint32_t, pattern_count> counts{};
    for (std::size_t i = 0; i < triangle_count; ++i) {
        ++counts.at(static_cast<std::size_t>(mesh.pattern_of(i)));
    }
    std::vector<PatternRange> ranges;
    std::array<std::size_t, pattern_count> next{};
    std::size_t first = 0;
    for (std::size_t p = 0; p < pattern_count; ++p) {
        next.at(p) = first;
        if (counts.at(p) > 0) {
            ranges.push_back({.pattern = static_cast<Pattern>(p),
                              .first_index = static_cast<std::uint32_t>(3 * first),
                              .index_count = 3 * counts.at(p)});
        }
        first += counts.at(p);
    }
    std::vector<std::uint32_t> sorted(mesh.indices.size());
    for (std::size_t i = 0; i < triangle_count; ++i) {
        const std::size_t to = next.at(static_cast<std::size_t>(mesh.pattern_of(i)))++;
        std::copy_n(mesh.indices.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
                    sorted.begin() + static_cast<std::ptrdiff_t>(3 * to));
    }
    mesh.indices = std::move(sorted);
    return ranges;
}

float flicker(const Light& light, double time_s) {
    assert(light.flicker_depth >= 0.0F && light.flicker_depth <= 0.05F);
    if (light.flicker_depth == 0.0F) {
        return 1.0F;
    }
    // Periods whose ratios are irrational, so that it never repeats; weights sum to 1.
    const double turns = time_s / static_cast<double>(light.flicker_period_s) +
                         static_cast<double>(light.flicker_phase);
    constexpr double tau = 2.0 * std::numbers::pi;
    const double wave = 0.5 * std::sin(tau * turns) +
                        0.3 * std::sin(tau * turns * std::numbers::phi) +
                        0.2 * std::sin(tau * turns * std::numbers::e);
    return 1.0F + light.flicker_depth * static_cast<float>(wave);
}

bool SceneFrame::add(const Sprite& sprite) {
    if (sprite_count == sprite_count_max) {
        return false;
    }
    sprites.at(sprite_count++) = sprite;
    return true;
}

SceneFrame frame_at(const Scene& scene, double time_s) {
    assert(scene.lights.size() <= light_count_max);
    SceneFrame frame;
    frame.time_s = time_s;
    for (std::size_t i = 0; i < scene.lights.size(); ++i) {
        frame.light_scale.at(i) = flicker(scene.lights[i], time_s);
    }
    return frame;
}

glm::vec3 from_hex(std::uint32_t rgb) {
    const auto linear = [](std::uint32_t byte) { // IEC 61966-2-1
        const float c = static_cast<float>(byte & 0xFFU) / 255.0F;
        return c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
    };
    return {linear(rgb >> 16U), linear(rgb >> 8U), linear(rgb)};
}

} // namespace haven::scene
