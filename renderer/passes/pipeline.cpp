#include "renderer/passes/pipeline.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace haven::renderer {
namespace {

gpu::Result<gpu::ShaderModule> make_module(VkDevice device, std::span<const std::uint32_t> code) {
    const VkShaderModuleCreateInfo create{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                          .codeSize = code.size_bytes(),
                                          .pCode = code.data()};
    VkShaderModule shader = nullptr;
    if (const VkResult result = vkCreateShaderModule(device, &create, nullptr, &shader);
        result != VK_SUCCESS) {
        return gpu::failure("the driver refuses a shader", result);
    }
    return gpu::ShaderModule(device, shader);
}

constexpr std::array constant_entries{
    VkSpecializationMapEntry{0, offsetof(SceneConstants, pattern), 4},
    VkSpecializationMapEntry{1, offsetof(SceneConstants, light_count), 4},
    VkSpecializationMapEntry{2, offsetof(SceneConstants, light_kinds), 4},
    VkSpecializationMapEntry{3, offsetof(SceneConstants, has_fog), 4},
    VkSpecializationMapEntry{4, offsetof(SceneConstants, has_clouds), 4},
    VkSpecializationMapEntry{5, offsetof(SceneConstants, encodes_srgb), 4},
    VkSpecializationMapEntry{6, offsetof(SceneConstants, has_air), 4},
    VkSpecializationMapEntry{7, offsetof(SceneConstants, lean), 4},
    VkSpecializationMapEntry{8, offsetof(SceneConstants, multisampled), 4},
    VkSpecializationMapEntry{9, offsetof(SceneConstants, has_star_band), 4},
    VkSpecializationMapEntry{10, offsetof(SceneConstants, holds_brightness), 4},
    VkSpecializationMapEntry{11, offsetof(SceneConstants, plain_light), 4}};

VkPipelineColorBlendAttachmentState blend_of(Blend blend) {
    const bool blends = blend == Blend::premultiplied || blend == Blend::over;
    const bool has_alpha = blend == Blend::over; // else the picture stays opaque
    return {.blendEnable = blends ? VK_TRUE : VK_FALSE,
            .srcColorBlendFactor = VK_BLEND_FACTOR_ONE,
            .dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA,
            .colorBlendOp = VK_BLEND_OP_ADD,
            .srcAlphaBlendFactor = has_alpha ? VK_BLEND_FACTOR_ONE : VK_BLEND_FACTOR_ZERO,
            .dstAlphaBlendFactor =
                has_alpha ? VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA : VK_BLEND_FACTOR_ONE,
            .alphaBlendOp = VK_BLEND_OP_ADD,
            .colorWriteMask =
                VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT |
                (blend == Blend::alpha_to_coverage ? 0U : VK_COLOR_COMPONENT_A_BIT + 0U)};
}

VkPipelineDepthStencilStateCreateInfo depth_of(bool writes_depth) {
    return {.sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO,
            .depthTestEnable = VK_TRUE, // each frame says whether there is anything to test
            .depthWriteEnable = writes_depth ? VK_TRUE : VK_FALSE,
            .depthCompareOp = VK_COMPARE_OP_GREATER_OR_EQUAL}; // reversed Z: nearer is greater
}

/// The fixed states and the stages, together: they point into each other, so it stays where it is
/// made.
struct PipelineStates {
    VkSpecializationInfo constants;
    std::array<VkPipelineShaderStageCreateInfo, 2> stages;
    VkPipelineVertexInputStateCreateInfo vertex_input;
    VkPipelineInputAssemblyStateCreateInfo assembly;
    VkPipelineViewportStateCreateInfo viewport{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO,
        .viewportCount = 1,
        .scissorCount = 1};
    VkPipelineRasterizationStateCreateInfo raster;
    VkPipelineMultisampleStateCreateInfo multisample;
    VkPipelineDepthStencilStateCreateInfo depth;
    VkPipelineColorBlendAttachmentState blend_attachment;
    VkPipelineColorBlendStateCreateInfo blend;
    std::array<VkDynamicState, 3> dynamic_states{
        VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR, VK_DYNAMIC_STATE_DEPTH_TEST_ENABLE};
    VkPipelineDynamicStateCreateInfo dynamic;
    VkPipelineRenderingCreateInfo rendering;

    PipelineStates(const PassContext& context, const PipelineInfo& info, VkShaderModule vertex,
                   VkShaderModule fragment)
        : constants{.mapEntryCount = constant_entries.size(),
                    .pMapEntries = constant_entries.data(),
                    .dataSize = sizeof(SceneConstants),
                    .pData = &info.constants},
          stages{stage(VK_SHADER_STAGE_VERTEX_BIT, vertex),
                 stage(VK_SHADER_STAGE_FRAGMENT_BIT, fragment)},
          vertex_input{
              .sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO,
              .vertexBindingDescriptionCount = static_cast<std::uint32_t>(info.bindings.size()),
              .pVertexBindingDescriptions = info.bindings.data(),
              .vertexAttributeDescriptionCount = static_cast<std::uint32_t>(info.attributes.size()),
              .pVertexAttributeDescriptions = info.attributes.data()},
          assembly{.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
                   .topology = info.topology},
          raster{.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO,
                 .polygonMode = VK_POLYGON_MODE_FILL,
                 .cullMode = static_cast<VkCullModeFlags>(info.both_sides ? VK_CULL_MODE_NONE
                                                                          : VK_CULL_MODE_BACK_BIT),
                 .frontFace = VK_FRONT_FACE_COUNTER_CLOCKWISE,
                 .lineWidth = 1.0F},
          multisample{.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO,
                      .rasterizationSamples = context.samples,
                      .alphaToCoverageEnable =
                          info.blend == Blend::alpha_to_coverage ? VK_TRUE : VK_FALSE},
          depth(depth_of(info.writes_depth)), blend_attachment(blend_of(info.blend)),
          blend{.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
                .attachmentCount = 1,
                .pAttachments = &blend_attachment},
          dynamic{.sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO,
                  .dynamicStateCount = static_cast<std::uint32_t>(dynamic_states.size()),
                  .pDynamicStates = dynamic_states.data()},
          rendering{.sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO,
                    .viewMask = context.multiview ? 0b11U : 0U,
                    .colorAttachmentCount = 1,
                    .pColorAttachmentFormats = &context.colour_format,
                    .depthAttachmentFormat = context.depth_format} {}
    PipelineStates(const PipelineStates&) = delete;
    PipelineStates& operator=(const PipelineStates&) = delete;
    ~PipelineStates() = default;

    [[nodiscard]] VkPipelineShaderStageCreateInfo stage(VkShaderStageFlagBits stage_bit,
                                                        VkShaderModule shader) const {
        return {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                .stage = stage_bit,
                .module = shader,
                .pName = "main",
                .pSpecializationInfo = &constants};
    }
};

} // namespace

SceneConstants constants_of(const scene::Scene& scene) {
    SceneConstants constants;
    constants.light_count = static_cast<std::uint32_t>(scene.lights.size());
    for (std::uint32_t i = 0; i < constants.light_count; ++i) {
        constants.light_kinds |= static_cast<std::uint32_t>(scene.lights[i].kind) << (2 * i);
    }
    constants.has_fog = scene.fog.density_per_m > 0.0F ? VK_TRUE : VK_FALSE;
    constants.has_clouds = scene.sky.cloud_cover > 0.0F ? VK_TRUE : VK_FALSE;
    constants.has_air =
        scene.sky.air_share > 0.0F || scene.ambient.from_sky > 0.0F ? VK_TRUE : VK_FALSE;
    constants.has_star_band = scene.sky.star_band.g > 0.0F ? VK_TRUE : VK_FALSE;
    constants.holds_brightness = scene.brightest < 1.0F ? VK_TRUE : VK_FALSE;
    return constants;
}

gpu::Result<gpu::Pipeline> make_pipeline(const PassContext& context, const PipelineInfo& info) {
    VkDevice device = context.device->logical();
    auto vertex = make_module(device, shader_code(info.vertex, context.multiview));
    if (!vertex) {
        return std::unexpected(vertex.error());
    }
    auto fragment = make_module(device, shader_code(info.fragment));
    if (!fragment) {
        return std::unexpected(fragment.error());
    }
    PipelineInfo whole = info;
    whole.constants.encodes_srgb = context.encodes_srgb() ? VK_TRUE : VK_FALSE;
    whole.constants.lean = context.lean ? VK_TRUE : VK_FALSE;
    whole.constants.multisampled = context.samples != VK_SAMPLE_COUNT_1_BIT ? VK_TRUE : VK_FALSE;
    whole.constants.plain_light = context.plain_light ? VK_TRUE : VK_FALSE;
    const PipelineStates states(context, whole, vertex->get(), fragment->get());
    const VkGraphicsPipelineCreateInfo create{
        .sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO,
        .pNext = &states.rendering,
        .stageCount = static_cast<std::uint32_t>(states.stages.size()),
        .pStages = states.stages.data(),
        .pVertexInputState = &states.vertex_input,
        .pInputAssemblyState = &states.assembly,
        .pViewportState = &states.viewport,
        .pRasterizationState = &states.raster,
        .pMultisampleState = &states.multisample,
        .pDepthStencilState = &states.depth,
        .pColorBlendState = &states.blend,
        .pDynamicState = &states.dynamic,
        .layout = context.layout};
    VkPipeline pipeline = nullptr;
    if (const VkResult result = vkCreateGraphicsPipelines(
            device, context.device->pipeline_cache().get(), 1, &create, nullptr, &pipeline);
        result != VK_SUCCESS) {
        return gpu::failure("the driver could not compile a pipeline", result);
    }
    return gpu::Pipeline(device, pipeline);
}

} // namespace haven::renderer
