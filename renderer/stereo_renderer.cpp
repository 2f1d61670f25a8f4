#include "renderer/stereo_renderer.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/passes/frame_uniforms.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/prepared_scene.hpp"
#include "renderer/prepared_scene_impl.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/card_pictures.hpp"
#include "renderer/scene/chunks.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/noise.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/shaders/shared.h"
#include "renderer/stereo_target.hpp"
#include "renderer/texture.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <memory>
#include <ratio>
#include <utility>

namespace haven::renderer {
namespace {

constexpr std::uint32_t noise_px = 512;
constexpr std::uint32_t cards_px = 1024;

using Clock = std::chrono::steady_clock;

float ms_since(Clock::time_point start) {
    return std::chrono::duration<float, std::milli>(Clock::now() - start).count();
}

/// What a frame copies of a scene that is brought: a few frames for a place, and no frame feels it.
constexpr VkDeviceSize piece_bytes = VkDeviceSize{1} << 20U;

} // namespace

struct StereoRenderer::Impl {
    gpu::Device& device;
    gpu::FrameRing& ring;
    RendererOptions options;
    gpu::UploadQueue uploads;
    gpu::DescriptorSetLayout set_layout;
    gpu::PipelineLayout layout;
    gpu::DescriptorPool pool;
    std::array<VkDescriptorSet, gpu::frames_in_flight> sets{};
    std::array<gpu::Buffer, gpu::frames_in_flight> uniforms;
    Texture noise;
    Texture leaves;
    gpu::Sampler sampler;
    PassContext context;
    HiddenAreaPass hidden_area;
    std::unique_ptr<PreparedScene::Impl> place;   // shown now
    std::unique_ptr<PreparedScene::Impl> brought; // being copied, or ready to be shown
    std::uint64_t last_frame = 0;                 // recorded
    scene::SceneFrame rest;
    InkCanvas ink;
    Quality quality;
    std::atomic<SceneDetail> wanted; // by options and quality: read where scenes are prepared
    RenderStats stats;

    Impl(gpu::Device& device_in, gpu::FrameRing& ring_in, const RendererOptions& options_in)
        : device(device_in), ring(ring_in), options(options_in), ink(device_in) {}

    [[nodiscard]] SceneDetail detail_of(const Quality& its) const {
        const bool lean_now = lean() || its.lean;
        return {.samples = its.multisampled ? context.samples : VK_SAMPLE_COUNT_1_BIT,
                .plain_light = its.plain_light && !lean_now, // there is no other light then
                .lean = lean_now};
    }
    /// What is shown now is drawn with more than one sample a pixel.
    [[nodiscard]] bool multisampled() const {
        return place->detail.samples != VK_SAMPLE_COUNT_1_BIT;
    }
    [[nodiscard]] bool lean() const {
        return options.detail == Detail::lean ||
               (options.detail == Detail::automatic && device.is_software());
    }
    gpu::Result<void> create_layouts();
    gpu::Result<void> create_textures();
    gpu::Result<void> create_sets();
    void write_set(std::size_t slot);
    void drop(std::unique_ptr<PreparedScene::Impl> scene);
    void cull(const shared::FrameUniforms& moment, const Picture& picture, VkExtent2D extent);
    void begin_images(VkCommandBuffer commands, const StereoTarget& target, std::size_t image);
    void begin_rendering(VkCommandBuffer commands, const StereoTarget& target, std::size_t image,
                         std::uint32_t eye, VkExtent2D extent);
    void draw_view(const gpu::Frame& frame, const StereoTarget& target, const Picture& picture,
                   const scene::SceneFrame& moment, std::uint32_t eye);
    [[nodiscard]] std::uint32_t pass_count(const StereoTarget& target) const {
        return options.multiview ? 1 : target.layers();
    }
};

gpu::Result<void> StereoRenderer::Impl::create_layouts() {
    const std::array bindings{
        VkDescriptorSetLayoutBinding{0, VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 1,
                                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT,
                                     nullptr},
        VkDescriptorSetLayoutBinding{1, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                     VK_SHADER_STAGE_FRAGMENT_BIT, nullptr},
        VkDescriptorSetLayoutBinding{2, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                     VK_SHADER_STAGE_FRAGMENT_BIT, nullptr}};
    const VkDescriptorSetLayoutCreateInfo set_info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = bindings.size(),
        .pBindings = bindings.data()};
    VkDescriptorSetLayout set = nullptr;
    VkResult result = vkCreateDescriptorSetLayout(device.logical(), &set_info, nullptr, &set);
    if (result != VK_SUCCESS) {
        return gpu::failure("no descriptor set layout", result);
    }
    set_layout = gpu::DescriptorSetLayout(device.logical(), set);
    const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_VERTEX_BIT,
                                   .size = sizeof(std::uint32_t)};
    const VkPipelineLayoutCreateInfo layout_info{.sType =
                                                     VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                                 .setLayoutCount = 1,
                                                 .pSetLayouts = &set,
                                                 .pushConstantRangeCount = 1,
                                                 .pPushConstantRanges = &push};
    VkPipelineLayout made = nullptr;
    result = vkCreatePipelineLayout(device.logical(), &layout_info, nullptr, &made);
    if (result != VK_SUCCESS) {
        return gpu::failure("no pipeline layout", result);
    }
    layout = gpu::PipelineLayout(device.logical(), made);
    return {};
}

gpu::Result<void> StereoRenderer::Impl::create_textures() {
    const auto soft_levels = scene::noise_levels(noise_px);
    auto soft = create_texture(device, uploads, soft_levels);
    auto cut = create_texture(device, uploads,
                              lean() ? decltype(soft_levels){soft_levels.back()} // not looked at
                                     : scene::card_levels(cards_px, soft_levels));
    if (!soft || !cut) {
        return std::unexpected((soft ? cut : soft).error());
    }
    noise = std::move(*soft);
    leaves = std::move(*cut);
    const VkSamplerCreateInfo sampler_info{
        .sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
        .magFilter = lean() ? VK_FILTER_NEAREST : VK_FILTER_LINEAR,
        .minFilter = lean() ? VK_FILTER_NEAREST : VK_FILTER_LINEAR,
        .mipmapMode = lean() ? VK_SAMPLER_MIPMAP_MODE_NEAREST : VK_SAMPLER_MIPMAP_MODE_LINEAR,
        .maxLod = VK_LOD_CLAMP_NONE};
    VkSampler made = nullptr;
    const VkResult result = vkCreateSampler(device.logical(), &sampler_info, nullptr, &made);
    if (result != VK_SUCCESS) {
        return gpu::failure("no sampler", result);
    }
    sampler = gpu::Sampler(device.logical(), made);
    return {};
}

gpu::Result<void> StereoRenderer::Impl::create_sets() {
    const std::array sizes{
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, gpu::frames_in_flight},
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 2 * gpu::frames_in_flight}};
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
    pool = gpu::DescriptorPool(device.logical(), made);
    std::array<VkDescriptorSetLayout, gpu::frames_in_flight> layouts{};
    layouts.fill(set_layout.get());
    const VkDescriptorSetAllocateInfo allocate{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                               .descriptorPool = made,
                                               .descriptorSetCount = gpu::frames_in_flight,
                                               .pSetLayouts = layouts.data()};
    result = vkAllocateDescriptorSets(device.logical(), &allocate, sets.data());
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
        uniforms.at(slot) = std::move(*buffer);
        write_set(slot);
    }
    return {};
}

void StereoRenderer::Impl::write_set(std::size_t slot) {
    const VkDescriptorBufferInfo buffer{.buffer = uniforms.at(slot).get(), .range = VK_WHOLE_SIZE};
    const auto image_of = [&](const Texture& texture) {
        return VkDescriptorImageInfo{.sampler = sampler.get(),
                                     .imageView = texture.view.get(),
                                     .imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    };
    const std::array images{image_of(noise), image_of(leaves)};
    const std::array writes{
        VkWriteDescriptorSet{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                             .dstSet = sets.at(slot),
                             .dstBinding = 0,
                             .descriptorCount = 1,
                             .descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
                             .pBufferInfo = &buffer},
        VkWriteDescriptorSet{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, // on from there
                             .dstSet = sets.at(slot),
                             .dstBinding = 1,
                             .descriptorCount = images.size(),
                             .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                             .pImageInfo = images.data()}};
    vkUpdateDescriptorSets(device.logical(), writes.size(), writes.data(), 0, nullptr);
}

/// Frames submitted so far may still use it.
void StereoRenderer::Impl::drop(std::unique_ptr<PreparedScene::Impl> scene) {
    if (scene) {
        ring.deletions().condemn(last_frame, std::move(scene));
    }
}

/// What is in sight, and how finely it has to be drawn.
void StereoRenderer::Impl::cull(const shared::FrameUniforms& moment, const Picture& picture,
                                VkExtent2D extent) {
    const scene::Frustum left(moment.clip_from_world[0]);
    const scene::Frustum right(moment.clip_from_world[1]);
    const glm::vec3 left_m = picture.eyes[0].position_m;
    const glm::vec3 right_m = picture.eyes[1].position_m;
    place->scene.cull({.left = left,
                       .right = right,
                       .between_eyes_m = 0.5F * (left_m + right_m),
                       .inside_head_room = scene::head_room.contains(left_m) &&
                                           scene::head_room.contains(right_m)});
    const auto start = Clock::now();
    const float pixels = static_cast<float>(extent.height) * 0.5F;
    ink.cull({.left = left,
              .right = right,
              .eyes_m = {left_m, right_m},
              .px_per_rad = pixels * std::abs(scene::clip_from_eye(picture.eyes[0].fov)[1][1]),
              .tolerance_px = quality.ink_tolerance_px});
    stats.ink_cpu_ms += ms_since(start);
}

// What was drawn into these images before is of no interest, but the reads and writes of it must be
// over.
void StereoRenderer::Impl::begin_images(VkCommandBuffer commands, const StereoTarget& target,
                                        std::size_t image) {
    const auto colour = [&](VkImage one) {
        gpu::image_barrier(commands,
                           {.image = one,
                            .from_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT |
                                           VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                            .from_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                            .to_stages = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                            .to_access = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                            .to_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL});
    };
    const auto depth = [&](VkImage one) {
        constexpr VkPipelineStageFlags2 tests = VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT |
                                                VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT;
        // A multisampled depth is resolved by the colour output stage.
        gpu::image_barrier(commands,
                           {.image = one,
                            .aspect = VK_IMAGE_ASPECT_DEPTH_BIT,
                            .from_stages = tests | VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                            .from_access = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT,
                            .to_stages = tests | VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                            .to_access = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT |
                                         VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT |
                                         VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                            .to_layout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL});
    };
    colour(target.colour(image).image);
    if (multisampled()) {
        colour(target.multisampled().image);
        depth(target.multisampled_depth().image);
    }
    if (!multisampled() || target.depth_is_shared()) {
        depth(target.depth(image).image);
    }
}

void StereoRenderer::Impl::begin_rendering(VkCommandBuffer commands, const StereoTarget& target,
                                           std::size_t image, std::uint32_t eye,
                                           VkExtent2D extent) {
    const auto view = [&](const StereoTarget::Attachment& attachment) {
        return options.multiview ? attachment.views.all.get()
                                 : attachment.views.layer.at(eye).get();
    };
    VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                     .imageView = view(target.colour(image)),
                                     .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                     .loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE, // the sky fills it
                                     .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    VkRenderingAttachmentInfo depth{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                    .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                    .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                    .storeOp = target.depth_is_shared()
                                                   ? VK_ATTACHMENT_STORE_OP_STORE
                                                   : VK_ATTACHMENT_STORE_OP_DONT_CARE,
                                    .clearValue = {.depthStencil = {.depth = 0.0F}}};
    if (multisampled()) {
        colour.resolveMode = VK_RESOLVE_MODE_AVERAGE_BIT;
        colour.resolveImageView = colour.imageView;
        colour.resolveImageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
        colour.imageView = view(target.multisampled());
        colour.storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
        colour.loadOp =
            VK_ATTACHMENT_LOAD_OP_CLEAR; // foliage writes no alpha: it is coverage there
        colour.clearValue = {.color = {.float32 = {0.0F, 0.0F, 0.0F, 1.0F}}};
        depth.imageView = view(target.multisampled_depth());
        depth.storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
        if (target.depth_is_shared()) {
            depth.resolveMode = VK_RESOLVE_MODE_SAMPLE_ZERO_BIT;
            depth.resolveImageView = view(target.depth(image));
            depth.resolveImageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
        }
    } else {
        depth.imageView = view(target.depth(image));
    }
    const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                    .renderArea = {.extent = extent},
                                    .layerCount = 1,
                                    .viewMask = options.multiview ? 0b11U : 0U,
                                    .colorAttachmentCount = 1,
                                    .pColorAttachments = &colour,
                                    .pDepthAttachment = &depth};
    vkCmdBeginRendering(commands, &rendering);
    const VkViewport viewport{.width = static_cast<float>(extent.width),
                              .height = static_cast<float>(extent.height),
                              .maxDepth = 1.0F};
    const VkRect2D scissor{.extent = extent};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &scissor);
}

// The frame as a list: near solid things first, the sky where none is, then what one sees through.
void StereoRenderer::Impl::draw_view(const gpu::Frame& frame, const StereoTarget& target,
                                     const Picture& picture, const scene::SceneFrame& moment,
                                     std::uint32_t eye) {
    VkCommandBuffer commands = frame.commands;
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout.get(), 0, 1,
                            &sets.at(frame.slot), 0, nullptr);
    vkCmdPushConstants(commands, layout.get(), VK_SHADER_STAGE_VERTEX_BIT, 0, sizeof eye, &eye);
    const bool timed = pass_count(target) == 1 || eye == 0;
    const auto mark = [&](const char* name) {
        if (timed) {
            frame.timestamps->mark(commands, name);
        }
    };

    stats.other_draws += hidden_area.draw(frame, picture.eyes, multisampled());
    mark("ink");
    auto start = Clock::now();
    for (const InkHand hand : {InkHand::left, InkHand::right}) {
        std::array<VkBuffer, scene::ink_stream_count> rings{};
        for (std::size_t i = 0; i < rings.size(); ++i) {
            rings.at(i) = ink.rings(hand, i);
        }
        const auto drawn = place->ink.draw(commands, ink.runs(hand), rings);
        stats.ink_draws.at(static_cast<std::size_t>(hand)) += drawn.draws;
        stats.ink_rings += drawn.joints;
        stats.ink_triangles += drawn.triangles;
    }
    stats.ink_cpu_ms += ms_since(start);

    mark("scene");
    start = Clock::now();
    stats.scene_draws += place->scene.draw_opaque(commands);
    stats.scene_triangles += place->scene.triangle_count();
    stats.other_draws += place->sky.draw(commands);
    mark("translucent");
    stats.scene_draws += place->scene.draw_translucent(commands);
    stats.other_draws += place->sprites.draw(frame, moment, quality.sprite_share);
    stats.scene_cpu_ms += ms_since(start);

    mark("markers");
    start = Clock::now();
    stats.other_draws += place->markers.draw(frame, picture.markers);
    stats.markers_cpu_ms += ms_since(start);
}

StereoRenderer::StereoRenderer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

StereoRenderer::~StereoRenderer() {
    vkDeviceWaitIdle(impl_->device.logical());
}

gpu::Result<std::unique_ptr<StereoRenderer>>
StereoRenderer::create(gpu::Device& device, gpu::FrameRing& ring, const RendererOptions& options) {
    if (options.samples != 1 && !device.supports_samples(options.samples)) {
        return gpu::failure(std::format("{} cannot draw with {} samples",
                                        device.properties().deviceName, options.samples),
                            VK_ERROR_FEATURE_NOT_PRESENT);
    }
    auto impl = std::make_unique<Impl>(device, ring, options);
    gpu::Result<void> made = impl->create_layouts();
    if (made) {
        made = impl->create_textures();
    }
    if (made) {
        made = impl->create_sets();
    }
    if (!made) {
        return std::unexpected(made.error());
    }
    impl->context = {.device = &device,
                     .layout = impl->layout.get(),
                     .colour_format = options.colour_format,
                     .samples = static_cast<VkSampleCountFlagBits>(options.samples),
                     .multiview = options.multiview,
                     .lean = impl->lean(),
                     .eye_height_px = options.eye_height_px};
    impl->wanted = impl->detail_of(impl->quality);
    auto hidden_area = HiddenAreaPass::create(impl->context);
    if (!hidden_area) {
        return std::unexpected(hidden_area.error());
    }
    impl->hidden_area = std::move(*hidden_area);
    std::unique_ptr<StereoRenderer> renderer(new StereoRenderer(std::move(impl)));
    if (auto set = renderer->set_scene({}); !set) {
        return std::unexpected(set.error());
    }
    return renderer;
}

gpu::Result<void> StereoRenderer::set_scene(const scene::Scene& scene) {
    auto prepared = prepare_scene(scene);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    bring_scene(std::move(*prepared));
    impl_->drop(std::exchange(impl_->place, std::move(impl_->brought)));
    return {};
}

gpu::Result<PreparedScene> StereoRenderer::prepare_scene(const scene::Scene& scene) const {
    const SceneDetail wanted = impl_->wanted;
    PassContext context = impl_->context;
    context.samples = wanted.samples;
    context.plain_light = wanted.plain_light;
    context.lean = wanted.lean;
    auto made = PreparedScene::Impl::create(context, scene);
    if (!made) {
        return std::unexpected(made.error());
    }
    return PreparedScene(std::move(*made));
}

void StereoRenderer::bring_scene(PreparedScene prepared) {
    assert(prepared.impl_);
    impl_->drop(std::exchange(impl_->brought, std::move(prepared.impl_)));
}

bool StereoRenderer::scene_is_brought() const {
    return impl_->brought && impl_->brought->uploads.empty();
}

void StereoRenderer::show_scene() {
    assert(scene_is_brought());
    impl_->drop(std::exchange(impl_->place, std::move(impl_->brought)));
}

InkCanvas& StereoRenderer::ink() {
    return impl_->ink;
}

void StereoRenderer::set_hidden_area(std::array<HiddenTriangles, 2> triangles) {
    impl_->hidden_area.set(std::move(triangles));
}

void StereoRenderer::set_quality(const Quality& quality) {
    assert(quality.render_scale > 0.0F && quality.render_scale <= 1.0F);
    impl_->quality = quality;
    impl_->wanted = impl_->detail_of(quality);
}

bool StereoRenderer::scene_fits() const {
    return impl_->place->detail == impl_->wanted.load();
}

const Quality& StereoRenderer::quality() const {
    return impl_->quality;
}

VkExtent2D StereoRenderer::drawn_extent(VkExtent2D eye_extent) const {
    const auto scaled = [&](std::uint32_t full) {
        const float part = std::round(static_cast<float>(full) * impl_->quality.render_scale);
        return std::clamp(static_cast<std::uint32_t>(part), 1U, full);
    };
    return {.width = scaled(eye_extent.width), .height = scaled(eye_extent.height)};
}

gpu::Result<void> StereoRenderer::record(gpu::Frame& frame, const StereoTarget& target,
                                         std::size_t image_index, const Picture& picture) {
    Impl& p = *impl_;
    assert(target.samples() == p.options.samples);
    assert(target.colour_format() == p.options.colour_format);
    assert(!p.options.multiview || target.layers() == 2);
    const auto start = Clock::now();
    p.stats = {};
    if (picture.scene_frame == nullptr) {
        p.rest = scene::frame_at(p.place->look, 0.0);
    }
    const scene::SceneFrame& moment =
        picture.scene_frame != nullptr ? *picture.scene_frame : p.rest;

    const VkExtent2D extent = drawn_extent(target.eye_extent());
    const auto uniforms =
        frame_uniforms(p.place->look, p.place->sky_light, moment, picture, extent);
    std::memcpy(p.uniforms.at(frame.slot).mapped().data(), &uniforms, sizeof uniforms);
    frame.timestamps->mark(frame.commands, "upload");
    p.last_frame = frame.number;
    p.uploads.record(frame, p.ring.deletions());
    p.place->uploads.record(frame, p.ring.deletions()); // all of a scene set in one step
    if (p.brought) {
        p.brought->uploads.record(frame, p.ring.deletions(), piece_bytes);
    }
    if (auto uploaded = p.ink.upload(frame, p.ring.deletions()); !uploaded) {
        return uploaded;
    }
    p.stats.upload_cpu_ms = ms_since(start);

    p.cull(uniforms, picture, extent);
    p.begin_images(frame.commands, target, image_index);
    for (std::uint32_t eye = 0; eye < p.pass_count(target); ++eye) {
        p.begin_rendering(frame.commands, target, image_index, eye, extent);
        p.draw_view(frame, target, picture, moment, eye);
        vkCmdEndRendering(frame.commands);
    }
    p.stats.record_cpu_ms = ms_since(start);
    return {};
}

const RenderStats& StereoRenderer::stats() const {
    return impl_->stats;
}

const RendererOptions& StereoRenderer::options() const {
    return impl_->options;
}

} // namespace haven::renderer
