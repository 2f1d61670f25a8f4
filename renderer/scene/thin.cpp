#include "renderer/scene/thin.hpp"

#include "renderer/cache/cache_file.hpp"
#include "renderer/scene/parallel.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"

#include <glm/common.hpp>
#include <glm/exponential.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vector_relational.hpp>
#include <meshoptimizer.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

/// What a corner carries besides its place.
struct Carried {
    glm::vec3 shade;     ///< of its colour in its light, 0..1 as the eye sees it
    glm::vec3 tint;      ///< alone, as the eye sees it
    glm::vec2 pattern_m; ///< where the pattern shows it
    float asked;         ///< what else the pattern asks: wetness, or how far it faces up
};
constexpr std::size_t carried_count = sizeof(Carried) / sizeof(float);
// Whose bytes are all theirs: they are hashed.
static_assert(sizeof(Carried) == 9 * sizeof(float) && sizeof(Thinning) == 7 * sizeof(float));
constexpr float asked_error = 0.15F;

float visibility_of(const SceneVertex& vertex, std::size_t light) {
    return static_cast<float>((vertex.light_visibility >> (4 * light)) & 15U) / 15.0F;
}

glm::vec3 light_from(const Light& light, const SurfacePoint& point) {
    if (light.kind == LightKind::sun) {
        const float facing = glm::dot(point.normal, -glm::normalize(light.direction));
        return light.colour * std::max(facing, 0.0F);
    }
    const glm::vec3 offset = light.position_m - point.position_m;
    const float distance2 = std::max(glm::dot(offset, offset), 1e-6F);
    const glm::vec3 to_light = offset / std::sqrt(distance2);
    const float far = distance2 / (light.reach_m * light.reach_m);
    const float window = std::clamp(1.0F - far * far, 0.0F, 1.0F);
    float strength = window * window / (distance2 + light.source_radius_m * light.source_radius_m);
    if (light.kind == LightKind::spot) {
        const float inner = std::cos(light.cone_inner_rad);
        const float outer = std::cos(light.cone_outer_rad);
        const float along = glm::dot(-to_light, glm::normalize(light.direction));
        const float cone = std::clamp((along - outer) / std::max(inner - outer, 1e-3F), 0.0F, 1.0F);
        strength *= cone * cone;
    }
    return light.colour * (strength * std::max(glm::dot(point.normal, to_light), 0.0F));
}

/// As the eye sees it: exposed, with a shoulder, in even steps of 0..1.
glm::vec3 shade_of(const Scene& scene, const SkyLight& sky, const SceneVertex& vertex,
                   const SurfacePoint& point) {
    glm::vec3 light = ambient_on(sky, point.normal) * point.occlusion;
    for (std::size_t i = 0; i < scene.lights.size(); ++i) {
        light += light_from(scene.lights[i], point) * visibility_of(vertex, i);
    }
    const glm::vec3 seen = point.tint * (light + point.emission) * scene.exposure * scene.white;
    return glm::sqrt(seen / (1.0F + seen));
}

bool shows_pattern_m(Pattern pattern) { // the others are laid over the place, not the surface
    return pattern != Pattern::plain && pattern != Pattern::rock && pattern != Pattern::ground &&
           pattern != Pattern::foliage;
}

std::vector<Carried> carried_by(const SceneMesh& mesh, const Scene& scene) {
    std::vector<Carried> list;
    list.reserve(mesh.vertices.size());
    const SkyLight sky = sky_light(scene.sky, scene.ambient);
    for (const SceneVertex& vertex : mesh.vertices) {
        const SurfacePoint point = unpack(vertex);
        const glm::vec3 shade = shade_of(scene, sky, vertex, point);
        const glm::vec2 m = shows_pattern_m(point.pattern) ? point.pattern_m : glm::vec2(0.0F);
        const float asked = point.pattern == Pattern::sand ? point.motion : point.normal.y;
        list.push_back(
            {.shade = shade, .tint = glm::sqrt(point.tint), .pattern_m = m, .asked = asked});
    }
    return list;
}

struct Place { // a corner's position, bit by bit
    std::array<std::uint32_t, 3> bits;
    friend auto operator<=>(const Place&, const Place&) = default;
};
Place place_of(const SceneVertex& vertex) {
    const glm::vec3 p = vertex.position_m;
    return {std::bit_cast<std::uint32_t>(p.x), std::bit_cast<std::uint32_t>(p.y),
            std::bit_cast<std::uint32_t>(p.z)};
}

/// Corners of one place, next to each other.
std::vector<std::uint32_t> by_place(const SceneMesh& mesh) {
    std::vector<std::uint32_t> order(mesh.vertices.size());
    std::ranges::iota(order, 0U);
    std::ranges::sort(order, {},
                      [&](std::uint32_t i) { return std::pair(place_of(mesh.vertices[i]), i); });
    return order;
}

bool look_alike(const SceneMesh& mesh, const std::vector<Carried>& carried, std::uint32_t a,
                std::uint32_t b) {
    const auto pattern = static_cast<Pattern>(mesh.vertices[a].surface & 0xFFU);
    if (pattern != static_cast<Pattern>(mesh.vertices[b].surface & 0xFFU)) {
        return false;
    }
    const Carried& one = carried[a];
    const Carried& other = carried[b];
    const auto near = [](auto x, auto y, float most) {
        return glm::all(glm::lessThanEqual(glm::abs(x - y), decltype(x)(most)));
    };
    return near(one.shade, other.shade, 0.02F) && near(one.tint, other.tint, 0.02F) &&
           near(one.pattern_m, other.pattern_m, 0.001F) &&
           std::abs(one.asked - other.asked) <= 0.1F;
}

/// Makes one corner of those that share their place and look alike, so that a surface is not torn
/// where its patches meet.
void weld(SceneMesh& mesh, const std::vector<Carried>& carried,
          const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> to(mesh.vertices.size());
    std::ranges::iota(to, 0U);
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t k = i; k-- > 0;) {
            if (place_of(mesh.vertices[order[k]]) != place_of(mesh.vertices[order[i]])) {
                break;
            }
            if (to[order[k]] == order[k] && look_alike(mesh, carried, order[k], order[i])) {
                to[order[i]] = order[k];
                break;
            }
        }
    }
    for (std::uint32_t& index : mesh.indices) {
        index = to[index];
    }
}

/// Trees of corners; the root stands for all that hang together.
class Pieces {
  public:
    explicit Pieces(std::size_t count) : parent_(count) { std::ranges::iota(parent_, 0U); }
    std::uint32_t root(std::uint32_t i) {
        while (parent_[i] != i) {
            parent_[i] = parent_[parent_[i]];
            i = parent_[i];
        }
        return i;
    }
    void join(std::uint32_t a, std::uint32_t b) { parent_[root(a)] = root(b); }

  private:
    std::vector<std::uint32_t> parent_;
};

constexpr std::uint32_t bands = 8;
constexpr std::uint32_t groups = 2 * bands; // small pieces, then large ones
// Near grass is narrower than what may go elsewhere; its bends may, its blades may not.
constexpr std::uint32_t near_bands = 5;
constexpr float blade_lenience = 0.3F;

/// 0 within a metre, then one more each time the distance grows by half.
std::uint32_t band_of(float distance_m) {
    std::uint32_t band = 0;
    for (float edge_m = 1.0F; edge_m < distance_m && band + 1 < bands; edge_m *= 1.5F) {
        ++band;
    }
    return band;
}

/// Triangles that hang together are thinned alike: by the distance of their nearest corner, and
/// small things more carefully. Answers each corner's group.
std::vector<std::uint32_t> groups_of(const SceneMesh& mesh, const std::vector<std::uint32_t>& order,
                                     glm::vec3 from) {
    Pieces pieces(mesh.vertices.size());
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        pieces.join(mesh.indices[i], mesh.indices[i + 1]);
        pieces.join(mesh.indices[i], mesh.indices[i + 2]);
    }
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (place_of(mesh.vertices[order[i]]) == place_of(mesh.vertices[order[i - 1]])) {
            pieces.join(order[i], order[i - 1]);
        }
    }
    struct Extent {
        glm::vec3 low{1e30F};
        glm::vec3 high{-1e30F};
        float nearest_m = 1e30F;
    };
    std::vector<Extent> extents(mesh.vertices.size());
    for (std::uint32_t i = 0; i < extents.size(); ++i) {
        Extent& piece = extents[pieces.root(i)];
        const glm::vec3 at = mesh.vertices[i].position_m;
        piece.low = glm::min(piece.low, at);
        piece.high = glm::max(piece.high, at);
        piece.nearest_m = std::min(piece.nearest_m, glm::distance(at, from));
    }
    constexpr float small_rad = 0.2F;
    std::vector<std::uint32_t> list(mesh.vertices.size());
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const Extent& piece = extents[pieces.root(i)];
        const bool small = glm::distance(piece.low, piece.high) < small_rad * piece.nearest_m;
        list[i] = band_of(piece.nearest_m) + (small ? 0 : bands);
    }
    return list;
}

/// What is left of some triangles. Garland and Heckbert 1998, "Simplifying Surfaces
/// with Color and Texture using Quadric Error Metrics", as meshoptimizer does it.
std::vector<std::uint32_t> thin(const SceneMesh& mesh, std::span<const std::uint32_t> indices,
                                const std::vector<Carried>& carried, const Thinning& thinning,
                                std::uint32_t group) {
    const float distance_m = std::pow(1.5F, static_cast<float>(group % bands));
    const bool blades =
        !indices.empty() && group % bands < near_bands &&
        (mesh.vertices[indices[0]].surface & 0xFFU) == static_cast<std::uint32_t>(Pattern::foliage);
    const float error_m = thinning.error_rad * distance_m * (blades ? blade_lenience : 1.0F);
    // A wrong shade counts as its difference times the root of the area that shows it.
    const float patch_m = thinning.patch_rad * distance_m * (group < bands ? 0.4F : 1.0F);
    const float shade = error_m / (thinning.shade_error * patch_m);
    const float pattern = error_m / (thinning.pattern_error * error_m * patch_m);
    const float asked = error_m / (asked_error * patch_m);
    const float tint = 4.0F * shade; // stripes are narrow
    const std::array<float, carried_count> weights{shade, shade,   shade,   tint, tint,
                                                   tint,  pattern, pattern, asked};
    std::vector<std::uint32_t> kept(indices.size());
    kept.resize(meshopt_simplifyWithAttributes(
        kept.data(), indices.data(), indices.size(), &mesh.vertices.data()->position_m.x,
        mesh.vertices.size(), sizeof(SceneVertex), &carried.data()->shade.x, sizeof(Carried),
        weights.data(), weights.size(), nullptr, 0, error_m,
        meshopt_SimplifySparse | meshopt_SimplifyErrorAbsolute, nullptr));
    return kept;
}

} // namespace

Thinning thinning_for(std::uint32_t eye_height_px) {
    Thinning thinning;
    const auto height_px = static_cast<float>(std::clamp(eye_height_px, 120U, 4096U));
    thinning.error_rad = 0.08F / std::sqrt(height_px);
    thinning.patch_rad = 60.0F * thinning.error_rad;
    return thinning;
}

std::uint64_t thinning_hash(const Scene& scene, const Thinning& thinning) {
    const std::vector<Carried> carried = carried_by(scene.mesh, scene);
    std::uint64_t hash = cache_file::fnv1a(std::as_bytes(std::span(scene.mesh.vertices)));
    hash = cache_file::fnv1a(std::as_bytes(std::span(scene.mesh.indices)), hash);
    hash = cache_file::fnv1a(std::as_bytes(std::span(carried)), hash);
    return cache_file::fnv1a(std::as_bytes(std::span(&thinning, 1)), hash);
}

void thin_out(SceneMesh& mesh, const Scene& scene, const Thinning& thinning) {
    const std::vector<Carried> carried = carried_by(mesh, scene);
    const std::vector<std::uint32_t> order = by_place(mesh);
    weld(mesh, carried, order);
    const std::vector<std::uint32_t> group_of = groups_of(mesh, order, thinning.from_m);
    struct Part {
        std::uint32_t group = 0;
        std::vector<std::uint32_t> indices; // what is left of them, in the end
    };
    std::vector<Part> parts; // by pattern, then by group
    constexpr std::uint32_t whole = groups;
    for (const PatternRange& range : sort_by_pattern(mesh)) {
        const auto all = std::span(mesh.indices).subspan(range.first_index, range.index_count);
        if (is_translucent(range.pattern)) {
            parts.push_back({.group = whole, .indices = {all.begin(), all.end()}});
            continue;
        }
        const std::size_t first = parts.size();
        for (std::uint32_t group = 0; group < groups; ++group) {
            parts.push_back({.group = group, .indices = {}});
        }
        for (std::size_t i = 0; i < all.size(); i += 3) {
            auto& list = parts[first + group_of[all[i]]].indices;
            list.insert(list.end(), {all[i], all[i + 1], all[i + 2]});
        }
    }
    for_each_index(parts.size(), [&](std::size_t i) {
        Part& part = parts[i];
        if (part.group != whole && !part.indices.empty()) {
            part.indices = thin(mesh, part.indices, carried, thinning, part.group);
        }
    });
    mesh.indices.clear();
    for (const Part& part : parts) {
        mesh.indices.insert(mesh.indices.end(), part.indices.begin(), part.indices.end());
    }
}

} // namespace haven::scene
