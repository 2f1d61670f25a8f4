#include "renderer/passes/hidden_area_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/view.hpp"

#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(glm::vec3), VK_VERTEX_INPUT_RATE_VERTEX}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32_SFLOAT, 0}};

} // namespace

gpu::Result<HiddenAreaPass> HiddenAreaPass::create(const PassContext& context) {
    auto pipeline = make_pipeline(context, {.vertex = VertexShader::hidden_area,
                                            .fragment = FragmentShader::hidden_area,
                                            .bindings = bindings,
                                            .attributes = attributes,
                                            .both_sides = true,
                                            .constants = {}});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    HiddenAreaPass pass;
    pass.pipeline_ = std::move(*pipeline);
    return pass;
}

std::uint32_t HiddenAreaPass::draw(const gpu::Frame& frame, std::span<const scene::EyeView, 2> eyes,
                                   std::span<const HiddenTriangles, 2> triangles) const {
    const std::size_t count = triangles.front().size() + triangles.back().size();
    const auto memory = count == 0 ? std::nullopt : frame.staging->take(count * sizeof(glm::vec3));
    if (!memory) {
        return 0;
    }
    std::size_t at = 0;
    for (std::size_t eye = 0; eye < eyes.size(); ++eye) {
        const glm::mat4 clip_from_eye = scene::clip_from_eye(eyes[eye].fov);
        for (const glm::vec2& corner : triangles[eye]) {
            const glm::vec4 clip = clip_from_eye * glm::vec4(corner, -1.0F, 1.0F);
            const glm::vec3 vertex(clip.x / clip.w, clip.y / clip.w, static_cast<float>(eye));
            std::memcpy(memory->bytes.subspan(at).data(), &vertex, sizeof vertex);
            at += sizeof vertex;
        }
    }
    vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindVertexBuffers(frame.commands, 0, 1, &memory->buffer, &memory->offset_bytes);
    vkCmdDraw(frame.commands, static_cast<std::uint32_t>(count), 1, 0, 0);
    return 1;
}

} // namespace haven::renderer
