#include "renderer/passes/sky_pass.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/shaders/shared.h"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
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
           constants.has_star_band == VK_FALSE && sky.sun_colour == glm::vec3(0.0F) &&
           sky.glow_colour == glm::vec3(0.0F) && scene.water.mirror <= 0.0F;
}

std::uint32_t corners_of(const SceneConstants& constants, bool lean) {
    if (constants.pattern == even_sky) {
        return 6U * HAVEN_EVEN_SKY_ROWS * HAVEN_EVEN_SKY_COLUMNS;
    }
    return lean && constants.has_air == VK_TRUE ? 6U * HAVEN_SKY_CELLS * HAVEN_SKY_CELLS : 3U;
}

} // namespace

gpu::Result<SkyPass> SkyPass::create(const PassContext& context, const scene::Scene& scene,
                                     gpu::UploadQueue& uploads) {
    SkyPass pass;
    const SceneConstants constants = constants_of(scene);
    SceneConstants of_sky = constants;
    of_sky.pattern = context.lean && is_even(scene, constants) ? even_sky : 0;
    auto sky = make_pipeline(context, {.vertex = VertexShader::sky,
                                       .fragment = FragmentShader::sky,
                                       .both_sides = true,
                                       .writes_depth = false,
                                       .constants = of_sky});
    if (!sky) {
        return std::unexpected(sky.error());
    }
    pass.sky_ = std::move(*sky);
    pass.corner_count_ = corners_of(of_sky, context.lean);
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

std::uint32_t SkyPass::draw(VkCommandBuffer commands) const {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, sky_.get());
    vkCmdDraw(commands, corner_count_, 1, 0, 0);
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
