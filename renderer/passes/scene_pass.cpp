#include "renderer/passes/scene_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

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
                                   .blend = translucent ? Blend::premultiplied : Blend::opaque,
                                   .constants = constants});
}

} // namespace

gpu::Result<ScenePass> ScenePass::create(const PassContext& context, const scene::Scene& scene,
                                         gpu::UploadQueue& uploads) {
    scene::SceneMesh mesh = scene.mesh;
    const auto ranges = scene::sort_by_pattern(mesh);
    ScenePass pass;
    pass.triangle_count_ = mesh.indices.size() / 3;
    if (mesh.indices.empty()) {
        return pass;
    }
    const auto vertex_bytes = std::as_bytes(std::span(mesh.vertices));
    const auto index_bytes = std::as_bytes(std::span(mesh.indices));
    auto vertices =
        gpu::Buffer::create(*context.device, vertex_bytes.size(),
                            VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                            gpu::MemoryUse::device);
    auto indices =
        gpu::Buffer::create(*context.device, index_bytes.size(),
                            VK_BUFFER_USAGE_INDEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                            gpu::MemoryUse::device);
    if (!vertices || !indices) {
        return std::unexpected(!vertices ? vertices.error() : indices.error());
    }
    const SceneConstants constants = constants_of(scene);
    for (const scene::PatternRange& range : ranges) {
        auto pipeline = pattern_pipeline(context, constants, range.pattern);
        if (!pipeline) {
            return std::unexpected(pipeline.error());
        }
        pass.draws_.push_back({range, std::move(*pipeline)});
    }
    pass.vertices_ = std::move(*vertices);
    pass.indices_ = std::move(*indices);
    auto staged = uploads.add(*context.device, pass.vertices_, vertex_bytes);
    if (staged) {
        staged = uploads.add(*context.device, pass.indices_, index_bytes);
    }
    if (!staged) {
        return std::unexpected(staged.error());
    }
    return pass;
}

std::uint32_t ScenePass::draw(VkCommandBuffer commands, bool translucent) const {
    if (draws_.empty()) {
        return 0;
    }
    VkBuffer vertices = vertices_.get();
    const VkDeviceSize zero = 0;
    vkCmdBindVertexBuffers(commands, 0, 1, &vertices, &zero);
    vkCmdBindIndexBuffer(commands, indices_.get(), 0, VK_INDEX_TYPE_UINT32);
    std::uint32_t count = 0;
    for (const Draw& draw : draws_) {
        if (scene::is_translucent(draw.range.pattern) == translucent) {
            vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, draw.pipeline.get());
            vkCmdDrawIndexed(commands, draw.range.index_count, 1, draw.range.first_index, 0, 0);
            ++count;
        }
    }
    return count;
}

} // namespace haven::renderer
