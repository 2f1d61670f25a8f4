#include "renderer/passes/sprite_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

using scene::Sprite;

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(Sprite), VK_VERTEX_INPUT_RATE_INSTANCE}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Sprite, position_m)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Sprite, colour)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R32_UINT, offsetof(Sprite, kind)},
    VkVertexInputAttributeDescription{3, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Sprite, stretch)}};

} // namespace

gpu::Result<SpritePass> SpritePass::create(const PassContext& context,
                                           const SceneConstants& constants) {
    auto pipeline = make_pipeline(context, {.vertex = VertexShader::sprite,
                                            .fragment = FragmentShader::sprite,
                                            .bindings = bindings,
                                            .attributes = attributes,
                                            .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                                            .both_sides = true,
                                            .writes_depth = false,
                                            .blend = Blend::premultiplied,
                                            .constants = constants});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    SpritePass pass;
    pass.pipeline_ = std::move(*pipeline);
    return pass;
}

std::uint32_t SpritePass::draw(const gpu::Frame& frame, const scene::SceneFrame& moment,
                               float share) const {
    const std::size_t size_bytes = moment.sprite_count * sizeof(Sprite);
    const auto memory = size_bytes > 0 ? frame.staging->take(size_bytes) : std::nullopt;
    if (!memory) {
        return 0;
    }
    std::uint32_t count = 0;
    float turn = 0.0F; // steps of the golden ratio spread what is kept evenly over the list
    for (const Sprite& sprite : std::span(moment.sprites).first(moment.sprite_count)) {
        turn += 0.618034F;
        turn -= std::floor(turn);
        if (turn < share) {
            std::memcpy(memory->bytes.data() + count * sizeof(Sprite), &sprite, sizeof(Sprite));
            ++count;
        }
    }
    if (count == 0) {
        return 0;
    }
    vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindVertexBuffers(frame.commands, 0, 1, &memory->buffer, &memory->offset_bytes);
    vkCmdDraw(frame.commands, 4, count, 0, 0);
    return 1;
}

} // namespace haven::renderer
