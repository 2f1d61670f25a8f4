#include "tests/golden/plain_frame.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/timestamps.hpp"
#include "renderer/gpu/upload.hpp"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

namespace haven::testing {
namespace {

constexpr VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;

// clang-format off
constexpr std::uint32_t vertex_code[] = {
#include "shaders/plain.vert.inc"
};
constexpr std::uint32_t fragment_code[] = {
#include "shaders/plain.frag.inc"
};
// clang-format on

gpu::Result<gpu::ShaderModule> shader(VkDevice device, std::span<const std::uint32_t> code) {
    const VkShaderModuleCreateInfo info{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                        .codeSize = code.size_bytes(),
                                        .pCode = code.data()};
    VkShaderModule made = nullptr;
    if (const VkResult result = vkCreateShaderModule(device, &info, nullptr, &made);
        result != VK_SUCCESS) {
        return gpu::failure("no plain shader", result);
    }
    return gpu::ShaderModule(device, made);
}

gpu::Result<gpu::Pipeline> pipeline(VkDevice device, VkPipelineLayout layout, VkShaderModule vertex,
                                    VkShaderModule fragment) {
    const auto stage = [](VkShaderStageFlagBits bit, VkShaderModule code) {
        return VkPipelineShaderStageCreateInfo{
            .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
            .stage = bit,
            .module = code,
            .pName = "main"};
    };
    const std::array stages{stage(VK_SHADER_STAGE_VERTEX_BIT, vertex),
                            stage(VK_SHADER_STAGE_FRAGMENT_BIT, fragment)};
    const VkPipelineVertexInputStateCreateInfo input{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
    const VkPipelineInputAssemblyStateCreateInfo assembly{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
        .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST};
    const VkPipelineViewportStateCreateInfo viewport{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO,
        .viewportCount = 1,
        .scissorCount = 1};
    const VkPipelineRasterizationStateCreateInfo raster{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO, .lineWidth = 1.0F};
    const VkPipelineMultisampleStateCreateInfo samples{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO,
        .rasterizationSamples = VK_SAMPLE_COUNT_1_BIT};
    const VkPipelineDepthStencilStateCreateInfo no_depth{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO};
    const VkPipelineColorBlendAttachmentState opaque{.colorWriteMask = 0xF};
    const VkPipelineColorBlendStateCreateInfo blend{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
        .attachmentCount = 1,
        .pAttachments = &opaque};
    const std::array dynamic{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
    const VkPipelineDynamicStateCreateInfo states{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO,
        .dynamicStateCount = dynamic.size(),
        .pDynamicStates = dynamic.data()};
    const VkPipelineRenderingCreateInfo rendering{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO,
        .viewMask = 0b11U,
        .colorAttachmentCount = 1,
        .pColorAttachmentFormats = &format};
    const VkGraphicsPipelineCreateInfo info{.sType =
                                                VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO,
                                            .pNext = &rendering,
                                            .stageCount = stages.size(),
                                            .pStages = stages.data(),
                                            .pVertexInputState = &input,
                                            .pInputAssemblyState = &assembly,
                                            .pViewportState = &viewport,
                                            .pRasterizationState = &raster,
                                            .pMultisampleState = &samples,
                                            .pDepthStencilState = &no_depth,
                                            .pColorBlendState = &blend,
                                            .pDynamicState = &states,
                                            .layout = layout};
    VkPipeline made = nullptr;
    if (const VkResult result =
            vkCreateGraphicsPipelines(device, nullptr, 1, &info, nullptr, &made);
        result != VK_SUCCESS) {
        return gpu::failure("no plain pipeline", result);
    }
    return gpu::Pipeline(device, made);
}

} // namespace

gpu::Result<PlainFrame> PlainFrame::create(gpu::Device& device, VkExtent2D eye_extent) {
    VkDevice logical = device.logical();
    auto image = gpu::Image::create(device, {.extent = eye_extent,
                                             .layers = 2,
                                             .format = format,
                                             .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT});
    if (!image) {
        return std::unexpected(image.error());
    }
    auto view = gpu::make_view(logical, image->get(), format, VK_IMAGE_ASPECT_COLOR_BIT, 0, 2);
    auto vertex = shader(logical, vertex_code);
    auto fragment = shader(logical, fragment_code);
    const VkPipelineLayoutCreateInfo layout_info{.sType =
                                                     VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
    VkPipelineLayout layout = nullptr;
    const VkResult result = vkCreatePipelineLayout(logical, &layout_info, nullptr, &layout);
    if (!view || !vertex || !fragment || result != VK_SUCCESS) {
        return gpu::failure("no plain frame", result);
    }
    PlainFrame plain;
    plain.extent_ = eye_extent;
    plain.layout_ = gpu::PipelineLayout(logical, layout);
    auto made = pipeline(logical, layout, vertex->get(), fragment->get());
    if (!made) {
        return std::unexpected(made.error());
    }
    plain.pipeline_ = std::move(*made);
    plain.image_ = std::move(*image);
    plain.view_ = std::move(*view);
    return plain;
}

gpu::Result<void> PlainFrame::draw(gpu::FrameRing& ring) const {
    auto frame = ring.begin();
    if (!frame) {
        return std::unexpected(frame.error());
    }
    VkCommandBuffer commands = frame->commands;
    frame->timestamps->mark(commands, "plain");
    gpu::image_barrier(commands, {.image = image_.get(),
                                  .from_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                  .from_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                  .to_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                  .to_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                  .to_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL});
    const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                           .imageView = view_.get(),
                                           .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                           .loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE,
                                           .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                    .renderArea = {.extent = extent_},
                                    .layerCount = 1,
                                    .viewMask = 0b11U,
                                    .colorAttachmentCount = 1,
                                    .pColorAttachments = &colour};
    vkCmdBeginRendering(commands, &rendering);
    const VkViewport viewport{.width = static_cast<float>(extent_.width),
                              .height = static_cast<float>(extent_.height),
                              .maxDepth = 1.0F};
    const VkRect2D scissor{.extent = extent_};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &scissor);
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdDraw(commands, 3, 1, 0, 0);
    vkCmdEndRendering(commands);
    return ring.submit(*frame);
}

} // namespace haven::testing
