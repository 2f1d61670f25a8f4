#pragma once

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace haven::gpu {

/// True when the bytes begin with a header of this very device and driver and match their own
/// checksum: drivers may crash on damaged ones, so they never see them.
[[nodiscard]] bool cache_file_fits(std::span<const std::byte> file,
                                   const VkPhysicalDeviceProperties& properties);
/// With the header of a cache file before Vulkan's data.
[[nodiscard]] std::vector<std::byte> wrap_cache_data(std::span<const std::byte> data);

/// Compiled pipelines, kept in a file between starts. Frame thread.
class PipelineCache {
  public:
    [[nodiscard]] static Result<PipelineCache> create(VkDevice device,
                                                      const VkPhysicalDeviceProperties& properties,
                                                      std::filesystem::path file);
    [[nodiscard]] VkPipelineCache get() const { return cache_.get(); }
    [[nodiscard]] bool loaded_from_file() const { return loaded_; }
    /// False, and the old file stays, when it cannot be written.
    bool store() const;
    /// For what else can be made again; empty when nothing is kept.
    [[nodiscard]] std::filesystem::path folder() const { return file_.parent_path(); }

  private:
    VkDevice device_ = nullptr;
    PipelineCacheHandle cache_;
    std::filesystem::path file_;
    bool loaded_ = false;
};

} // namespace haven::gpu
