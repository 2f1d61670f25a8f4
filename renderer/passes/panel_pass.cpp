#include "renderer/passes/panel_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/passes/picture.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"

#include <glm/vec4.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <utility>

namespace haven::renderer {
namespace {

constexpr std::uint32_t columns = 24; // as in panel.vert

struct Instance {
    glm::vec4 position_radius;
    glm::vec4 orientation;
    glm::vec4 size_opacity;
};

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(Instance), VK_VERTEX_INPUT_RATE_INSTANCE}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, position_radius)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, orientation)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Instance, size_opacity)}};

} // namespace

gpu::Result<PanelPass> PanelPass::create(const PassContext& context) {
    auto pipeline = make_pipeline(context, {.vertex = VertexShader::panel,
                                            .fragment = FragmentShader::panel,
                                            .bindings = bindings,
                                            .attributes = attributes,
                                            .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                                            .both_sides = true,
                                            .writes_depth = false,
                                            .blend = Blend::premultiplied,
                                            .constants = {}});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    PanelPass pass;
    pass.pipeline_ = std::move(*pipeline);
    return pass;
}

std::uint32_t PanelPass::draw(const gpu::Frame& frame, const ShownPanel& panel) const {
    const auto memory = frame.staging->take(sizeof(Instance));
    if (!memory || panel.opacity <= 0.0F) {
        return 0;
    }
    const auto& turn = panel.orientation;
    const Instance instance{
        .position_radius = glm::vec4(panel.position_m, panel.radius_m),
        .orientation = {turn.x, turn.y, turn.z, turn.w},
        .size_opacity = {panel.width_m, panel.height_m, std::min(panel.opacity, 1.0F), 0.0F}};
    std::memcpy(memory->bytes.data(), &instance, sizeof instance);
    vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindVertexBuffers(frame.commands, 0, 1, &memory->buffer, &memory->offset_bytes);
    vkCmdDraw(frame.commands, 2 * (columns + 1), 1, 0, 0);
    return 1;
}

} // namespace haven::renderer
