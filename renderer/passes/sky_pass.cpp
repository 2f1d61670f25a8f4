#include "renderer/passes/sky_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/shaders/shared.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>

namespace haven::renderer {
namespace {

constexpr std::uint32_t even_sky = 1; // sky.vert

using scene::Star;
static_assert(sizeof(Star) == 32);

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(Star), VK_VERTEX_INPUT_RATE_INSTANCE}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32A32_SFLOAT,
                                      offsetof(Star, direction)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(Star, colour)}};

/// The same all around at each elevation, and nothing fine in it.
bool is_even(const scene::Scene& scene, const SceneConstants& constants) {
    const scene::Sky& sky = scene.sky;
    return constants.has_air == VK_FALSE && constants.has_clouds == VK_FALSE &&
           constants.has_star_band == VK_FALSE && constants.has_fog == VK_FALSE &&
           constants.holds_brightness == VK_FALSE && sky.sun_colour == glm::vec3(0.0F) &&
           sky.glow_colour == glm::vec3(0.0F) && scene.water.mirror <= 0.0F;
}

/// As output.glsl does it where no scene holds its brightness.
glm::vec3 tone_map(glm::vec3 light, const shared::FrameUniforms& frame) {
    constexpr glm::vec3 luminance_weights(0.2126F, 0.7152F, 0.0722F);
    const glm::vec3 c = light * glm::vec3(frame.white_saturation);
    const float luminance = glm::dot(c, luminance_weights);
    const glm::vec3 by_channel = c * (1.0F + c * 0.03F) / (1.0F + c);
    const glm::vec3 by_luminance = c * (1.0F + luminance * 0.03F) / (1.0F + luminance);
    const glm::vec3 mapped = glm::mix(by_luminance, by_channel, by_channel);
    const glm::vec3 grey(glm::dot(mapped, luminance_weights));
    return glm::clamp(glm::mix(grey, mapped, frame.white_saturation.w), 0.0F, 1.0F);
}

} // namespace

gpu::Result<SkyPass> SkyPass::create(const PassContext& context, const scene::Scene& scene,
                                     gpu::UploadQueue& uploads) {
    SkyPass pass;
    const SceneConstants constants = constants_of(scene);
    PipelineInfo info{.vertex = VertexShader::sky,
                      .fragment = FragmentShader::sky,
                      .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                      .both_sides = true,
                      .writes_depth = false,
                      .constants = constants};
    info.constants.pattern = 0;
    auto sky = make_pipeline(context, info);
    if (!sky) {
        return std::unexpected(sky.error());
    }
    pass.sky_ = std::move(*sky);
    if (context.lean && constants.has_air == VK_TRUE) {
        pass.rows_ = {.count = HAVEN_SKY_CELLS, .corners = 2U * (HAVEN_SKY_CELLS + 1)};
    }
    if (context.lean && !context.encodes_srgb() && is_even(scene, constants)) {
        info.constants.pattern = even_sky;
        auto even = make_pipeline(context, info);
        if (!even) {
            return std::unexpected(even.error());
        }
        pass.even_sky_ = std::move(*even);
    }
    if (scene.stars.empty()) {
        return pass;
    }
    auto stars = make_pipeline(context, {.vertex = VertexShader::star,
                                         .fragment = FragmentShader::star,
                                         .bindings = bindings,
                                         .attributes = attributes,
                                         .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                                         .both_sides = true,
                                         .writes_depth = false,
                                         .blend = Blend::premultiplied,
                                         .constants = constants});
    if (!stars) {
        return std::unexpected(stars.error());
    }
    auto list = uploads.make_buffer(*context.device, std::as_bytes(std::span(scene.stars)),
                                    VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
    if (!list) {
        return std::unexpected(list.error());
    }
    pass.stars_ = std::move(*stars);
    pass.star_list_ = std::move(*list);
    pass.star_count_ = static_cast<std::uint32_t>(scene.stars.size());
    return pass;
}

std::optional<glm::vec3> SkyPass::cleared_ground(const shared::FrameUniforms& frame) const {
    if (even_sky_.get() == nullptr || frame.size_vignette.z > 0.0F) {
        return std::nullopt;
    }
    return glm::mix(tone_map(glm::vec3(frame.sky_ground), frame), glm::vec3(frame.fade),
                    frame.fade.w);
}

std::uint32_t SkyPass::draw(VkCommandBuffer commands, bool ground_is_cleared) const {
    if (ground_is_cleared) {
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, even_sky_.get());
        vkCmdDraw(commands, 4, 1, 0, 0);
    } else {
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, sky_.get());
        vkCmdDraw(commands, rows_.corners, rows_.count, 0, 0);
    }
    if (star_count_ == 0) {
        return 1;
    }
    VkBuffer list = star_list_.get();
    const VkDeviceSize zero = 0;
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, stars_.get());
    vkCmdBindVertexBuffers(commands, 0, 1, &list, &zero);
    vkCmdDraw(commands, 4, star_count_, 0, 0);
    return 2;
}

} // namespace haven::renderer
