#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/upload.hpp"

#include <cstddef>
#include <vector>

namespace haven::renderer {

struct Texture {
    gpu::Image image;
    gpu::ImageView view;
};

/// A square picture of four channels of eight bits: `levels` are all its mips, largest first, a
/// power of two across. It is there when the uploads are.
[[nodiscard]] gpu::Result<Texture>
create_texture(gpu::Device& device, gpu::UploadQueue& uploads,
               const std::vector<std::vector<std::byte>>& levels);

} // namespace haven::renderer
