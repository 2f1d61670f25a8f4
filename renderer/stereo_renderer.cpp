#include "renderer/stereo_renderer.hpp"

#include "renderer/frame_sets.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/passes/frame_uniforms.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/shader_code.hpp"
#include "renderer/prepared_scene.hpp"
#include "renderer/prepared_scene_impl.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/chunks.hpp"
#include "renderer/scene/ink_lod.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/scene_textures.hpp"
#include "renderer/shaders/shared.h"
#include "renderer/stereo_target.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <mutex>
#include <optional>
#include <ratio>
#include <utility>

namespace haven::renderer {
namespace {

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
    FrameSets sets;
    PassContext context;
    gpu::Pipeline veil;
    std::mutex textures_lock;
    std::shared_ptr<const SceneTextures> textures; // on the GPU, for all scenes prepared from now
    std::array<HiddenTriangles, 2> hidden_area;
    std::unique_ptr<PreparedScene::Impl> place;   // shown now; none: only the fade's colour is
    std::unique_ptr<PreparedScene::Impl> brought; // being copied, or ready to be shown
    std::uint64_t last_frame = 0;                 // recorded
    bool veiled = true;              // nothing of what is recorded shows through the fade
    bool solid = false;              // there is something in sight that hides what is behind it
    std::optional<glm::vec3> ground; // the images are cleared to it, else the sky fills them
    scene::Scene nothing;
    scene::SkyLight no_light;
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
        return !veiled && place->detail.samples != VK_SAMPLE_COUNT_1_BIT;
    }
    [[nodiscard]] const scene::Scene& look() const { return place ? place->look : nothing; }
    [[nodiscard]] bool lean() const {
        return options.detail == Detail::lean ||
               (options.detail == Detail::automatic && device.is_software());
    }
    gpu::Result<void> create_veil();
    gpu::Result<std::shared_ptr<const SceneTextures>> find_textures(gpu::UploadQueue& its);
    void upload_scenes(gpu::Frame& frame);
    void drop(std::unique_ptr<PreparedScene::Impl> scene);
    void cull(const shared::FrameUniforms& moment, const Picture& picture, VkExtent2D extent);
    void begin_images(VkCommandBuffer commands, const StereoTarget& target, std::size_t image);
    void begin_rendering(VkCommandBuffer commands, const StereoTarget& target, std::size_t image,
                         std::uint32_t eye, VkExtent2D extent);
    void draw_panel(const gpu::Frame& frame, const Picture& picture);
    void draw_view(const gpu::Frame& frame, const StereoTarget& target, const Picture& picture,
                   const scene::SceneFrame& moment, std::uint32_t eye);
    [[nodiscard]] std::uint32_t pass_count(const StereoTarget& target) const {
        return options.multiview ? 1 : target.layers();
    }
};

/// One triangle of the fade's colour: all there is before there is a place, or when none of it
/// shows.
gpu::Result<void> StereoRenderer::Impl::create_veil() {
    PassContext one_sample = context;
    one_sample.samples = VK_SAMPLE_COUNT_1_BIT;
    auto made = make_pipeline(one_sample, {.vertex = VertexShader::veil,
                                           .fragment = FragmentShader::veil,
                                           .both_sides = true,
                                           .writes_depth = false,
                                           .constants = {}});
    if (!made) {
        return std::unexpected(made.error());
    }
    veil = std::move(*made);
    return {};
}

/// Those of the scene shown; until there is one each scene brings its own.
gpu::Result<std::shared_ptr<const SceneTextures>>
StereoRenderer::Impl::find_textures(gpu::UploadQueue& its) {
    {
        const std::scoped_lock lock(textures_lock);
        if (textures) {
            return textures;
        }
    }
    return SceneTextures::create(context, its);
}

void StereoRenderer::Impl::upload_scenes(gpu::Frame& frame) {
    if (place) {
        place->uploads.record(frame, ring.deletions()); // all of a scene set in one step
        sets.use(device.logical(), frame.slot, place->textures);
        if (!textures) { // nobody else writes it
            const std::scoped_lock lock(textures_lock);
            textures = place->textures;
        }
    }
    if (brought) {
        brought->uploads.record(frame, ring.deletions(), piece_bytes);
    }
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
    const auto some = [](const auto& list) { return !list.empty(); };
    solid = place->scene.has_opaque() || some(ink.runs(InkHand::left)) ||
            some(ink.runs(InkHand::right)) || std::ranges::any_of(hidden_area, some);
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
                                     .loadOp = ground ? VK_ATTACHMENT_LOAD_OP_CLEAR
                                                      : VK_ATTACHMENT_LOAD_OP_DONT_CARE,
                                     .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    const glm::vec3 behind = ground.value_or(glm::vec3(0.0F));
    colour.clearValue = {.color = {.float32 = {behind.x, behind.y, behind.z, 1.0F}}};
    VkRenderingAttachmentInfo depth{
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
        .loadOp = solid || target.depth_is_shared() ? VK_ATTACHMENT_LOAD_OP_CLEAR
                                                    : VK_ATTACHMENT_LOAD_OP_DONT_CARE,
        .storeOp = target.depth_is_shared() ? VK_ATTACHMENT_STORE_OP_STORE
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
    vkCmdSetDepthTestEnable(commands, solid ? VK_TRUE : VK_FALSE);
}

/// Over whatever is there, as a layer of the runtime would be: words that something stands in are
/// not read.
void StereoRenderer::Impl::draw_panel(const gpu::Frame& frame, const Picture& picture) {
    if (!picture.panel) {
        return;
    }
    vkCmdSetDepthTestEnable(frame.commands, VK_FALSE);
    stats.other_draws += place->panel.draw(frame, *picture.panel);
    vkCmdSetDepthTestEnable(frame.commands, solid ? VK_TRUE : VK_FALSE);
}

// The frame as a list: near solid things first, the sky where none is, then what one sees through.
void StereoRenderer::Impl::draw_view(const gpu::Frame& frame, const StereoTarget& target,
                                     const Picture& picture, const scene::SceneFrame& moment,
                                     std::uint32_t eye) {
    VkCommandBuffer commands = frame.commands;
    sets.bind(commands, frame.slot, eye);
    const bool timed = options.times_passes && (pass_count(target) == 1 || eye == 0);
    const auto mark = [&](const char* name) {
        if (timed) {
            frame.timestamps->mark(commands, name);
        }
    };

    if (veiled) {
        mark("veil");
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, veil.get());
        vkCmdDraw(commands, 3, 1, 0, 0);
        stats.other_draws += 1;
        return;
    }
    stats.other_draws += place->hidden_area.draw(frame, picture.eyes, hidden_area);
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
    stats.other_draws += place->sky.draw(commands, ground.has_value());
    mark("translucent");
    stats.scene_draws += place->scene.draw_translucent(commands);
    stats.other_draws += place->sprites.draw(frame, moment, quality.sprite_share);
    stats.scene_cpu_ms += ms_since(start);

    mark("markers");
    start = Clock::now();
    draw_panel(frame, picture);
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
    auto sets = FrameSets::create(device, !impl->lean());
    if (!sets) {
        return std::unexpected(sets.error());
    }
    impl->sets = std::move(*sets);
    impl->context = {.device = &device,
                     .layout = impl->sets.layout(),
                     .colour_format = options.colour_format,
                     .samples = static_cast<VkSampleCountFlagBits>(options.samples),
                     .multiview = options.multiview,
                     .lean = impl->lean(),
                     .eye_height_px = options.eye_height_px};
    impl->wanted = impl->detail_of(impl->quality);
    if (auto made = impl->create_veil(); !made) {
        return std::unexpected(made.error());
    }
    return std::unique_ptr<StereoRenderer>(new StereoRenderer(std::move(impl)));
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
    auto textures = impl_->find_textures((*made)->uploads);
    if (!textures) {
        return std::unexpected(textures.error());
    }
    (*made)->textures = std::move(*textures);
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
    impl_->hidden_area = std::move(triangles);
}

void StereoRenderer::set_quality(const Quality& quality) {
    assert(quality.render_scale > 0.0F && quality.render_scale <= 1.0F);
    impl_->quality = quality;
    impl_->wanted = impl_->detail_of(quality);
}

bool StereoRenderer::scene_fits() const {
    return !impl_->place || impl_->place->detail == impl_->wanted.load();
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
    p.veiled = !p.place || picture.fade >= 1.0F;
    if (picture.scene_frame == nullptr) {
        p.rest = scene::frame_at(p.look(), 0.0);
    }
    const scene::SceneFrame& moment =
        picture.scene_frame != nullptr ? *picture.scene_frame : p.rest;

    const VkExtent2D extent = drawn_extent(target.eye_extent());
    const auto uniforms = frame_uniforms(p.look(), p.place ? p.place->sky_light : p.no_light,
                                         moment, picture, extent);
    p.sets.write(frame.slot, uniforms);
    frame.timestamps->mark(frame.commands, p.options.times_passes ? "upload" : "frame");
    p.last_frame = frame.number;
    p.upload_scenes(frame);
    if (auto uploaded = p.ink.upload(frame, p.ring.deletions()); !uploaded) {
        return uploaded;
    }
    p.stats.upload_cpu_ms = ms_since(start);

    if (picture.panel) {
        assert(picture.panel->canvas->painted());
        p.sets.use_panel(p.device.logical(), frame.slot, picture.panel->canvas->view(),
                         picture.panel->canvas->id());
    }
    p.solid = false;
    p.ground.reset();
    if (!p.veiled) {
        p.ground = p.place->sky.cleared_ground(uniforms);
        p.cull(uniforms, picture, extent);
    }
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
