#include "tests/golden/box_room.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cstdint>

namespace haven::testing {
namespace {

using scene::Pattern;
using scene::SceneMesh;
using scene::SurfacePoint;

struct Patch {
    glm::vec3 corner;
    glm::vec3 along;  // u
    glm::vec3 across; // v; along x across faces the viewer
    glm::vec3 tint;
    Pattern pattern = Pattern::plain;
    float roughness = 0.8F;
    float emission = 0.0F;
    bool unit_pattern = false; // 0..1 across instead of metres
};

void add_patch(SceneMesh& mesh, const Patch& patch) {
    const float step_m = 0.25F;
    const float length = glm::length(patch.along);
    const float width = glm::length(patch.across);
    const auto columns = static_cast<std::uint32_t>(length / step_m) + 1;
    const auto rows = static_cast<std::uint32_t>(width / step_m) + 1;
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    const glm::vec3 normal = glm::normalize(glm::cross(patch.along, patch.across));
    for (std::uint32_t row = 0; row <= rows; ++row) {
        for (std::uint32_t column = 0; column <= columns; ++column) {
            const float u = static_cast<float>(column) / static_cast<float>(columns);
            const float v = static_cast<float>(row) / static_cast<float>(rows);
            mesh.add({.position_m = patch.corner + u * patch.along + v * patch.across,
                      .normal = normal,
                      .tint = patch.tint,
                      .pattern = patch.pattern,
                      .pattern_m =
                          patch.unit_pattern ? glm::vec2(u, v) : glm::vec2(u * length, v * width),
                      .roughness = patch.roughness,
                      .emission = patch.emission});
        }
    }
    const std::uint32_t stride = columns + 1;
    for (std::uint32_t row = 0; row < rows; ++row) {
        for (std::uint32_t column = 0; column < columns; ++column) {
            const std::uint32_t a = first + row * stride + column;
            mesh.quad(a, a + 1, a + 1 + stride, a + stride);
        }
    }
}

void add_box(SceneMesh& mesh, glm::vec3 low, glm::vec3 high, glm::vec3 tint, Pattern pattern) {
    const glm::vec3 d = high - low;
    const glm::vec3 x{d.x, 0, 0};
    const glm::vec3 y{0, d.y, 0};
    const glm::vec3 z{0, 0, d.z};
    add_patch(mesh, {low + z, x, y, tint, pattern});      // front
    add_patch(mesh, {low + x, -x, y, tint, pattern});     // back
    add_patch(mesh, {low, z, y, tint, pattern});          // left
    add_patch(mesh, {low + x + z, -z, y, tint, pattern}); // right
    add_patch(mesh, {low + y + z, x, -z, tint, pattern}); // top
}

} // namespace

scene::Scene box_room() {
    scene::Scene room;
    SceneMesh& mesh = room.mesh;
    const glm::vec3 pine = scene::from_hex(0xa9764a);
    add_patch(mesh, {{-2, 0, 2}, {4, 0, 0}, {0, 0, -5}, pine, Pattern::wood, 0.5F});
    add_patch(mesh, {{-2, 3, -3}, {4, 0, 0}, {0, 0, 5}, pine * 0.6F, Pattern::wood});
    add_patch(mesh, {{-2, 0, 2}, {0, 0, -5}, {0, 3, 0}, pine * 0.8F, Pattern::logs});
    add_patch(mesh, {{2, 0, -3}, {0, 0, 5}, {0, 3, 0}, pine * 0.8F, Pattern::logs});
    // The far wall, with an opening at its right.
    const glm::vec3 stone = scene::from_hex(0x8a8178);
    add_patch(mesh, {{-2, 0, -3}, {2.3F, 0, 0}, {0, 3, 0}, stone, Pattern::stone});
    add_patch(mesh, {{0.3F, 0, -3}, {1.2F, 0, 0}, {0, 1, 0}, stone, Pattern::stone});
    add_patch(mesh, {{0.3F, 2.2F, -3}, {1.2F, 0, 0}, {0, 0.8F, 0}, stone, Pattern::stone});
    add_patch(mesh, {{1.5F, 0, -3}, {0.5F, 0, 0}, {0, 3, 0}, stone, Pattern::stone});
    add_patch(mesh, {.corner = {-1.0F, 0.01F, -0.4F},
                     .along = {2, 0, 0},
                     .across = {0, 0, -1.5F},
                     .tint = scene::from_hex(0x7a2f26),
                     .pattern = Pattern::rug,
                     .unit_pattern = true});
    add_box(mesh, {-1.6F, 0, -2.6F}, {-0.8F, 0.9F, -1.9F}, scene::from_hex(0x46604a),
            Pattern::fabric);
    add_box(mesh, {1.2F, 0, -1.4F}, {1.7F, 0.7F, -0.9F}, pine * 0.5F, Pattern::wood);
    add_box(mesh, {1.3F, 0.7F, -1.25F}, {1.5F, 0.95F, -1.05F}, scene::from_hex(0xd8c9a8),
            Pattern::plain);
    add_patch(mesh, {.corner = {0.3F, 1, -2.99F},
                     .along = {1.2F, 0, 0},
                     .across = {0, 1.2F, 0},
                     .tint = glm::vec3(0.6F, 0.7F, 0.8F),
                     .pattern = Pattern::glass,
                     .roughness = 0.1F});
    add_patch(mesh, {.corner = {-0.5F, 0.1F, -2.5F},
                     .along = {0.6F, 0, 0},
                     .across = {0, 0.8F, 0},
                     .tint = glm::vec3(1.0F),
                     .pattern = Pattern::flame,
                     .emission = 4.0F,
                     .unit_pattern = true});
    room.style(Pattern::rug).accent = scene::from_hex(0x33465c);
    room.style(Pattern::stone).accent = scene::from_hex(0x3a3632);
    room.style(Pattern::fabric).accent = scene::from_hex(0xc98a4b);
    room.lights = {{.kind = scene::LightKind::point,
                    .position_m = {1.4F, 1.4F, -1.2F},
                    .colour = glm::vec3(1.0F, 0.72F, 0.42F) * 1.6F},
                   {.kind = scene::LightKind::point,
                    .position_m = {-0.2F, 0.5F, -2.3F},
                    .colour = glm::vec3(1.0F, 0.42F, 0.12F) * 1.8F,
                    .flicker_depth = 0.04F}};
    room.ambient = {.sky = glm::vec3(0.05F, 0.06F, 0.085F),
                    .ground = glm::vec3(0.035F, 0.03F, 0.025F)};
    room.sky = {.zenith = scene::from_hex(0x1c2c4a), .horizon = scene::from_hex(0x54678a)};
    return room;
}

} // namespace haven::testing
