#include "server/canvas/glb.hpp"

#include <glm/common.hpp>
#include <glm/vec3.hpp>

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <format>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::canvas::glb {

static_assert(std::endian::native == std::endian::little, "a glTF file is");

namespace {

constexpr std::uint32_t magic = 0x46546C67U; ///< "glTF"
constexpr std::uint32_t chunk_json = 0x4E4F534AU;
constexpr std::uint32_t chunk_binary = 0x004E4942U;

/// The bufferViews, in their order.
constexpr int vertex_view = 0;
constexpr int index_view = 1;
constexpr std::size_t vertices_short_max = 65'535; ///< index 65535 would restart a primitive

template <typename T>
void put(std::string& out, std::span<const T> values) {
    out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}
void put(std::string& out, std::uint32_t value) {
    put(out, std::span<const std::uint32_t>(&value, 1));
}

void pad(std::string& out, char with) {
    out.append((4 - (out.size() % 4)) % 4, with);
}

void put_member(std::string& list, std::string_view member) {
    list += list.empty() ? "" : ",";
    list += member;
}

/// Each number is the decimal that is exactly the float.
std::string json_of(const glm::vec3& v) {
    return std::format("[{},{},{}]", static_cast<double>(v.x), static_cast<double>(v.y),
                       static_cast<double>(v.z));
}

} // namespace

std::size_t File::material_of(std::uint32_t colour_rgba8) {
    const auto [place, made] =
        materials_by_colour_.try_emplace(colour_rgba8, materials_by_colour_.size());
    if (made) {
        const auto part = [colour_rgba8](unsigned shift) {
            return static_cast<double>((colour_rgba8 >> shift) & 0xFFU) / 255.0;
        };
        put_member(materials_,
                   std::format(R"({{"pbrMetallicRoughness":{{"baseColorFactor":[{:.6},{:.6},{:.6},)"
                               R"(1],"metallicFactor":0,"roughnessFactor":0.6}}}})",
                               part(0), part(8), part(16)));
    }
    return place->second;
}

void File::add(std::string_view name, std::string_view extras, std::uint32_t colour_rgba8,
               const Mesh& mesh) {
    assert(!mesh.vertices.empty() && !mesh.indices.empty());
    glm::vec3 lowest{std::numeric_limits<float>::max()};
    glm::vec3 highest{std::numeric_limits<float>::lowest()};
    for (const Vertex& vertex : mesh.vertices) {
        lowest = glm::min(lowest, vertex.position_m);
        highest = glm::max(highest, vertex.position_m);
    }
    const bool is_short = mesh.vertices.size() <= vertices_short_max;
    pad(indices_, 0);
    const std::size_t accessor = 3 * count_;
    put_member(nodes_,
               std::format(R"({{"name":"{}","mesh":{},"extras":{}}})", name, count_, extras));
    put_member(meshes_,
               std::format(R"({{"primitives":[{{"attributes":{{"POSITION":{},"NORMAL":{}}},)"
                           R"("indices":{},"material":{}}}]}})",
                           accessor, accessor + 1, accessor + 2, material_of(colour_rgba8)));
    put_member(accessors_,
               std::format(R"({{"bufferView":{},"byteOffset":{},"componentType":5126,"count":{},)"
                           R"("type":"VEC3","min":{},"max":{}}})",
                           vertex_view, vertices_.size(), mesh.vertices.size(), json_of(lowest),
                           json_of(highest)));
    put_member(accessors_,
               std::format(R"({{"bufferView":{},"byteOffset":{},"componentType":5126,"count":{},)"
                           R"("type":"VEC3"}})",
                           vertex_view, vertices_.size() + sizeof(glm::vec3),
                           mesh.vertices.size()));
    put_member(accessors_,
               std::format(R"({{"bufferView":{},"byteOffset":{},"componentType":{},"count":{},)"
                           R"("type":"SCALAR"}})",
                           index_view, indices_.size(), is_short ? 5123 : 5125,
                           mesh.indices.size()));
    put(vertices_, std::span<const Vertex>(mesh.vertices));
    if (is_short) {
        const std::vector<std::uint16_t> narrow(mesh.indices.begin(), mesh.indices.end());
        put(indices_, std::span<const std::uint16_t>(narrow));
    } else {
        put(indices_, std::span<const std::uint32_t>(mesh.indices));
    }
    ++count_;
}

std::string File::finish(std::string_view extras) && {
    std::string nodes;
    for (std::size_t i = 0; i < count_; ++i) {
        put_member(nodes, std::to_string(i));
    }
    std::string json =
        std::format(R"({{"asset":{{"version":"2.0","generator":"Haven"}},"scene":0,"scenes":[{{)"
                    R"("name":"drawing","extras":{})",
                    extras);
    std::string binary;
    if (count_ == 0) {
        json += "}]}";
    } else {
        pad(indices_, 0);
        json += std::format(
            R"(,"nodes":[{}]}}],"nodes":[{}],"meshes":[{}],"materials":[{}],"accessors":[{}],)"
            R"("bufferViews":[{{"buffer":0,"byteLength":{},"byteStride":{},"target":34962}},)"
            R"({{"buffer":0,"byteOffset":{},"byteLength":{},"target":34963}}],)"
            R"("buffers":[{{"byteLength":{}}}]}})",
            nodes, nodes_, meshes_, materials_, accessors_, vertices_.size(), sizeof(Vertex),
            vertices_.size(), indices_.size(), vertices_.size() + indices_.size());
        binary = std::move(vertices_) + indices_;
    }
    pad(json, ' ');
    std::string file;
    const std::size_t size = 12 + 8 + json.size() + (binary.empty() ? 0 : 8 + binary.size());
    file.reserve(size);
    put(file, magic);
    put(file, 2);
    put(file, static_cast<std::uint32_t>(size));
    put(file, static_cast<std::uint32_t>(json.size()));
    put(file, chunk_json);
    file += json;
    if (!binary.empty()) {
        put(file, static_cast<std::uint32_t>(binary.size()));
        put(file, chunk_binary);
        file += binary;
    }
    return file;
}

} // namespace haven::canvas::glb
