#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

namespace haven::canvas {

/// Rows of cairo's RGB24 (0x00RRGGBB words) as a PNG, 8-bit RGB. Fast rather than small: zlib's
/// level 1, no filter.
[[nodiscard]] std::expected<std::vector<std::byte>, std::string>
encode_png(const unsigned char* pixels, int width, int height, int stride_bytes);

} // namespace haven::canvas
