#include "renderer/prepared_scene.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/ink_pass.hpp"
#include "renderer/passes/marker_pass.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/passes/scene_pass.hpp"
#include "renderer/passes/sky_pass.hpp"
#include "renderer/passes/sprite_pass.hpp"
#include "renderer/prepared_scene_parts.hpp"
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

gpu::Result<std::unique_ptr<PreparedScene::Parts>>
PreparedScene::Parts::create(const PassContext& context, const scene::Scene& scene) {
    const SceneConstants constants = constants_of(scene);
    auto parts = std::make_unique<Parts>();
    parts->detail = {
        .samples = context.samples, .plain_light = context.plain_light, .lean = context.lean};
    gpu::UploadQueue& uploads = parts->uploads;
    gpu::Result<void> trouble;
    const bool made =
        keep(parts->scene, ScenePass::create(context, scene, uploads), trouble) &&
        keep(parts->sky, SkyPass::create(context, scene, uploads), trouble) &&
        keep(parts->ink, InkPass::create(context, constants, uploads), trouble) &&
        keep(parts->sprites, SpritePass::create(context, constants), trouble) &&
        keep(parts->markers, MarkerPass::create(context, constants, uploads), trouble);
    if (!made) {
        return std::unexpected(trouble.error());
    }
    parts->look = scene;
    parts->look.mesh = {};
    parts->look.stars = {};
    parts->sky_light = scene::sky_light(scene.sky, scene.ambient);
    return parts;
}

PreparedScene::PreparedScene(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PreparedScene::PreparedScene(PreparedScene&& other) noexcept = default;
PreparedScene& PreparedScene::operator=(PreparedScene&& other) noexcept = default;
PreparedScene::~PreparedScene() = default;

} // namespace haven::renderer
