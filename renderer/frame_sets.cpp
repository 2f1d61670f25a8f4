#include "renderer/frame_sets.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/scene_textures.hpp"
#include "renderer/shaders/shared.h"
#include "renderer/texture.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <utility>

namespace haven::renderer {

gpu::Result<FrameSets> FrameSets::create(gpu::Device& device, bool smooth) {
    FrameSets made;
    gpu::Result<void> done = made.create_layouts(device.logical());
    if (done) {
        done = made.create_sampler(device.logical(), smooth);
    }
    if (done) {
        done = made.create_sets(device);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return made;
}

gpu::Result<void> FrameSets::create_layouts(VkDevice device) {
    const std::array bindings{
        VkDescriptorSetLayoutBinding{0, VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 1,
                                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT,
                                     nullptr},
        VkDescriptorSetLayoutBinding{1, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                     VK_SHADER_STAGE_FRAGMENT_BIT, nullptr},
        VkDescriptorSetLayoutBinding{2, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                     VK_SHADER_STAGE_FRAGMENT_BIT, nullptr},
        VkDescriptorSetLayoutBinding{3, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                     VK_SHADER_STAGE_FRAGMENT_BIT, nullptr}};
    const VkDescriptorSetLayoutCreateInfo set_info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = bindings.size(),
        .pBindings = bindings.data()};
    VkDescriptorSetLayout set = nullptr;
    VkResult result = vkCreateDescriptorSetLayout(device, &set_info, nullptr, &set);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor set layout", result);
    }
    set_layout_ = gpu::DescriptorSetLayout(device, set);
    const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_VERTEX_BIT,
                                   .size = sizeof(std::uint32_t)};
    const VkPipelineLayoutCreateInfo layout_info{.sType =
                                                     VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                                 .setLayoutCount = 1,
                                                 .pSetLayouts = &set,
                                                 .pushConstantRangeCount = 1,
                                                 .pPushConstantRanges = &push};
    VkPipelineLayout made = nullptr;
    result = vkCreatePipelineLayout(device, &layout_info, nullptr, &made);
    if (result != VK_SUCCESS) {
        return gpu::failure("no pipeline layout", result);
    }
    layout_ = gpu::PipelineLayout(device, made);
    return {};
}

gpu::Result<void> FrameSets::create_sampler(VkDevice device, bool smooth) {
    const VkSamplerCreateInfo sampler_info{
        .sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
        .magFilter = smooth ? VK_FILTER_LINEAR : VK_FILTER_NEAREST,
        .minFilter = smooth ? VK_FILTER_LINEAR : VK_FILTER_NEAREST,
        .mipmapMode = smooth ? VK_SAMPLER_MIPMAP_MODE_LINEAR : VK_SAMPLER_MIPMAP_MODE_NEAREST,
        .maxLod = VK_LOD_CLAMP_NONE};
    VkSampler made = nullptr;
    const VkResult result = vkCreateSampler(device, &sampler_info, nullptr, &made);
    if (result != VK_SUCCESS) {
        return gpu::failure("no sampler", result);
    }
    sampler_ = gpu::Sampler(device, made);
    auto panels = make_panel_sampler(device);
    if (!panels) {
        return std::unexpected(panels.error());
    }
    panel_sampler_ = std::move(*panels);
    return {};
}

gpu::Result<void> FrameSets::create_sets(gpu::Device& device) {
    const std::array sizes{
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, gpu::frames_in_flight},
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 3 * gpu::frames_in_flight}};
    const VkDescriptorPoolCreateInfo pool_info{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                               .maxSets = gpu::frames_in_flight,
                                               .poolSizeCount = sizes.size(),
                                               .pPoolSizes = sizes.data()};
    VkDescriptorPool made = nullptr;
    VkResult result = vkCreateDescriptorPool(device.logical(), &pool_info, nullptr, &made);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor pool", result);
    }
    pool_ = gpu::DescriptorPool(device.logical(), made);
    std::array<VkDescriptorSetLayout, gpu::frames_in_flight> layouts{};
    layouts.fill(set_layout_.get());
    const VkDescriptorSetAllocateInfo allocate{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                               .descriptorPool = made,
                                               .descriptorSetCount = gpu::frames_in_flight,
                                               .pSetLayouts = layouts.data()};
    result = vkAllocateDescriptorSets(device.logical(), &allocate, sets_.data());
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor sets", result);
    }
    for (std::size_t slot = 0; slot < gpu::frames_in_flight; ++slot) {
        auto buffer =
            gpu::Buffer::create(device, sizeof(shared::FrameUniforms),
                                VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT, gpu::MemoryUse::upload);
        if (!buffer) {
            return std::unexpected(buffer.error());
        }
        uniforms_.at(slot) = std::move(*buffer);
        const VkDescriptorBufferInfo whole{.buffer = uniforms_.at(slot).get(),
                                           .range = VK_WHOLE_SIZE};
        const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                         .dstSet = sets_.at(slot),
                                         .dstBinding = 0,
                                         .descriptorCount = 1,
                                         .descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
                                         .pBufferInfo = &whole};
        vkUpdateDescriptorSets(device.logical(), 1, &write, 0, nullptr);
    }
    return {};
}

void FrameSets::write(std::size_t slot, const shared::FrameUniforms& uniforms) {
    std::memcpy(uniforms_.at(slot).mapped().data(), &uniforms, sizeof uniforms);
}

void FrameSets::use(VkDevice device, std::size_t slot,
                    std::shared_ptr<const SceneTextures> textures) {
    auto& used = textures_.at(slot);
    if (used == textures) {
        return;
    }
    used = std::move(textures);
    const auto image_of = [&](const Texture& texture) {
        return VkDescriptorImageInfo{.sampler = sampler_.get(),
                                     .imageView = texture.view.get(),
                                     .imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    };
    const std::array images{image_of(used->noise), image_of(used->leaves)};
    const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                     .dstSet = sets_.at(slot),
                                     .dstBinding = 1, // on from there
                                     .descriptorCount = images.size(),
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .pImageInfo = images.data()};
    vkUpdateDescriptorSets(device, 1, &write, 0, nullptr);
}

void FrameSets::use_panel(VkDevice device, std::size_t slot, VkImageView view,
                          std::uint64_t canvas) {
    if (std::exchange(panels_.at(slot), canvas) == canvas) {
        return;
    }
    const VkDescriptorImageInfo image{.sampler = panel_sampler_.get(),
                                      .imageView = view,
                                      .imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                     .dstSet = sets_.at(slot),
                                     .dstBinding = 3,
                                     .descriptorCount = 1,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                     .pImageInfo = &image};
    vkUpdateDescriptorSets(device, 1, &write, 0, nullptr);
}

void FrameSets::bind(VkCommandBuffer commands, std::size_t slot, std::uint32_t eye) const {
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_.get(), 0, 1,
                            &sets_.at(slot), 0, nullptr);
    vkCmdPushConstants(commands, layout_.get(), VK_SHADER_STAGE_VERTEX_BIT, 0, sizeof eye, &eye);
}

} // namespace haven::renderer
