#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/upload.hpp"
#include "renderer/passes/pipeline.hpp"
#include "renderer/texture.hpp"

#include <memory>

namespace haven::renderer {

/// What surfaces of all places are made from. Painted once and kept beside the pipelines.
struct SceneTextures {
    Texture noise;
    Texture leaves;

    /// There when the uploads are. Any thread.
    [[nodiscard]] static gpu::Result<std::shared_ptr<const SceneTextures>>
    create(const PassContext& context, gpu::UploadQueue& uploads);
};

} // namespace haven::renderer
