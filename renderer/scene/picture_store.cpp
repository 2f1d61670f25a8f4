#include "renderer/scene/picture_store.hpp"

#include "renderer/cache/cache_file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <format>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::string_view magic = "havenpi1";

struct Head {
    std::uint64_t program = 0;
    std::uint64_t size_px = 0;
};

std::size_t level_bytes(std::uint32_t size_px) {
    return std::size_t{size_px} * size_px * 4;
}

/// Empty when it is another one, or not whole.
PictureLevels find(const std::filesystem::path& path, std::uint32_t size_px) {
    const std::vector<std::byte> file = cache_file::read(path);
    std::span<const std::byte> data = cache_file::unwrap(magic, file);
    Head head;
    if (data.size() < sizeof head) {
        return {};
    }
    std::memcpy(&head, data.data(), sizeof head);
    data = data.subspan(sizeof head);
    if (head.program != cache_file::program_hash() || head.size_px != size_px) {
        return {};
    }
    PictureLevels levels;
    for (std::uint32_t px = size_px; px > 0; px /= 2) {
        if (data.size() < level_bytes(px)) {
            return {};
        }
        const auto level = data.first(level_bytes(px));
        levels.emplace_back(level.begin(), level.end());
        data = data.subspan(level.size());
    }
    return data.empty() ? levels : PictureLevels{};
}

void keep(const std::filesystem::path& path, std::uint32_t size_px, const PictureLevels& levels) {
    const Head head{.program = cache_file::program_hash(), .size_px = size_px};
    const auto head_bytes = std::as_bytes(std::span(&head, 1));
    std::vector<std::byte> data(head_bytes.begin(), head_bytes.end());
    for (const auto& level : levels) {
        data.insert(data.end(), level.begin(), level.end());
    }
    cache_file::replace(path, cache_file::wrap(magic, data));
}

} // namespace

PictureLevels kept_picture(const std::filesystem::path& folder, std::string_view name,
                           std::uint32_t size_px, const std::function<PictureLevels()>& make) {
    if (folder.empty()) {
        return make();
    }
    const std::filesystem::path path = folder / std::format("{}.picture", name);
    PictureLevels levels = find(path, size_px);
    if (levels.empty()) {
        levels = make();
        keep(path, size_px, levels);
    }
    return levels;
}

} // namespace haven::scene
