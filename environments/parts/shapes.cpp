#include "environments/parts/shapes.hpp"

#include "environments/parts/noise.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;
constexpr float smallest_area_m2 = 1e-9F;
constexpr int cells_max = 512;

struct Corner {
    glm::vec3 position_m{0.0F};
    glm::vec3 normal{0.0F};
    glm::vec2 pattern_m{0.0F};
    glm::vec3 tint{1.0F}; ///< times the material's
};

glm::vec3 unit_or(glm::vec3 vector, glm::vec3 otherwise) {
    const float length = glm::length(vector);
    return length > 1e-12F ? vector / length : otherwise;
}

/// Corner in the part's space to vertex in the room, its tint moved by slow noise.
std::uint32_t add_corner(const Sculptor& sculptor, const Material& material, const Corner& corner) {
    const glm::vec3 world_m = sculptor.placement.point(corner.position_m);
    const float uneven = noise(world_m * 1.9F, 77U) * material.unevenness;
    const glm::vec3 tint =
        glm::clamp(material.tint * corner.tint * (1.0F + uneven), glm::vec3(0.0F), glm::vec3(1.0F));
    return sculptor.mesh.add({.position_m = world_m,
                              .normal = sculptor.placement.direction(corner.normal),
                              .tint = tint,
                              .pattern = material.pattern,
                              .pattern_m = corner.pattern_m,
                              .roughness = material.roughness,
                              .emission = material.emission,
                              .motion = material.motion});
}

/// Rows of corners, `columns` in each, sewn into triangles that turn the way `flipped` says.
class Patch {
  public:
    Patch(int columns, int rows) : columns_(columns), rows_(rows) {
        assert(columns >= 2 && rows >= 2 && columns <= cells_max + 1 && rows <= cells_max + 1);
        corners_.reserve(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    }
    std::vector<Corner>& corners() { return corners_; }
    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }
    template <typename Visit>
    void each_triangle(Visit visit) const {
        for (int row = 0; row + 1 < rows_; ++row) {
            for (int column = 0; column + 1 < columns_; ++column) {
                const std::size_t a = index(column, row);
                const std::size_t b = index(column + 1, row);
                const std::size_t c = index(column + 1, row + 1);
                const std::size_t d = index(column, row + 1);
                visit(a, b, c);
                visit(a, c, d);
            }
        }
    }
    [[nodiscard]] glm::vec3 area_normal(std::size_t a, std::size_t b, std::size_t c) const {
        return glm::cross(corners_[b].position_m - corners_[a].position_m,
                          corners_[c].position_m - corners_[a].position_m);
    }

    void smooth_normals(bool closed_across) {
        each_triangle([&](std::size_t a, std::size_t b, std::size_t c) {
            const glm::vec3 normal = area_normal(a, b, c);
            for (const std::size_t corner : {a, b, c}) {
                corners_[corner].normal += normal;
            }
        });
        for (int row = 0; closed_across && row < rows_; ++row) {
            Corner& first = corners_[index(0, row)];
            Corner& last = corners_[index(columns_ - 1, row)];
            first.normal = last.normal = first.normal + last.normal;
        }
        for (Corner& corner : corners_) {
            corner.normal = unit_or(corner.normal, {0.0F, 1.0F, 0.0F});
        }
    }

    /// Does the surface look away from what it should show?
    [[nodiscard]] bool faces_away(glm::vec3 facing) const {
        const bool solid = glm::dot(facing, facing) == 0.0F;
        glm::vec3 centre{0.0F};
        for (const Corner& corner : corners_) {
            centre += corner.position_m / static_cast<float>(corners_.size());
        }
        float sum = 0.0F;
        each_triangle([&](std::size_t a, std::size_t b, std::size_t c) {
            const glm::vec3 middle =
                (corners_[a].position_m + corners_[b].position_m + corners_[c].position_m) / 3.0F;
            sum += glm::dot(area_normal(a, b, c), solid ? middle - centre : facing);
        });
        return sum < 0.0F;
    }

    void sew(const Sculptor& sculptor, const Material& material, bool flipped) {
        std::vector<std::uint32_t> indices;
        indices.reserve(corners_.size());
        for (Corner& corner : corners_) {
            corner.normal = flipped ? -corner.normal : corner.normal;
            indices.push_back(add_corner(sculptor, material, corner));
        }
        each_triangle([&](std::size_t a, std::size_t b, std::size_t c) {
            if (glm::length(area_normal(a, b, c)) < smallest_area_m2) {
                return;
            }
            if (flipped) {
                std::swap(b, c);
            }
            sculptor.mesh.triangle(indices[a], indices[b], indices[c]);
        });
    }

  private:
    int columns_;
    int rows_;
    std::vector<Corner> corners_;
};

/// The offsets of a box's grid along one axis: the rounded rim, and even steps between.
std::vector<float> box_steps(float half_m, float bevel_m, float edge_m_max) {
    const float inner = half_m - bevel_m;
    const int cells = std::clamp(static_cast<int>(std::ceil(2.0F * inner / edge_m_max)), 1, 128);
    std::vector<float> steps{-half_m};
    for (int i = 0; i <= cells; ++i) {
        steps.push_back(inner * (2.0F * static_cast<float>(i) / static_cast<float>(cells) - 1.0F));
    }
    steps.push_back(half_m);
    return steps;
}

struct BoxForm {
    const Box& box;
    glm::vec3 half_m;
    float bevel_m;
    std::uint32_t seed;

    /// From a point on the plain box to the same point on the rounded, swollen, uneven one.
    [[nodiscard]] glm::vec3 shape(glm::vec3 plain) const {
        const glm::vec3 core = glm::max(half_m - bevel_m, glm::vec3(0.0F));
        const glm::vec3 inner = glm::clamp(plain, -core, core);
        const glm::vec3 outward = unit_or(plain - inner, {0.0F, 1.0F, 0.0F});
        glm::vec3 at = inner + outward * bevel_m;
        if (box.bulge_m > 0.0F) {
            const glm::vec3 share = plain / half_m;
            const glm::vec3 fall = glm::max(1.0F - share * share, glm::vec3(0.0F));
            at += box.bulge_m * outward *
                  glm::vec3(fall.y * fall.z, fall.z * fall.x, fall.x * fall.y);
        }
        const float height = at.y / (2.0F * half_m.y) + 0.5F;
        at.x *= glm::mix(1.0F, box.taper.x, height);
        at.z *= glm::mix(1.0F, box.taper.y, height);
        if (box.uneven.depth_m > 0.0F) {
            at += outward * box.uneven.depth_m * noise_two_scales(at / box.uneven.size_m, seed);
        }
        return at;
    }
};

void add_box_face(const Sculptor& sculptor, const BoxForm& form, const Material& material, int axis,
                  float side) {
    const int u_axis = (axis + 1) % 3;
    const int v_axis = (axis + 2) % 3;
    auto steps_u = box_steps(form.half_m[u_axis], form.bevel_m, form.box.edge_m_max);
    auto steps_v = box_steps(form.half_m[v_axis], form.bevel_m, form.box.edge_m_max);
    if (!form.box.back && axis != 2) { // no rim toward the side that is never seen
        auto& along_z = u_axis == 2 ? steps_u : steps_v;
        along_z.erase(along_z.begin());
    }
    Patch patch(static_cast<int>(steps_u.size()), static_cast<int>(steps_v.size()));
    const float nudge = 0.02F * form.bevel_m + 1e-4F;
    // The grain runs along the longer side of the whole box where this face shows it.
    const int longest = form.half_m.x >= form.half_m.y ? (form.half_m.x >= form.half_m.z ? 0 : 2)
                                                       : (form.half_m.y >= form.half_m.z ? 1 : 2);
    const bool along_v = v_axis == longest;
    const glm::vec2 offset(static_cast<float>(sculptor.seed % 97U) * 0.13F,
                           static_cast<float>(sculptor.seed % 89U) * 0.17F);
    for (const float v : steps_v) {
        for (const float u : steps_u) {
            glm::vec3 plain{0.0F};
            plain[axis] = side * form.half_m[axis];
            plain[u_axis] = u;
            plain[v_axis] = v;
            glm::vec3 plain_u = plain;
            plain_u[u_axis] += u > 0.0F ? -nudge : nudge;
            glm::vec3 plain_v = plain;
            plain_v[v_axis] += v > 0.0F ? -nudge : nudge;
            const glm::vec3 at = form.shape(plain);
            glm::vec3 outward{0.0F};
            outward[axis] = side;
            glm::vec3 normal =
                unit_or(glm::cross(form.shape(plain_u) - at, form.shape(plain_v) - at), outward);
            // Turned as u and v are: sewing turns those of the far sides outward again.
            normal *= glm::dot(normal, outward) * side < 0.0F ? -1.0F : 1.0F;
            const glm::vec2 flat = along_v ? glm::vec2(v, u) : glm::vec2(u, v);
            patch.corners().push_back(
                {.position_m = at, .normal = normal, .pattern_m = flat + offset});
        }
    }
    patch.sew(sculptor, material, side < 0.0F);
}

} // namespace

glm::quat turn_about_x(float angle_rad) {
    return glm::angleAxis(angle_rad, glm::vec3(1, 0, 0));
}
glm::quat turn_about_y(float angle_rad) {
    return glm::angleAxis(angle_rad, glm::vec3(0, 1, 0));
}
glm::quat turn_about_z(float angle_rad) {
    return glm::angleAxis(angle_rad, glm::vec3(0, 0, 1));
}

void add_grid(const Sculptor& sculptor, const Grid& grid, const Material& material,
              const Surface& surface) {
    Patch patch(grid.across + 1, grid.along + 1);
    for (int row = 0; row <= grid.along; ++row) {
        for (int column = 0; column <= grid.across; ++column) {
            const GridPoint point =
                surface(static_cast<float>(column) / static_cast<float>(grid.across),
                        static_cast<float>(row) / static_cast<float>(grid.along));
            patch.corners().push_back({.position_m = point.position_m,
                                       .pattern_m = point.pattern_m,
                                       .tint = point.hue * point.shade});
        }
    }
    patch.smooth_normals(grid.closed_across);
    patch.sew(sculptor, material, patch.faces_away(grid.facing));
}

void add_box(const Sculptor& sculptor, const Box& box, const Material& material) {
    const glm::vec3 half_m = box.size_m * 0.5F;
    const float thinnest = std::min({half_m.x, half_m.y, half_m.z});
    const BoxForm form{.box = box,
                       .half_m = half_m,
                       .bevel_m = std::min(box.bevel_m, thinnest * 0.98F),
                       .seed = sculptor.seed};
    for (int axis = 0; axis < 3; ++axis) {
        add_box_face(sculptor, form, material, axis, 1.0F);
        if (axis != 2 || box.back) {
            add_box_face(sculptor, form, material, axis, -1.0F);
        }
    }
}

void add_lathe(const Sculptor& sculptor, std::span<const glm::vec2> profile_m, int sides,
               const Material& material) {
    assert(profile_m.size() >= 2);
    const int along = static_cast<int>(profile_m.size()) - 1;
    Patch patch(sides + 1, along + 1);
    float travelled_m = 0.0F;
    for (std::size_t row = 0; row < profile_m.size(); ++row) {
        if (row > 0) {
            travelled_m += glm::length(profile_m[row] - profile_m[row - 1]);
        }
        for (int column = 0; column <= sides; ++column) {
            const float angle = 2.0F * pi * static_cast<float>(column) / static_cast<float>(sides);
            const float radius = profile_m[row].x;
            patch.corners().push_back(
                {.position_m = {radius * std::sin(angle), profile_m[row].y,
                                radius * std::cos(angle)},
                 .pattern_m = {angle * std::max(radius, 0.02F), travelled_m}});
        }
    }
    patch.smooth_normals(true);
    patch.sew(sculptor, material, patch.faces_away(glm::vec3(0.0F)));
}

void add_tube(const Sculptor& sculptor, std::span<const TubePoint> path, const Tube& tube,
              const Material& material) {
    assert(path.size() >= 2);
    const auto direction = [&](std::size_t i) {
        const std::size_t next = std::min(i + 1, path.size() - 1);
        const std::size_t before = i == 0 ? 0 : i - 1;
        return unit_or(path[next].centre_m - path[before].centre_m, {0.0F, 1.0F, 0.0F});
    };
    // Rings turn as little as possible from one to the next (parallel transport).
    glm::vec3 tangent = direction(0);
    glm::vec3 side = unit_or(
        glm::cross(tangent, std::abs(tangent.y) < 0.9F ? glm::vec3(0, 1, 0) : glm::vec3(1, 0, 0)),
        {1.0F, 0.0F, 0.0F});
    const bool capped = tube.capped;
    const int rows = static_cast<int>(path.size()) + (capped ? 4 : 0);
    Patch patch(tube.sides + 1, rows);
    float travelled_m = static_cast<float>(sculptor.seed % 61U) * 0.37F;
    const auto ring = [&](std::size_t i, float radius_share) {
        const glm::vec3 up = glm::cross(tangent, side);
        for (int column = 0; column <= tube.sides; ++column) {
            const float angle = -2.0F * pi * static_cast<float>(column % tube.sides) /
                                static_cast<float>(tube.sides);
            const glm::vec3 outward = side * std::cos(angle) + up * std::sin(angle);
            const float swell = tube.uneven.depth_m *
                                noise_two_scales((path[i].centre_m + outward * path[i].radius_m) /
                                                     tube.uneven.size_m,
                                                 sculptor.seed);
            const float around = 2.0F * pi * static_cast<float>(column) /
                                 static_cast<float>(tube.sides) * path[i].radius_m;
            patch.corners().push_back(
                {.position_m =
                     path[i].centre_m + outward * ((path[i].radius_m + swell) * radius_share),
                 .pattern_m = {travelled_m, around}});
        }
    };
    if (capped) {
        ring(0, 0.0F);
        ring(0, 1.0F);
    }
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (i > 0) {
            travelled_m += glm::length(path[i].centre_m - path[i - 1].centre_m);
            tangent = direction(i);
            side = unit_or(side - tangent * glm::dot(side, tangent), {1.0F, 0.0F, 0.0F});
        }
        ring(i, 1.0F);
    }
    if (capped) {
        ring(path.size() - 1, 1.0F);
        ring(path.size() - 1, 0.0F);
    }
    patch.smooth_normals(true);
    patch.sew(sculptor, material, patch.faces_away(glm::vec3(0.0F)));
}

void add_card(const Sculptor& sculptor, glm::vec2 size_m, const Material& material) {
    add_grid(sculptor, {.across = 1, .along = 1, .facing = {0.0F, 0.0F, 1.0F}}, material,
             [&](float u, float v) {
                 return GridPoint{
                     .position_m = {(u - 0.5F) * size_m.x, (v - 0.5F) * size_m.y, 0.0F},
                     .pattern_m = {u, v}};
             });
}

} // namespace haven::environments
