#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <span>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

/// What the shaders know of the scene when they are compiled: constants of common.glsl.
struct SceneConstants {
    std::uint32_t pattern = 0;
    std::uint32_t light_count = 0;
    std::uint32_t light_kinds = 0;
    VkBool32 has_fog = VK_FALSE;
    VkBool32 has_clouds = VK_FALSE;
    VkBool32 encodes_srgb = VK_FALSE; ///< of the image, not of the scene: make_pipeline says it
    VkBool32 has_air = VK_FALSE;
    VkBool32 lean = VK_FALSE;         ///< of the renderer: make_pipeline says it
    VkBool32 multisampled = VK_FALSE; ///< too
    VkBool32 has_star_band = VK_FALSE;
    VkBool32 holds_brightness = VK_FALSE;
    VkBool32 plain_light = VK_FALSE; ///< of the renderer
    friend bool operator==(const SceneConstants&, const SceneConstants&) = default;
};
[[nodiscard]] SceneConstants constants_of(const scene::Scene& scene);

/// What every pass of one renderer shares.
struct PassContext {
    gpu::Device* device = nullptr;
    VkPipelineLayout layout = nullptr;
    VkFormat colour_format = VK_FORMAT_UNDEFINED;
    VkFormat depth_format = VK_FORMAT_D32_SFLOAT; ///< undefined: there is no depth
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    bool multiview = true;
    bool lean = false;        ///< light on vertices, one noise a surface, no triangle too many
    bool plain_light = false; ///< no gloss and no relief
    std::uint32_t eye_height_px = 0;

    /// Plain bytes come out of the shader as sRGB; other images encode by themselves.
    [[nodiscard]] bool encodes_srgb() const {
        return colour_format != VK_FORMAT_R8G8B8A8_SRGB && colour_format != VK_FORMAT_B8G8R8A8_SRGB;
    }
};

enum class Blend : std::uint8_t {
    opaque,
    alpha_to_coverage, ///< opaque, over the share of a pixel's samples that alpha says
    premultiplied,     ///< source + (1 - alpha) * what is there: alpha 0 adds light
    over               ///< the same for an image that has an alpha of its own
};

struct PipelineInfo {
    VertexShader vertex = VertexShader::scene;
    FragmentShader fragment = FragmentShader::scene;
    std::span<const VkVertexInputBindingDescription> bindings;
    std::span<const VkVertexInputAttributeDescription> attributes;
    VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    bool both_sides = false;
    bool writes_depth = true;
    Blend blend = Blend::opaque;
    SceneConstants constants;
};

[[nodiscard]] gpu::Result<gpu::Pipeline> make_pipeline(const PassContext& context,
                                                       const PipelineInfo& info);

} // namespace haven::renderer
