#include "renderer/scene/chunks.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/mat4x4.hpp>
#include <glm/matrix.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {
namespace {

constexpr float sway_m = 0.75F; // foliage leaves its place by no more

std::uint32_t spread_bits(std::uint32_t x) { // ten bits, two free ones between each
    x = (x | x << 16U) & 0x030000FFU;
    x = (x | x << 8U) & 0x0300F00FU;
    x = (x | x << 4U) & 0x030C30C3U;
    return (x | x << 2U) & 0x09249249U;
}

struct Placed { // a triangle and where it lies along a curve through the place
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

/// Morton order, so that what follows each other lies together.
void sort_by_place(SceneMesh& mesh, const PatternRange& range) {
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
        triangles.push_back({bits(at.x) | bits(at.y) << 1U | bits(at.z) << 2U,
                             {indices[i], indices[i + 1], indices[i + 2]}});
    }
    std::ranges::stable_sort(triangles, {}, &Placed::code);
    for (std::size_t i = 0; i < triangles.size(); ++i) {
        std::ranges::copy(triangles[i].corners,
                          indices.begin() + static_cast<std::ptrdiff_t>(3 * i));
    }
}

} // namespace

float MeshChunk::distance2(glm::vec3 from) const {
    const glm::vec3 out = glm::max(glm::max(low - from, from - high), glm::vec3(0.0F));
    return glm::dot(out, out);
}

std::vector<MeshChunk> cut_into_chunks(SceneMesh& mesh) {
    std::vector<MeshChunk> chunks;
    for (const PatternRange& range : sort_by_pattern(mesh)) {
        const bool whole = is_translucent(range.pattern);
        if (!whole) {
            sort_by_place(mesh, range);
        }
        const std::uint32_t step = whole ? range.index_count : 3 * chunk_triangles_max;
        for (std::uint32_t done = 0; done < range.index_count; done += step) {
            MeshChunk chunk{.pattern = range.pattern,
                            .first_index = range.first_index + done,
                            .index_count = std::min(step, range.index_count - done)};
            Box box =
                box_of(mesh, std::span(mesh.indices).subspan(chunk.first_index, chunk.index_count));
            const glm::vec3 margin(range.pattern == Pattern::foliage ? sway_m : 0.0F);
            chunk.low = box.low - margin;
            chunk.high = box.high + margin;
            chunks.push_back(chunk);
        }
    }
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
