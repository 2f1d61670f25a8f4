#include "renderer/prepared_scene.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/hidden_area_pass.hpp"
#include "renderer/passes/ink_pass.hpp"
#include "renderer/passes/marker_pass.hpp"
#include "renderer/passes/panel_pass.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/scene_pass.hpp"
#include "renderer/passes/sky_pass.hpp"
#include "renderer/passes/sprite_pass.hpp"
#include "renderer/prepared_scene_impl.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"

#include <expected>
#include <memory>
#include <utility>

namespace haven::renderer {
namespace {

/// False, and the error kept, when there is none; else it is moved to its place.
template <typename T>
bool keep(T& to, gpu::Result<T> made, gpu::Result<void>& trouble) {
    if (!made) {
        trouble = std::unexpected(made.error());
        return false;
    }
    to = std::move(*made);
    return true;
}

} // namespace

gpu::Result<std::unique_ptr<PreparedScene::Impl>>
PreparedScene::Impl::create(const PassContext& context, const scene::Scene& scene) {
    const SceneConstants constants = constants_of(scene);
    auto impl = std::make_unique<Impl>();
    impl->detail = {
        .samples = context.samples, .plain_light = context.plain_light, .lean = context.lean};
    gpu::UploadQueue& uploads = impl->uploads;
    gpu::Result<void> trouble;
    const bool made =
        keep(impl->hidden_area, HiddenAreaPass::create(context), trouble) &&
        keep(impl->scene, ScenePass::create(context, scene, uploads), trouble) &&
        keep(impl->sky, SkyPass::create(context, scene, uploads), trouble) &&
        keep(impl->ink, InkPass::create(context, constants, uploads), trouble) &&
        keep(impl->sprites, SpritePass::create(context, constants), trouble) &&
        keep(impl->markers, MarkerPass::create(context, constants, uploads), trouble) &&
        keep(impl->panel, PanelPass::create(context), trouble);
    if (!made) {
        return std::unexpected(trouble.error());
    }
    impl->look = scene;
    impl->look.mesh = {};
    impl->look.stars = {};
    impl->sky_light = scene::sky_light(scene.sky, scene.ambient);
    return impl;
}

PreparedScene::PreparedScene(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PreparedScene::PreparedScene(PreparedScene&& other) noexcept = default;
PreparedScene& PreparedScene::operator=(PreparedScene&& other) noexcept = default;
PreparedScene::~PreparedScene() = default;

} // namespace haven::renderer
