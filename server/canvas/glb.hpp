#pragma once

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// One binary file of core glTF 2.0 (ISO/IEC 12113): meshes of triangles, in colours of their own.
namespace haven::canvas::glb {

struct Vertex {
    glm::vec3 position_m{0.0F};
    glm::vec3 normal{0.0F, 0.0F, 1.0F}; ///< unit length
};
static_assert(sizeof(Vertex) == 24);

/// Triangles, counter-clockwise from outside.
struct Mesh {
    std::vector<Vertex> vertices;
    std::vector<std::uint32_t> indices;
};

class File {
  public:
    /// A node with a mesh; neither may be empty. `extras` is JSON, `name` needs no escape,
    /// `colour_rgba8` is linear light, red in the lowest byte.
    void add(std::string_view name, std::string_view extras, std::uint32_t colour_rgba8,
             const Mesh& mesh);
    /// The file; `extras` of its scene is JSON.
    [[nodiscard]] std::string finish(std::string_view extras) &&;

  private:
    [[nodiscard]] std::size_t material_of(std::uint32_t colour_rgba8);

    std::string nodes_;
    std::string meshes_;
    std::string accessors_;
    std::string materials_;
    std::map<std::uint32_t, std::size_t> materials_by_colour_;
    std::size_t count_ = 0;
    std::string vertices_;
    std::string indices_; ///< of 16 bits where they fit
};

} // namespace haven::canvas::glb
