#include "renderer/passes/ink_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/ink_ring.hpp"

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

constexpr std::uint32_t index_count = 6 * InkPass::sides;

/// Vertices 0..7 are this ring's, 8..15 the next one's; counter-clockwise seen from outside, z
/// running onward.
std::array<std::uint16_t, index_count> tube_indices() {
    std::array<std::uint16_t, index_count> indices{};
    for (std::uint32_t side = 0; side < InkPass::sides; ++side) {
        const auto a = static_cast<std::uint16_t>(side);
        const auto b = static_cast<std::uint16_t>((side + 1) % InkPass::sides);
        const auto c = static_cast<std::uint16_t>(b + InkPass::sides);
        const auto d = static_cast<std::uint16_t>(a + InkPass::sides);
        const std::array quad{a, b, c, a, c, d};
        for (std::size_t i = 0; i < quad.size(); ++i) {
            indices.at(std::size_t{6} * side + i) = quad.at(i);
        }
    }
    return indices;
}

} // namespace

gpu::Result<InkPass> InkPass::create(const PassContext& context, const SceneConstants& constants,
                                     gpu::UploadQueue& uploads) {
    InkPass pass;
    auto pipeline = make_pipeline(context, {.vertex = VertexShader::ink,
                                            .fragment = FragmentShader::ink,
                                            .bindings = bindings,
                                            .attributes = attributes,
                                            .constants = constants});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    const auto list = tube_indices();
    auto indices = uploads.make_buffer(*context.device, std::as_bytes(std::span(list)),
                                       VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
    if (!indices) {
        return std::unexpected(indices.error());
    }
    pass.pipeline_ = std::move(*pipeline);
    pass.indices_ = std::move(*indices);
    return pass;
}

std::uint32_t InkPass::draw(VkCommandBuffer commands, VkBuffer rings,
                            std::uint32_t joint_count) const {
    if (joint_count == 0) {
        return 0;
    }
    const std::array buffers{rings, rings};
    const std::array<VkDeviceSize, 2> offsets{0, sizeof(InkRing)};
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindVertexBuffers(commands, 0, 2, buffers.data(), offsets.data());
    vkCmdBindIndexBuffer(commands, indices_.get(), 0, VK_INDEX_TYPE_UINT16);
    vkCmdDrawIndexed(commands, index_count, joint_count, 0, 0, 0);
    return 1;
}

} // namespace haven::renderer
