#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace haven::gpu_cost {

/// A graphics pipeline as the renderer asked for it, kept so that it can be compiled elsewhere.
struct Recipe {
    std::array<std::vector<std::uint32_t>, 2> code; ///< vertex, fragment
    std::vector<std::uint32_t> constants;           ///< renderer::SceneConstants
    std::vector<VkVertexInputBindingDescription> bindings;
    std::vector<VkVertexInputAttributeDescription> attributes;
    VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    VkCullModeFlags cull = VK_CULL_MODE_NONE;
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    bool alpha_to_coverage = false;
    bool writes_depth = true;
    VkPipelineColorBlendAttachmentState blend{};
    std::uint32_t view_mask = 0;
    VkFormat colour_format = VK_FORMAT_UNDEFINED;
    VkFormat depth_format = VK_FORMAT_UNDEFINED;

    static Recipe of(const VkGraphicsPipelineCreateInfo& info, std::vector<std::uint32_t> vertex,
                     std::vector<std::uint32_t> fragment);
    /// Shader, pattern, and what else it was compiled for: `scene foliage 1,1,1,0,0,1,0,1`. Equal
    /// names are equal pipelines.
    [[nodiscard]] std::string name() const;
    /// The shader and the pattern alone.
    [[nodiscard]] std::string kind() const;
};

/// Compiles a recipe; nullptr when the driver refuses it.
[[nodiscard]] VkPipeline make_pipeline(VkDevice device, VkPipelineLayout layout,
                                       const Recipe& recipe, VkPipelineCreateFlags flags);

} // namespace haven::gpu_cost
