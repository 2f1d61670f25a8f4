#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/passes/hidden_area_pass.hpp" // IWYU pragma: export
#include "renderer/passes/picture.hpp"          // IWYU pragma: export
#include "renderer/prepared_scene.hpp"          // IWYU pragma: export
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_target.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace haven::gpu {
class Device;
}

namespace haven::renderer {

/// How much is worked out for each pixel.
enum class Detail : std::uint8_t {
    automatic, ///< lean when the "GPU" is a program on the CPU, else full
    full,      ///< light, gloss and relief for each pixel
    lean       ///< light on vertices, one layer of noise: a third to a half of the cost in software
};

struct RendererOptions {
    VkFormat colour_format = VK_FORMAT_R8G8B8A8_SRGB; ///< any 8-bit RGBA or BGRA, sRGB or UNORM
    std::uint32_t samples = 1;                        ///< 1 or 4
    bool multiview = true; ///< false: one pass an eye (or a single eye), the same picture
    Detail detail = Detail::automatic;
    std::uint32_t eye_height_px = 512; ///< about; lean: the fewer, the fewer triangles
    /// GpuTimes has a span for each pass instead of one for all: every clock that is read in the
    /// middle of a picture makes tiled and software drawing write it out there.
    bool times_passes = false;
};

/// What the last record() did.
struct RenderStats {
    std::uint32_t scene_draws = 0;
    std::array<std::uint32_t, 2> ink_draws{};
    std::uint32_t other_draws = 0; ///< sky, stars, sprites, markers
    std::uint64_t scene_triangles = 0;
    std::uint64_t ink_rings = 0; ///< joints drawn, however finely
    std::uint64_t ink_triangles = 0;
    float upload_cpu_ms = 0.0F;
    float scene_cpu_ms = 0.0F;
    float ink_cpu_ms = 0.0F;
    float markers_cpu_ms = 0.0F;
    float record_cpu_ms = 0.0F; ///< all of record()
};

/// Draws a place, the ink in it and the hands, for both eyes: by multiview into two-layer images,
/// or one eye after the other. Lighting, tone mapping and dither happen in the same pass. Frame
/// thread only, but for prepare_scene; allocates nothing once warm.
///
///     auto device   = gpu::Device::create(info);
///     auto ring     = gpu::FrameRing::create(**device);
///     auto renderer = StereoRenderer::create(**device, **ring, {.colour_format = format});
///     renderer->set_scene(environment.scene());
///     auto target   = StereoTarget::create(**device, {.colour = swapchain_images, .eye_extent =
///     extent, ...}); each frame:   auto frame = ring->begin();
///                   renderer->record(*frame, *target, image_index, picture);
///                   ring->submit(*frame);
class StereoRenderer {
  public:
    [[nodiscard]] static gpu::Result<std::unique_ptr<StereoRenderer>>
    create(gpu::Device& device, gpu::FrameRing& ring, const RendererOptions& options = {});
    ~StereoRenderer();
    StereoRenderer(const StereoRenderer&) = delete;
    StereoRenderer& operator=(const StereoRenderer&) = delete;

    /// Shows a scene from the next frame on: prepare_scene, bring_scene and show_scene in one, on
    /// this thread (some 100 ms), copied with the next frame. For starts and tests.
    gpu::Result<void> set_scene(const scene::Scene& scene);

    /// Place to place without a dropped frame, while the one shown now stays:
    ///     auto next = renderer.prepare_scene(environment.scene());     // background thread
    ///     renderer.bring_scene(std::move(*next));                      // frame thread, instant
    ///     ... frames that fade out; record() copies a piece with each
    ///     if (dark && renderer.scene_is_brought()) renderer.show_scene(); // instant
    ///     ... frames that fade in
    /// Thins the mesh, compiles the pipelines, stages what the GPU needs. Any thread, also while
    /// the frame thread records; one call at a time. The scene may go afterwards.
    [[nodiscard]] gpu::Result<PreparedScene> prepare_scene(const scene::Scene& scene) const;
    /// The frames after this copy it to the GPU piece by piece. One that was being brought and was
    /// not shown is dropped.
    void bring_scene(PreparedScene prepared);
    [[nodiscard]] bool scene_is_brought() const;
    /// From the next frame on the scene brought is the one drawn. Asserts scene_is_brought(). What
    /// was shown before stays alive for the frames that still use it.
    void show_scene();

    [[nodiscard]] InkCanvas& ink();
    /// What may be given up from the next frame on (see QualityLadder): how finely ink and sprites
    /// are drawn, and the part of the target that is drawn into, from its upper left corner on.
    /// Light, samples and detail count for the scenes prepared after it.
    void set_quality(const Quality& quality);
    /// The scene that is shown was prepared for this quality. If not: prepare, bring and show the
    /// same place again; it is exchanged between two frames.
    [[nodiscard]] bool scene_fits() const;
    [[nodiscard]] const Quality& quality() const;
    /// What no lens shows of each eye's picture from the next frame on; nothing by default.
    void set_hidden_area(std::array<HiddenTriangles, 2> triangles);
    /// What record() draws of a target of this size: the rectangle to hand to the compositor.
    [[nodiscard]] VkExtent2D drawn_extent(VkExtent2D eye_extent) const;

    /// Records everything into the frame's command buffer: until a scene is shown, and where the
    /// picture's fade is whole, that is the fade's colour alone. Afterwards the colour image is in
    /// COLOR_ATTACHMENT_OPTIMAL and a shared depth image in DEPTH_ATTACHMENT_OPTIMAL, all writes
    /// done by the end of the submission.
    gpu::Result<void> record(gpu::Frame& frame, const StereoTarget& target, std::size_t image_index,
                             const Picture& picture);

    [[nodiscard]] const RenderStats& stats() const;
    [[nodiscard]] const RendererOptions& options() const;

  private:
    struct Impl;
    explicit StereoRenderer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::renderer
