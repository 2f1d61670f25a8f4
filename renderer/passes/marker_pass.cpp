#include "renderer/passes/marker_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"

#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <numbers>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven::renderer {
namespace {

struct Instance {
    glm::vec4 centre_opacity;
    glm::vec4 orientation;
    glm::vec4 radii_kind;
    glm::vec4 colour;
};

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(glm::vec3), VK_VERTEX_INPUT_RATE_VERTEX},
    VkVertexInputBindingDescription{1, sizeof(Instance), VK_VERTEX_INPUT_RATE_INSTANCE}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32_SFLOAT, 0},
    VkVertexInputAttributeDescription{1, 1, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, centre_opacity)},
    VkVertexInputAttributeDescription{2, 1, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, orientation)},
    VkVertexInputAttributeDescription{3, 1, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, radii_kind)},
    VkVertexInputAttributeDescription{4, 1, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, colour)}};

struct Ball {
    std::vector<glm::vec3> vertices;
    std::vector<std::uint16_t> indices;
};

Ball unit_ball() {
    constexpr std::uint16_t around = 16;
    constexpr std::uint16_t rings = 10;
    Ball ball;
    for (std::uint16_t ring = 0; ring <= rings; ++ring) {
        const float down = std::numbers::pi_v<float> * static_cast<float>(ring) / rings;
        for (std::uint16_t i = 0; i < around; ++i) {
            const float turn = 2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / around;
            ball.vertices.emplace_back(std::sin(down) * std::sin(turn), std::cos(down),
                                       std::sin(down) * std::cos(turn));
        }
    }
    for (std::uint16_t ring = 0; ring < rings; ++ring) {
        for (std::uint16_t i = 0; i < around; ++i) {
            const auto next = static_cast<std::uint16_t>((i + 1) % around);
            const auto a = static_cast<std::uint16_t>(ring * around + i);
            const auto b = static_cast<std::uint16_t>(ring * around + next);
            const auto c = static_cast<std::uint16_t>(b + around);
            const auto d = static_cast<std::uint16_t>(a + around);
            ball.indices.insert(ball.indices.end(), {a, d, c, a, c, b});
        }
    }
    return ball;
}

Instance instance_of(const Marker& marker) {
    const float r = marker.radius_m;
    // A hand is a rounded shape about a palm's proportions: wide, flat, longer ahead.
    const glm::vec3 radii =
        marker.kind == MarkerKind::hand ? glm::vec3(r, 0.55F * r, 1.35F * r) : glm::vec3(r);
    const glm::quat& q = marker.orientation;
    return {.centre_opacity = glm::vec4(marker.position_m, marker.opacity),
            .orientation = {q.x, q.y, q.z, q.w},
            .radii_kind = glm::vec4(radii, static_cast<float>(marker.kind)),
            .colour = glm::vec4(marker.colour, 0.0F)};
}

} // namespace

gpu::Result<MarkerPass> MarkerPass::create(const PassContext& context,
                                           const SceneConstants& constants,
                                           gpu::UploadQueue& uploads) {
    auto pipeline = make_pipeline(context, {.vertex = VertexShader::marker,
                                            .fragment = FragmentShader::marker,
                                            .bindings = bindings,
                                            .attributes = attributes,
                                            .writes_depth = false,
                                            .blend = Blend::premultiplied,
                                            .constants = constants});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    const Ball ball = unit_ball();
    auto vertices = uploads.make_buffer(*context.device, std::as_bytes(std::span(ball.vertices)),
                                        VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
    auto indices = uploads.make_buffer(*context.device, std::as_bytes(std::span(ball.indices)),
                                       VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
    if (!vertices || !indices) {
        return std::unexpected(!vertices ? vertices.error() : indices.error());
    }
    MarkerPass pass;
    pass.pipeline_ = std::move(*pipeline);
    pass.vertices_ = std::move(*vertices);
    pass.indices_ = std::move(*indices);
    pass.index_count_ = static_cast<std::uint32_t>(ball.indices.size());
    return pass;
}

std::uint32_t MarkerPass::draw(const gpu::Frame& frame, std::span<const Marker> markers) const {
    markers = markers.first(std::min(markers.size(), marker_count_max));
    const auto memory =
        markers.empty() ? std::nullopt : frame.staging->take(markers.size() * sizeof(Instance));
    if (!memory) {
        return 0;
    }
    for (std::size_t i = 0; i < markers.size(); ++i) {
        const Instance instance = instance_of(markers[i]);
        std::memcpy(memory->bytes.subspan(i * sizeof(Instance)).data(), &instance,
                    sizeof(Instance));
    }
    const std::array buffers{vertices_.get(), memory->buffer};
    const std::array<VkDeviceSize, 2> offsets{0, memory->offset_bytes};
    vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindVertexBuffers(frame.commands, 0, 2, buffers.data(), offsets.data());
    vkCmdBindIndexBuffer(frame.commands, indices_.get(), 0, VK_INDEX_TYPE_UINT16);
    vkCmdDrawIndexed(frame.commands, index_count_, static_cast<std::uint32_t>(markers.size()), 0, 0,
                     0);
    return 1;
}

} // namespace haven::renderer
