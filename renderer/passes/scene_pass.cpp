#include "renderer/passes/scene_pass.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/chunks.hpp"
#include "renderer/scene/mesh_store.hpp"
#include "renderer/scene/refine.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/thin.hpp"
#include "renderer/scene/trim.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace haven::renderer {
namespace {

using scene::SceneVertex;

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(SceneVertex), VK_VERTEX_INPUT_RATE_VERTEX}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32_SFLOAT,
                                      offsetof(SceneVertex, position_m)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R16G16_SNORM, offsetof(SceneVertex, normal)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R8G8B8A8_UNORM,
                                      offsetof(SceneVertex, tint_occlusion)},
    VkVertexInputAttributeDescription{3, 0, VK_FORMAT_R8G8B8A8_UINT,
                                      offsetof(SceneVertex, surface)},
    VkVertexInputAttributeDescription{4, 0, VK_FORMAT_R32_UINT,
                                      offsetof(SceneVertex, light_visibility)},
    VkVertexInputAttributeDescription{5, 0, VK_FORMAT_R16G16_SINT,
                                      offsetof(SceneVertex, pattern_mm)}};

gpu::Result<gpu::Pipeline> pattern_pipeline(const PassContext& context, SceneConstants constants,
                                            scene::Pattern pattern) {
    constants.pattern = static_cast<std::uint32_t>(pattern);
    const bool translucent = scene::is_translucent(pattern);
    const bool lean = context.lean && !translucent;
    return make_pipeline(context, {.vertex = lean ? VertexShader::scene_lean : VertexShader::scene,
                                   .fragment = translucent ? FragmentShader::translucent
                                               : lean      ? FragmentShader::scene_lean
                                                           : FragmentShader::scene,
                                   .bindings = bindings,
                                   .attributes = attributes,
                                   .both_sides = translucent || pattern == scene::Pattern::foliage,
                                   .writes_depth = !translucent,
                                   .blend = translucent ? Blend::premultiplied
                                            : pattern == scene::Pattern::foliage && !lean &&
                                                    context.samples != VK_SAMPLE_COUNT_1_BIT
                                                ? Blend::alpha_to_coverage
                                                : Blend::opaque,
                                   .constants = constants});
}

/// 0 within a metre, then one more each time the distance grows by half.
std::uint32_t distance_band(float distance2) {
    std::uint32_t band = 0;
    for (float edge2 = 1.0F; edge2 < distance2 && band < 12; edge2 *= 2.25F) {
        ++band;
    }
    return band;
}

scene::ReadyMesh full_mesh(const scene::Scene& scene) {
    scene::ReadyMesh ready{.mesh = scene.mesh, .chunks = {}};
    if (scene::falls_on_corners(scene.lights)) {
        scene::refine_for_light(ready.mesh, scene.lights);
    }
    scene::trim_cards(ready.mesh);
    ready.chunks = scene::cut_into_chunks(ready.mesh);
    return ready;
}

/// Half a second's work: kept beside the pipelines.
scene::ReadyMesh lean_mesh(const PassContext& context, const scene::Scene& scene) {
    const scene::Thinning thinning = scene::thinning_for(context.eye_height_px);
    const std::filesystem::path folder = context.device->pipeline_cache().folder();
    const scene::MeshStore store(folder.empty() ? folder : folder / "meshes");
    const std::uint64_t made_from = scene::thinning_hash(scene, thinning);
    if (auto kept = store.find(made_from)) {
        return *std::move(kept);
    }
    scene::ReadyMesh ready{.mesh = scene.mesh, .chunks = {}};
    scene::thin_out(ready.mesh, scene, thinning);
    ready.chunks = scene::cut_into_chunks(ready.mesh, 128, true);
    store.keep(made_from, ready);
    return ready;
}

/// Water before everything that is over it; then by the decimetre.
std::uint32_t far_first(scene::Pattern pattern, float distance_m) {
    constexpr std::uint32_t furthest = 1U << 20U;
    return pattern == scene::Pattern::water
               ? 0
               : furthest - static_cast<std::uint32_t>(std::min(10.0F * distance_m, 1e6F));
}

} // namespace

gpu::Result<ScenePass> ScenePass::create(const PassContext& context, const scene::Scene& scene,
                                         gpu::UploadQueue& uploads) {
    scene::ReadyMesh ready = context.lean ? lean_mesh(context, scene) : full_mesh(scene);
    const scene::SceneMesh& mesh = ready.mesh;
    ScenePass pass;
    pass.chunks_ = std::move(ready.chunks);
    pass.opaque_.reserve(pass.chunks_.size());
    pass.translucent_.reserve(pass.chunks_.size());
    if (mesh.indices.empty()) {
        return pass;
    }
    auto vertices = uploads.make_buffer(*context.device, std::as_bytes(std::span(mesh.vertices)),
                                        VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
    auto indices = uploads.make_buffer(*context.device, std::as_bytes(std::span(mesh.indices)),
                                       VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
    if (!vertices || !indices) {
        return std::unexpected(!vertices ? vertices.error() : indices.error());
    }
    const SceneConstants constants = constants_of(scene);
    for (const scene::MeshChunk& chunk : pass.chunks_) {
        auto& pipeline = pass.pipelines_.at(static_cast<std::size_t>(chunk.pattern));
        if (pipeline) {
            continue;
        }
        auto made = pattern_pipeline(context, constants, chunk.pattern);
        if (!made) {
            return std::unexpected(made.error());
        }
        pipeline = std::move(*made);
    }
    pass.vertices_ = std::move(*vertices);
    pass.indices_ = std::move(*indices);
    return pass;
}

void ScenePass::cull(const Sight& sight) {
    opaque_.clear();
    translucent_.clear();
    triangle_count_ = 0;
    for (std::uint32_t i = 0; i < chunks_.size(); ++i) {
        const scene::MeshChunk& chunk = chunks_[i];
        if ((chunk.turned_away && sight.inside_head_room) ||
            (!sight.left.touches(chunk.low, chunk.high) &&
             !sight.right.touches(chunk.low, chunk.high))) {
            continue;
        }
        triangle_count_ += chunk.index_count / 3;
        const glm::vec3 to_middle = chunk.middle() - sight.between_eyes_m;
        if (scene::is_translucent(chunk.pattern)) {
            translucent_.push_back({far_first(chunk.pattern, glm::length(to_middle)), i});
        } else {
            opaque_.push_back({distance_band(glm::dot(to_middle, to_middle)), i});
        }
    }
    // Of equal rank by pattern and place, so that neighbours become one draw.
    for (std::vector<Visible>* visible : {&opaque_, &translucent_}) {
        std::ranges::sort(*visible, [](const Visible& a, const Visible& b) {
            return a.rank != b.rank ? a.rank < b.rank : a.chunk < b.chunk;
        });
    }
}

std::uint32_t ScenePass::draw(VkCommandBuffer commands, std::span<const Visible> visible) const {
    if (visible.empty()) {
        return 0;
    }
    VkBuffer vertices = vertices_.get();
    const VkDeviceSize zero = 0;
    vkCmdBindVertexBuffers(commands, 0, 1, &vertices, &zero);
    vkCmdBindIndexBuffer(commands, indices_.get(), 0, VK_INDEX_TYPE_UINT32);
    auto bound = scene::Pattern::count;
    std::uint32_t draws = 0;
    for (std::size_t i = 0; i < visible.size();) {
        const scene::MeshChunk& first = chunks_[visible[i].chunk];
        std::uint32_t index_count = first.index_count;
        for (++i; i < visible.size(); ++i) {
            const scene::MeshChunk& next = chunks_[visible[i].chunk];
            if (next.pattern != first.pattern ||
                next.first_index != first.first_index + index_count) {
                break;
            }
            index_count += next.index_count;
        }
        if (first.pattern != bound) {
            bound = first.pattern;
            vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS,
                              pipelines_.at(static_cast<std::size_t>(bound)).get());
        }
        vkCmdDrawIndexed(commands, index_count, 1, first.first_index, 0, 0);
        ++draws;
    }
    return draws;
}

} // namespace haven::renderer
