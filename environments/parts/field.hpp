#pragma once
// Land and water: a grid whose corners are shaped first and painted when their slope is known.

#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <functional>

namespace haven::environments {

struct Field {
    int across = 1;                     ///< cells along u
    int along = 1;                      ///< cells along v
    glm::vec3 facing{0.0F, 1.0F, 0.0F}; ///< the side seen, in the part's space
};
/// Where a corner is, in the part's space; u and v in 0..1.
using FieldShape = std::function<glm::vec3(float u, float v)>;
/// What it looks like. Position and normal arrive in the part's space, and what is done to them is
/// not looked at.
using FieldPaint = std::function<void(scene::SurfacePoint& corner, float u, float v)>;

void add_field(const Sculptor& sculptor, const Field& field, const FieldShape& shape,
               const FieldPaint& paint);

} // namespace haven::environments
