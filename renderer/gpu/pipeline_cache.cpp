#include "renderer/gpu/pipeline_cache.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

namespace haven::gpu {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::array<char, 8> magic{'h', 'a', 'v', 'e', 'n', 'p', 'c', '1'};
constexpr std::size_t file_bytes_max = std::size_t{256} << 20U;

std::uint64_t fnv1a(std::span<const std::byte> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const std::byte byte : bytes) {
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3ULL;
    }
    return hash;
}

template <typename T>
T read_at(std::span<const std::byte> bytes, std::size_t offset) {
    T value{};
    std::memcpy(&value, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
    return value;
}

std::vector<std::byte> read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const auto size = in ? static_cast<std::streamoff>(in.tellg()) : 0;
    if (size <= 0 || static_cast<std::size_t>(size) > file_bytes_max) {
        return {};
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(bytes.data()), size);
    return in ? bytes : std::vector<std::byte>{};
}

bool write_file(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.close();
    return out.good();
}

} // namespace

bool cache_file_fits(std::span<const std::byte> file,
                     const VkPhysicalDeviceProperties& properties) {
    if (file.size() < cache_header_bytes + sizeof(VkPipelineCacheHeaderVersionOne) ||
        std::memcmp(file.data(), magic.data(), magic.size()) != 0) {
        return false;
    }
    const auto data = file.subspan(cache_header_bytes);
    if (read_at<std::uint64_t>(file, 8) != data.size() ||
        read_at<std::uint64_t>(file, 16) != fnv1a(data)) {
        return false;
    }
    const auto header = read_at<VkPipelineCacheHeaderVersionOne>(data, 0);
    return header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
           header.vendorID == properties.vendorID && header.deviceID == properties.deviceID &&
           std::ranges::equal(header.pipelineCacheUUID, properties.pipelineCacheUUID);
}

std::vector<std::byte> wrap_cache_data(std::span<const std::byte> data) {
    std::vector<std::byte> file(cache_header_bytes + data.size());
    const std::uint64_t size_bytes = data.size();
    const std::uint64_t checksum = fnv1a(data);
    std::memcpy(file.data(), magic.data(), magic.size());
    std::memcpy(file.data() + 8, &size_bytes, sizeof size_bytes);
    std::memcpy(file.data() + 16, &checksum, sizeof checksum);
    std::ranges::copy(data, file.begin() + cache_header_bytes);
    return file;
}

Result<PipelineCache> PipelineCache::create(VkDevice device,
                                            const VkPhysicalDeviceProperties& properties,
                                            std::filesystem::path file) {
    const std::vector<std::byte> stored = file.empty() ? std::vector<std::byte>{} : read_file(file);
    const bool fits = cache_file_fits(stored, properties);
    const VkPipelineCacheCreateInfo create{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = fits ? stored.size() - cache_header_bytes : 0,
        .pInitialData = fits ? stored.data() + cache_header_bytes : nullptr};
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
    std::error_code error;
    std::filesystem::create_directories(file_.parent_path(), error);
    auto beside = file_;
    beside += "." + std::to_string(::getpid());
    if (!write_file(beside, wrap_cache_data(data))) {
        std::filesystem::remove(beside, error);
        return false;
    }
    std::filesystem::rename(beside, file_, error);
    return !error;
}

} // namespace haven::gpu
