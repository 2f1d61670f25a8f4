#include "tests/bench/gpu_cost/recipe.hpp"

#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/scene.hpp"

#include <vulkan/vulkan.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::gpu_cost {
namespace {

using renderer::FragmentShader;

constexpr std::array<std::string_view, 13> fragment_names{
    "scene",  "scene_lean", "translucent", "sky",  "star",  "ink",        "ink_ribbon",
    "sprite", "marker",     "hidden_area", "veil", "panel", "panel_paint"};
constexpr std::array<std::string_view, scene::pattern_count> pattern_names{
    "plain",  "wood", "logs",    "bark",  "stone", "rock", "fabric", "rug",
    "ground", "sand", "foliage", "water", "glass", "mist", "flame",  "glow"};

std::string_view fragment_name(std::span<const std::uint32_t> code) {
    for (std::size_t i = 0; i < fragment_names.size(); ++i) {
        if (std::ranges::equal(code, renderer::shader_code(static_cast<FragmentShader>(i)))) {
            return fragment_names.at(i);
        }
    }
    return "unknown";
}

template <typename T>
std::vector<T> copied(const T* first, std::uint32_t count) {
    return count == 0 ? std::vector<T>{} : std::vector<T>(first, first + count);
}

} // namespace

Recipe Recipe::of(const VkGraphicsPipelineCreateInfo& info, std::vector<std::uint32_t> vertex,
                  std::vector<std::uint32_t> fragment) {
    const auto& rendering = *static_cast<const VkPipelineRenderingCreateInfo*>(info.pNext);
    const auto& input = *info.pVertexInputState;
    const auto& constants = *info.pStages[0].pSpecializationInfo;
    Recipe recipe{
        .code = {std::move(vertex), std::move(fragment)},
        .constants = std::vector<std::uint32_t>(constants.dataSize / 4),
        .bindings = copied(input.pVertexBindingDescriptions, input.vertexBindingDescriptionCount),
        .attributes =
            copied(input.pVertexAttributeDescriptions, input.vertexAttributeDescriptionCount),
        .topology = info.pInputAssemblyState->topology,
        .cull = info.pRasterizationState->cullMode,
        .samples = info.pMultisampleState->rasterizationSamples,
        .alpha_to_coverage = info.pMultisampleState->alphaToCoverageEnable == VK_TRUE,
        .writes_depth = info.pDepthStencilState->depthWriteEnable == VK_TRUE,
        .blend = *info.pColorBlendState->pAttachments,
        .view_mask = rendering.viewMask,
        .colour_format = *rendering.pColorAttachmentFormats,
        .depth_format = rendering.depthAttachmentFormat};
    std::memcpy(recipe.constants.data(), constants.pData, recipe.constants.size() * 4);
    return recipe;
}

std::string Recipe::kind() const {
    const std::string_view shader = fragment_name(code[1]);
    const bool patterned = shader == "scene" || shader == "scene_lean" || shader == "translucent";
    return patterned ? std::format("{} {}", shader, pattern_names.at(constants.at(0)))
                     : std::string(shader);
}

std::string Recipe::name() const {
    std::string text = kind();
    for (std::size_t i = 1; i < constants.size(); ++i) {
        text += std::format("{}{}", i == 1 ? ' ' : ',', constants[i]);
    }
    return text;
}

VkPipeline make_pipeline(VkDevice device, VkPipelineLayout layout, const Recipe& recipe,
                         VkPipelineCreateFlags flags) {
    std::vector<VkSpecializationMapEntry> entries;
    for (std::uint32_t i = 0; i < recipe.constants.size(); ++i) {
        entries.push_back({i, 4 * i, 4});
    }
    const VkSpecializationInfo constants{static_cast<std::uint32_t>(entries.size()), entries.data(),
                                         recipe.constants.size() * 4, recipe.constants.data()};
    std::array<VkShaderModule, 2> modules{};
    std::array<VkPipelineShaderStageCreateInfo, 2> stages{};
    for (std::size_t i = 0; i < 2; ++i) {
        const VkShaderModuleCreateInfo create{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                              .codeSize = recipe.code.at(i).size() * 4,
                                              .pCode = recipe.code.at(i).data()};
        vkCreateShaderModule(device, &create, nullptr, &modules.at(i));
        stages.at(i) = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                        .stage = i == 0 ? VK_SHADER_STAGE_VERTEX_BIT : VK_SHADER_STAGE_FRAGMENT_BIT,
                        .module = modules.at(i),
                        .pName = "main",
                        .pSpecializationInfo = &constants};
    }
    const VkPipelineVertexInputStateCreateInfo input{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO,
        .vertexBindingDescriptionCount = static_cast<std::uint32_t>(recipe.bindings.size()),
        .pVertexBindingDescriptions = recipe.bindings.data(),
        .vertexAttributeDescriptionCount = static_cast<std::uint32_t>(recipe.attributes.size()),
        .pVertexAttributeDescriptions = recipe.attributes.data()};
    const VkPipelineInputAssemblyStateCreateInfo assembly{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
        .topology = recipe.topology};
    const VkPipelineViewportStateCreateInfo viewport{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO,
        .viewportCount = 1,
        .scissorCount = 1};
    const VkPipelineRasterizationStateCreateInfo raster{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO,
        .cullMode = recipe.cull,
        .frontFace = VK_FRONT_FACE_COUNTER_CLOCKWISE,
        .lineWidth = 1.0F};
    const VkPipelineMultisampleStateCreateInfo multisample{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO,
        .rasterizationSamples = recipe.samples,
        .alphaToCoverageEnable = recipe.alpha_to_coverage ? VK_TRUE : VK_FALSE};
    const VkPipelineDepthStencilStateCreateInfo depth{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO,
        .depthTestEnable = VK_TRUE,
        .depthWriteEnable = recipe.writes_depth ? VK_TRUE : VK_FALSE,
        .depthCompareOp = VK_COMPARE_OP_GREATER_OR_EQUAL};
    const VkPipelineColorBlendStateCreateInfo blend{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
        .attachmentCount = 1,
        .pAttachments = &recipe.blend};
    constexpr std::array dynamic_states{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR,
                                        VK_DYNAMIC_STATE_DEPTH_TEST_ENABLE};
    const VkPipelineDynamicStateCreateInfo dynamic{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO,
        .dynamicStateCount = dynamic_states.size(),
        .pDynamicStates = dynamic_states.data()};
    const VkPipelineRenderingCreateInfo rendering{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO,
        .viewMask = recipe.view_mask,
        .colorAttachmentCount = 1,
        .pColorAttachmentFormats = &recipe.colour_format,
        .depthAttachmentFormat = recipe.depth_format};
    const VkGraphicsPipelineCreateInfo create{.sType =
                                                  VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO,
                                              .pNext = &rendering,
                                              .flags = flags,
                                              .stageCount = 2,
                                              .pStages = stages.data(),
                                              .pVertexInputState = &input,
                                              .pInputAssemblyState = &assembly,
                                              .pViewportState = &viewport,
                                              .pRasterizationState = &raster,
                                              .pMultisampleState = &multisample,
                                              .pDepthStencilState = &depth,
                                              .pColorBlendState = &blend,
                                              .pDynamicState = &dynamic,
                                              .layout = layout};
    VkPipeline pipeline = nullptr;
    if (vkCreateGraphicsPipelines(device, nullptr, 1, &create, nullptr, &pipeline) != VK_SUCCESS) {
        pipeline = nullptr;
    }
    for (VkShaderModule shader : modules) {
        vkDestroyShaderModule(device, shader, nullptr);
    }
    return pipeline;
}

} // namespace haven::gpu_cost
