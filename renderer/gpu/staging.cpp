#include "renderer/gpu/staging.hpp"

#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>

namespace haven::gpu {

std::optional<StagingSlice::Range> StagingSlice::take(std::size_t size_bytes,
                                                      std::size_t alignment_bytes) {
    assert(alignment_bytes > 0 && (alignment_bytes & (alignment_bytes - 1)) == 0);
    const std::size_t begin = (used_bytes_ + alignment_bytes - 1) & ~(alignment_bytes - 1);
    if (begin > bytes_.size() || size_bytes > bytes_.size() - begin) {
        return std::nullopt;
    }
    used_bytes_ = begin + size_bytes;
    return Range{.buffer = buffer_,
                 .offset_bytes = begin_bytes_ + begin,
                 .bytes = bytes_.subspan(begin, size_bytes)};
}

Result<Staging> Staging::create(Device& device, std::uint32_t slices) {
    auto buffer =
        Buffer::create(device, slices * slice_bytes,
                       VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_VERTEX_BUFFER_BIT |
                           VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
                       MemoryUse::upload);
    if (!buffer) {
        return std::unexpected(buffer.error());
    }
    Staging staging;
    staging.buffer_ = std::move(*buffer);
    for (std::uint32_t i = 0; i < slices; ++i) {
        staging.slices_.emplace_back(
            staging.buffer_.get(), i * slice_bytes,
            staging.buffer_.mapped().subspan(i * slice_bytes, slice_bytes));
    }
    return staging;
}

} // namespace haven::gpu
