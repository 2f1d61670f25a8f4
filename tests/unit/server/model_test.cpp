// The ink as a mesh: what is in the file, how near it is to what was drawn, and how large it gets.
#include "server/canvas/model.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/uuid_v7.hpp"
#include "tests/unit/server/export_ink.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

using canvas::Model;
using canvas::model_of;
using canvas::model_triangles_max;

struct Mesh {
    std::string name;
    std::string extras;
    std::vector<glm::vec3> positions;
    std::vector<glm::vec3> normals;
    std::vector<std::uint32_t> indices;
};

/// A file as a program that shows it reads it.
class Opened {
  public:
    explicit Opened(const std::string& glb) {
        EXPECT_EQ(glb.substr(0, 4), "glTF");
        EXPECT_EQ(word(glb, 8), glb.size());
        const std::size_t json_bytes = word(glb, 12);
        document_ = {yyjson_read(glb.data() + 20, json_bytes, 0), yyjson_doc_free};
        EXPECT_TRUE(document_);
        binary_ = glb.size() > 20 + json_bytes ? glb.substr(28 + json_bytes) : "";
        yyjson_val* const root = yyjson_doc_get_root(document_.get());
        scene_extras = text(yyjson_ptr_get(root, "/scenes/0/extras"));
        std::size_t i = 0;
        std::size_t count = 0;
        yyjson_val* node = nullptr;
        yyjson_arr_foreach(yyjson_obj_get(root, "nodes"), i, count, node) {
            meshes.push_back(mesh_of(root, node));
        }
        materials = yyjson_arr_size(yyjson_obj_get(root, "materials"));
    }

    std::vector<Mesh> meshes;
    std::string scene_extras;
    std::size_t materials = 0;

  private:
    static std::uint32_t word(const std::string& bytes, std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        return value;
    }
    static std::string text(yyjson_val* value) {
        const std::unique_ptr<char, decltype(&std::free)> json(yyjson_val_write(value, 0, nullptr),
                                                               std::free);
        return json ? json.get() : "";
    }
    static std::uint64_t number(yyjson_val* object, const char* name) {
        return yyjson_get_uint(yyjson_obj_get(object, name));
    }
    Mesh mesh_of(yyjson_val* root, yyjson_val* node) const {
        const auto at = [&](const char* list, std::uint64_t index) {
            return yyjson_arr_get(yyjson_obj_get(root, list), index);
        };
        yyjson_val* const primitive =
            yyjson_ptr_get(at("meshes", number(node, "mesh")), "/primitives/0");
        yyjson_val* const attributes = yyjson_obj_get(primitive, "attributes");
        Mesh mesh{.name = yyjson_get_str(yyjson_obj_get(node, "name")),
                  .extras = text(yyjson_obj_get(node, "extras"))};
        const auto each = [&](std::uint64_t index, const auto& take) {
            yyjson_val* const accessor = at("accessors", index);
            yyjson_val* const view = at("bufferViews", number(accessor, "bufferView"));
            const std::size_t size = number(accessor, "componentType") == 5123 ? 2 : 4;
            const std::size_t stride = std::max<std::size_t>(number(view, "byteStride"), size);
            for (std::size_t i = 0; i < number(accessor, "count"); ++i) {
                take(binary_.data() + number(view, "byteOffset") + number(accessor, "byteOffset") +
                         (i * stride),
                     size);
            }
        };
        const auto vectors = [&](std::vector<glm::vec3>& out) {
            return [&out](const char* bytes, std::size_t) {
                glm::vec3 v;
                std::memcpy(&v, bytes, sizeof v);
                out.push_back(v);
            };
        };
        each(number(attributes, "POSITION"), vectors(mesh.positions));
        each(number(attributes, "NORMAL"), vectors(mesh.normals));
        each(number(primitive, "indices"), [&](const char* bytes, std::size_t size) {
            std::uint32_t index = 0;
            std::memcpy(&index, bytes, size);
            mesh.indices.push_back(index);
        });
        return mesh;
    }

    std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document_{nullptr, yyjson_doc_free};
    std::string binary_;
};

/// Each edge of its triangles lies between two, which go along it in opposite ways; the normals
/// and the triangles look outward.
void expect_closed(const Mesh& mesh) {
    ASSERT_FALSE(mesh.indices.empty()) << mesh.name;
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
    double volume = 0.0;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const std::array corner{mesh.indices[i], mesh.indices[i + 1], mesh.indices[i + 2]};
        for (std::size_t j = 0; j < 3; ++j) {
            ++edges[{corner[j], corner[(j + 1) % 3]}];
        }
        const auto at = [&](std::size_t j) {
            return glm::dvec3(mesh.positions.at(corner[j]) - mesh.positions.front());
        };
        volume += glm::dot(at(0), glm::cross(at(1), at(2))) / 6.0;
    }
    for (const auto& [edge, times] : edges) {
        ASSERT_EQ(times, 1) << mesh.name;
        ASSERT_TRUE(edges.contains({edge.second, edge.first})) << mesh.name;
    }
    EXPECT_GT(volume, 0.0) << mesh.name;
    for (const glm::vec3& normal : mesh.normals) {
        ASSERT_NEAR(glm::length(normal), 1.0F, 0.0001F) << mesh.name;
    }
}

TEST(Model, ACircleOfTenCentimetresIsOneWithinThreeTenthsOfAMillimetre) {
    constexpr float circle_m = 0.05F;
    constexpr float tube_m = 0.003F;
    const glm::vec3 centre{0.0F, 1.3F, -0.5F};
    const auto ink = decode_ink(encode_ink(Hand::left, std::vector{ink_circle(circle_m, 400)}));
    ASSERT_TRUE(ink);
    const Model model = model_of(ink->strokes, {});
    const Opened opened(model.glb);
    ASSERT_EQ(opened.meshes.size(), 1U);
    const Mesh& mesh = opened.meshes[0];
    float out_max = -1.0F;
    float in_max = -1.0F;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const glm::vec3 a = mesh.positions[mesh.indices[i]];
        const glm::vec3 b = mesh.positions[mesh.indices[i + 1]];
        const glm::vec3 c = mesh.positions[mesh.indices[i + 2]];
        for (const glm::vec3& on :
             {a, b, c, (a + b) / 2.0F, (b + c) / 2.0F, (c + a) / 2.0F, (a + b + c) / 3.0F}) {
            const glm::vec3 off = on - centre;
            const float off_line =
                glm::length(glm::vec2{glm::length(glm::vec2(off)) - circle_m, off.z});
            out_max = std::max(out_max, off_line - tube_m);
            if (off.x < circle_m - 0.01F) { // the ends, one in the other, are round
                in_max = std::max(in_max, tube_m - off_line);
            }
        }
    }
    EXPECT_LE(out_max, 0.0003F);
    EXPECT_LE(in_max, 0.0003F);
    EXPECT_GT(in_max, -0.0003F);
}

TEST(Model, EachStrokeIsANodeWithItsNameAndWhatItIs) {
    std::vector left{ink_circle(0.1F, 50), ink_circle(0.1F, 60), ink_circle(0.1F, 70)};
    left[0].id = make_uuid_v7();
    left[1].id = make_uuid_v7();
    left[1].derived_from = left[0].id;
    left[2].removed_ms = 5;
    std::vector right{ink_circle(0.1F, 50, {0.5F, 1.3F, -0.5F}, Hand::right)};
    right[0].brush.colour_linear = {1.0F, 0.0F, 0.0F};
    const Model model = model_of(left, right);
    const Opened opened(model.glb);
    ASSERT_EQ(opened.meshes.size(), 3U);
    EXPECT_EQ(opened.materials, 2U);
    EXPECT_EQ(opened.meshes[0].name, "left 1");
    EXPECT_EQ(opened.meshes[1].name, "left 2");
    EXPECT_EQ(opened.meshes[2].name, "right 1");
    EXPECT_EQ(opened.meshes[0].extras,
              std::format(R"({{"stroke_id":"{}","hand":"left","derived":false}})",
                          to_string(left[0].id)));
    EXPECT_EQ(
        opened.meshes[1].extras,
        std::format(R"({{"stroke_id":"{}","hand":"left","derived":true,"derived_from":"{}"}})",
                    to_string(left[1].id), to_string(left[0].id)));
    std::size_t triangles = 0;
    for (const Mesh& mesh : opened.meshes) {
        expect_closed(mesh);
        triangles += mesh.indices.size() / 3;
    }
    EXPECT_EQ(triangles, model.triangles);
    EXPECT_EQ(model.strokes_drawn, 3);
    EXPECT_NE(opened.scene_extras.find(std::format(R"("triangles":{},)", triangles)),
              std::string::npos)
        << opened.scene_extras;
}

TEST(Model, WithoutInkItIsAnEmptyScene) {
    const Model model = model_of({}, {});
    EXPECT_EQ(model.triangles, 0U);
    EXPECT_TRUE(Opened(model.glb).meshes.empty());
}

TEST(Model, NoOddStrokeFailsTheFile) {
    const std::vector<Stroke> odd = odd_ink();
    const Model model = model_of(odd, {});
    EXPECT_EQ(model.strokes_skipped, odd_ink_without_a_place);
    EXPECT_EQ(model.strokes_drawn, static_cast<int>(odd.size()) - odd_ink_without_a_place);
    for (const Mesh& mesh : Opened(model.glb).meshes) {
        expect_closed(mesh);
        for (const glm::vec3& at : mesh.positions) {
            ASSERT_TRUE(std::isfinite(at.x) && std::isfinite(at.y) && std::isfinite(at.z));
        }
    }
}

TEST(Model, WhatIsTooMuchForAPhoneIsCoarserAndNeverLarger) {
    const std::vector<Stroke> left = much_ink(8, 62'500);
    const Model model = model_of(left, much_ink(8, 62'500));
    EXPECT_LE(model.triangles, model_triangles_max);
    EXPECT_GT(model.triangles, model_triangles_max / 10);
    EXPECT_LT(model.glb.size(), std::size_t{16} << 20U);
    EXPECT_EQ(model.strokes_drawn, 16);
    EXPECT_LE(model_of(noise_ink(1, 200'000), {}).triangles, model_triangles_max);
    // As many strokes as a drawing can have, each a dot.
    const std::vector<Stroke> dots(20'000, ink_stroke({{0.0F, 1.0F, 0.0F}, {0.01F, 1.0F, 0.0F}}));
    const Model many = model_of(dots, dots);
    EXPECT_LE(many.triangles, model_triangles_max);
    EXPECT_EQ(many.strokes_drawn, 40'000);
    EXPECT_LT(many.glb.size(), std::size_t{48} << 20U);
}

} // namespace
} // namespace haven::test
