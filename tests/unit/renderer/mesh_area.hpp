#pragma once

#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cstddef>

#include <gtest/gtest.h>

namespace haven::scene {

/// Of triangles that all face that way, which is the viewer's where nothing is said.
inline float area_m2(const SceneMesh& mesh, glm::vec3 facing = {0.0F, 0.0F, 1.0F}) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const glm::vec3 a = mesh.vertices[mesh.indices[i]].position_m;
        const glm::vec3 b = mesh.vertices[mesh.indices[i + 1]].position_m;
        const glm::vec3 c = mesh.vertices[mesh.indices[i + 2]].position_m;
        const glm::vec3 normal = glm::cross(b - a, c - a) / 2.0F;
        EXPECT_GE(glm::dot(normal, facing), -0.001F) << "wound the other way"; // but for slivers
        sum += glm::length(normal);
    }
    return sum;
}

} // namespace haven::scene
