#include "renderer/gpu/pipeline_cache.hpp"

#include "renderer/cache/cache_file.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::gpu {
namespace {

constexpr std::string_view magic = "havenpc1";

} // namespace

bool cache_file_fits(std::span<const std::byte> file,
                     const VkPhysicalDeviceProperties& properties) {
    const auto data = cache_file::unwrap(magic, file);
    VkPipelineCacheHeaderVersionOne header{};
    if (data.size() < sizeof header) {
        return false;
    }
    std::memcpy(&header, data.data(), sizeof header);
    return header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
           header.vendorID == properties.vendorID && header.deviceID == properties.deviceID &&
           std::ranges::equal(header.pipelineCacheUUID, properties.pipelineCacheUUID);
}

std::vector<std::byte> wrap_cache_data(std::span<const std::byte> data) {
    return cache_file::wrap(magic, data);
}

Result<PipelineCache> PipelineCache::create(VkDevice device,
                                            const VkPhysicalDeviceProperties& properties,
                                            std::filesystem::path file) {
    const std::vector<std::byte> stored =
        file.empty() ? std::vector<std::byte>{} : cache_file::read(file);
    const bool fits = cache_file_fits(stored, properties);
    const VkPipelineCacheCreateInfo create{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = fits ? stored.size() - cache_file::header_bytes : 0,
        .pInitialData = fits ? stored.data() + cache_file::header_bytes : nullptr};
    VkPipelineCache cache = nullptr;
    if (const VkResult result = vkCreatePipelineCache(device, &create, nullptr, &cache);
        result != VK_SUCCESS) {
        return failure("no pipeline cache", result);
    }
    PipelineCache made;
    made.device_ = device;
    made.cache_ = PipelineCacheHandle(device, cache);
    made.file_ = std::move(file);
    made.loaded_ = fits;
    return made;
}

bool PipelineCache::store() const {
    if (file_.empty()) {
        return false;
    }
    std::size_t size_bytes = 0;
    if (vkGetPipelineCacheData(device_, cache_.get(), &size_bytes, nullptr) != VK_SUCCESS) {
        return false;
    }
    std::vector<std::byte> data(size_bytes);
    if (vkGetPipelineCacheData(device_, cache_.get(), &size_bytes, data.data()) != VK_SUCCESS) {
        return false;
    }
    data.resize(size_bytes);
    return cache_file::replace(file_, wrap_cache_data(data));
}

} // namespace haven::gpu
