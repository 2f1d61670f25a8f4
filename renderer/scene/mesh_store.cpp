#include "renderer/scene/mesh_store.hpp"

#include "renderer/cache/cache_file.hpp"
#include "renderer/scene/chunks.hpp"
#include "renderer/scene/scene.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <format>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::string_view magic = "havenms1";
constexpr std::string_view extension = ".mesh";

struct Head {
    std::uint64_t program = 0; ///< may make another mesh of a place, and lay out a chunk otherwise
    std::uint64_t made_from = 0;
    std::uint64_t vertices = 0;
    std::uint64_t indices = 0;
    std::uint64_t chunks = 0;
};

template <typename T>
void put(std::vector<std::byte>& to, std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = std::as_bytes(items);
    to.insert(to.end(), bytes.begin(), bytes.end());
}

/// False when fewer are left.
template <typename T>
bool take(std::span<const std::byte>& from, std::uint64_t count, std::vector<T>& to) {
    if (count > from.size() / sizeof(T)) {
        return false;
    }
    to.resize(count);
    if (count > 0) {
        std::memcpy(static_cast<void*>(to.data()), from.data(), count * sizeof(T));
    }
    from = from.subspan(count * sizeof(T));
    return true;
}

bool holds_together(const ReadyMesh& ready) {
    std::uint64_t next = 0;
    for (const MeshChunk& chunk : ready.chunks) {
        if (chunk.pattern >= Pattern::count || chunk.first_index != next) {
            return false;
        }
        next += chunk.index_count;
    }
    const std::size_t vertices = ready.mesh.vertices.size();
    return next == ready.mesh.indices.size() &&
           std::ranges::all_of(ready.mesh.indices,
                               [&](std::uint32_t index) { return index < vertices; });
}

} // namespace

MeshStore::MeshStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path MeshStore::file_of(std::uint64_t made_from) const {
    return folder_ / std::format("{:016x}{}", made_from, extension);
}

std::optional<ReadyMesh> MeshStore::find(std::uint64_t made_from) const {
    if (folder_.empty()) {
        return std::nullopt;
    }
    const std::vector<std::byte> file = cache_file::read(file_of(made_from));
    std::span<const std::byte> data = cache_file::unwrap(magic, file);
    Head head;
    if (data.size() < sizeof head) {
        return std::nullopt;
    }
    std::memcpy(&head, data.data(), sizeof head);
    data = data.subspan(sizeof head);
    ReadyMesh ready;
    const bool whole = head.program == cache_file::program_hash() && head.made_from == made_from &&
                       take(data, head.vertices, ready.mesh.vertices) &&
                       take(data, head.indices, ready.mesh.indices) &&
                       take(data, head.chunks, ready.chunks) && data.empty() &&
                       holds_together(ready);
    return whole ? std::optional(std::move(ready)) : std::nullopt;
}

void MeshStore::keep(std::uint64_t made_from, const ReadyMesh& ready) const {
    if (folder_.empty()) {
        return;
    }
    const Head head{.program = cache_file::program_hash(),
                    .made_from = made_from,
                    .vertices = ready.mesh.vertices.size(),
                    .indices = ready.mesh.indices.size(),
                    .chunks = ready.chunks.size()};
    std::vector<std::byte> data;
    put(data, std::span(&head, 1));
    put(data, std::span(ready.mesh.vertices));
    put(data, std::span(ready.mesh.indices));
    put(data, std::span(ready.chunks));
    cache_file::replace(file_of(made_from), cache_file::wrap(magic, data));

    using Dated = std::pair<std::filesystem::file_time_type, std::filesystem::path>;
    std::vector<Dated> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
        if (entry.path().extension() == extension) {
            files.emplace_back(entry.last_write_time(error), entry.path());
        }
    }
    std::ranges::sort(files);
    for (std::size_t i = 0; i + files_max < files.size(); ++i) {
        std::filesystem::remove(files[i].second, error);
    }
}

} // namespace haven::scene
