#include "environments/parts/field.hpp"

#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::environments {

void add_field(const Sculptor& sculptor, const Field& field, const FieldShape& shape,
               const FieldPaint& paint) {
    assert(field.across >= 1 && field.along >= 1 && field.across <= 512 && field.along <= 512);
    const auto columns = static_cast<std::size_t>(field.across) + 1;
    const auto rows = static_cast<std::size_t>(field.along) + 1;
    std::vector<glm::vec3> at_m(columns * rows);
    const auto u_of = [&](std::size_t column) {
        return static_cast<float>(column) / static_cast<float>(field.across);
    };
    const auto v_of = [&](std::size_t row) {
        return static_cast<float>(row) / static_cast<float>(field.along);
    };
    for (std::size_t i = 0; i < at_m.size(); ++i) {
        at_m[i] = shape(u_of(i % columns), v_of(i / columns));
    }
    std::vector<glm::vec3> normals(at_m.size(), glm::vec3(0.0F));
    const auto each_triangle = [&](const auto& visit) {
        for (std::size_t row = 0; row + 1 < rows; ++row) {
            for (std::size_t column = 0; column + 1 < columns; ++column) {
                const std::size_t a = row * columns + column;
                visit(a, a + 1, a + columns + 1);
                visit(a, a + columns + 1, a + columns);
            }
        }
    };
    float facing = 0.0F;
    each_triangle([&](std::size_t a, std::size_t b, std::size_t c) {
        const glm::vec3 normal = glm::cross(at_m[b] - at_m[a], at_m[c] - at_m[a]);
        facing += glm::dot(normal, field.facing);
        normals[a] += normal;
        normals[b] += normal;
        normals[c] += normal;
    });
    const float side = facing < 0.0F ? -1.0F : 1.0F;
    std::vector<std::uint32_t> indices;
    indices.reserve(at_m.size());
    for (std::size_t i = 0; i < at_m.size(); ++i) {
        const float length = glm::length(normals[i]);
        scene::SurfacePoint corner{.position_m = at_m[i],
                                   .normal = length > 1e-12F ? normals[i] * (side / length)
                                                             : glm::normalize(field.facing)};
        paint(corner, u_of(i % columns), v_of(i / columns));
        corner.position_m = sculptor.placement.point(at_m[i]);
        corner.normal = sculptor.placement.direction(corner.normal);
        indices.push_back(sculptor.mesh.add(corner));
    }
    each_triangle([&](std::size_t a, std::size_t b, std::size_t c) {
        if (glm::length(glm::cross(at_m[b] - at_m[a], at_m[c] - at_m[a])) < 1e-9F) {
            return;
        }
        sculptor.mesh.triangle(indices[a], indices[side < 0.0F ? c : b],
                               indices[side < 0.0F ? b : c]);
    });
}

} // namespace haven::environments
