#include "renderer/scene/chunks.hpp"

#include "renderer/scene/hidden.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/mat4x4.hpp>
#include <glm/matrix.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>
#include <glm/vector_relational.hpp>
#include <meshoptimizer.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

/// How far the vertices of a pattern leave their places: leaves in the wind, water in its waves.
float sway_m(Pattern pattern) {
    return pattern == Pattern::foliage ? 0.75F : pattern == Pattern::water ? 4.0F : 0.0F;
}

bool is_sheet(Pattern pattern) { // drawn in an order that somebody chose
    return is_translucent(pattern) && pattern != Pattern::water;
}

std::uint32_t spread_bits(std::uint32_t x) { // ten bits, two free ones between each
    x = (x | x << 16U) & 0x030000FFU;
    x = (x | x << 8U) & 0x0300F00FU;
    x = (x | x << 4U) & 0x030C30C3U;
    return (x | x << 2U) & 0x09249249U;
}

struct Placed { // a triangle and where it lies along a curve through the place
    bool turned_away;
    std::uint32_t code;
    std::array<std::uint32_t, 3> corners;
};

struct Box {
    glm::vec3 low{1e30F};
    glm::vec3 high{-1e30F};
    void include(glm::vec3 p) {
        low = glm::min(low, p);
        high = glm::max(high, p);
    }
};

Box box_of(const SceneMesh& mesh, std::span<const std::uint32_t> indices) {
    Box box;
    for (const std::uint32_t index : indices) {
        box.include(mesh.vertices.at(index).position_m);
    }
    return box;
}

/// Is the whole of head_room behind the triangle?
bool turns_away(glm::vec3 a, glm::vec3 b, glm::vec3 c) {
    const glm::vec3 normal = glm::cross(b - a, c - a);
    const glm::vec3 furthest{normal.x > 0.0F ? head_room.high.x : head_room.low.x,
                             normal.y > 0.0F ? head_room.high.y : head_room.low.y,
                             normal.z > 0.0F ? head_room.high.z : head_room.low.z};
    return glm::dot(normal, furthest - a) < 0.0F;
}

/// Morton order, so that what follows each other lies together; at the end what turns away.
/// Answers how many triangles do not.
std::uint32_t sort_by_place(SceneMesh& mesh, const PatternRange& range,
                            const std::vector<bool>& hidden) {
    const auto indices = std::span(mesh.indices).subspan(range.first_index, range.index_count);
    const Box box = box_of(mesh, indices);
    const glm::vec3 scale = 1023.0F / glm::max(box.high - box.low, glm::vec3(1e-3F));
    std::vector<Placed> triangles;
    triangles.reserve(indices.size() / 3);
    for (std::size_t i = 0; i < indices.size(); i += 3) {
        const glm::vec3 a = mesh.vertices.at(indices[i]).position_m;
        const glm::vec3 b = mesh.vertices.at(indices[i + 1]).position_m;
        const glm::vec3 c = mesh.vertices.at(indices[i + 2]).position_m;
        const glm::vec3 at = ((a + b + c) * (1.0F / 3.0F) - box.low) * scale;
        const auto bits = [](float value) {
            return spread_bits(static_cast<std::uint32_t>(std::clamp(value, 0.0F, 1023.0F)));
        };
        const bool away = !is_translucent(range.pattern) &&
                          ((range.pattern != Pattern::foliage && turns_away(a, b, c)) ||
                           (!hidden.empty() && hidden[(range.first_index + i) / 3]));
        triangles.push_back({away,
                             bits(at.x) | bits(at.y) << 1U | bits(at.z) << 2U,
                             {indices[i], indices[i + 1], indices[i + 2]}});
    }
    std::ranges::stable_sort(triangles, {}, [](const Placed& triangle) {
        return std::pair(triangle.turned_away, triangle.code);
    });
    for (std::size_t i = 0; i < triangles.size(); ++i) {
        std::ranges::copy(triangles[i].corners,
                          indices.begin() + static_cast<std::ptrdiff_t>(3 * i));
    }
    return static_cast<std::uint32_t>(std::ranges::count(triangles, false, &Placed::turned_away));
}

/// How many of the indices, three at least, lie within sheet_reach_m of each other.
std::uint32_t sheet_length(const SceneMesh& mesh, std::span<const std::uint32_t> indices) {
    Box box;
    std::size_t count = 0;
    for (; count < indices.size(); count += 3) {
        const Box next = box_of(mesh, indices.subspan(count, 3));
        box.include(next.low);
        box.include(next.high);
        if (count > 0 && glm::distance(box.low, box.high) > sheet_reach_m) {
            break;
        }
    }
    return static_cast<std::uint32_t>(count);
}

void order_vertices(SceneMesh& mesh, std::span<const MeshChunk> chunks) {
    for (const MeshChunk& chunk : chunks) {
        if (!is_sheet(chunk.pattern)) {
            std::uint32_t* const indices = mesh.indices.data() + chunk.first_index;
            meshopt_optimizeVertexCache(indices, indices, chunk.index_count, mesh.vertices.size());
        }
    }
    std::vector<SceneVertex> used(mesh.vertices.size());
    used.resize(meshopt_optimizeVertexFetch(used.data(), mesh.indices.data(), mesh.indices.size(),
                                            mesh.vertices.data(), mesh.vertices.size(),
                                            sizeof(SceneVertex)));
    mesh.vertices = std::move(used);
}

} // namespace

bool HeadRoom::contains(glm::vec3 point) const {
    return glm::all(glm::greaterThanEqual(point, low)) && glm::all(glm::lessThanEqual(point, high));
}

std::vector<MeshChunk> cut_into_chunks(SceneMesh& mesh, std::uint32_t chunk_triangles_max,
                                       bool finds_hidden) {
    std::vector<MeshChunk> chunks;
    const auto ranges = sort_by_pattern(mesh);
    const auto hidden = finds_hidden ? hidden_triangles(mesh) : std::vector<bool>{};
    for (const PatternRange& range : ranges) {
        const bool sheet = is_sheet(range.pattern);
        const std::uint32_t facing =
            sheet ? range.index_count : 3 * sort_by_place(mesh, range, hidden);
        const auto indices = std::span(mesh.indices).subspan(range.first_index, range.index_count);
        for (std::uint32_t done = 0; done < range.index_count;) {
            const bool away = done >= facing;
            const std::uint32_t most =
                std::min(done + 3 * chunk_triangles_max, away ? range.index_count : facing);
            const std::uint32_t end =
                sheet ? done + sheet_length(mesh, indices.subspan(done, most - done)) : most;
            MeshChunk chunk{.pattern = range.pattern,
                            .first_index = range.first_index + done,
                            .index_count = end - done,
                            .turned_away = away};
            const Box box = box_of(mesh, indices.subspan(done, end - done));
            chunk.low = box.low - sway_m(range.pattern);
            chunk.high = box.high + sway_m(range.pattern);
            chunks.push_back(chunk);
            done = end;
        }
    }
    order_vertices(mesh, chunks);
    return chunks;
}

// Gribb and Hartmann 2001: a clip plane is a sum of the matrix's rows.
Frustum::Frustum(const glm::mat4& clip_from_world) {
    const glm::mat4 rows = glm::transpose(clip_from_world);
    planes_ = {rows[3] + rows[0], rows[3] - rows[0], rows[3] + rows[1], rows[3] - rows[1], rows[3]};
}

bool Frustum::touches(glm::vec3 low, glm::vec3 high) const {
    return std::ranges::all_of(planes_, [&](const glm::vec4& plane) {
        const glm::vec3 furthest{plane.x >= 0.0F ? high.x : low.x, plane.y >= 0.0F ? high.y : low.y,
                                 plane.z >= 0.0F ? high.z : low.z};
        return glm::dot(glm::vec3(plane), furthest) + plane.w >= 0.0F;
    });
}

} // namespace haven::scene
