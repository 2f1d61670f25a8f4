#include "renderer/scene_textures.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/scene/card_pictures.hpp"
#include "renderer/scene/noise.hpp"
#include "renderer/scene/picture_store.hpp"
#include "renderer/texture.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <utility>

namespace haven::renderer {
namespace {

constexpr std::uint32_t noise_px = 512;
constexpr std::uint32_t cards_px = 1024;

} // namespace

gpu::Result<std::shared_ptr<const SceneTextures>> SceneTextures::create(const PassContext& context,
                                                                        gpu::UploadQueue& uploads) {
    std::filesystem::path folder = context.device->pipeline_cache().folder();
    if (!folder.empty()) {
        folder /= "pictures";
    }
    const auto soft = scene::kept_picture(folder, "noise", noise_px,
                                          [] { return scene::noise_levels(noise_px); });
    const auto cut = context.lean ? scene::PictureLevels{soft.back()} // not looked at
                                  : scene::kept_picture(folder, "cards", cards_px, [&] {
                                        return scene::card_levels(cards_px, soft);
                                    });
    auto noise = create_texture(*context.device, uploads, soft);
    auto leaves = create_texture(*context.device, uploads, cut);
    if (!noise || !leaves) {
        return std::unexpected((noise ? leaves : noise).error());
    }
    return std::make_shared<const SceneTextures>(std::move(*noise), std::move(*leaves));
}

} // namespace haven::renderer
