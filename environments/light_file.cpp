#include "environments/light_file.hpp"

#include "renderer/scene/bake.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace haven::environments {
namespace {

constexpr std::string_view magic = "HVLIGHT1";
constexpr std::size_t bytes_max = 16UL * 1024UL * 1024UL;
/// Every so many vertices one position is kept, to know the geometry again. A millimetre's
/// tolerance: the same definition differs by rounding from one mathematics library to the next.
constexpr std::size_t probe_stride = 32;
constexpr float probe_tolerance_m = 0.001F;

struct Header {
    std::array<char, 8> magic{};
    std::uint32_t vertex_count = 0;
    std::uint32_t index_hash = 0;
    std::uint32_t light_count = 0;
    std::uint32_t probe_count = 0;
};
static_assert(sizeof(Header) == 24);

std::uint32_t hash_of(const std::vector<std::uint32_t>& indices) { // FNV-1a, word by word
    std::uint32_t hash = 2166136261U;
    for (const std::uint32_t index : indices) {
        hash = (hash ^ index) * 16777619U;
    }
    return hash;
}

/// What the light was baked for: some of the vertices, then the lights.
std::vector<glm::vec3> probes_of(const scene::Scene& scene) {
    std::vector<glm::vec3> probes;
    for (std::size_t i = 0; i < scene.mesh.vertices.size(); i += probe_stride) {
        probes.push_back(scene.mesh.vertices[i].position_m);
    }
    for (const scene::Light& light : scene.lights) {
        probes.push_back(light.position_m);
        probes.emplace_back(light.source_radius_m, light.reach_m, 0.0F);
    }
    return probes;
}

Header header_of(const scene::Scene& scene, std::size_t probe_count) {
    Header header;
    magic.copy(header.magic.data(), magic.size());
    header.vertex_count = static_cast<std::uint32_t>(scene.mesh.vertices.size());
    header.index_hash = hash_of(scene.mesh.indices);
    header.light_count = static_cast<std::uint32_t>(scene.lights.size());
    header.probe_count = static_cast<std::uint32_t>(probe_count);
    return header;
}

template <typename T>
void put(std::vector<char>& bytes, const T* values, std::size_t count) {
    const std::size_t at = bytes.size();
    bytes.resize(at + count * sizeof(T));
    std::memcpy(bytes.data() + at, values, count * sizeof(T));
}

std::vector<char> read_bytes(const std::filesystem::path& file) {
    std::error_code trouble;
    const auto size = std::filesystem::file_size(file, trouble);
    std::ifstream stream(file, std::ios::binary);
    if (trouble || size > bytes_max || !stream) {
        return {};
    }
    std::vector<char> bytes(static_cast<std::size_t>(size));
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return stream ? bytes : std::vector<char>{};
}

bool same_place(const char* kept, const std::vector<glm::vec3>& probes) {
    for (std::size_t i = 0; i < probes.size(); ++i) {
        glm::vec3 was{};
        std::memcpy(&was, kept + i * sizeof(was), sizeof(was));
        if (!(glm::length(was - probes[i]) <= probe_tolerance_m)) { // NaN is not the same place
            return false;
        }
    }
    return true;
}

} // namespace

std::filesystem::path light_file_of(const std::filesystem::path& definition) {
    return std::filesystem::path(definition).replace_extension(".light");
}

bool apply_light_file(const std::filesystem::path& file, scene::Scene& scene) {
    const std::vector<char> bytes = read_bytes(file);
    const std::vector<glm::vec3> probes = probes_of(scene);
    const Header header = header_of(scene, probes.size());
    const std::size_t count = scene.mesh.vertices.size();
    const std::size_t probe_bytes = probes.size() * sizeof(glm::vec3);
    if (bytes.size() != sizeof(Header) + probe_bytes + count * (1 + sizeof(std::uint32_t)) ||
        std::memcmp(bytes.data(), &header, sizeof(header)) != 0 ||
        !same_place(bytes.data() + sizeof(Header), probes)) {
        return false;
    }
    const char* occlusion = bytes.data() + sizeof(Header) + probe_bytes;
    const char* visibility = occlusion + count;
    for (std::size_t i = 0; i < count; ++i) {
        scene::SceneVertex& vertex = scene.mesh.vertices[i];
        const auto open = static_cast<std::uint32_t>(static_cast<std::uint8_t>(occlusion[i]));
        vertex.tint_occlusion = (vertex.tint_occlusion & 0x00FFFFFFU) | open << 24U;
        std::memcpy(&vertex.light_visibility, visibility + i * sizeof(std::uint32_t),
                    sizeof(std::uint32_t));
    }
    return true;
}

std::expected<void, std::string> write_light_file(const std::filesystem::path& file,
                                                  const scene::Scene& scene) {
    const std::vector<glm::vec3> probes = probes_of(scene);
    const Header header = header_of(scene, probes.size());
    std::vector<char> bytes;
    put(bytes, &header, 1);
    put(bytes, probes.data(), probes.size());
    for (const scene::SceneVertex& vertex : scene.mesh.vertices) {
        bytes.push_back(static_cast<char>(vertex.tint_occlusion >> 24U));
    }
    for (const scene::SceneVertex& vertex : scene.mesh.vertices) {
        put(bytes, &vertex.light_visibility, 1);
    }
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream) {
        return std::unexpected(std::format("{}: cannot be written", file.string()));
    }
    return {};
}

void bake_light(scene::Scene& scene, BakeQuality quality) {
    const bool full = quality == BakeQuality::full;
    scene::bake_ambient_occlusion(scene.mesh, {.rays = full ? 64U : 8U});
    scene::bake_light_visibility(scene.mesh, scene.lights, full ? 30U : 4U);
}

} // namespace haven::environments
