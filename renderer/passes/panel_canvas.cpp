#include "renderer/passes/panel_canvas.hpp"

#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/scene/panel_drawing.hpp"

#include <glm/vec2.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <utility>
#include <vector>

namespace haven::renderer {
namespace {

constexpr VkFormat canvas_format = VK_FORMAT_R8G8B8A8_SRGB;
constexpr VkFormat sheet_format = VK_FORMAT_R8_UNORM;

constexpr std::array bindings{
    VkVertexInputBindingDescription{0, sizeof(scene::PanelCorner), VK_VERTEX_INPUT_RATE_VERTEX}};
constexpr std::array attributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32_SFLOAT,
                                      offsetof(scene::PanelCorner, at_px)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32_SFLOAT,
                                      offsetof(scene::PanelCorner, sheet_uv)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R8G8B8A8_UNORM,
                                      offsetof(scene::PanelCorner, colour)}};

gpu::Result<gpu::ImageView> view_of(VkDevice device, const gpu::Image& image,
                                    std::uint32_t mip_levels) {
    const VkImageViewCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
        .image = image.get(),
        .viewType = VK_IMAGE_VIEW_TYPE_2D,
        .format = image.info().format,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, mip_levels, 0, 1}};
    VkImageView view = nullptr;
    if (const VkResult result = vkCreateImageView(device, &info, nullptr, &view);
        result != VK_SUCCESS) {
        return gpu::failure("no view of a panel's image", result);
    }
    return gpu::ImageView(device, view);
}

struct MipUse {
    VkPipelineStageFlags2 stages;
    VkAccessFlags2 access;
    VkImageLayout layout;
};
constexpr MipUse read_before{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_NONE,
                             VK_IMAGE_LAYOUT_UNDEFINED}; // what it showed may go
constexpr MipUse drawn{VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                       VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT |
                           VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT,
                       VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
constexpr MipUse made_of{VK_PIPELINE_STAGE_2_BLIT_BIT, VK_ACCESS_2_TRANSFER_READ_BIT,
                         VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
constexpr MipUse made{VK_PIPELINE_STAGE_2_BLIT_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
                      VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL};
constexpr MipUse read{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                      VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};

void change(VkCommandBuffer commands, VkImage image, std::uint32_t first_mip, std::uint32_t mips,
            const MipUse& from, const MipUse& to) {
    const VkImageMemoryBarrier2 barrier{
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
        .srcStageMask = from.stages,
        .srcAccessMask = from.access,
        .dstStageMask = to.stages,
        .dstAccessMask = to.access,
        .oldLayout = from.layout,
        .newLayout = to.layout,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, first_mip, mips, 0, 1}};
    const VkDependencyInfo dependency{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                      .imageMemoryBarrierCount = 1,
                                      .pImageMemoryBarriers = &barrier};
    vkCmdPipelineBarrier2(commands, &dependency);
}

VkOffset3D far_corner(VkExtent2D extent, std::uint32_t mip) {
    return {.x = static_cast<std::int32_t>(std::max(1U, extent.width >> mip)),
            .y = static_cast<std::int32_t>(std::max(1U, extent.height >> mip)),
            .z = 1};
}

} // namespace

gpu::Result<gpu::Sampler> make_panel_sampler(VkDevice device) {
    const VkSamplerCreateInfo info{.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
                                   .magFilter = VK_FILTER_LINEAR,
                                   .minFilter = VK_FILTER_LINEAR,
                                   .mipmapMode = VK_SAMPLER_MIPMAP_MODE_LINEAR,
                                   .addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .maxLod = VK_LOD_CLAMP_NONE};
    VkSampler sampler = nullptr;
    if (const VkResult result = vkCreateSampler(device, &info, nullptr, &sampler);
        result != VK_SUCCESS) {
        return gpu::failure("no sampler for panels", result);
    }
    return gpu::Sampler(device, sampler);
}

gpu::Result<PanelCanvas> PanelCanvas::create(gpu::Device& device, const scene::GlyphSheet& glyphs,
                                             VkExtent2D extent) {
    static std::atomic<std::uint64_t> made_so_far = 0;
    PanelCanvas canvas;
    canvas.id_ = ++made_so_far;
    gpu::Result<void> done = canvas.create_images(device, glyphs, extent);
    if (done) {
        done = canvas.create_set(device.logical());
    }
    if (done) {
        done = canvas.create_pipeline(device);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return canvas;
}

gpu::Result<void> PanelCanvas::create_images(gpu::Device& device, const scene::GlyphSheet& glyphs,
                                             VkExtent2D extent) {
    auto sheet = gpu::Image::create(
        device, {.extent = {.width = glyphs.width_px, .height = glyphs.height_px},
                 .format = sheet_format,
                 .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    auto image = gpu::Image::create(
        device, {.extent = extent,
                 .mip_levels = static_cast<std::uint32_t>(
                     std::bit_width(std::max(extent.width, extent.height))),
                 .format = canvas_format,
                 .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT |
                          VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    if (!sheet || !image) {
        return std::unexpected(!sheet ? sheet.error() : image.error());
    }
    const std::array levels{glyphs.coverage};
    if (auto staged = uploads_.add(device, *sheet, levels); !staged) {
        return staged;
    }
    auto sheet_view = view_of(device.logical(), *sheet, 1);
    auto top = view_of(device.logical(), *image, 1);
    auto whole = view_of(device.logical(), *image, image->info().mip_levels);
    for (const auto* view : {&sheet_view, &top, &whole}) {
        if (!*view) {
            return std::unexpected(view->error());
        }
    }
    sheet_ = std::move(*sheet);
    sheet_view_ = std::move(*sheet_view);
    image_ = std::move(*image);
    top_ = std::move(*top);
    whole_ = std::move(*whole);
    return {};
}

gpu::Result<void> PanelCanvas::create_set(VkDevice device) {
    auto sampler = make_panel_sampler(device);
    if (!sampler) {
        return std::unexpected(sampler.error());
    }
    sampler_ = std::move(*sampler);
    const VkDescriptorSetLayoutBinding binding{0, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                               VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
    const VkDescriptorSetLayoutCreateInfo set_info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding};
    VkDescriptorSetLayout set_layout = nullptr;
    VkResult result = vkCreateDescriptorSetLayout(device, &set_info, nullptr, &set_layout);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor set layout for panels", result);
    }
    set_layout_ = gpu::DescriptorSetLayout(device, set_layout);
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1};
    const VkDescriptorPoolCreateInfo pool_info{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                               .maxSets = 1,
                                               .poolSizeCount = 1,
                                               .pPoolSizes = &size};
    VkDescriptorPool pool = nullptr;
    result = vkCreateDescriptorPool(device, &pool_info, nullptr, &pool);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor pool for panels", result);
    }
    pool_ = gpu::DescriptorPool(device, pool);
    const VkDescriptorSetAllocateInfo allocate{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                               .descriptorPool = pool,
                                               .descriptorSetCount = 1,
                                               .pSetLayouts = &set_layout};
    result = vkAllocateDescriptorSets(device, &allocate, &set_);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor set for panels", result);
    }
    const VkDescriptorImageInfo image{.sampler = sampler_.get(),
                                      .imageView = sheet_view_.get(),
                                      .imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                     .dstSet = set_,
                                     .dstBinding = 0,
                                     .descriptorCount = 1,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .pImageInfo = &image};
    vkUpdateDescriptorSets(device, 1, &write, 0, nullptr);
    return {};
}

gpu::Result<void> PanelCanvas::create_pipeline(gpu::Device& device) {
    const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_VERTEX_BIT,
                                   .size = sizeof(glm::vec2)};
    const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .setLayoutCount = 1,
                                          .pSetLayouts = set_layout_.address(),
                                          .pushConstantRangeCount = 1,
                                          .pPushConstantRanges = &push};
    VkPipelineLayout layout = nullptr;
    if (const VkResult result = vkCreatePipelineLayout(device.logical(), &info, nullptr, &layout);
        result != VK_SUCCESS) {
        return gpu::failure("no pipeline layout for panels", result);
    }
    layout_ = gpu::PipelineLayout(device.logical(), layout);
    auto pipeline = make_pipeline({.device = &device,
                                   .layout = layout,
                                   .colour_format = canvas_format,
                                   .depth_format = VK_FORMAT_UNDEFINED,
                                   .multiview = false},
                                  {.vertex = VertexShader::panel_paint,
                                   .fragment = FragmentShader::panel_paint,
                                   .bindings = bindings,
                                   .attributes = attributes,
                                   .both_sides = true,
                                   .writes_depth = false,
                                   .blend = Blend::over,
                                   .constants = {}});
    if (!pipeline) {
        return std::unexpected(pipeline.error());
    }
    pipeline_ = std::move(*pipeline);
    return {};
}

gpu::Result<bool> PanelCanvas::paint(gpu::Frame& frame, gpu::DeletionQueue& deletions,
                                     const scene::PanelDrawing& drawing) {
    assert(drawing.width_px == image_.info().extent.width);
    assert(drawing.height_px == image_.info().extent.height);
    const std::size_t size_bytes = drawing.corners.size() * sizeof(scene::PanelCorner);
    const auto corners = frame.staging->take(size_bytes);
    if (!corners) {
        return false;
    }
    std::memcpy(corners->bytes.data(), drawing.corners.data(), size_bytes);
    uploads_.record(frame, deletions);
    change(frame.commands, image_.get(), 0, 1, read_before, drawn);
    draw(frame.commands, *corners, static_cast<std::uint32_t>(drawing.corners.size()));
    fill_mips(frame.commands);
    painted_ = true;
    return true;
}

void PanelCanvas::draw(VkCommandBuffer commands, const gpu::StagingSlice::Range& corners,
                       std::uint32_t corner_count) const {
    const VkExtent2D extent = image_.info().extent;
    const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                           .imageView = top_.get(),
                                           .imageLayout = drawn.layout,
                                           .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                           .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                    .renderArea = {.extent = extent},
                                    .layerCount = 1,
                                    .colorAttachmentCount = 1,
                                    .pColorAttachments = &colour};
    const VkViewport viewport{.width = static_cast<float>(extent.width),
                              .height = static_cast<float>(extent.height),
                              .maxDepth = 1.0F};
    const VkRect2D scissor{.extent = extent};
    const glm::vec2 size_px(viewport.width, viewport.height);
    vkCmdBeginRendering(commands, &rendering);
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &scissor);
    vkCmdSetDepthTestEnable(commands, VK_FALSE);
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_.get(), 0, 1, &set_,
                            0, nullptr);
    vkCmdPushConstants(commands, layout_.get(), VK_SHADER_STAGE_VERTEX_BIT, 0, sizeof size_px,
                       &size_px);
    vkCmdBindVertexBuffers(commands, 0, 1, &corners.buffer, &corners.offset_bytes);
    vkCmdDraw(commands, corner_count, 1, 0, 0);
    vkCmdEndRendering(commands);
}

/// Each of the one before it.
void PanelCanvas::fill_mips(VkCommandBuffer commands) const {
    const VkImage image = image_.get();
    const std::uint32_t mips = image_.info().mip_levels;
    change(commands, image, 0, 1, drawn, made_of);
    for (std::uint32_t mip = 1; mip < mips; ++mip) {
        change(commands, image, mip, 1, read_before, made);
        VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, mip - 1, 0, 1},
                         .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, mip, 0, 1}};
        blit.srcOffsets[1] = far_corner(image_.info().extent, mip - 1);
        blit.dstOffsets[1] = far_corner(image_.info().extent, mip);
        vkCmdBlitImage(commands, image, made_of.layout, image, made.layout, 1, &blit,
                       VK_FILTER_LINEAR);
        change(commands, image, mip, 1, made, made_of);
    }
    change(commands, image, 0, mips, made_of, read);
}

} // namespace haven::renderer
