#pragma once

#include <glm/vec3.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace haven::scene {

struct Triangle {
    glm::vec3 a;
    glm::vec3 b;
    glm::vec3 c;
};

/// Triangles in a tree of boxes, for asking whether anything stands in the way. Immutable once
/// built; any thread.
class TriangleTree {
  public:
    explicit TriangleTree(std::vector<Triangle> triangles);
    /// Is anything hit, from either side, after the origin and before `length`? `direction` is of
    /// unit length.
    [[nodiscard]] bool blocked(glm::vec3 origin, glm::vec3 direction, float length) const;

  private:
    struct Node { // 32 bytes
        glm::vec3 low;
        std::uint32_t first; // leaf: first triangle; inner: index of the right child (the left is
                             // the next node)
        glm::vec3 high;
        std::uint32_t count; // 0: inner
    };
    struct Edges { // a corner and the two edges from it
        glm::vec3 a;
        glm::vec3 ab;
        glm::vec3 ac;
    };
    void build(std::vector<Triangle>& triangles, std::uint32_t first, std::uint32_t count);
    [[nodiscard]] static bool hits(const Edges& triangle, glm::vec3 origin, glm::vec3 direction,
                                   float length);

    std::vector<Node> nodes_;
    std::vector<Edges> triangles_;
};

} // namespace haven::scene
