#pragma once

#include "renderer/scene/scene.hpp"

#include <glm/mat4x4.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace haven::scene {

/// Some neighbouring triangles of one pattern: what is left out or drawn as a whole.
struct MeshChunk {
    Pattern pattern = Pattern::plain;
    std::uint32_t first_index = 0;
    std::uint32_t index_count = 0;
    glm::vec3 low{0.0F};
    glm::vec3 high{0.0F};
    bool turned_away = false; ///< shows its back to everyone inside head_room, or is hidden there

    [[nodiscard]] glm::vec3 middle() const { return 0.5F * (low + high); }
};

/// Where a person's eyes may be while they draw, and some more.
struct HeadRoom {
    glm::vec3 low{-1.5F, 0.2F, -1.5F};
    glm::vec3 high{1.5F, 2.3F, 1.5F};
    [[nodiscard]] bool contains(glm::vec3 point) const;
};
inline constexpr HeadRoom head_room{};

/// How far a chunk of sheets (mist, flames, panes) reaches: they are drawn from far to near.
inline constexpr float sheet_reach_m = 3.0F;

/// Sorts the indices by pattern and, inside a solid pattern and in water, by neighbourhood, and
/// cuts them into chunks. What else is translucent stays in its order: a chunk of it is what
/// follows each other within sheet_reach_m. Vertices come to lie in the order of their use; those
/// no triangle uses are left out. `finds_hidden` asks hidden_triangles, too, what nobody inside
/// head_room can see.
[[nodiscard]] std::vector<MeshChunk> cut_into_chunks(SceneMesh& mesh,
                                                     std::uint32_t chunk_triangles_max = 512,
                                                     bool finds_hidden = false);

/// The half spaces an eye sees: left, right, up, down and ahead. Nothing is too far.
class Frustum {
  public:
    explicit Frustum(const glm::mat4& clip_from_world);
    /// False only when the box is surely out of sight.
    [[nodiscard]] bool touches(glm::vec3 low, glm::vec3 high) const;

  private:
    std::array<glm::vec4, 5> planes_; // inside where dot(plane, (p, 1)) >= 0
};

} // namespace haven::scene
