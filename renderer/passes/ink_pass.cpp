#include "renderer/passes/ink_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

using scene::InkRing;

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(InkRing), VK_VERTEX_INPUT_RATE_INSTANCE},
    VkVertexInputBindingDescription{1, sizeof(InkRing), VK_VERTEX_INPUT_RATE_INSTANCE}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(InkRing, centre_m)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R16G16B16A16_SNORM, offsetof(InkRing, frame)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(InkRing, colour)},
    VkVertexInputAttributeDescription{3, 0, VK_FORMAT_R32_UINT, offsetof(InkRing, flags)},
    VkVertexInputAttributeDescription{4, 1, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(InkRing, centre_m)},
    VkVertexInputAttributeDescription{5, 1, VK_FORMAT_R16G16B16A16_SNORM, offsetof(InkRing, frame)},
    VkVertexInputAttributeDescription{6, 1, VK_FORMAT_R8G8B8A8_UNORM, offsetof(InkRing, colour)}};

constexpr std::uint32_t tube_index_count = 6 * InkPass::sides;
constexpr std::array<std::uint16_t, 6> ribbon_indices{0, 1, 3, 0, 3, 2};
constexpr std::uint32_t index_count = tube_index_count + ribbon_indices.size();

/// Of a tube: vertices 0..7 are this ring's, 8..15 the next one's; counter-clockwise seen from
/// outside, z running onward. Of a ribbon: 0 and 1 are this ring's, 2 and 3 the next one's.
std::array<std::uint16_t, index_count> joint_indices() {
    std::array<std::uint16_t, index_count> indices{};
    for (std::uint32_t side = 0; side < InkPass::sides; ++side) {
        const auto a = static_cast<std::uint16_t>(side);
        const auto b = static_cast<std::uint16_t>((side + 1) % InkPass::sides);
        const auto c = static_cast<std::uint16_t>(b + InkPass::sides);
        const auto d = static_cast<std::uint16_t>(a + InkPass::sides);
        const std::array quad{a, b, c, a, c, d};
        std::ranges::copy(quad, indices.begin() + std::ptrdiff_t{6} * side);
    }
    std::ranges::copy(ribbon_indices, indices.begin() + tube_index_count);
    return indices;
}

gpu::Result<gpu::Pipeline> make_ink_pipeline(const PassContext& context,
                                             const SceneConstants& constants, bool ribbon) {
    return make_pipeline(context,
                         {.vertex = ribbon ? VertexShader::ink_ribbon : VertexShader::ink,
                          .fragment = ribbon ? FragmentShader::ink_ribbon : FragmentShader::ink,
                          .bindings = bindings,
                          .attributes = attributes,
                          .both_sides = ribbon,
                          .constants = constants});
}

} // namespace

gpu::Result<InkPass> InkPass::create(const PassContext& context, const SceneConstants& constants,
                                     gpu::UploadQueue& uploads) {
    auto tube = make_ink_pipeline(context, constants, false);
    auto ribbon = make_ink_pipeline(context, constants, true);
    const auto list = joint_indices();
    auto indices = uploads.make_buffer(*context.device, std::as_bytes(std::span(list)),
                                       VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
    if (!tube || !ribbon) {
        return std::unexpected(!tube ? tube.error() : ribbon.error());
    }
    if (!indices) {
        return std::unexpected(indices.error());
    }
    InkPass pass;
    pass.tube_ = std::move(*tube);
    pass.ribbon_ = std::move(*ribbon);
    pass.indices_ = std::move(*indices);
    return pass;
}

InkPass::Drawn InkPass::draw(VkCommandBuffer commands, std::span<const scene::InkRun> runs,
                             const std::array<VkBuffer, scene::ink_stream_count>& rings) const {
    Drawn drawn;
    if (runs.empty()) {
        return drawn;
    }
    vkCmdBindIndexBuffer(commands, indices_.get(), 0, VK_INDEX_TYPE_UINT16);
    VkPipeline pipeline = nullptr;
    VkBuffer bound = nullptr;
    for (const scene::InkRun& run : runs) {
        const bool ribbon = run.shape == scene::InkShape::ribbon;
        if (VkPipeline wanted = ribbon ? ribbon_.get() : tube_.get(); wanted != pipeline) {
            pipeline = wanted;
            vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
        }
        if (VkBuffer wanted = rings.at(run.stream); wanted != bound) {
            bound = wanted;
            const std::array buffers{bound, bound};
            const std::array<VkDeviceSize, 2> offsets{0, sizeof(InkRing)};
            vkCmdBindVertexBuffers(commands, 0, 2, buffers.data(), offsets.data());
        }
        vkCmdDrawIndexed(
            commands, ribbon ? static_cast<std::uint32_t>(ribbon_indices.size()) : tube_index_count,
            run.count, ribbon ? tube_index_count : 0, 0, run.first);
        ++drawn.draws;
        drawn.joints += run.count;
        drawn.triangles +=
            std::uint64_t{run.count} * (ribbon ? triangles_a_ribbon_joint : triangles_a_tube_joint);
    }
    return drawn;
}

} // namespace haven::renderer
