#pragma once
// The few solids every part is made of. Each adds triangles to a mesh, counter-clockwise seen from
// outside, with smooth normals, in the part's own space: +Y up, its front toward +Z.

#include "renderer/scene/scene.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cstdint>
#include <functional>
#include <span>

namespace haven::environments {

/// Where a thing stands: turned, then moved.
struct Placement {
    glm::vec3 position_m{0.0F};
    glm::quat turn{1.0F, 0.0F, 0.0F, 0.0F};

    [[nodiscard]] glm::vec3 point(glm::vec3 local_m) const { return position_m + turn * local_m; }
    [[nodiscard]] glm::vec3 direction(glm::vec3 local) const { return turn * local; }
    /// This, and then something placed within it.
    [[nodiscard]] Placement then(glm::vec3 local_m, glm::quat local_turn) const {
        return {.position_m = point(local_m), .turn = turn * local_turn};
    }
};
[[nodiscard]] glm::quat turn_about_x(float angle_rad);
[[nodiscard]] glm::quat turn_about_y(float angle_rad);
[[nodiscard]] glm::quat turn_about_z(float angle_rad);

struct Material {
    scene::Pattern pattern = scene::Pattern::plain;
    glm::vec3 tint{0.5F};
    float roughness = 0.8F;
    float emission = 0.0F;
    float motion = 0.0F;
    float unevenness = 0.12F; ///< how far slow noise in the room moves the tint
};

/// A mesh, and the place, material and chance of what is added to it next.
struct Sculptor {
    scene::SceneMesh& mesh;
    Placement placement;
    std::uint32_t seed = 1;

    [[nodiscard]] Sculptor at(glm::vec3 local_m, glm::quat turn = {1.0F, 0.0F, 0.0F, 0.0F}) const {
        return {.mesh = mesh, .placement = placement.then(local_m, turn), .seed = seed};
    }
};

struct GridPoint {
    glm::vec3 position_m{0.0F};
    glm::vec2 pattern_m{0.0F};
    float shade = 1.0F;  ///< times the tint
    glm::vec3 hue{1.0F}; ///< times the tint too
};
/// Asked for u and v in 0..1.
using Surface = std::function<GridPoint(float u, float v)>;

struct Grid {
    int across = 1;             ///< cells along u
    int along = 1;              ///< cells along v
    bool closed_across = false; ///< u = 0 and u = 1 are one edge
    glm::vec3 facing{0.0F};     ///< the side seen, in the part's space; zero: outward of a solid
};
void add_grid(const Sculptor& sculptor, const Grid& grid, const Material& material,
              const Surface& surface);

/// Noise along the normal.
struct Unevenness {
    float depth_m = 0.0F;
    float size_m = 0.1F;
};

/// A box centred on the placement, its edges rounded.
struct Box {
    glm::vec3 size_m{1.0F};
    float bevel_m = 0.01F;
    float bulge_m = 0.0F;    ///< how far the middle of each face swells: cushions
    float edge_m_max = 0.5F; ///< finer triangles where light should fall softly
    Unevenness uneven{};
    glm::vec2 taper{1.0F}; ///< width and depth of the top over the bottom's
    bool back = true;      ///< false where the side toward -Z is never seen
};
void add_box(const Sculptor& sculptor, const Box& box, const Material& material);

/// A solid of revolution about +Y; the profile is (radius, height) from the bottom up on the
/// outside, and a repeated point makes a sharp edge.
void add_lathe(const Sculptor& sculptor, std::span<const glm::vec2> profile_m, int sides,
               const Material& material);

struct TubePoint {
    glm::vec3 centre_m{0.0F};
    float radius_m = 0.02F;
};
/// A round bar along a path, with flat ends.
struct Tube {
    int sides = 8;
    Unevenness uneven{};
    bool capped = true;
};
void add_tube(const Sculptor& sculptor, std::span<const TubePoint> path, const Tube& tube,
              const Material& material);

/// A rectangle that shows both its sides or none in particular: flames, halos, mist, panes.
/// pattern_m runs 0..1 across (+X) and up (+Y).
void add_card(const Sculptor& sculptor, glm::vec2 size_m, const Material& material);

} // namespace haven::environments
