#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace haven {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4). `crc` continues an earlier part.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);

} // namespace haven
