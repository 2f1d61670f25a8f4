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
/// Our own header (magic, size, checksum) before Vulkan's data.
[[nodiscard]] std::vector<std::byte> wrap_cache_data(std::span<const std::byte> data);
inline constexpr std::size_t cache_header_bytes = 24;

/// Compiled pipelines, kept in a file between starts. Frame thread.
class PipelineCache {
  public:
    [[nodiscard]] static Result<PipelineCache> create(VkDevice device,
                                                      const VkPhysicalDeviceProperties& properties,
                                                      std::filesystem::path file);
    [[nodiscard]] VkPipelineCache get() const { return cache_.get(); }
    [[nodiscard]] bool loaded_from_file() const { return loaded_; }
    /// Writes the file beside itself, then renames: a reader sees the old one or the new one.
    /// False, and the old file stays, when it cannot be written: a cache is never worth an error.
    bool store() const;

  private:
    VkDevice device_ = nullptr;
    PipelineCacheHandle cache_;
    std::filesystem::path file_;
    bool loaded_ = false;
};

} // namespace haven::gpu
